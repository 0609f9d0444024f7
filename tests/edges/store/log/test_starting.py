"""What becomes of a log when the data directory is not what it was: it goes on, or ends, and never forks."""

import shutil
from pathlib import Path

from firedoor.app.verifying import checkpoints, pinned_keys, verify
from firedoor.core.record.checkpoint import Checkpoint, open_checkpoint
from firedoor.core.record.frame import HEADER_BYTES, unpack_header
from firedoor.core.record.note import read_key
from firedoor.core.record.segment import pack_group, scan
from firedoor.core.record.tiles import Tile
from firedoor.core.record.verify import Ending, Verification
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.log.folder import logs_in
from firedoor.operations.verify_record import Asked
from tests.edges.store.log.recorded import SESSIONS, Running, checkpoint_of, recorded


def logs(data_dir: Path) -> list[str]:
    return [log.instance for log in logs_in(data_dir)]


def signed(data_dir: Path, note: bytes) -> Checkpoint:
    opened = [open_checkpoint(note, key) for key in keys(data_dir)]
    return next(checkpoint for checkpoint in opened if checkpoint is not None)


def keys(data_dir: Path):
    return pinned_keys([public for public, _ in checkpoints(data_dir)])


def verified(data_dir: Path, *held: bytes) -> Verification:
    return verify(data_dir, Asked(keys=keys(data_dir), held=held), ring=KeyRing.open(data_dir))


def further(data_dir: Path) -> None:
    """Run once more."""
    running = Running(data_dir)
    running.record(SESSIONS[6])
    running.close()


def test_a_log_goes_on_after_a_stop(tmp_path: Path) -> None:
    recorded(tmp_path)
    before = checkpoint_of(tmp_path)
    further(tmp_path)
    assert len(logs(tmp_path)) == 1
    assert signed(tmp_path, checkpoint_of(tmp_path)).size > signed(tmp_path, before).size
    assert verified(tmp_path, before).ending is Ending.VERIFIED


def test_a_log_goes_on_after_a_kill(tmp_path: Path) -> None:
    running = Running(tmp_path / "first")
    running.record(SESSIONS[0], is_closed=False)
    running.settle()
    before = checkpoint_of(tmp_path / "first")
    running.record(SESSIONS[1], 50)  # not signed yet, perhaps
    copy = running.kill(tmp_path / "copy")
    further(copy)
    assert len(logs(copy)) == 1
    assert verified(copy, before).ending is Ending.VERIFIED


def test_a_journal_that_lost_what_was_signed_ends_its_log(tmp_path: Path) -> None:
    running = Running(tmp_path / "first")
    running.record(SESSIONS[0], is_closed=False)
    running.settle()
    shorter = tmp_path / "shorter"
    shutil.copytree(tmp_path / "first" / "journal", shorter)
    running.record(SESSIONS[1], is_closed=False)
    running.settle()
    copy = running.kill(tmp_path / "copy")
    shutil.rmtree(copy / "journal")
    shutil.copytree(shorter, copy / "journal")
    before = checkpoint_of(copy)
    further(copy)
    first, second = logs_in(copy)
    assert first.read("checkpoint") == before
    assert second.read("continues") == before
    found = verified(copy, before)
    assert {fault.code for fault in found.faults} == {"frame_missing"}
    assert {fault.session for fault in found.faults} == {SESSIONS[1]}
    assert [log.continues for log in found.logs] == [None, found.logs[0].origin]


