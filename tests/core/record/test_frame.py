import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.frame import (
    HEADER_BYTES,
    Header,
    crc32c,
    fields_crc,
    fresh_session_id,
    pack_header,
    session_bytes,
    session_id,
    unpack_header,
)
from firedoor.model.ids import SessionId

HEADERS = st.builds(
    Header,
    kind=st.integers(0, 255),
    body_bytes=st.integers(0, 2**32 - 1),
    session=st.binary(min_size=16, max_size=16),
    sequence=st.integers(0, 2**64 - 1),
    at_us=st.integers(0, 2**64 - 1),
    flags=st.integers(0, 2**16 - 1),
)
ONE = Header(
    kind=2, body_bytes=80, session=bytes(range(16)), sequence=7, at_us=1_795_000_000_000_000, flags=1
)


def test_the_checksum_is_the_one_of_rfc_3720() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"\xff" * 32) == 0x62A8AB43


@given(st.binary(min_size=44, max_size=44))
def test_the_checksum_of_a_header_is_the_same_by_its_shares(fields: bytes) -> None:
    assert fields_crc(fields) == crc32c(fields)


def test_each_byte_of_a_header_has_its_own_share_of_the_checksum() -> None:
    for place in range(44):
        fields = bytes(place) + b"\x01" + bytes(43 - place)
        assert fields_crc(fields) == crc32c(fields)


def test_a_header_is_these_48_bytes() -> None:
    assert pack_header(ONE).hex() == (
        "4644" "01" "02" "00000050" "000102030405060708090a0b0c0d0e0f"
        "0000000000000007" "0006608b015f3000" "0001" "0000" "9850e3e8"
    )  # fmt: skip


@given(HEADERS, st.binary(max_size=8), st.binary(max_size=8))
def test_a_header_is_read_as_it_was_written_wherever_it_stands(
    h: Header, before: bytes, after: bytes
) -> None:
    assert unpack_header(before + pack_header(h) + after, len(before)) == h


@pytest.mark.parametrize("bit", range(HEADER_BYTES * 8))
def test_a_header_with_one_flipped_bit_is_none(bit: int) -> None:
    packed = bytearray(pack_header(ONE))
    packed[bit // 8] ^= 1 << bit % 8
    assert unpack_header(bytes(packed)) is None


@pytest.mark.parametrize("offset", [-1, 1, 48])
def test_a_header_that_does_not_fit_is_none(offset: int) -> None:
    assert unpack_header(pack_header(ONE), offset) is None


def test_a_header_that_a_digest_covers_is_read_without_its_checksum() -> None:
    packed = pack_header(ONE)[:-4] + bytes(4)
    assert unpack_header(packed) is None
    assert unpack_header(packed, is_covered=True) == ONE


@given(st.binary(min_size=16, max_size=16))
def test_a_session_id_and_its_bytes_are_the_same(packed: bytes) -> None:
    assert session_bytes(session_id(packed)) == packed


@pytest.mark.parametrize("text", ["", "0" * 32, "01A20833-1DF7-786C-9855-E250C0087232", "x" * 36, "../" * 12])
def test_what_is_no_session_id_has_no_bytes(text: str) -> None:
    with pytest.raises(ValueError):
        session_bytes(SessionId(text))


def test_a_fresh_session_id_is_a_uuid_of_version_7_that_begins_with_its_millisecond() -> None:
    fresh = fresh_session_id(0x0193F0AA1122 * 1000 + 999, b"\xff" * 10)
    assert fresh == "0193f0aa-1122-7fff-bfff-ffffffffffff"
    assert fresh_session_id(0, bytes(10)) == "00000000-0000-7000-8000-000000000000"


def test_a_fresh_session_id_takes_exactly_10_random_bytes() -> None:
    with pytest.raises(ValueError):
        fresh_session_id(0, bytes(9))
