"""Journal, log and session files together, and the power gone between any two acts of theirs."""

import asyncio
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firedoor.core.record.note import NoteSigner, read_note
from firedoor.edges.store.journal.disk import Disk
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.journal.recover import recover
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.writer import Journal, Surroundings
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.edges.store.log.starting import Nature
from firedoor.model.entry import EntryKind
from firedoor.model.errors import IntegrityError
from firedoor.operations.verify_record import Asked, verify_record
from tests.edges.store.journal.around import KEYS, QUICK, CrashDisk, entry, in_memory, now_us, session

LOSSES = int(os.environ.get("FIREDOOR_POWER_LOSSES", "1500")) // 3
SEED = bytes(range(32))
ORIGIN = "gw.example/door"
SMALL = Sizes(largest=3_000, ahead=512)
"""So that segments are left, moved out of and freed all the time."""
EVERY = 25
"""Of so many power losses one is followed by a start: that takes longer."""


@dataclass
class Seen:
    """What was said to be durable, each with how many acts the disk had done."""

    entries: list[tuple[int, tuple[str, int, bytes]]] = field(
        default_factory=list[tuple[int, tuple[str, int, bytes]]]
    )
    checkpoints: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])


def nature(disk: Disk, keep: Callable[[bytes], object] = lambda note: None) -> Nature:
    return Nature(
        seed=SEED,
        origin=ORIGIN,
        now_us=now_us,
        entropy=os.urandom,
        pause=lambda: None,
        keep=keep,
        disk=disk,
        kept=1,
    )


def run(data_dir: Path, disk: CrashDisk, seen: Seen, first: int) -> None:
    """Record some sessions, one of which stays open until the end."""

    def keep(note: bytes) -> None:
        seen.checkpoints.append((len(disk.log), note))

    keeper = LogKeeper(data_dir, nature(disk, keep))
    journal = Journal.open(
        data_dir, keys=KEYS, on_durable_frames=keeper.note, around=Surroundings(disk=disk, sizes=SMALL)
    )

    async def put(number: int, kind: EntryKind, payload: bytes = b"") -> None:
        sequence = await journal.append(entry(session(number), kind, payload))
        seen.entries.append((len(disk.log), (session(number), sequence, payload)))

    async def record() -> None:
        await put(first, EntryKind.OPEN)
        for number in range(first + 1, first + 8):
            await put(number, EntryKind.OPEN)
            await put(number, EntryKind.INTENT, b"intent %d " % number * 20)
            await put(first, EntryKind.EVENT, os.urandom(600))
            # One in three is of several frames. It compresses to little.
            await put(
                number, EntryKind.OUTCOME, b"outcome %d " % number * (130_000 if number % 3 == 0 else 40)
            )
            await put(number, EntryKind.CLOSE)
            assert keeper.settled(30)

    asyncio.run(record())
    journal.close()
    keeper.close()
    assert not keeper.is_failing


def is_lost(place: Path, seen: Seen, done: int, *, is_started: bool) -> bool:
    """Whether a disk after a power loss lacks what was said to be durable, or does not continue the log."""
    try:
        recover(place, QUICK)
        if is_started:
            start(place)
        left = {(each.session, each.sequence, each.payload) for each in read_all(place, keys=KEYS)}
    except (IntegrityError, OSError):
        return True
    if not {what for when, what in seen.entries if when <= done} <= left:
        return True
    held = [note for when, note in seen.checkpoints if when <= done][-1:]
    if not held:
        return False
    (opened,) = filter(None, map(read_note, held))
    key = NoteSigner(opened.text.partition("\n")[0], SEED).key
    asked = Asked(keys=(key,), held=tuple(held), may_be_sealed=True)
    verified = verify_record(KeptEvidence(place, keys=KEYS), asked)
    return bool(verified.faults) or len(logs_in(place)) != 1


def start(place: Path) -> None:
    keeper = LogKeeper(place, nature(QUICK))
    around = Surroundings(disk=QUICK, sizes=SMALL)
    journal = Journal.open(place, keys=KEYS, on_durable_frames=keeper.note, around=around)
    journal.close()
    keeper.close()
    if keeper.is_failing:
        raise IntegrityError("log_failing", "The log did not go on.")


def violations(folder: Path, *, is_honest: bool) -> tuple[int, int]:
    live = folder / "live"
    live.mkdir()
    disk, seen = CrashDisk(live, is_honest=is_honest), Seen()
    run(live / "data", disk, seen, 0)
    run(live / "data", disk, seen, 10)
    acts = {act for act, _, _ in disk.log}
    assert {"replace", "remove", "trim"} <= acts
    dice = random.Random(2026)  # noqa: S311
    moments = sorted(dice.choices(range(len(disk.log) + 1), k=LOSSES))
    lost = tried = 0
    for done, state in disk.states():
        for _ in range(moments.count(done)):
            place = folder / f"state-{tried}" / "data"
            place.parent.mkdir()
            state.lose_power(place.parent, dice)
            tried += 1
            lost += is_lost(place, seen, done, is_started=tried % EVERY == 0)
            shutil.rmtree(place.parent)
    return lost, tried


@pytest.mark.promise("REC-1")
def test_no_power_loss_loses_what_was_moved_to_a_file_of_its_own_or_forks_the_log(
    record_property: Callable[[str, object], None],
) -> None:
    with in_memory() as folder:
        lost, tried = violations(folder, is_honest=True)
    record_property(
        "figure", f"simulated power losses of journal, log and sessions: {tried}, violations: {lost}"
    )
    assert (lost, tried) == (0, LOSSES)


@pytest.mark.promise("REC-1")
def test_the_same_check_of_the_log_fails_when_syncing_does_nothing(
    record_property: Callable[[str, object], None],
) -> None:
    with in_memory() as folder:
        lost, tried = violations(folder, is_honest=False)
    record_property("figure", f"the same with fsync stubbed out: {tried}, violations: {lost}")
    assert lost > LOSSES // 4
