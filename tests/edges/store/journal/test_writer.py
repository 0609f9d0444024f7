import asyncio
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.layout import journal_folder, key_file, segment_file
from firedoor.edges.store.journal.reader import BOTH_LAYERS, read_all, read_frames, read_session
from firedoor.edges.store.journal.recover import recover
from firedoor.edges.store.journal.waiters import Limits
from firedoor.edges.store.journal.writer import Surroundings
from firedoor.model.entry import EntryKind
from firedoor.model.errors import IntegrityError, RecordError
from tests.edges.store.journal.around import (
    KEYS,
    QUICK,
    CrashDisk,
    GatedDisk,
    entry,
    in_memory,
    seen,
    session,
)

if TYPE_CHECKING:
    from firedoor.core.record.facts import IndexRow

ONE, TWO = session(1), session(2)
STATES = int(os.environ.get("FIREDOOR_POWER_LOSSES", "1500"))
"""Simulated power losses of the journal; the log adds 500 to them."""


async def settled() -> None:
    """Give the loop the turns in which a wrong wake-up would be seen."""
    for _ in range(20):
        await asyncio.sleep(0)


async def syncing(disk: GatedDisk) -> None:
    assert await asyncio.get_running_loop().run_in_executor(None, disk.is_syncing.wait, 30)


def test_what_was_appended_is_read_again(tmp_path: Path) -> None:
    ring = KeyRing.open(tmp_path)
    journal = Journal.open(tmp_path, keys=ring)

    async def record() -> list[int]:
        opened = await journal.append(entry(ONE, EntryKind.OPEN))
        return [opened, *[await journal.append(entry(ONE, payload=b"%d" % n)) for n in range(3)]]

    assert asyncio.run(record()) == [0, 1, 2, 3]
    journal.close()
    read = list(read_session(tmp_path, ONE, keys=ring))
    assert [(each.sequence, each.payload) for each in read] == [(0, b""), (1, b"0"), (2, b"1"), (3, b"2")]
    assert read[1].envelope == {"method": "tools/call"}
    control = list(read_session(tmp_path, journal.control, keys=ring))
    assert [(each.kind, dict(each.envelope)) for each in control] == [
        (EntryKind.OPEN, {"control": True}),
        (EntryKind.CLOSE, {"reason": "stopped"}),
    ]


@pytest.mark.promise("REC-1")
def test_nobody_is_told_before_the_disk_has_synced(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk))
    journal.put(entry(ONE, EntryKind.OPEN))

    async def record() -> None:
        await journal.append(entry(ONE))
        disk.may_sync.clear()
        waiting = journal.append(entry(ONE))
        await syncing(disk)
        await settled()
        assert not waiting.done()
        disk.may_sync.set()
        assert await waiting == 2

    asyncio.run(record())
    journal.close()


def test_all_that_gather_while_the_disk_syncs_share_the_next_sync(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk))

    async def record() -> tuple[int, int]:
        await journal.append(entry(ONE, EntryKind.OPEN))
        disk.may_sync.clear()
        first = journal.append(entry(ONE))
        await syncing(disk)
        syncs, writes = disk.syncs, disk.writes
        many = [journal.append(entry(ONE)) for _ in range(50)]
        disk.may_sync.set()
        await asyncio.gather(first, *many)
        return disk.syncs - syncs, disk.writes - writes

    assert asyncio.run(record()) == (2, 1)
    journal.close()


@pytest.mark.promise("REC-1")
def test_a_failed_sync_fails_all_who_wait_and_everything_after(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk))

    async def record() -> None:
        await journal.append(entry(ONE, EntryKind.OPEN))
        disk.may_sync.clear()
        one = journal.append(entry(ONE))
        await syncing(disk)
        two = journal.append(entry(ONE))
        disk.fault = OSError(5, "Input/output error")
        disk.may_sync.set()
        for waiting in (one, two):
            with pytest.raises(RecordError) as caught:
                await waiting
            assert caught.value.code == "record_unavailable"
        disk.fault = None  # the disk seems to be well again: it is not asked
        assert not journal.is_ready
        syncs = disk.syncs
        with pytest.raises(RecordError):
            journal.put(entry(ONE))
        with pytest.raises(RecordError):
            journal.append(entry(ONE))
        assert disk.syncs == syncs

    asyncio.run(record())
    journal.close()


