import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from threading import Condition

import pytest

from firedoor.core.record.note import read_key
from firedoor.core.record.verify import Verification
from firedoor.edges.export import verify_record as alone
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.layout import quarantine_folder, segment_file, segment_numbers
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.gap import Gap, close_gap, find_gap, lost_frames, would_lose
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.operations.verify_record import Asked, verify_record
from tests.edges.store.journal.around import QUICK, QuickDisk, entry, session
from tests.edges.store.log.recorded import nature

OLD, ONE, TWO, THREE = (session(number) for number in range(1, 5))
SMALL = Sizes(largest=3_000, ahead=512)


class Running:
    """A journal of small segments, and its log."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(exist_ok=True)
        self.ring = KeyRing.open(data_dir)
        self.keeper = LogKeeper(data_dir, replace(nature(data_dir), kept=3))
        self.durable = Condition()
        self.noted, self.taken = 0, 1  # the beginning of the control session
        self.journal = Journal.open(
            data_dir,
            keys=self.ring,
            on_durable_frames=self.note,
            around=Surroundings(disk=QUICK, sizes=SMALL),
        )

    def note(self, segment: int, offset: int, frames: list[bytes]) -> None:
        self.keeper.note(segment, offset, frames)
        with self.durable:
            self.noted += len(frames)
            self.durable.notify_all()

    def put(self, whose: SessionId, *kinds: EntryKind) -> None:
        self.taken += len(kinds)
        for kind in kinds:
            self.journal.put(entry(whose, kind, b"" if kind is EntryKind.OPEN else os.urandom(600)))

    def close(self) -> None:
        self.journal.close()
        self.keeper.close()
        assert not self.keeper.is_failing


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway that was killed: a session in its file, three that were open in several segments."""
    folder = tmp_path_factory.mktemp("gap")
    running = Running(folder / "live")
    running.put(OLD, EntryKind.OPEN, EntryKind.EVENT, EntryKind.CLOSE)
    for each in (ONE, TWO, THREE):
        running.put(each, EntryKind.OPEN)
    for _ in range(8):
        for each in (ONE, TWO, THREE):
            running.put(each, EntryKind.EVENT)
            settled(running)
    for name in ("log", "journal", "keys", "sessions"):
        if (folder / "live" / name).is_dir():
            shutil.copytree(folder / "live" / name, folder / "killed" / name)
    running.close()
    return folder / "killed"


def settled(running: Running) -> None:
    for kinds in ((), (EntryKind.CONTROL,)):  # a group of its own
        running.put(running.journal.control, *kinds)
        with running.durable:  # the keeper is told after those who wait
            assert running.durable.wait_for(lambda: running.noted >= running.taken, 30)
    assert running.keeper.settled(30)


@pytest.fixture
def place(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "data")
    return tmp_path / "data"


def damage(place: Path, number: int, share: float) -> None:
    """Change a byte of a segment, so far in it."""
    file = segment_file(place, number)
    content = bytearray(file.read_bytes())
    content[int(len(content.rstrip(b"\0")) * share)] ^= 1
    file.write_bytes(content)


def accepted(place: Path) -> Gap:
    """Close the gap, and let the next process say so, as the command does."""
    gap = find_gap(place)
    assert gap is not None
    close_gap(place, gap.segment, gap.offset)
    lost = [each.said for each in lost_frames(place)]
    running = Running(place)
    said = {"accepted_gap": True, "sessions": lost}
    running.journal.put(
        Entry(kind=EntryKind.RECOVERED, session=running.journal.control, at_us=2, envelope=said)
    )
    running.close()
    return gap


def ours(place: Path) -> Verification:
    asked = Asked(keys=tuple(filter(None, (read_key(line) for line in pins(place)))))
    return verify_record(KeptEvidence(place, keys=KeyRing.open(place)), asked)


def pins(place: Path) -> list[str]:
    return [(log.read("key") or b"").decode().strip() for log in logs_in(place)]


