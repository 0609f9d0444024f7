import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from firedoor.core.record.facts import IndexRow, facts
from firedoor.edges.store.database import connect_sqlite
from firedoor.edges.store.index import TOGETHER, WAITING
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject
from firedoor.ports.index import CallFilter, SessionFilter

SESSION = SessionId("01990000-0000-7000-8000-000000000001")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open("sqlite", tmp_path)
    yield opened
    opened.close()


def call(sequence: int) -> IndexRow:
    return facts(EntryKind.INTENT, SESSION, sequence, sequence, {"message": "request", "method": "ping"})


def test_a_database_that_is_away_stops_nobody_and_is_told_once(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    aside = connect_sqlite(tmp_path / "firedoor.db")
    aside.execute("ALTER TABLE calls RENAME TO gone")
    with caplog.at_level(logging.ERROR):
        store.index.note([call(1)])
        assert not store.index.flush(0.5)
        store.index.note([call(2)])
        assert not store.index.flush(0.5)
    assert len(caplog.records) == 1
    aside.execute("ALTER TABLE gone RENAME TO calls")
    aside.close()
    assert store.index.flush()
    assert store.index.lost == 0
    assert [found.sequence for found in store.index.calls(CallFilter())] == [2, 1]


def test_what_waits_for_a_database_has_an_end_and_the_watermark_says_what_is_missing(
    store: Store, tmp_path: Path
) -> None:
    store.index.note([call(1)])
    assert store.index.flush()
    assert store.index.watermark() == 1
    aside = connect_sqlite(tmp_path / "firedoor.db")
    aside.execute("BEGIN IMMEDIATE")
    rows = [call(sequence) for sequence in range(2, WAITING + 2)]
    store.index.note(rows)
    store.index.note([call(WAITING + 2)])
    assert store.index.lost == 1
    aside.execute("ROLLBACK")
    aside.close()
    assert store.index.flush(30)
    store.index.note([call(WAITING + 3)])
    assert store.index.flush()
    assert store.index.watermark() == 1
    store.index.catch_up([call(sequence) for sequence in (WAITING + 1, WAITING + 2, WAITING + 3)])
    assert store.index.watermark() == WAITING + 3


def test_much_is_written_a_part_at_a_time_and_others_go_on_before_each(tmp_path: Path) -> None:
    found, is_last = list[int](), Event()

    def pause() -> None:
        found.append(len(store.index.calls(CallFilter(limit=10 * TOGETHER))))
        if len(found) == 3:
            is_last.set()

    store = Store.open("sqlite", tmp_path, pause=pause)
    store.index.note([call(sequence) for sequence in range(3 * TOGETHER - 1)])
    assert is_last.wait(10)
    assert store.index.flush()
    assert found == [0, TOGETHER, 2 * TOGETHER]
    store.index.note([call(sequence) for sequence in range(3 * TOGETHER)])
    assert store.index.flush()
    assert found[3:] == []  # Somebody waits: nobody goes first.
    store.close()


def test_what_was_noted_is_written_before_the_store_is_closed(tmp_path: Path) -> None:
    store = Store.open("sqlite", tmp_path)
    store.index.note([call(1)])
    store.close()
    again = Store.open("sqlite", tmp_path)
    assert [found.sequence for found in again.index.calls(CallFilter())] == [1]
    again.close()


def left_open(*, unknown: list[int]) -> IndexRow:
    named = [{"session": SESSION, "unknown": unknown}, {"session": 7}, "nonsense"]
    return facts(EntryKind.RECOVERED, SessionId("another"), 1, 99, {"left_open": named})


def test_sessions_that_a_crash_left_open_are_closed_as_lost(store: Store) -> None:
    store.index.catch_up([facts(EntryKind.OPEN, SESSION, 0, 10, {"principal": "ci"})])
    store.index.catch_up([left_open(unknown=[])])
    (session,) = store.index.sessions(SessionFilter())
    assert (session.closed_at_us, session.close_reason) == (99, "lost")


def test_the_calls_of_a_lost_session_are_counted_also_those_that_are_caught_up_on_later(store: Store) -> None:
    asked = {"message": "request", "method": "tools/call"}
    store.index.catch_up([facts(EntryKind.OPEN, SESSION, 0, 10, {"principal": "ci"})])
    store.index.catch_up([facts(EntryKind.INTENT, SESSION, 1, 11, asked)])
    store.index.catch_up([left_open(unknown=[])])
    store.index.catch_up([facts(EntryKind.INTENT, SESSION, 2, 12, asked)])
    (session,) = store.index.sessions(SessionFilter())
    assert (session.calls, session.close_reason) == (2, "lost")


def test_a_call_without_an_outcome_is_found_as_unknown(store: Store) -> None:
    store.index.catch_up([call(1), call(2), left_open(unknown=[2])])
    found = {each.sequence: (each.result, each.ended_at_us) for each in store.index.calls(CallFilter())}
    assert found == {1: (None, None), 2: ("unknown", 99)}


@pytest.mark.parametrize(
    ("said", "principal", "name"),
    [
        ({"what": "viewed", "session": SESSION, "by": {"name": "root", "uid": 0}}, "root", SESSION),
        ({"what": "lock_lifted", "id": "l_1", "reason": "Over.", "by": {"name": "sam"}}, "sam", "l_1"),
        ({"what": "holds_placed", "name": "l_1", "sessions": []}, None, "l_1"),
        ({"what": "probe", "upstream": "crm"}, None, None),
    ],
)
def test_an_act_is_found_by_who_did_it_and_by_what_it_was_done_to(
    store: Store, said: JsonObject, principal: str | None, name: str | None
) -> None:
    store.index.catch_up([facts(EntryKind.CONTROL, SessionId("control"), 1, 10, said)])
    (found,) = store.index.calls(CallFilter())
    assert (found.method, found.principal, found.name) == (said["what"], principal, name)
