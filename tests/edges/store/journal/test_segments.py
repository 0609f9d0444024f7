import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.core.record.segment import scan
from firedoor.edges.store.journal.disk import RealDisk
from firedoor.edges.store.journal.layout import MAX_SEGMENT, journal_folder, segment_file, segment_numbers
from firedoor.edges.store.journal.segments import RESERVE, NewKey, SegmentWriter
from firedoor.model.entry import Layer
from tests.core.record.sealed import frames
from tests.edges.store.journal.around import CrashDisk, session


def writer(place: Path, disk: RealDisk) -> SegmentWriter:
    disk.make_folder(journal_folder(place))
    return SegmentWriter(place, disk, origin="o", first=0, previous=None)


def test_a_full_segment_is_followed_by_one_that_names_its_hash(tmp_path: Path) -> None:
    segments = writer(tmp_path, RealDisk())
    large = bytes(MAX_SEGMENT // 2)
    for _ in range(3):
        segments.write_group([large], at_us=1)
    segments.close()
    assert segment_numbers(tmp_path) == [0, 1, 2]
    headers = [scan(segment_file(tmp_path, n).read_bytes()).header for n in range(3)]
    assert [header.run for header in headers if header] == [0, 0, 0]
    assert len({header.previous for header in headers if header}) == 3


def test_a_key_is_durable_with_all_its_names_before_the_frames_are_written(tmp_path: Path) -> None:
    disk = CrashDisk(tmp_path, is_honest=True)
    segments = writer(tmp_path, disk)
    one = session(1)
    segments.write_keys([NewKey(session=one, layer=Layer.VIEW, epoch=0, wrapped=b"k")])
    segments.write_group([frames()[0]], at_us=1)
    segments.close()
    acts = [(act, name.as_posix()) for act, name, _ in disk.log]
    written = acts.index(("write", f"journal/{0:020d}.seg"))
    key = f"keys/{one}/view-0.age"
    assert acts.index(("sync", f"keys/{one}/.new-view-0.age")) < acts.index(("replace", key))
    for act in (("replace", key), ("sync_folder", f"keys/{one}"), ("sync_folder", "keys")):
        assert acts.index(act) < written
    segment = f"journal/{0:020d}.seg"
    assert acts[written + 1 :] == [("reserve", segment), ("sync", segment), ("sync_folder", "journal")]


def test_what_is_written_ahead_is_overwritten_and_cut_off_at_the_end(tmp_path: Path) -> None:
    disk = CrashDisk(tmp_path, is_honest=True)
    segments = writer(tmp_path, disk)
    file = segment_file(tmp_path, 0)
    lengths = set()
    for _ in range(200):
        segments.write_group(frames(), at_us=1)
        lengths.add(file.stat().st_size)
    assert [act for act, _, _ in disk.log].count("reserve") == len(lengths) < 4
    content = file.read_bytes()
    found = scan(content)
    assert (len(found.groups), found.is_torn, found.is_corrupt) == (200, False, False)
    assert 0 < len(content) - found.whole <= RESERVE
    segments.finish()
    segments.close()
    assert file.read_bytes() == content[: found.whole]


def test_a_segment_names_the_hash_of_all_groups_before_it_without_the_zeros(tmp_path: Path) -> None:
    segments = writer(tmp_path, RealDisk())
    for size in (100, RESERVE, 100, MAX_SEGMENT):
        segments.write_group([bytes(size)], at_us=1)
    segments.close()
    header = scan(segment_file(tmp_path, 1).read_bytes()).header
    assert header is not None
    assert header.previous == hashlib.sha256(segment_file(tmp_path, 0).read_bytes()).hexdigest()


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    segments = writer(tmp_path, RealDisk())
    key = NewKey(session=session(1), layer=Layer.RAW, epoch=1, wrapped=b"k")
    segments.write_keys([key])
    assert (tmp_path / "keys" / session(1) / "raw-1.age").read_bytes() == b"k"
    with pytest.raises(FileExistsError):
        segments.write_keys([replace(key, wrapped=b"other")])