def test_who_waits_too_long_is_refused_and_so_is_everybody_until_the_disk_answers(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk, limits=Limits(still_s=0.05)))

    async def record() -> None:
        await journal.append(entry(ONE, EntryKind.OPEN))
        disk.may_sync.clear()
        with pytest.raises(RecordError) as caught:
            await journal.append(entry(ONE))
        assert caught.value.code == "record_too_slow"
        assert not journal.is_ready
        with pytest.raises(RecordError):
            journal.append(entry(ONE))
        disk.may_sync.set()

    asyncio.run(record())
    journal.close()
    assert [each[1] for each in seen(read_session(tmp_path, ONE, keys=KEYS))] == [0, 1]


def test_more_than_may_wait_is_refused_and_breaks_nothing(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk, max_queued=10_000))

    async def record() -> None:
        await journal.append(entry(ONE, EntryKind.OPEN))
        disk.may_sync.clear()
        with pytest.raises(RecordError) as caught:
            for n in range(100):
                journal.put(entry(ONE, payload=bytes([n]) * 400))
        assert caught.value.code == "record_overloaded"
        disk.may_sync.set()
        await journal.append(entry(TWO, EntryKind.OPEN))
        await journal.append(entry(ONE, payload=b"after"))

    asyncio.run(record())
    journal.close()
    read = seen(read_session(tmp_path, ONE, keys=KEYS))
    assert [each[1] for each in read] == list(range(len(read)))
    assert read[-1][2] == b"after"


def test_a_put_is_durable_before_a_later_append(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)

    async def record() -> None:
        journal.put(entry(ONE, EntryKind.OPEN))
        journal.put(entry(TWO, EntryKind.OPEN))
        await journal.append(entry(ONE))

    asyncio.run(record())
    assert [each[:2] for each in seen(read_all(tmp_path, keys=KEYS))][1:] == [(ONE, 0), (TWO, 0), (ONE, 1)]
    journal.close()


def test_what_is_appended_in_one_turn_of_the_loop_is_one_group(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk))
    journal.put(entry(ONE, EntryKind.OPEN))

    async def record() -> int:
        await journal.append(entry(ONE))
        before = disk.syncs
        await asyncio.gather(*(journal.append(entry(ONE)) for _ in range(20)))
        return disk.syncs - before

    assert asyncio.run(record()) == 1
    journal.close()


def test_an_entry_whose_loop_ended_at_once_is_written_with_the_next(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))

    async def leave() -> None:
        journal.append(entry(ONE, payload=b"left")).cancel()

    asyncio.run(leave())
    assert asyncio.run(appended(journal)) == 2
    journal.close()
    assert b"left" in {each.payload for each in read_all(tmp_path, keys=KEYS)}


async def appended(journal: Journal) -> int:
    return await journal.append(entry(ONE))


def test_a_cancelled_wait_does_not_take_the_entry_back(tmp_path: Path) -> None:
    disk = GatedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk))

    async def record() -> None:
        await journal.append(entry(ONE, EntryKind.OPEN))
        disk.may_sync.clear()
        waiting = journal.append(entry(ONE, payload=b"kept"))
        await syncing(disk)
        waiting.cancel()
        disk.may_sync.set()
        assert await journal.append(entry(ONE)) == 2

    asyncio.run(record())
    journal.close()
    assert [each[2] for each in seen(read_session(tmp_path, ONE, keys=KEYS))] == [b"", b"kept", b""]


