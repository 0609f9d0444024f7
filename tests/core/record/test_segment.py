import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.frame import HEADER_BYTES, crc32c
from firedoor.core.record.segment import (
    SEGMENT_MAGIC,
    SegmentHeader,
    frames_behind,
    frames_of,
    group_end,
    pack_group,
    pack_segment_header,
    scan,
    unpack_segment_header,
)
from tests.core.record.sealed import frames

HEADER = SegmentHeader(origin="o", number=3, run=2, created_at_us=5, previous="ab" * 32)
START = pack_segment_header(HEADER)
GROUPS = [b"".join(frames()[:2]), b"".join(frames()[2:3]), frames()[3]]
PACKED = [pack_group(group, number=n, at_us=9) for n, group in enumerate(GROUPS)]
WHOLE = START + b"".join(PACKED)
ENDS = [len(START) + sum(map(len, PACKED[:n])) for n in range(len(PACKED) + 1)]


def test_a_segment_header_is_read_as_it_was_written() -> None:
    assert unpack_segment_header(WHOLE) == (HEADER, len(START))


def test_a_segment_header_with_a_changed_byte_or_cut_short_is_none() -> None:
    for at in range(len(START)):
        assert unpack_segment_header(START[:at] + bytes([START[at] ^ 1]) + START[at + 1 :]) is None
        assert unpack_segment_header(START[:at]) is None


def test_a_whole_segment_is_scanned_to_its_end() -> None:
    found = scan(WHOLE)
    assert (found.header, found.whole, found.is_torn, found.is_corrupt) == (HEADER, len(WHOLE), False, False)
    assert [WHOLE[start:end] for start, end in found.groups] == GROUPS


def test_cut_at_any_byte_exactly_the_whole_groups_before_are_found() -> None:
    for cut in range(len(WHOLE)):
        found = scan(WHOLE[:cut])
        ends = [end for end in ENDS if end <= cut]
        assert found.whole == max(ends, default=0)
        assert len(found.groups) == max(len(ends) - 1, 0)
        assert found.is_torn == (cut not in ENDS)
        assert not found.is_corrupt


def test_damage_in_the_last_group_is_a_torn_tail() -> None:
    for at in range(ENDS[-2], ENDS[-1], 7):
        found = scan(WHOLE[:at] + bytes([WHOLE[at] ^ 0x10]) + WHOLE[at + 1 :])
        assert (found.whole, found.is_torn, found.is_corrupt) == (ENDS[-2], True, False)


@pytest.mark.promise("REC-2")
def test_damage_before_a_whole_group_is_corruption_at_its_place() -> None:
    for at in range(ENDS[-2]):
        found = scan(WHOLE[:at] + bytes([WHOLE[at] ^ 0x10]) + WHOLE[at + 1 :])
        assert (found.is_torn, found.is_corrupt) == (False, True)
        assert found.whole == max([end for end in ENDS if end <= at], default=0)


def test_a_group_in_the_place_of_another_is_corruption() -> None:
    assert scan(START + PACKED[0] + PACKED[2]).is_corrupt
    assert scan(START + PACKED[0] + PACKED[0]).is_corrupt


@given(st.binary(max_size=300))
def test_bytes_that_are_no_segment_are_torn_from_the_start(content: bytes) -> None:
    found = scan(content)
    assert (found.whole, found.is_torn, found.is_corrupt, found.groups) == (0, True, False, ())


def test_a_group_that_claims_more_than_there_is_has_no_end() -> None:
    assert group_end(PACKED[0], 0) == len(PACKED[0])
    assert group_end(PACKED[0][:-1], 0) is None
    assert group_end(GROUPS[0], 0) is None


def test_the_frames_of_a_group_fill_it_exactly() -> None:
    content = GROUPS[0]
    places = frames_of(content, 0, len(content))
    assert places is not None
    assert [content[place.offset : place.end] for place in places] == frames()[:2]
    assert frames_of(content, 0, len(content) - 1) is None
    assert frames_of(bytes(HEADER_BYTES), 0, HEADER_BYTES) is None
    assert frames_of(PACKED[0], 0, len(PACKED[0])) is None


def test_a_segment_header_that_is_no_object_is_none_although_its_checksum_holds() -> None:
    head = SEGMENT_MAGIC + (2).to_bytes(4, "big") + b"[]"
    assert unpack_segment_header(head + crc32c(head).to_bytes(4, "big") + bytes(64)) is None


def test_frames_behind_damage_are_counted_and_none_is_behind_the_end() -> None:
    assert frames_behind(WHOLE, ENDS[0] + 1) == len(frames()) - 2
    assert frames_behind(WHOLE, len(WHOLE)) == 0