def test_a_journal_with_other_frames_ends_its_log(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        running = Running(folder)
        running.record(SESSIONS[0], is_closed=False)
        running.close()
    shutil.rmtree(one / "journal")
    shutil.copytree(other / "journal", one / "journal")
    before = checkpoint_of(one)
    further(one)
    assert len(logs(one)) == 2
    assert logs_in(one)[0].read("checkpoint") == before
    assert verified(one, before).ending is Ending.FAILED


def test_a_directory_that_was_rolled_back_whole_is_seen_by_who_holds_a_newer_checkpoint(
    tmp_path: Path,
) -> None:
    recorded(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "snapshot")
    further(tmp_path / "one")
    newer = checkpoint_of(tmp_path / "one")
    old = verified(tmp_path / "snapshot", newer)
    assert [fault.code for fault in old.faults] == ["log_rolled_back"]
    # Whoever starts there again, and knows of it, begins another log.
    running = Running(tmp_path / "snapshot", held=lambda: [newer])
    running.record(SESSIONS[7])
    running.close()
    assert len(logs(tmp_path / "snapshot")) == 2
    # Whoever does not, signs a log that contradicts what is held.
    shutil.rmtree(tmp_path / "snapshot" / "log" / logs(tmp_path / "snapshot")[1])


def test_a_fork_of_a_snapshot_is_seen_by_who_holds_a_checkpoint_of_the_other(tmp_path: Path) -> None:
    recorded(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "snapshot")
    further(tmp_path / "one")
    held = checkpoint_of(tmp_path / "one")
    for run in range(3):
        running = Running(tmp_path / "snapshot")
        running.record(SESSIONS[run + 4])
        running.close()
    found = verified(tmp_path / "snapshot", held)
    assert [fault.code for fault in found.faults] == ["log_forked"]


def test_a_log_whose_tiles_are_damaged_ends(tmp_path: Path) -> None:
    recorded(tmp_path)
    log = logs_in(tmp_path)[0]
    path = Tile(0, 0, signed(tmp_path, checkpoint_of(tmp_path)).size).path
    log.put(path, bytes(len(log.read(path) or b"")))
    further(tmp_path)
    assert len(logs(tmp_path)) == 2
    assert f"{log.place}/{path}" in {fault.file for fault in verified(tmp_path).faults}


def test_another_signing_key_begins_another_log(tmp_path: Path) -> None:
    recorded(tmp_path)
    (tmp_path / "keys" / "log.key").unlink()
    further(tmp_path)
    first, second = keys(tmp_path)
    assert first.public != second.public
    assert verified(tmp_path).ending is Ending.VERIFIED


def test_a_log_that_never_signed_anything_is_begun_again(tmp_path: Path) -> None:
    recorded(tmp_path)
    log = logs_in(tmp_path)[0]
    for path in [path for path in log.paths() if path.startswith("checkpoint")]:
        (log.folder / path).unlink()
    further(tmp_path)
    assert len(logs(tmp_path)) == 1
    assert logs(tmp_path) != [log.instance]


def test_a_lost_checkpoint_with_a_history_ends_the_log(tmp_path: Path) -> None:
    recorded(tmp_path)
    log = logs_in(tmp_path)[0]
    (log.folder / "checkpoint").unlink()
    further(tmp_path)
    assert logs(tmp_path)[0] == log.instance
    assert "checkpoint_missing" in {fault.code for fault in verified(tmp_path).faults}


def test_a_journal_that_was_written_before_there_was_a_log_is_in_it(tmp_path: Path) -> None:
    recorded(tmp_path)
    shutil.rmtree(tmp_path / "log")
    further(tmp_path)
    assert verified(tmp_path).ending is Ending.VERIFIED


def test_what_had_left_the_journal_when_the_log_was_lost_is_in_no_log(tmp_path: Path) -> None:
    recorded(tmp_path)
    further(tmp_path)
    shutil.rmtree(tmp_path / "log")
    running = Running(tmp_path)
    running.record(SESSIONS[7])
    running.close()
    found = verified(tmp_path)
    assert {fault.code for fault in found.faults} == {"frame_not_logged"}
    assert SESSIONS[0] in {fault.session for fault in found.faults}


def test_keys_of_logs_name_them(tmp_path: Path) -> None:
    recorded(tmp_path)
    (public, _), *_ = checkpoints(tmp_path)
    key = read_key(public)
    assert key is not None
    assert key.name == f"gw.example/door/{logs(tmp_path)[0]}"


def test_a_journal_that_was_rewritten_before_its_end_ends_its_log(tmp_path: Path) -> None:
    running = Running(tmp_path)
    for each in SESSIONS[:3]:
        running.record(each, is_closed=False)
        running.flush()  # several groups
    running.close()
    (segment,) = (tmp_path / "journal").glob("*.seg")
    segment.write_bytes(rewritten(segment.read_bytes()))
    further(tmp_path)
    assert len(logs(tmp_path)) == 2
    assert "frame_changed" in {fault.code for fault in verified(tmp_path).faults}


def rewritten(content: bytes) -> bytes:
    """Change the last byte of the second group, and its header so that it is whole again."""
    found = scan(content)
    start, end = found.groups[1]
    frames = bytearray(content[start:end])
    frames[end - start - 1] ^= 1
    header = unpack_header(content, start - HEADER_BYTES)
    assert header is not None
    group = pack_group(bytes(frames), number=header.sequence, at_us=header.at_us)
    return content[: start - HEADER_BYTES] + group + content[end:]