def test_a_session_is_opened_before_anything_else_and_once(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    with pytest.raises(RecordError) as caught:
        journal.put(entry(ONE))
    assert caught.value.code == "session_not_open"
    journal.put(entry(ONE, EntryKind.OPEN))
    with pytest.raises(RecordError) as caught:
        journal.put(entry(ONE, EntryKind.OPEN))
    assert caught.value.code == "session_already_open"
    journal.close()


def test_a_forgotten_session_is_not_resumed(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.forget(ONE)
    with pytest.raises(RecordError):
        journal.put(entry(ONE))
    journal.close()


def test_rows_are_told_once_durable_and_in_order(tmp_path: Path) -> None:
    rows: list[IndexRow] = []
    journal = Journal.open(tmp_path, keys=KEYS, on_durable=rows.extend)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"secret"))
    journal.close()
    assert [(row.kind, row.session, row.sequence) for row in rows] == [
        (EntryKind.OPEN, journal.control, 0),
        (EntryKind.OPEN, ONE, 0),
        (EntryKind.INTENT, ONE, 1),
        (EntryKind.CLOSE, journal.control, 1),
    ]
    assert [(row.kind, row.session, row.sequence) for row in rows] == [
        (each.kind, each.session, each.sequence) for each in read_all(tmp_path, keys=KEYS)
    ]


def test_frames_are_told_once_durable_in_order_and_with_their_place(tmp_path: Path) -> None:
    told: list[tuple[int, int, bytes]] = []

    def note(segment: int, offset: int, frames: list[bytes]) -> None:
        for frame in frames:
            content = segment_file(tmp_path, segment).read_bytes()
            assert content[offset : offset + len(frame)] == frame
            told.append((segment, offset, frame))
            offset += len(frame)

    journal = Journal.open(tmp_path, keys=KEYS, on_durable_frames=note)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"secret"))
    journal.close()
    assert told == [(each.segment, each.place.offset, each.content) for each in read_frames(tmp_path)]
    assert len(told) == 4


def test_a_closed_journal_refuses_and_closes_once(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.close()
    journal.close()
    assert not journal.is_ready
    with pytest.raises(RecordError):
        journal.put(entry(ONE, EntryKind.OPEN))


def test_a_second_journal_in_the_same_place_is_refused(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    with pytest.raises(RecordError) as caught:
        Journal.open(tmp_path, keys=KEYS)
    assert caught.value.code == "record_in_use"
    journal.close()
    Journal.open(tmp_path, keys=KEYS).close()


def test_a_disk_that_cannot_sync_is_found_when_the_journal_is_opened(tmp_path: Path) -> None:
    disk = GatedDisk()
    disk.fault = OSError(28, "No space left on device")
    with pytest.raises(RecordError, match="No space"):
        Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk))


def test_nothing_in_clear_is_on_disk(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KeyRing.open(tmp_path))
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"a payload that nobody may see"))
    journal.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"nobody may see" not in kept
    assert b"tools/call" not in kept


def test_only_the_owner_may_read_what_is_written(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KeyRing.open(tmp_path))
    journal.close()
    files = [*tmp_path.rglob("*.seg"), *tmp_path.rglob("*.age*")]
    assert len(files) == 3
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    assert journal_folder(tmp_path).stat().st_mode & 0o077 == 0
    assert key_file(tmp_path, journal.control).exists()


Told = tuple[str, int, bytes, bytes | None]
"""Session, sequence number, and both sides of the mask."""


