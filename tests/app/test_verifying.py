"""What an auditor finds in a data directory that somebody changed."""

import os
import random
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from firedoor.app.verifying import checkpoints, held_checkpoints, pinned_keys, session_in, verify
from firedoor.core.record.verify import Ending, Level, Verification
from firedoor.edges.keys.age import KeyRing
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, FiredoorError
from firedoor.operations.verify_record import Asked
from tests.edges.store.journal.around import entry
from tests.edges.store.log.recorded import SESSIONS, Running, checkpoint_of, evidence_files, recorded

FLIPS = int(os.environ.get("FIREDOOR_FLIPS", "2000"))


def asked(data_dir: Path, **more) -> Asked:
    return Asked(keys=pinned_keys([key for key, _ in checkpoints(data_dir)]), **more)


def verified(data_dir: Path, by: Asked) -> Verification:
    return verify(data_dir, by, ring=KeyRing.open(data_dir, may_make=False))


def flip(content: bytes, bit: int) -> bytes:
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Closed sessions in their files, one with an entry of several frames; one in the journal alone; and a
    control session in both."""
    folder = recorded(tmp_path_factory.mktemp("record") / "data", sessions=1, runs=2)
    running = Running(folder)
    running.record_long(SESSIONS[5])
    running.flush()
    running.record(SESSIONS[4], is_closed=False)
    running.close()
    return folder


def test_what_was_recorded_verifies(data_dir: Path) -> None:
    found = verified(data_dir, asked(data_dir, held=(checkpoint_of(data_dir),)))
    assert (found.level, found.ending, found.open_questions) == (Level.CONSISTENT, Ending.VERIFIED, ())
    assert found.sessions == 7
    for session in (SESSIONS[0], SESSIONS[4]):
        one = verified(data_dir, asked(data_dir, session=session))
        assert (one.level, one.sessions) == (Level.SIGNED, 1)


@pytest.mark.promise("REC-2")
@pytest.mark.timeout(300)
def test_every_flipped_bit_is_detected_and_located(
    data_dir: Path, record_property: Callable[[str, object], None]
) -> None:
    by = asked(data_dir, held=(checkpoint_of(data_dir),))
    dice = random.Random(20261123)  # noqa: S311
    files = evidence_files(data_dir)
    sizes = [written(file) for file in files]
    accepted, elsewhere = [], []
    for _ in range(FLIPS):
        # Each file as often as another: by their sizes, small ones such as keys would hardly be met.
        file, size = dice.choice(list(zip(files, sizes, strict=True)))
        bit = dice.randrange(size * 8)
        whole = file.read_bytes()
        file.write_bytes(flip(whole, bit))
        name = file.relative_to(data_dir).as_posix()
        try:
            is_seen, places = judged(data_dir, by)
        finally:
            file.write_bytes(whole)
        if not is_seen:
            accepted.append((name, bit))
        elif not any(name in place for place in places):
            elsewhere.append((name, bit, places))
    figure = (
        f"{FLIPS} bits flipped in {len(files)} files: {len(accepted)} accepted, {len(elsewhere)} misplaced"
    )
    record_property("figure", figure)
    assert accepted == []
    assert elsewhere == []


def written(file: Path) -> int:
    """Bytes of a file that hold something: a segment may have room behind its end."""
    return len(file.read_bytes().rstrip(b"\0")) if file.suffix == ".seg" else file.stat().st_size


def judged(data_dir: Path, by: Asked) -> tuple[bool, list[str]]:
    """Whether something was found, and where."""
    try:
        found = verified(data_dir, by)
    except FiredoorError as fault:
        return True, [str(fault)]
    return found.ending is not Ending.VERIFIED, [*(f.file for f in found.faults), *found.open_questions]


def test_a_flipped_bit_in_a_frame_is_named_by_file_byte_session_and_sequence(data_dir: Path) -> None:
    file = next((data_dir / "sessions").rglob(f"{SESSIONS[0]}.fdrec"))
    whole = file.read_bytes()
    begin = [i for i in range(len(whole)) if whole[i : i + 3] == b"FD\x01"]
    file.write_bytes(flip(whole, (begin[2] + 60) * 8))
    found = verified(data_dir, asked(data_dir))
    file.write_bytes(whole)
    name = file.relative_to(data_dir).as_posix()
    assert found.ending is Ending.FAILED
    assert {(f.file, f.offset, f.session, f.sequence) for f in found.faults} == {
        (name, begin[2], SESSIONS[0], 2)
    }


@pytest.mark.timeout(300)
def test_a_recording_cut_at_any_byte_is_not_accepted(data_dir: Path) -> None:
    file = next((data_dir / "sessions").rglob(f"{SESSIONS[0]}.fdrec"))
    whole = file.read_bytes()
    by = asked(data_dir, session=SESSIONS[0])
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        found = verified(data_dir, by)
        assert found.ending is Ending.FAILED, size
        assert any(SESSIONS[0] in (f.session, Path(f.file).stem) for f in found.faults), size
    file.write_bytes(whole)


@pytest.mark.timeout(300)
def test_a_journal_cut_at_any_byte_is_not_accepted(data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir, tmp_path / "copy")
    segment = max((tmp_path / "copy" / "journal").glob("*.seg"))
    whole = segment.read_bytes()[: written(segment)]
    by = asked(data_dir)
    for size in range(0, len(whole), 3):
        segment.write_bytes(whole[:size])
        assert verified(tmp_path / "copy", by).ending is Ending.FAILED, size


def test_a_missing_session_is_missing_and_a_foreign_one_is_not_accepted(
    data_dir: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(data_dir, copy)
    file = next((copy / "sessions").rglob(f"{SESSIONS[0]}.fdrec"))
    other = next((copy / "sessions").rglob(f"{SESSIONS[1]}.fdrec"))
    content = file.read_bytes()
    file.unlink()
    found = verified(copy, asked(copy))
    assert {(f.code, f.session) for f in found.faults} == {("frame_missing", SESSIONS[0])}
    file.write_bytes(other.read_bytes())
    codes = {fault.code for fault in verified(copy, asked(copy)).faults}
    assert codes == {"session_file_damaged", "frame_missing"}
    file.write_bytes(content)
    file.with_name("strange.txt").write_text("hello")
    assert [fault.code for fault in verified(copy, asked(copy)).faults] == ["file_unknown"]


def test_a_segment_that_is_missing_between_others_is_named(tmp_path: Path) -> None:
    running = Running(tmp_path / "data")
    running.record(SESSIONS[0], is_closed=False)
    running.close()
    folder = tmp_path / "data" / "journal"
    segment = next(folder.glob("*.seg"))
    (folder / f"{int(segment.stem) + 2:020d}.seg").write_bytes(segment.read_bytes())
    codes = {fault.code for fault in verified(tmp_path / "data", asked(tmp_path / "data")).faults}
    assert codes >= {"segment_missing", "segment_damaged"}


def test_keys_are_read_from_the_command_line_and_from_files(data_dir: Path, tmp_path: Path) -> None:
    (public, _), *_ = checkpoints(data_dir)
    file = tmp_path / "pinned"
    file.write_text(f"# the gateway\n{public}\n\n")
    assert [str(key) for key in pinned_keys([str(file), public])] == [public, public]
    with pytest.raises(ClientError):
        pinned_keys(["nothing"])
    with pytest.raises(ClientError):
        held_checkpoints([tmp_path / "nothing"])


def test_what_is_in_a_file_that_holds_no_key_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "helper.token"
    for content in (b"# A comment\n\nfd_s3cret\n", b"\n\nfd_s3cret\xff\n"):
        file.write_bytes(content)
        with pytest.raises(ClientError, match=r"helper\.token: line 3 is no public key") as caught:
            pinned_keys([str(file)])
        assert "s3cret" not in str(caught.value)


def test_a_file_that_is_no_checkpoint_is_a_mistake_and_no_alarm(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "given.txt"
    (public, note), *_ = checkpoints(data_dir)
    other = note.replace(note.split(b"\n")[1], b"many", 1)
    for content in (public.encode() + b"\n", b"", b"\xff\x00", other):
        file.write_bytes(content)
        with pytest.raises(ClientError, match=r"given\.txt is no checkpoint") as caught:
            held_checkpoints([file])
        assert caught.value.code == "checkpoint_unreadable"
    file.write_bytes(note)
    assert held_checkpoints([file]) == (note,)


def test_a_session_of_a_copy_is_found_without_an_index(data_dir: Path, tmp_path: Path) -> None:
    names = sorted({file.stem for file in data_dir.glob("sessions/**/*.fdrec")})
    assert session_in(data_dir, names[0]) == names[0]
    assert session_in(data_dir, SESSIONS[4]) == SESSIONS[4]
    assert session_in(data_dir, names[0][:-1]) == names[0]
    assert session_in(tmp_path, names[0]) == names[0]
    for given in ("01", "nothing"):
        with pytest.raises(ClientError) as caught:
            session_in(data_dir, given)
        assert caught.value.code == "session_unknown"
    one = verified(data_dir, asked(data_dir, session=session_in(data_dir, names[0]), may_be_sealed=True))
    assert (one.level, one.sessions) == (Level.SIGNED, 1)


def test_the_signing_key_must_be_that_of_the_log(data_dir: Path, tmp_path: Path) -> None:
    copy, other = tmp_path / "copy", recorded(tmp_path / "other")
    shutil.copytree(data_dir, copy)
    shutil.copy(other / "keys" / "log.key", copy / "keys" / "log.key")
    found = verified(copy, asked(copy))
    assert [(f.code, f.file) for f in found.faults] == [("key_damaged", "keys/log.key")]


def test_verifying_a_long_answer_in_its_file_takes_no_more_memory_than_a_piece_of_it(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Its payload is checked frame by frame, and kept nowhere."""
    running = Running(tmp_path / "data")
    running.journal.put(entry(SESSIONS[0], EntryKind.OPEN))
    running.journal.put(entry(SESSIONS[0], EntryKind.OUTCOME, os.urandom(16 << 20)))
    running.journal.put(entry(SESSIONS[0], EntryKind.CLOSE))
    running.close()
    shutil.rmtree(tmp_path / "data" / "journal")
    by, ring = asked(tmp_path / "data", session=SESSIONS[0]), KeyRing.open(tmp_path / "data", may_make=False)
    tracemalloc.start()
    try:
        found = verify(tmp_path / "data", by, ring=ring)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (found.ending, found.frames) == (Ending.VERIFIED, 35)
    record_property("figure", f"verifying an answer of 16 MiB took {peak / (1 << 20):.1f} MiB of memory")
    assert peak < 8 << 20