def theirs(place: Path, keys: Path) -> alone.Verification:
    ring = KeyRing.open(place)
    for file in (place / "keys").glob("*/*.age"):
        (keys / file.parent.name).mkdir(parents=True, exist_ok=True)
        (keys / file.parent.name / file.stem).write_bytes(ring.unwrap(file.read_bytes()) or b"")
    given = alone.Given(alone.pinned(pins(place)), [], str(keys), time.time_ns() // 1000)
    return alone.Verification(str(place), given)


def test_a_whole_journal_has_no_gap(place: Path) -> None:
    assert len(segment_numbers(place)) > 3
    assert find_gap(place) is None


@pytest.mark.parametrize("shares", [(0.5,), (0.3, 0.6), (0.01,)], ids=["one", "two segments", "a header"])
def test_damage_in_any_segment_is_accepted_with_what_stands_behind_it(
    place: Path, tmp_path: Path, shares: tuple[float, ...]
) -> None:
    numbers = segment_numbers(place)
    before = {number: segment_file(place, number).read_bytes() for number in numbers}
    for number, share in zip(numbers[1:], shares, strict=False):
        damage(place, number, share)
    gap = accepted(place)
    assert (gap.segment, gap.segments_after) == (numbers[1], len(numbers) - 2)
    assert find_gap(place) is None
    kept = {file.name for file in quarantine_folder(place).iterdir()}
    assert len(kept) == len(numbers) - 1
    size = sum(file.stat().st_size for file in quarantine_folder(place).iterdir())
    assert size == gap.length
    assert gap.length == sum(len(before[n].rstrip(b"\0")) for n in numbers[1:]) - gap.offset
    found = ours(place)
    assert found.faults == ()
    # Behind a damaged header every frame is whole.
    assert bool(found.accepted) is (shares != (0.01,))
    assert {each.session for each in found.accepted} < {OLD, ONE, TWO, THREE, *controls(place)}
    alike = theirs(place, tmp_path / "keys")
    assert alike.faults == []
    assert sorted(alike.accepted) == sorted((e.session, e.first, e.last) for e in found.accepted)
    assert len(list(read_all(place, keys=KeyRing.open(place)))) > 10


def controls(place: Path) -> set[SessionId]:
    opened = [each for each in read_all(place, keys=KeyRing.open(place)) if each.kind is EntryKind.OPEN]
    return {each.session for each in opened if each.envelope.get("control")}


def test_a_session_that_is_whole_behind_the_damage_loses_nothing(place: Path) -> None:
    before = {(e.session, e.sequence) for e in read_all(place, keys=KeyRing.open(place))}
    damage(place, segment_numbers(place)[1], 0.5)
    gap = find_gap(place)
    assert gap is not None
    told = {(each.session, n) for each in would_lose(place, gap) for n in range(each.first, each.last + 1)}
    accepted(place)
    left = {(e.session, e.sequence) for e in read_all(place, keys=KeyRing.open(place))}
    lost = before - left
    named = {(each.session, n) for each in ours(place).accepted for n in range(each.first, each.last + 1)}
    assert lost == named
    assert told == named
    touched = {whose for whose, _ in lost}
    assert touched < {whose for whose, _ in before}


def test_what_somebody_took_away_besides_is_not_accepted_with_it(place: Path, tmp_path: Path) -> None:
    (file,) = (place / "sessions").rglob(f"{OLD}.fdrec")
    file.unlink()
    damage(place, segment_numbers(place)[1], 0.5)
    accepted(place)
    found = ours(place)
    assert {(each.code, each.session) for each in found.faults} == {("frame_missing", OLD)}
    alike = theirs(place, tmp_path / "keys")
    assert [(fault.code, fault.session) for fault in alike.faults] == [("frame_missing", OLD)]


def test_what_is_taken_away_afterwards_is_not_accepted_either(place: Path, tmp_path: Path) -> None:
    damage(place, segment_numbers(place)[1], 0.5)
    accepted(place)
    (file,) = (place / "sessions").rglob(f"{OLD}.fdrec")
    file.write_bytes(file.read_bytes()[:-5])
    assert ours(place).faults
    assert theirs(place, tmp_path / "keys").faults


def test_it_goes_on_after_a_crash_at_any_act(place: Path, tmp_path: Path) -> None:
    damage(place, segment_numbers(place)[1], 0.5)
    gap = find_gap(place)
    assert gap is not None
    for after in range(60):
        copy = tmp_path / f"copy-{after}"
        shutil.copytree(place, copy)
        disk = Stopping(after)
        try:
            close_gap(copy, gap.segment, gap.offset, disk)
        except InterruptedError:
            again = find_gap(copy)
            if again is not None:
                assert (again.segment, again.offset) == (gap.segment, gap.offset)
                close_gap(copy, gap.segment, gap.offset)
        assert find_gap(copy) is None
        assert sum(file.stat().st_size for file in quarantine_folder(copy).iterdir()) == gap.length
        if not disk.has_stopped:
            return
        shutil.rmtree(copy)
    pytest.fail("it takes more acts than that")


class Stopping(QuickDisk):
    """A disk that does so many acts, and then no more."""

    def __init__(self, acts: int) -> None:
        self._left, self.has_stopped = acts, False

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.has_stopped = True
            raise InterruptedError

    def create(self, file: Path):
        self._count()
        return super().create(file)

    def replace(self, new: Path, file: Path) -> None:
        self._count()
        super().replace(new, file)

    def truncate(self, file: Path, size: int) -> None:
        self._count()
        super().truncate(file, size)

    def remove(self, file: Path) -> None:
        self._count()
        super().remove(file)


def test_other_damage_than_what_was_accepted_is_not_closed(place: Path) -> None:
    with pytest.raises(IntegrityError):
        close_gap(place, 0, 1)
    damage(place, segment_numbers(place)[1], 0.5)
    with pytest.raises(IntegrityError) as caught:
        close_gap(place, segment_numbers(place)[1], 1)
    assert caught.value.code == "gap_changed"