def run_until_power_loss(root: Path, *, is_honest: bool) -> tuple[CrashDisk, list[tuple[int, Told]]]:
    """Record a little; return the log of the disk, and each entry with the moment it was acknowledged."""
    disk = CrashDisk(root, is_honest=is_honest)
    journal = Journal.open(root / "data", keys=KEYS, around=Surroundings(disk=disk))
    told: list[tuple[int, Told]] = []

    async def one_call(number: int) -> None:
        whose = session(number)
        for kind, payload in (
            (EntryKind.OPEN, b""),
            (EntryKind.INTENT, b"intent %d " % number * 20),
            # Every third is long: of several frames in several groups. It compresses to little.
            (EntryKind.OUTCOME, b"outcome %d " % number * (130_000 if number % 3 == 0 else 40)),
        ):
            # Masking changed every outcome: it is stored on both sides, or not at all.
            raw = payload.upper() if kind is EntryKind.OUTCOME else None
            sequence = await journal.append(replace(entry(whose, kind, payload), raw=raw))
            told.append((len(disk.log), (whose, sequence, payload, raw)))

    async def record() -> None:
        for start in range(0, 12, 3):
            await asyncio.gather(*(one_call(start + n) for n in range(3)))

    asyncio.run(record())
    journal.close()
    return disk, told


def violations(folder: Path, *, is_honest: bool) -> tuple[int, int]:
    """How many of how many power losses lost something acknowledged, or what recovery made of them."""
    live = folder / "live"
    live.mkdir()
    disk, told = run_until_power_loss(live, is_honest=is_honest)
    dice = random.Random(2026)  # noqa: S311
    moments = sorted(dice.choices(range(len(disk.log) + 1), k=STATES))
    lost = tried = 0
    for done, state in disk.states():
        for _ in range(moments.count(done)):
            place = folder / f"state-{tried}" / "data"
            place.parent.mkdir()
            state.lose_power(place.parent, dice)
            acknowledged = {what for when, what in told if when <= done}
            tried += 1
            try:
                recover(place, QUICK)
                read = read_all(place, keys=KEYS, layers=BOTH_LAYERS)
                left = {(each.session, each.sequence, each.payload, each.raw) for each in read}
                lost += not acknowledged <= left
            except (IntegrityError, OSError):
                lost += 1
            shutil.rmtree(place.parent)
    return lost, tried


@pytest.mark.promise("REC-1")
def test_no_power_loss_loses_what_was_acknowledged(record_property: Callable[[str, object], None]) -> None:
    with in_memory() as folder:
        lost, tried = violations(folder, is_honest=True)
    record_property("figure", f"simulated power losses of the journal: {tried}, violations: {lost}")
    assert (lost, tried) == (0, STATES)


@pytest.mark.promise("REC-1")
def test_the_same_check_fails_when_syncing_does_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    with in_memory() as folder:
        lost, tried = violations(folder, is_honest=False)
    assert tried == STATES
    record_property("figure", f"the same with fsync stubbed out: {tried}, violations: {lost}")
    assert lost > STATES // 4


def test_after_renewing_keys_every_open_session_goes_on_under_new_ones(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"before"))
    journal.renew_keys()
    journal.put(entry(ONE, payload=b"after"))
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.close()
    for whose in (ONE, journal.control):
        assert {file.name for file in (tmp_path / "keys" / whose).iterdir()} == {"view-0.age", "view-1.age"}
    assert [each[2] for each in seen(read_session(tmp_path, ONE, keys=KEYS))] == [
        b"",
        b"before",
        b"after",
        b"",
    ]
    assert journal.failure is None


@pytest.mark.promise("REC-1")
def test_the_largest_answer_is_recorded_whole_though_masking_made_it_longer() -> None:
    raw, view = os.urandom(16 << 20), os.urandom(11 << 20) * 3
    with in_memory() as folder:
        journal = Journal.open(folder, keys=KEYS, around=Surroundings(disk=QUICK))
        journal.put(entry(ONE, EntryKind.OPEN))
        journal.put(replace(entry(ONE, EntryKind.OUTCOME, view), raw=raw))
        journal.close()
        assert journal.failure is None
        found = list(read_session(folder, ONE, keys=KEYS, layers=BOTH_LAYERS))[-1]
    assert found.payload == view
    assert found.raw == raw
