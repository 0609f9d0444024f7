"""The disk fails at each call of the log and of the sealer. Nothing acknowledged is lost, nothing forks."""

import asyncio
import errno
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firedoor.core.record.note import NoteSigner, read_note
from firedoor.edges.store.journal.disk import Appended, Disk
from firedoor.edges.store.journal.layout import segment_numbers
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.writer import Journal, Surroundings
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.keeper import LogKeeper, Pace
from firedoor.edges.store.log.starting import Nature
from firedoor.model.entry import EntryKind
from firedoor.operations.verify_record import Asked, verify_record
from tests.edges.store.journal.around import KEYS, QUICK, CrashDisk, entry, in_memory, now_us, session
from tests.helpers.faulty_disk import Fault, FaultDisk, FaultFile

SEED = bytes(range(32))
ORIGIN = "gw.example/door"
SMALL = Sizes(largest=1_500, ahead=256)
"""So that segments are left, moved out of and freed all the time."""

QUICKLY = Pace(look_s=0.001, again_s=0.002)


@dataclass
class Seen:
    """What a run was told, and what it signed."""

    durable: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    notes: list[bytes] = field(default_factory=list[bytes])
    """Every checkpoint that was handed to the disk, whatever became of it."""


class WatchedFile(FaultFile):
    def __init__(self, file: Appended, fault: Fault, notes: list[bytes] | None) -> None:
        super().__init__(file, fault)
        self._notes = notes

    def write(self, content: bytes) -> None:
        if self._notes is not None:
            self._notes.append(content)
        super().write(content)


class WatchedDisk(FaultDisk):
    """Fails at one call, and keeps every checkpoint that is written. What fails to sync is not synced."""

    def __init__(self, fault: Fault, seen: Seen, disk: Disk) -> None:
        super().__init__(fault)
        self._disk, self._watched, self._seen = disk, fault, seen

    def create(self, file: Path) -> WatchedFile:
        self._watched.meet("open")
        is_note = file.name == ".new-checkpoint"
        return WatchedFile(self._disk.create(file), self._watched, self._seen.notes if is_note else None)

    def sync_file(self, file: Path) -> None:
        self._watched.meet("fsync")
        self._disk.sync_file(file)

    def sync_folder(self, folder: Path) -> None:
        self._watched.meet("fsync")
        self._disk.sync_folder(folder)


def nature(disk: Disk) -> Nature:
    return Nature(
        seed=SEED, origin=ORIGIN, now_us=now_us, entropy=os.urandom, pause=lambda: None, disk=disk, kept=1
    )


def run(data_dir: Path, disk: Disk, fault: Fault, seen: Seen) -> None:
    """Run twice. The journal has the same disk, and is let alone."""
    for first in (0, 10):
        run_once(data_dir, (disk, WatchedDisk(fault, seen, disk)), seen, first)


def run_once(data_dir: Path, disks: tuple[Disk, Disk], seen: Seen, first: int) -> None:
    """Record some sessions, one of which stays open until the end."""
    keeper = LogKeeper(data_dir, nature(disks[1]), pace=QUICKLY)
    around = Surroundings(disk=disks[0], sizes=SMALL)
    journal = Journal.open(data_dir, keys=KEYS, on_durable_frames=keeper.note, around=around)

    async def put(number: int, kind: EntryKind, payload: bytes = b"") -> None:
        whose = session(number)
        seen.durable.add((whose, await journal.append(entry(whose, kind, payload))))

    async def record() -> None:
        await put(first, EntryKind.OPEN)
        for number in range(first + 1, first + 3):
            await put(number, EntryKind.OPEN)
            await put(number, EntryKind.INTENT, os.urandom(300))
            await put(first, EntryKind.EVENT, os.urandom(700))
            await put(number, EntryKind.CLOSE)
            while not keeper.settled(0.02) and not keeper.is_failing:
                pass

    asyncio.run(record())
    journal.close()
    keeper.close()


def flaw_of(place: Path, seen: Seen) -> str:
    """What is wrong once a gateway has started with a disk that is well again; nothing if nothing is."""
    keeper = LogKeeper(place, nature(QUICK), pace=QUICKLY)
    around = Surroundings(disk=QUICK, sizes=SMALL)
    journal = Journal.open(place, keys=KEYS, on_durable_frames=keeper.note, around=around)
    journal.close()
    keeper.close()
    if keeper.is_failing:
        return "the log does not go on"
    left = {(each.session, each.sequence) for each in read_all(place, keys=KEYS)}
    if not seen.durable <= left:
        return f"{len(seen.durable - left)} entries are lost"
    if len(logs_in(place)) != 1:
        return "the log ended"
    notes = [note for note in seen.notes if read_note(note) is not None]
    name = logs_in(place)[0].read("checkpoint") or b""
    key = NoteSigner(name.decode().partition("\n")[0], SEED).key
    verified = verify_record(KeptEvidence(place, keys=KEYS), Asked(keys=(key,), held=tuple(notes)))
    return "; ".join(f"{each.code} in {each.file}: {each.why}" for each in verified.faults)


def calls_of_a_run(folder: Path) -> list[str]:
    fault, seen = Fault(0, 0), Seen()
    run(folder / "whole", QUICK, fault, seen)
    assert not flaw_of(folder / "whole", seen)
    assert len(seen.notes) > 4
    # Segments were freed, some before the end of a session that was open.
    assert segment_numbers(folder / "whole")[0] > 2
    return fault.calls


@pytest.mark.promise("REC-1")
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_wherever_the_disk_of_the_log_fails_nothing_is_lost_nothing_forks_and_the_next_start_heals(
    number: int, record_property: Callable[[str, object], None]
) -> None:
    flaws: list[str] = []
    with in_memory() as folder:
        calls = calls_of_a_run(folder)
        for at in range(1, len(calls) + 1):
            place, seen = folder / f"at-{at}", Seen()
            run(place, QUICK, Fault(at, number), seen)
            flaw = flaw_of(place, seen)
            flaws += [f"call {at} ({calls[at - 1]}): {flaw}"] if flaw else []
            shutil.rmtree(place)
    kinds = ", ".join(sorted(set(calls)))
    what = f"{errno.errorcode[number]} at each of {len(calls)} calls of log and sealer ({kinds})"
    record_property("figure", f"{what}: {len(flaws)} flaws")
    assert {"open", "write", "fsync", "rename", "unlink"} <= set(calls)
    assert not flaws


@pytest.mark.promise("REC-1")
def test_a_sync_of_the_log_that_failed_and_a_power_loss_after_it_lose_nothing_either(
    record_property: Callable[[str, object], None],
) -> None:
    flaws: list[str] = []
    dice = random.Random(2026)  # noqa: S311
    with in_memory() as folder:
        syncs = [at for at, call in enumerate(calls_of_a_run(folder), start=1) if call == "fsync"]
        for at in syncs:
            live, lost, seen = folder / f"at-{at}", folder / f"lost-{at}", Seen()
            for each in (live, lost):
                each.mkdir()
            disk = CrashDisk(live, is_honest=True)
            run(live / "data", disk, Fault(at, errno.EIO), seen)
            (*_, (_, state)) = disk.states()
            state.lose_power(lost, dice)
            flaw = flaw_of(lost / "data", seen)
            flaws += [f"sync {at}: {flaw}"] if flaw else []
            for each in (live, lost):
                shutil.rmtree(each)
    record_property(
        "figure", f"EIO at each of {len(syncs)} syncs of log and sealer, then no power: {len(flaws)} flaws"
    )
    assert len(syncs) > 20
    assert not flaws
