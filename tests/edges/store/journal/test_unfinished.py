import asyncio
import shutil
from pathlib import Path

import pytest

from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.unfinished import TOGETHER, Unfinished, batched_facts, unfinished
from firedoor.model.entry import Entry, EntryKind
from tests.edges.store.journal.around import KEYS, QUICK, entry, session

ONE, TWO, THREE = session(1), session(2), session(3)


def outcome(call: int) -> Entry:
    return Entry(kind=EntryKind.OUTCOME, session=session(1), at_us=1, envelope={"call": call})


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A directory as a process left it that ended in the middle of everything."""
    journal = Journal.open(tmp_path / "live", keys=KEYS, around=Surroundings(disk=QUICK))
    for each in (ONE, TWO, THREE):
        journal.put(entry(each, EntryKind.OPEN))
    for each in (ONE, ONE, ONE, TWO):
        journal.put(entry(each))
    journal.put(outcome(2))
    journal.put(entry(TWO, EntryKind.CLOSE))

    async def flush() -> None:
        await journal.append(entry(THREE, EntryKind.EVENT))

    asyncio.run(flush())
    shutil.copytree(tmp_path / "live", tmp_path / "killed")
    journal.close()
    return tmp_path / "killed"


def test_sessions_that_never_ended_are_named_with_their_calls_that_have_no_outcome(killed: Path) -> None:
    found = {
        each.session: (each.count, each.calls) for each in unfinished(killed, KEYS) if not each.is_control
    }
    assert found == {ONE: (2, [1, 3]), THREE: (0, [])}


def test_without_a_key_the_number_of_calls_is_known_and_no_more(killed: Path) -> None:
    found = {each.session: each.said for each in unfinished(killed, None) if not each.is_control}
    assert found[ONE] == {"session": ONE, "unknown": 2}


def test_what_was_left_open_stands_in_the_record_before_anything_new(killed: Path) -> None:
    journal = Journal.open(killed, keys=KEYS, around=Surroundings(disk=QUICK, unwrap=KEYS))
    journal.close()
    (first, told, *_) = [each for each in read_all(killed, keys=KEYS) if each.session == journal.control]
    assert (first.kind, told.kind) == (EntryKind.OPEN, EntryKind.RECOVERED)
    assert told.envelope == {"left_open": [{"session": ONE, "unknown": [1, 3]}, {"session": THREE}]}
    assert unfinished(killed, KEYS) == []


def test_after_an_end_in_order_nothing_is_told(tmp_path: Path) -> None:
    for _ in range(2):
        journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=QUICK, unwrap=KEYS))
        assert journal.left_open == []
        journal.close()
    assert all(each.kind is not EntryKind.RECOVERED for each in read_all(tmp_path, keys=KEYS))


def test_one_entry_names_no_more_sessions_than_fit() -> None:
    many = [Unfinished(session=session(number)) for number in range(TOGETHER + 1)]
    sizes = [len(said["left_open"]) for said in batched_facts(many)]
    assert sizes == [TOGETHER, 1]
