import shutil
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from firedoor.core.record.checkpoint import open_checkpoint
from firedoor.core.record.note import read_key
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import read_all, read_session
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.keeper import PACE, LogKeeper
from firedoor.model.entry import EntryKind
from tests.edges.store.journal.around import entry
from tests.edges.store.log.recorded import SESSIONS, Running, nature, recorded


def size_of(data_dir: Path) -> int:
    log = logs_in(data_dir)[-1]
    key = read_key((log.read("key") or b"").decode().strip())
    assert key is not None
    found = open_checkpoint(log.read("checkpoint") or b"", key)
    assert found is not None
    return found.size


def test_what_is_durable_is_signed_while_its_session_runs(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    running = Running(tmp_path)
    running.record(SESSIONS[0], is_closed=False)
    begun = time.monotonic()
    running.settle()
    record_property("figure", f"what is durable was signed after {time.monotonic() - begun:.2f} s")
    assert size_of(tmp_path) == running.keeper.size >= 1
    running.close()
    assert size_of(tmp_path) == 1 + 2 + 3
    # What it waits for leaves the most of the second that is promised to the disk.
    assert PACE.look_s <= 0.5


@pytest.mark.parametrize(("kind", "is_at_once"), [(EntryKind.CONTROL, True), (EntryKind.REFUSED, False)])
def test_what_people_do_is_signed_at_once_whatever_the_time(
    tmp_path: Path, kind: EntryKind, is_at_once: bool
) -> None:
    noted = Event()
    # A clock that stands still: nothing is ever signed because time went by.
    keeper = LogKeeper(tmp_path, nature(tmp_path), clock=lambda: 0.0)

    def note(segment: int, offset: int, frames: list[bytes]) -> None:
        keeper.note(segment, offset, frames)
        if frames[-1][3] == kind:
            noted.set()

    journal = Journal.open(tmp_path, keys=KeyRing.open(tmp_path), on_durable_frames=note)
    journal.put(entry(journal.control, kind))
    assert noted.wait(30)
    assert keeper.settled(30 if is_at_once else 0.5) is is_at_once
    journal.close()
    keeper.close()


def test_a_session_that_ends_moves_to_its_file_and_reads_the_same(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.record(SESSIONS[0], 3)
    running.record(SESSIONS[1], 3, is_closed=False)
    running.close()
    ring = KeyRing.open(tmp_path)
    before = {each: entries(tmp_path, each, ring) for each in SESSIONS[:2]}
    everything = sorted(flat(read_all(tmp_path, keys=ring)))
    recorded(tmp_path, sessions=1, runs=1)
    assert [file.stem for file in (tmp_path / "journal").glob("*.seg")] == [f"{1:020d}"]
    for each, was in before.items():
        assert len(was) >= 7
        assert len(list((tmp_path / "sessions").rglob(f"{each}.fdrec"))) == 1
    assert entries(tmp_path, SESSIONS[1], ring) == before[SESSIONS[1]]
    assert set(everything) <= set(flat(read_all(tmp_path, keys=ring)))


def entries(data_dir: Path, session, ring: KeyRing) -> list[tuple]:
    return flat(read_session(data_dir, session, keys=ring))


def flat(found) -> list[tuple]:
    return [(e.session, e.sequence, e.kind, e.payload) for e in found]


def test_a_log_that_cannot_be_written_stops_nothing_and_goes_on_later(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.settle()
    log = logs_in(tmp_path)[0]
    folder = log.folder.rename(tmp_path / "away")
    log.folder.write_text("in the way")
    running.record(SESSIONS[0], is_closed=False)
    running.flush()
    assert not running.keeper.settled(0.9)
    assert running.journal.is_ready
    log.folder.unlink()
    shutil.move(folder, log.folder)
    running.settle()
    running.close()
    assert size_of(tmp_path) == 6


def test_a_thousand_frames_fill_tiles(tmp_path: Path) -> None:
    recorded(tmp_path, sessions=1, calls=600)
    names = set(logs_in(tmp_path)[0].paths())
    assert {"tile/0/003", "tile/entries/003", "tile/1/000.p/4"} <= names
    assert not any(name.startswith("tile/0/003.p") for name in names)
