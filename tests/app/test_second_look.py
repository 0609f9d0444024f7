"""A second look at the files of a deployment, as the command asks for it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.app.acts import open_journal
from firedoor.app.recording import Looking
from firedoor.app.second_look import left_in_case, left_in_session, second_look
from firedoor.app.settings.resolved import Settings
from firedoor.cli import DONE, MISTAKE, NO, NOT_ENOUGH, run
from firedoor.cli.second_look import _shown
from firedoor.core.record.facts import IndexRow
from firedoor.edges.keys.folder import key_files
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.store import Store
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import ClientError, RecordError, SettingsError
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.operations.look_again import UNREAD, Left, SecondLook
from tests.app.recorded import acts, settings_in
from tests.edges.store.journal.around import session
from tests.helpers.finders import Finds

ONE, TWO = session(1), session(2)
LOOK = SecondLook([Finds("Ada Nowak")])


def record(settings: Settings, whose: SessionId, text: str) -> None:
    """Record a session in which one message was delivered."""
    opened = Entry(
        kind=EntryKind.OPEN, session=whose, at_us=1, envelope={"upstream": "crm", "principal": "team"}
    )
    told = replace(opened, kind=EntryKind.OUTCOME, envelope={"call": 1}, payload=json.dumps(text).encode())
    closed = replace(opened, kind=EntryKind.CLOSE, envelope={"reason": "idle"})
    with open_journal(settings) as journal:
        for entry in (opened, told, closed):
            journal.put(entry)
        journal.forget(whose)
    store = Store.open("sqlite", settings.data_dir)
    store.index.note(
        [IndexRow(kind=EntryKind.OPEN, session=whose, sequence=0, at_us=1, envelope=opened.envelope)]
    )
    assert store.index.flush()
    store.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = settings_in(tmp_path)
    record(found, ONE, "Then Ada Nowak called.")
    record(found, TWO, "Ada Nowak again, and slow.")
    return found


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    return tmp_path / "firedoor.yaml"


def of_session(file: Path, whose: str, looking: Looking | None = None) -> list[Left | RecordError]:
    return list(left_in_session(file, whose, looking or Looking(), LOOK))


def test_what_was_left_in_a_session_is_told_and_that_somebody_looked_is_recorded(
    settings: Settings, file: Path
) -> None:
    (one,) = of_session(file, ONE)
    assert isinstance(one, Left)
    assert (one.session, one.call, one.kind, one.path, one.start) == (ONE, 1, "name", "$", 6)
    assert [act for act in acts(settings) if act["what"] == "viewed"] == [
        {"what": "viewed", "session": ONE, "layer": "view"}
    ]


def test_a_session_that_is_not_there_is_not_answered_with_nothing(file: Path) -> None:
    with pytest.raises(ClientError):
        of_session(file, "ffff")


def case(settings: Settings, name: str) -> None:
    locks = LockFile(settings.lock_dir)
    locks.create(
        Lock(
            id=LockId("l_1"),
            targets=((Target.PRINCIPAL, "team"),),
            mode=LockMode.STOP,
            reason="Fire.",
            by="sam",
            created_at_us=1,
            case=name,
        )
    )
    locks.close()


def test_of_a_case_every_session_is_looked_at_and_one_that_does_not_open_hides_no_other(
    settings: Settings, file: Path
) -> None:
    case(settings, "c-7")
    found = list(left_in_case(file, "c-7", Looking(), LOOK))
    assert [one.kind for one in found if isinstance(one, Left)] == ["name", UNREAD]
    for each in key_files(settings.data_dir):
        if each.session == ONE:
            each.file.unlink()
    left = list(left_in_case(file, "c-7", Looking(), LOOK))
    assert [type(one) for one in left] == [RecordError, Left]


def test_without_an_extra_it_is_said_what_to_install() -> None:
    with pytest.raises(SettingsError) as raised, second_look(()):
        pytest.fail("it looked")
    assert raised.value.code == "second_look_missing"
    assert "pip install 'firedoor[ner]'" in raised.value.hint


def test_the_exit_code_tells_something_from_nothing_and_both_from_not_everything(
    settings: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    some, unread = of_session(file, ONE), of_session(file, TWO)
    lost = RecordError("view_layer_sealed", "No key here.\x1b[2J")
    assert _shown(some, ("ner",), as_json=False) == DONE
    assert _shown([], ("ner", "secrets"), as_json=False) == NO
    assert _shown(unread, ("ner",), as_json=False) == NOT_ENOUGH
    assert _shown([*some, lost], ("ner",), as_json=False) == NOT_ENOUGH
    told = capsys.readouterr()
    assert "Ada" not in told.out
    assert f"{ONE}.1" in told.out
    assert "Nothing was seen by ner and secrets." in told.out
    assert told.err == "firedoor: No key here.\\u001b[2J\n"


def test_for_programs_each_is_an_object_without_the_value(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _shown(of_session(file, ONE), ("ner",), as_json=True) == DONE
    told = capsys.readouterr().out
    assert json.loads(told) == {
        "kind": "name",
        "shown": "••••",
        "session": ONE,
        "call": 1,
        "sequence": 1,
        "path": "$",
        "start": 6,
        "end": 15,
        "extra": "ner",
        "rule": "R",
        "confidence": "0.97",
        "at": "1970-01-01T00:00:00Z",
    }
    assert "Ada" not in told


@pytest.mark.parametrize("options", [[], ["--session", "a", "--case", "b"]])
def test_it_must_be_told_what_to_look_at(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["second-look", *options]) == MISTAKE
    assert "Give one of --session and --case." in capsys.readouterr().err
