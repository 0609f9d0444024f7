"""The disk fails at each call in turn: once, or from then on. Nothing said to be durable is lost by it."""

import asyncio
import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.disk import Disk, RealDisk
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import SessionId
from tests.edges.store.journal.around import KEYS, QUICK, entry, in_memory, session
from tests.helpers.faulty_disk import TAKES_ROOM, Fault, FaultDisk

SMALL = Sizes(largest=2_000, ahead=256, reserve=64 << 10)


@dataclass
class Said:
    """What a run was told."""

    durable: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    opened: set[SessionId] = field(default_factory=set[SessionId])
    closed: set[SessionId] = field(default_factory=set[SessionId])
    is_started: bool = False


def run(data_dir: Path, disk: Disk) -> Said:
    """Three sessions with some calls each; then all of them are closed, whatever happened."""
    said = Said()
    try:
        journal = Journal.open(data_dir, keys=KEYS, around=Surroundings(disk=disk, sizes=SMALL))
    except (RecordError, IntegrityError):
        return said
    said.is_started = True

    asyncio.run(_record(journal, said))
    journal.close()
    return said


async def _record(journal: Journal, said: Said) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(*(_use(journal, said, session(number)) for number in (1, 2, 3)))
        for whose in sorted(said.opened):
            with suppress(RecordError):
                await _tell(journal, said, entry(whose, EntryKind.CLOSE))


async def _use(journal: Journal, said: Said, whose: SessionId) -> None:
    with suppress(RecordError):
        await _tell(journal, said, entry(whose, EntryKind.OPEN))
        for _ in range(3):
            await _tell(journal, said, entry(whose, EntryKind.INTENT, b"i" * 400))
            await _tell(journal, said, entry(whose, EntryKind.OUTCOME, b"o" * 400))


async def _tell(journal: Journal, said: Said, what: Entry) -> None:
    said.durable.add((what.session, await journal.append(what)))
    if what.kind is EntryKind.OPEN:
        said.opened.add(what.session)
    elif what.kind is EntryKind.CLOSE:
        said.closed.add(what.session)


def left_after(data_dir: Path) -> set[tuple[str, int]]:
    """What is there for whoever starts with a disk that is well again."""
    Journal.open(data_dir, keys=KEYS, around=Surroundings(disk=QUICK, sizes=SMALL)).close()
    return {(each.session, each.sequence) for each in read_all(data_dir, keys=KEYS)}


def calls_of_a_run(folder: Path) -> list[str]:
    fault = Fault(0, 0)
    said = run(folder / "whole", FaultDisk(fault))
    assert len(said.closed) == 3
    return fault.calls


@pytest.mark.promise("REC-1")
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_wherever_the_disk_fails_nothing_that_was_acknowledged_is_lost(
    number: int, record_property: Callable[[str, object], None]
) -> None:
    lost = 0
    with in_memory() as folder:
        calls = calls_of_a_run(folder)
        for at in range(1, len(calls) + 1):
            place = folder / f"at-{at}"
            place.mkdir()
            said = run(place, FaultDisk(Fault(at, number)))
            lost += not said.durable <= left_after(place)
    kinds = sorted(set(calls))
    record_property(
        "figure", f"{errno.errorcode[number]} at each of {len(calls)} calls ({', '.join(kinds)}): {lost} lost"
    )
    assert {"write", "fsync", "open", "fallocate", "mkdir"} <= set(calls)
    assert lost == 0


@pytest.mark.promise("REC-1")
def test_on_a_disk_that_becomes_full_every_open_session_is_closed_in_the_reserve(
    record_property: Callable[[str, object], None],
) -> None:
    left_open = tried = 0
    with in_memory() as folder:
        calls = calls_of_a_run(folder)
        begun = calls.index("fallocate") + 1
        for at in range(begun + 2, len(calls) + 1):
            if calls[at - 1] not in TAKES_ROOM:
                continue
            place = folder / f"at-{at}"
            place.mkdir()
            said = run(place, FaultDisk(Fault(at, errno.ENOSPC)))
            tried += 1
            left_open += len(said.opened - said.closed)
            assert said.durable <= left_after(place)
    record_property("figure", f"a disk that becomes full at {tried} moments: {left_open} sessions left open")
    assert tried > 10
    assert left_open == 0


def test_a_disk_that_is_well_again_takes_everything(tmp_path: Path) -> None:
    said = run(tmp_path, RealDisk())
    assert len(said.closed) == 3
    assert not (tmp_path / "journal" / "reserve").exists()
