"""Long entries beside short ones: what is written at once, in which order, and who waits for how much."""

import asyncio
import hashlib
import shutil
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.core.record.content import PIECE, ContentPacker
from firedoor.core.record.facts import IndexRow
from firedoor.core.record.frame import session_id
from firedoor.core.record.seal import SessionSealer
from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.backlog import GROUP_BYTES, Backlog, Long
from firedoor.edges.store.journal.reader import BOTH_LAYERS, read_all, read_frames, read_session
from firedoor.edges.store.journal.recover import recover
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.unfinished import unfinished
from firedoor.edges.store.journal.waiters import Limits
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError
from firedoor.model.ids import SessionId
from tests.edges.store.journal.around import KEYS, QUICK, entry, session
from tests.edges.store.journal.stepped import SteppedDisk, settled

ONE, TWO, THREE = session(1), session(2), session(3)
MIB = 1 << 20
ENVELOPE = 50
"""Room for it in the first piece."""

PATIENT = Limits(still_s=600.0, whole_s=600.0)


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that do not compress."""
    return hashlib.shake_128(seed.to_bytes(4)).digest(size)


def long(pieces: int = 3, whose: SessionId = ONE, kind: EntryKind = EntryKind.OUTCOME) -> Entry:
    return entry(whose, kind, noise(pieces * PIECE - ENVELOPE))


def opened(place: Path, disk: SteppedDisk, **around: object) -> Journal:
    given = Surroundings(disk=disk, **around)  # type: ignore[arg-type]
    journal = Journal.open(place, keys=KEYS, around=given)
    for each in (ONE, TWO, THREE):
        journal.put(entry(each, EntryKind.OPEN))
    return journal


def test_a_long_entry_is_read_as_it_was_recorded_and_so_is_what_came_behind_it(tmp_path: Path) -> None:
    journal = opened(tmp_path, SteppedDisk())
    answer = replace(long(), raw=noise(2 * PIECE - ENVELOPE, 1))

    async def record() -> list[int]:
        waiting = [journal.append(entry(ONE)), journal.append(answer), journal.append(entry(ONE))]
        waiting.append(journal.append(replace(entry(ONE), payload=b"b", raw=b"a")))
        return await asyncio.gather(*waiting)

    numbers = asyncio.run(record())
    assert numbers == [1, 6, 7, 9]
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.close()
    read = list(read_session(tmp_path, ONE, keys=KEYS, layers=BOTH_LAYERS))
    assert [each.sequence for each in read] == [0, *numbers, 10]
    assert (read[2].payload, read[2].raw) == (answer.payload, answer.raw)
    assert [each.sequence for each in read_all(tmp_path, keys=KEYS) if each.session == ONE] == [
        0, *numbers, 10
    ]  # fmt: skip
    goes_on = [f.place.header.goes_on for f in read_frames(tmp_path) if f.place.header.session[-1:] == b"\1"]
    assert goes_on == [False] * 2 + [True, False, True, True, False] + [False] * 4


@pytest.mark.promise("REC-1")
def test_nobody_is_told_of_a_long_entry_before_its_last_frame_is_durable(tmp_path: Path) -> None:
    disk = SteppedDisk()
    rows: list[IndexRow] = []
    journal = Journal.open(tmp_path, keys=KEYS, on_durable=rows.extend, around=Surroundings(disk=disk))

    async def record() -> None:
        journal.put(entry(ONE, EntryKind.OPEN))
        await journal.append(entry(ONE))
        disk.is_stepping = True
        waiting = journal.append(long(6))
        for _ in range(3):
            await disk.arrives()
            await settled()
            assert not waiting.done()
            assert [row.sequence for row in rows if row.session == ONE] == [0, 1]
            disk.let_through()
        assert await waiting == 7

    asyncio.run(record())
    disk.run_freely()
    journal.close()
    assert [row.sequence for row in rows if row.session == ONE] == [0, 1, 7]


@pytest.mark.promise("REC-4")
def test_a_call_of_another_session_waits_for_two_groups_beside_an_answer_of_200_mib(
    tmp_path: Path, record_property: object
) -> None:
    """Counted, not timed: what is synced between a call's appending and its being durable."""
    disk = SteppedDisk()
    durable_after: dict[int, int] = {}

    def note(rows: list[IndexRow]) -> None:
        durable_after.update({row.sequence: len(disk.groups) for row in rows if row.session == TWO})

    given = Surroundings(disk=disk, limits=PATIENT)
    journal = Journal.open(tmp_path, keys=KEYS, on_durable=note, around=given)
    appended_after: dict[int, int] = {}

    async def record() -> None:
        journal.put(entry(ONE, EntryKind.OPEN))
        journal.put(entry(TWO, EntryKind.OPEN))
        answer = journal.append(entry(ONE, EntryKind.OUTCOME, noise(MIB) * 200))
        while not answer.done():
            before = len(disk.groups)
            appended_after[await journal.append(entry(TWO, payload=noise(2000)))] = before
        assert await answer == 401

    asyncio.run(record())
    journal.close()
    # Of the groups that were written meanwhile, one may have been at its sync when the call was appended.
    spans = [(before, durable_after[number]) for number, before in appended_after.items()]
    groups = max(after - before for before, after in spans)
    size = max(sum(disk.groups[max(before - 1, 0) : after]) for before, after in spans)
    assert len(spans) > 50
    assert groups <= 2
    assert size <= 3 * (GROUP_BYTES + MIB // 8)
    assert max(disk.groups) <= GROUP_BYTES + MIB // 8
    record_property(  # type: ignore[operator]
        "figure",
        f"beside an answer of 200 MiB in {len(disk.groups)} groups, {len(spans)} calls of another session "
        f"waited for at most {groups} groups, {size / MIB:.1f} MiB",
    )


def test_a_long_entry_is_recorded_without_a_copy_of_it(tmp_path: Path, record_property: object) -> None:
    answer = entry(ONE, EntryKind.OUTCOME, noise(MIB) * 64)
    journal = opened(tmp_path, SteppedDisk(), limits=PATIENT)

    async def record() -> int:
        await journal.append(entry(ONE))
        tracemalloc.start()
        try:
            await journal.append(answer)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak = asyncio.run(record())
    journal.close()
    assert peak < 16 * MIB
    record_property(  # type: ignore[operator]
        "figure", f"recording 64 MiB took {peak / MIB:.1f} MiB of memory beside them"
    )


def test_two_long_entries_take_turns_and_many_short_ones_pass(tmp_path: Path) -> None:
    disk = SteppedDisk()
    journal = opened(tmp_path, disk)

    async def record() -> None:
        await journal.append(entry(THREE))
        disk.is_stepping = True
        first = journal.append(entry(THREE))
        await disk.arrives()
        both = [journal.append(long(4, ONE)), journal.append(long(4, TWO))]
        short = [journal.append(entry(THREE, payload=noise(100))) for _ in range(50)]
        disk.let_through()
        await disk.arrives()
        disk.let_through()
        await asyncio.gather(first, *short)
        assert not any(each.done() for each in both)
        disk.run_freely()
        await asyncio.gather(*both)

    asyncio.run(record())
    journal.close()
    order = [f.place.header.session[-1] for f in read_frames(tmp_path) if len(f.content) > PIECE]
    assert order == [1, 2, 1, 2, 1, 2, 1, 2]


def test_a_long_entry_does_not_make_others_too_many(tmp_path: Path) -> None:
    disk = SteppedDisk()
    journal = opened(tmp_path, disk, max_queued=MIB)

    async def record() -> None:
        await journal.append(entry(TWO))
        disk.is_stepping = True
        waiting = [journal.append(long(8))]
        await disk.arrives()
        waiting += [journal.append(entry(TWO)) for _ in range(100)]
        assert journal.waiting_bytes <= MIB // 4 + 100 * 200
        disk.run_freely()
        await asyncio.gather(*waiting)

    asyncio.run(record())
    assert journal.waiting_bytes == 0
    journal.close()


def test_what_a_session_queued_before_a_long_entry_is_written_before_it(tmp_path: Path) -> None:
    """Also where the queue is longer than a group: a lane does not overtake its own session."""
    disk = SteppedDisk()
    journal = opened(tmp_path, disk)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_stepping = True
        waiting = [journal.append(entry(ONE))]
        await disk.arrives()
        waiting += [journal.append(entry(TWO, payload=noise(PIECE // 2))) for _ in range(6)]
        waiting += [journal.append(entry(ONE, payload=noise(PIECE // 2))) for _ in range(3)]
        waiting += [journal.append(long()), journal.append(long(whose=THREE)), journal.append(entry(ONE))]
        disk.run_freely()
        await asyncio.gather(*waiting)

    asyncio.run(record())
    journal.close()
    numbers = [f.place.header.sequence for f in read_frames(tmp_path) if f.place.header.session[-1] == 1]
    assert numbers == list(range(len(numbers)))
    assert len(list(read_session(tmp_path, ONE, keys=KEYS))) == 8


def test_closing_writes_what_is_long_to_its_end(tmp_path: Path) -> None:
    journal = opened(tmp_path, SteppedDisk())
    journal.put(long(8))
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.forget(ONE)
    journal.close()
    assert [each.kind for each in read_session(tmp_path, ONE, keys=KEYS)] == [
        EntryKind.OPEN, EntryKind.OUTCOME, EntryKind.CLOSE
    ]  # fmt: skip
    # The end of the process stands last: whoever finds it there knows that nothing was left.
    last = list(read_frames(tmp_path))[-1].place.header
    assert (last.kind, session_id(last.session)) == (EntryKind.CLOSE, journal.control)


def test_keys_that_are_renewed_meanwhile_are_for_the_next_entry(tmp_path: Path) -> None:
    disk = SteppedDisk()
    journal = opened(tmp_path, disk)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_stepping = True
        waiting = [journal.append(replace(long(8), raw=noise(8 * PIECE - ENVELOPE, 1)))]
        await disk.arrives()
        journal.renew_keys()
        waiting.append(journal.append(entry(ONE)))
        disk.run_freely()
        await asyncio.gather(*waiting)
        await journal.append(entry(ONE))

    asyncio.run(record())
    journal.close()
    epochs = [f.place.header.epoch for f in read_frames(tmp_path) if f.place.header.session[-1] == 1]
    assert epochs == [0] * 18 + [1, 1]
    assert len(list(read_session(tmp_path, ONE, keys=KEYS, layers=BOTH_LAYERS))) == 5


def test_a_disk_that_fails_in_the_middle_fails_whoever_waits_and_nothing_of_it_is_given(
    tmp_path: Path,
) -> None:
    disk = SteppedDisk()
    journal = opened(tmp_path, disk)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.faults[len(disk.groups) + 2] = OSError(5, "Input/output error")
        waiting = [
            journal.append(long(8)),
            journal.append(entry(ONE)),
            journal.append(long(whose=TWO)),
        ]
        said = await asyncio.gather(*waiting, return_exceptions=True)
        assert [getattr(each, "code", each) for each in said] == ["record_unavailable"] * 3

    asyncio.run(record())
    assert not journal.is_ready
    journal.close()
    recover(tmp_path, QUICK)
    assert [each.sequence for each in read_session(tmp_path, ONE, keys=KEYS)] == [0, 1]


@pytest.mark.parametrize("kind", [EntryKind.INTENT, EntryKind.OUTCOME])
def test_of_an_entry_that_was_cut_short_by_a_crash_only_the_beginning_is_there(
    kind: EntryKind, tmp_path: Path
) -> None:
    """A call whose intent was cut short was never forwarded; of one whose outcome was, nobody knows."""
    disk = SteppedDisk()
    journal = opened(tmp_path / "live", disk)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_stepping = True
        answer = replace(long(8, kind=kind), envelope={"call": 1})
        waiting = journal.append(answer)
        for _ in range(3):
            await disk.arrives()
            disk.let_through()
        await disk.arrives()
        shutil.copytree(tmp_path / "live", tmp_path / "killed")
        disk.run_freely()
        await waiting

    asyncio.run(record())
    journal.close()
    killed = tmp_path / "killed"
    recover(killed, QUICK)
    assert [each.sequence for each in read_session(killed, ONE, keys=KEYS)] == [0, 1]
    (left,) = [each for each in unfinished(killed, KEYS) if each.session == ONE]
    assert (left.calls, left.torn) == ([1], 6)
    assert left.said == {"session": ONE, "unknown": [1], "torn": 6}
    (same,) = [each for each in unfinished(killed, None) if each.session == ONE]
    assert (same.count, same.torn) == (1, 6)
    journal = Journal.open(killed, keys=KEYS, around=Surroundings(disk=QUICK, unwrap=KEYS))
    journal.close()
    assert len(list(read_session(killed, ONE, keys=KEYS))) == 2


def test_on_a_full_disk_a_long_entry_is_given_up_with_its_session_and_the_others_end(tmp_path: Path) -> None:
    disk = SteppedDisk()
    journal = opened(tmp_path, disk, sizes=Sizes(reserve=64 << 10))

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.faults[len(disk.groups) + 2] = OSError(28, "No space left on device")
        waiting = [journal.append(long(8)), journal.append(entry(ONE))]
        said = await asyncio.gather(*waiting, return_exceptions=True)
        assert [getattr(each, "code", each) for each in said] == ["disk_full"] * 2
        with pytest.raises(RecordError) as caught:
            journal.append(entry(ONE, EntryKind.CLOSE))
        assert caught.value.code == "session_not_open"
        await journal.append(entry(TWO, EntryKind.CLOSE))

    asyncio.run(record())
    assert journal.failure is None
    assert journal.waiting_bytes == 0
    journal.close()
    assert [each.kind for each in read_session(tmp_path, TWO, keys=KEYS)][-1] is EntryKind.CLOSE
    assert [each.sequence for each in read_session(tmp_path, ONE, keys=KEYS)] == [0, 1]


class NoRoomForRawKeys(SteppedDisk):
    """A disk that has room for everything else."""

    is_full = False

    def replace(self, new: Path, file: Path) -> None:
        if self.is_full and file.name.startswith("raw"):
            raise OSError(28, "No space left on device")
        super().replace(new, file)


def test_a_long_answer_whose_raw_key_has_no_room_is_refused_and_its_session_goes_on(tmp_path: Path) -> None:
    disk = NoRoomForRawKeys()
    journal = opened(tmp_path, disk)

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.is_full = True
        waiting = [journal.append(replace(long(), raw=noise(5))), journal.append(entry(ONE))]
        said = await asyncio.gather(*waiting, return_exceptions=True)
        assert [getattr(each, "code", each) for each in said] == ["disk_full"] * 2
        assert await journal.append(entry(ONE)) == 2
        disk.is_full = False
        assert await journal.append(replace(long(), raw=noise(5))) == 6

    asyncio.run(record())
    assert journal.waiting_bytes == 0
    journal.close()
    read = list(read_session(tmp_path, ONE, keys=KEYS, layers=BOTH_LAYERS))
    assert [(each.sequence, len(each.payload)) for each in read] == [
        (0, 0),
        (1, 0),
        (2, 0),
        (6, 3 * PIECE - ENVELOPE),
    ]


def sealer(whose: SessionId) -> SessionSealer:
    opening = entry(whose, EntryKind.OPEN)
    begun = SessionSealer(opening, fresh=lambda: (bytes(32), bytes(24)), packer=ContentPacker())
    begun.seal(opening)
    return begun


def test_a_group_is_about_a_mebibyte_whatever_waits() -> None:
    backlog = Backlog(threading.Condition(), 1 << 30)
    one, two = sealer(ONE), sealer(TWO)
    for _ in range(3000):
        backlog.add(one, entry(ONE, payload=noise(1000)), None)
    backlog.add(two, long(5, TWO), None)
    sizes: list[int] = []
    while not backlog.is_empty:
        group = backlog.fill(backlog.cut())
        assert group
        sizes.append(sum(len(frame) for queued in group for frame in queued.sealed.frames))
        backlog.done(group)
    assert max(sizes) <= GROUP_BYTES + 4096
    assert backlog.size == 0
    assert len(sizes) < 9


def test_an_entry_of_two_layers_that_is_longer_than_a_group_is_one_by_itself() -> None:
    """Each layer is just below the length of a piece: they are sealed at once, and written at once."""
    backlog = Backlog(threading.Condition(), 1 << 30)
    one = sealer(ONE)
    most = replace(entry(ONE, payload=noise(PIECE - 50)), raw=noise(PIECE - 50, 1))
    for each in (entry(ONE), most, entry(ONE)):
        backlog.add(one, each, None)
    assert [len(backlog.cut()) for _ in range(3)] == [1, 1, 1]


def test_everything_is_taken_out_at_the_end() -> None:
    backlog = Backlog(threading.Condition(), 1 << 30)
    one = sealer(ONE)
    backlog.add(one, entry(ONE), None)
    added = [backlog.add(one, long(), None), backlog.add(one, entry(ONE), None)]
    assert all(isinstance(each, Long) for each in added)
    assert [each.sequence for each in backlog.end()] == [1, 4, 5]
    assert backlog.is_empty
