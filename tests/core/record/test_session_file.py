import pytest

from firedoor.core.record.frame import crc32c
from firedoor.core.record.session_file import (
    MAGIC,
    SessionFileHeader,
    frames_in,
    pack_session_header,
    read_session_header,
    session_at,
    session_path,
)
from firedoor.model.ids import SessionId
from tests.core.record.sealed import SESSION, frames

HEADER = SessionFileHeader(origin="gw/door/0", session=SESSION)
PACKED = pack_session_header(HEADER)


def test_a_session_file_is_its_header_and_its_frames_byte_for_byte() -> None:
    content = PACKED + b"".join(frames())
    opened = read_session_header(content)
    assert opened == (HEADER, len(PACKED))
    places = list(frames_in(content, len(PACKED)))
    assert [content[start:end] for start, end, _ in places] == frames()
    assert [header.sequence for _, _, header in places] == [0, 1, 2, 3]


def test_no_bit_of_the_header_can_be_flipped() -> None:
    for bit in range(len(PACKED) * 8):
        flipped = bytearray(PACKED)
        flipped[bit // 8] ^= 1 << bit % 8
        assert read_session_header(bytes(flipped)) is None, bit


def test_a_header_that_is_cut_is_none() -> None:
    assert all(read_session_header(PACKED[:end]) is None for end in range(len(PACKED)))


def test_a_header_of_another_shape_is_none() -> None:
    other = PACKED.replace(b'"origin"', b'"oregin"')
    assert read_session_header(other) is None


def test_frames_end_where_they_are_not_whole() -> None:
    content = b"".join(frames())
    assert len(list(frames_in(content[:-1], 0))) == 3
    assert list(frames_in(b"", 0)) == []


def test_a_session_has_its_place_by_the_month_in_which_it_began() -> None:
    assert session_path(SESSION) == f"2024/12/{SESSION}.fdrec"
    assert session_path(SESSION, is_open=True) == f"2024/12/{SESSION}.part"
    assert session_at(session_path(SESSION)) == SESSION
    assert session_at(session_path(SESSION, is_open=True)) == SESSION


@pytest.mark.parametrize(
    "path",
    ["", "2024/12", f"2024/11/{SESSION}.fdrec", f"2024/12/{SESSION}", f"{SESSION}.fdrec", "2024/12/x.fdrec",
     f"2024/12/{SESSION.upper()}.fdrec", f"2024/12/{SESSION}.fdrec.old"],
)  # fmt: skip
def test_any_other_path_is_no_sessions(path: str) -> None:
    assert session_at(path) is None


def test_what_is_no_session_has_no_place() -> None:
    with pytest.raises(ValueError, match="hex"):
        session_path(SessionId("nothing"))


def test_a_header_that_is_no_object_is_none_although_its_checksum_holds() -> None:
    head = MAGIC + (2).to_bytes(4, "big") + b"[]"
    assert read_session_header(head + crc32c(head).to_bytes(4, "big") + bytes(64)) is None
