from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.core.record.frame import HEADER_BYTES
from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.disk import RealDisk
from firedoor.edges.store.journal.layout import quarantine_folder, segment_file, segment_numbers
from firedoor.edges.store.journal.reader import read_all, read_frames
from firedoor.edges.store.journal.recover import recover
from firedoor.edges.store.journal.segments import RESERVE
from firedoor.model.entry import EntryKind
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from tests.edges.store.journal.around import KEYS, QUICK, entry, seen, session

ONE = session(1)


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(entry(ONE, payload=b"one"))
    journal.close()
    return tmp_path


@pytest.fixture
def with_pieces(tmp_path: Path) -> Path:
    """One group, one entry of three frames on each side of the mask, which compress to little."""
    journal = Journal.open(tmp_path, keys=KEYS)
    journal.put(entry(ONE, EntryKind.OPEN))
    journal.put(replace(entry(ONE, payload=b"EMAIL " * 200_000), raw=b"ann@example.com " * 90_000))
    journal.put(entry(ONE, EntryKind.CLOSE))
    journal.close()
    return tmp_path


def shorten(place: Path, size: int, number: int = 0) -> None:
    file = segment_file(place, number)
    file.write_bytes(file.read_bytes()[:size])


@pytest.mark.promise("REC-1")
def test_cut_at_every_byte_exactly_a_prefix_is_read_and_the_rest_is_kept(recorded: Path) -> None:
    whole = segment_file(recorded, 0).read_bytes()
    entries = seen(read_all(recorded, keys=KEYS))
    lengths = cut_at_every_byte(recorded, whole, entries)
    assert lengths >= {0, 1, len(entries)}


@pytest.mark.promise("REC-1")
def test_an_entry_of_several_frames_that_is_cut_at_any_byte_is_not_there(with_pieces: Path) -> None:
    whole = segment_file(with_pieces, 0).read_bytes()
    assert [frame.place.header.goes_on for frame in read_frames(with_pieces)].count(True) == 4
    lengths = cut_at_every_byte(with_pieces, whole, seen(read_all(with_pieces, keys=KEYS)))
    assert lengths >= {0, 2, 5}


def cut_at_every_byte(recorded: Path, whole: bytes, entries: list[tuple[SessionId, int, bytes]]) -> set[int]:
    """Recover from every cut; return how many entries were left, of which each time the first were."""
    lengths = set[int]()
    for cut in range(len(whole) + 1):
        segment_file(recorded, 0).write_bytes(whole[:cut])
        found = recover(recorded, QUICK)
        read = seen(read_all(recorded, keys=KEYS))
        assert read == entries[: len(read)]
        lengths.add(len(read))
        kept = b"".join((quarantine_folder(recorded) / torn.kept_as).read_bytes() for torn in found.torn)
        left = segment_file(recorded, 0).read_bytes() if found.next_segment else b""
        assert (left + kept).rstrip(b"\0") == whole[:cut].rstrip(b"\0")
    return lengths


def test_a_torn_tail_is_an_entry_of_the_next_run(recorded: Path) -> None:
    size = segment_file(recorded, 0).stat().st_size
    shorten(recorded, size - 5)
    journal = Journal.open(recorded, keys=KEYS)
    journal.close()
    (torn,) = [each for each in read_all(recorded, keys=KEYS) if each.kind is EntryKind.RECOVERED]
    kept = quarantine_folder(recorded) / str(torn.envelope["kept_as"])
    assert torn.session == journal.control
    assert torn.envelope["segment"] == 0
    assert torn.envelope["bytes"] == kept.stat().st_size
    assert torn.envelope["offset"] == segment_file(recorded, 0).stat().st_size


def test_a_whole_journal_is_left_as_it_is(recorded: Path) -> None:
    before = segment_file(recorded, 0).read_bytes()
    assert recover(recorded, RealDisk()).torn == ()
    assert segment_file(recorded, 0).read_bytes() == before
    assert not quarantine_folder(recorded).exists()


def test_zeros_that_were_written_ahead_are_cut_and_are_no_tear(recorded: Path) -> None:
    file = segment_file(recorded, 0)
    whole = file.read_bytes()
    file.write_bytes(whole + bytes(RESERVE))
    assert recover(recorded, RealDisk()).torn == ()
    assert file.read_bytes() == whole
    assert not quarantine_folder(recorded).exists()


def test_a_tear_in_what_was_written_ahead_is_found_wherever_it_is(recorded: Path) -> None:
    file = segment_file(recorded, 0)
    whole = file.read_bytes()
    file.write_bytes(whole + bytes(5000) + b"the end of a lost group" + bytes(RESERVE))
    (torn,) = recover(recorded, RealDisk()).torn
    kept = (quarantine_folder(recorded) / torn.kept_as).read_bytes()
    assert kept == bytes(5000) + b"the end of a lost group"
    assert (torn.offset, torn.length) == (len(whole), len(kept))
    assert file.read_bytes() == whole


def test_a_whole_group_after_zeros_is_corruption(recorded: Path) -> None:
    file = segment_file(recorded, 0)
    whole = file.read_bytes()
    first = next(read_frames(recorded))
    group = whole[first.place.offset - HEADER_BYTES : first.place.end]
    file.write_bytes(whole + bytes(500) + group + bytes(RESERVE))
    with pytest.raises(IntegrityError) as caught:
        recover(recorded, RealDisk())
    assert caught.value.code == "journal_corrupt"


def test_every_run_begins_a_segment(recorded: Path) -> None:
    Journal.open(recorded, keys=KEYS).close()
    assert segment_numbers(recorded) == [0, 1]
    assert len(seen(read_all(recorded, keys=KEYS))) == 6


def test_damage_before_something_whole_refuses_to_start_and_changes_nothing(recorded: Path) -> None:
    file = segment_file(recorded, 0)
    damaged = bytearray(file.read_bytes())
    damaged[300] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(IntegrityError) as caught:
        Journal.open(recorded, keys=KEYS)
    assert caught.value.code == "journal_corrupt"
    assert file.read_bytes() == damaged
    with pytest.raises(IntegrityError):  # the first refusal let go of the directory
        Journal.open(recorded, keys=KEYS)


def test_a_missing_segment_refuses_to_start(recorded: Path) -> None:
    for _ in range(2):
        Journal.open(recorded, keys=KEYS).close()
    segment_file(recorded, 1).unlink()
    with pytest.raises(IntegrityError) as caught:
        Journal.open(recorded, keys=KEYS)
    assert caught.value.code == "segment_missing"


def test_a_segment_that_never_held_anything_whole_makes_way(recorded: Path) -> None:
    segment_file(recorded, 1).write_bytes(b"FDREC")
    found = recover(recorded, RealDisk())
    assert (found.next_segment, [torn.segment for torn in found.torn]) == (1, [1])
    assert segment_numbers(recorded) == [0]


def test_recovery_that_was_itself_interrupted_is_done_again(recorded: Path) -> None:
    size = segment_file(recorded, 0).stat().st_size
    shorten(recorded, size - 5)
    tail = segment_file(recorded, 0).read_bytes()
    first = recover(recorded, RealDisk())
    kept = quarantine_folder(recorded) / first.torn[0].kept_as
    copy = kept.read_bytes()
    segment_file(recorded, 0).write_bytes(tail)
    kept.write_bytes(copy[:3])
    assert recover(recorded, RealDisk()) == first
    assert kept.read_bytes() == copy
