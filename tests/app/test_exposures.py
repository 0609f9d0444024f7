"""What was seen in the sessions of a case, asked as people ask it: of the files of a deployment."""

from pathlib import Path

import pytest

from firedoor.app.exposures import found_in_case, found_in_session
from firedoor.app.inspect import settings_for_people
from firedoor.edges.store.holds import HoldFiles
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.store import Store
from firedoor.model.errors import ClientError
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from firedoor.model.retention import LegalHold
from tests.helpers.exposures import ONE, ROWS


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    file = tmp_path / "firedoor.yaml"
    file.write_text(f'data_dir: {tmp_path}/data\nupstreams:\n  crm: {{url: "http://127.0.0.1:9/mcp"}}\n')
    (tmp_path / "data").mkdir(mode=0o700)
    store = Store.open("sqlite", tmp_path / "data")
    store.index.note(ROWS)
    assert store.index.flush()
    store.close()
    return file


def lock(deployment: Path, name: str, principal: str, case: str | None) -> Lock:
    made = Lock(
        id=LockId(name),
        targets=((Target.PRINCIPAL, principal),),
        mode=LockMode.STOP,
        reason="Fire.",
        by="sam",
        created_at_us=5_000,
        case=case,
    )
    locks = LockFile(settings_for_people(deployment).lock_dir)
    locks.create(made)
    locks.close()
    return made


def kept(deployment: Path, name: str) -> None:
    holds = HoldFiles(settings_for_people(deployment).data_dir)
    assert holds.place(LegalHold(session=ONE, name=name, by="sam", reason="Case.", placed_at_us=6_000))


@pytest.mark.promise("MASK-3")
def test_a_case_has_what_a_stolen_token_did_before_it_was_locked(deployment: Path) -> None:
    made = lock(deployment, "l_1", "nobody-that-is-here", "c-7")
    assert found_in_case(deployment, "c-7") == []
    kept(deployment, made.id)  # as a lock does with the last sessions of whom it names
    assert len(found_in_case(deployment, "c-7")) == 3


def test_a_recording_is_put_into_a_case_by_a_legal_hold_of_its_name(deployment: Path) -> None:
    kept(deployment, "c-7")
    assert len(found_in_case(deployment, "c-7")) == 3


@pytest.mark.promise("MASK-3")
def test_a_case_answers_whose_data_was_seen_in_the_sessions_it_touched(deployment: Path) -> None:
    lock(deployment, "l_1", "team", "c-7")
    lock(deployment, "l_2", "somebody", "c-8")
    found = found_in_case(deployment, "c-7")
    assert [(row.session, row.kind, row.principal) for row in found] == [
        (ONE, "email", "team"),
        (ONE, "name", "team"),
        (ONE, "card", "team"),
    ]
    assert found_in_case(deployment, "c-8") == []


def test_a_lock_that_was_lifted_still_belongs_to_its_case(deployment: Path) -> None:
    made = lock(deployment, "l_1", "team", "c-7")
    locks = LockFile(settings_for_people(deployment).lock_dir)
    locks.lift(Lift(id=made.id, by="sam", reason="Over.", at_us=6_000))
    locks.close()
    assert len(found_in_case(deployment, "c-7")) == 3


def test_a_case_that_nobody_named_is_said_to_be_unknown(deployment: Path) -> None:
    lock(deployment, "l_1", "team", None)
    with pytest.raises(ClientError) as raised:
        found_in_case(deployment, "c-7")
    assert raised.value.code == "case_unknown"


def test_a_session_is_named_by_the_beginning_of_its_id(deployment: Path) -> None:
    assert len(found_in_session(deployment, ONE)) == 3
    assert found_in_session(deployment, ONE[:13]) == found_in_session(deployment, ONE)


def test_a_beginning_that_names_no_session_is_not_answered_with_nothing_found(deployment: Path) -> None:
    with pytest.raises(ClientError) as raised:
        found_in_session(deployment, "ffff")
    assert raised.value.code == "session_unknown"
