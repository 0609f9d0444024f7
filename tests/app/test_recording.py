from pathlib import Path

import pytest

from firedoor.app.acts import open_journal
from firedoor.app.inspect import since_us, span_us
from firedoor.app.recording import Looking, find_session, follow, replay
from firedoor.app.settings.resolved import Settings
from firedoor.core.record.facts import IndexRow
from firedoor.edges.keys.age import IDENTITY_FILE
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.json import Json
from tests.app.recorded import ONE as RECORDED
from tests.app.recorded import acts, record, settings_in

ONE = SessionId("01a20848-978f-74e7-a499-5a4e40dde7e2")
TWO = SessionId("01a20848-97ff-74e7-a499-5a4e40dde7e2")


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open("sqlite", tmp_path)
    opened.index.catch_up(
        IndexRow(kind=EntryKind.OPEN, session=session, sequence=0, at_us=1, envelope={"upstream": "crm"})
        for session in (ONE, TWO)
    )
    yield opened
    opened.close()


def test_the_beginning_of_an_id_names_a_session(store: Store) -> None:
    assert find_session(store, ONE[:13]) == ONE
    assert find_session(store, ONE) == ONE


@pytest.mark.parametrize("given", [ONE[:9], "ffff", "*", f"{ONE[:13]}*"])
def test_what_names_none_or_several_is_refused(store: Store, given: str) -> None:
    with pytest.raises(ClientError):
        find_session(store, given)


def test_a_whole_id_that_the_index_does_not_know_yet_is_taken(store: Store) -> None:
    unknown = SessionId(ONE.replace("4e40", "4e41"))
    assert find_session(store, unknown) == unknown


def test_lengths_of_time_and_instants_are_read() -> None:
    assert span_us("2h") == 7_200_000_000
    assert since_us("1970-01-01T00:00:01Z") == 1_000_000
    assert since_us(None) is None


@pytest.mark.parametrize("text", ["", "0h", "1y", "h"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ClientError):
        span_us(text)


def looked(settings: Settings) -> list[dict[str, Json]]:
    return [dict(act) for act in acts(settings) if act["what"] == "viewed"]


@pytest.mark.promise("ID-3")
def test_who_looks_at_a_recording_is_recorded_before_anything_is_shown(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record(settings)
    entries = replay(settings, RECORDED, Looking())
    next(entries)
    assert looked(settings) == [{"what": "viewed", "session": RECORDED, "layer": "view"}]
    list(replay(settings, RECORDED, Looking(is_raw=True)))
    assert looked(settings)[1]["layer"] == "raw"
    list(follow(settings, RECORDED, looks=1))
    assert looked(settings)[2] == {"what": "viewed", "session": RECORDED, "layer": "view", "live": True}
    list(replay(settings, RECORDED, Looking(is_unrecorded=True)))
    assert len(looked(settings)) == 3


def test_what_cannot_be_recorded_is_not_shown_unless_that_is_said(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record(settings)
    with open_journal(settings):  # somebody writes, and answers nobody
        with pytest.raises(RecordError) as caught:
            next(replay(settings, RECORDED, Looking()))
        assert caught.value.code == "view_unrecorded"
        assert "--unrecorded" in caught.value.hint
        assert len(list(replay(settings, RECORDED, Looking(is_unrecorded=True)))) == 3


@pytest.mark.promise("REC-3")
def test_a_recording_replays_as_the_client_saw_it_or_as_the_upstream_said_it(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record(settings)
    sides = [
        [entry.payload for entry in replay(settings, RECORDED, Looking(is_raw=is_raw)) if entry.payload]
        for is_raw in (False, True)
    ]
    assert sides == [[b'"EMAIL_1"'], [b'"ann@x.example"']]


def test_where_nothing_opens_following_says_so_instead_of_showing_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record(settings)
    (settings.data_dir / "keys" / IDENTITY_FILE).unlink()
    with pytest.raises(RecordError) as caught:
        next(follow(settings, None, looks=1))
    assert caught.value.code == "view_layer_sealed"
