import hashlib
import struct

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.content import (
    MAX_CONTENT,
    MAX_PIECE,
    PADDING,
    PIECE,
    ContentPacker,
    check_size,
    pieces,
    read_envelope,
    unpack,
)
from firedoor.core.record.frame import ZSTD
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.json import Json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ENVELOPES = st.dictionaries(st.text(), JSON, max_size=6)


@given(ENVELOPES, st.binary(max_size=200) | st.binary(max_size=40).map(lambda piece: piece * 100))
def test_a_content_is_unpacked_as_it_was_packed(envelope: dict[str, Json], payload: bytes) -> None:
    packer = ContentPacker()
    padded, flags = packer.pack(packer.encode(envelope), payload)
    assert len(padded) % PADDING == 0
    encoded, unpacked = unpack(padded, flags)
    assert (read_envelope(encoded), unpacked) == (envelope, payload)


def test_a_small_content_is_not_compressed_and_a_large_one_is() -> None:
    packer = ContentPacker()
    assert packer.pack(b"{}", b"a" * 400)[1] == 0
    padded, flags = packer.pack(b"{}", b"a" * 4000)
    assert flags == ZSTD
    assert len(padded) < 200


def test_what_compression_would_make_larger_is_kept_as_it_is() -> None:
    noise = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(64))
    assert ContentPacker().pack(b"{}", noise)[1] == 0


def test_an_envelope_that_is_no_json_is_refused() -> None:
    with pytest.raises(RecordError) as caught:
        ContentPacker().encode({"name": "\ud800"})
    assert caught.value.code == "entry_not_json"


def test_a_content_over_the_limit_is_refused() -> None:
    with pytest.raises(RecordError) as caught:
        check_size(b"{}", bytes(MAX_CONTENT))
    assert caught.value.code == "entry_too_large"


def test_what_decompresses_to_more_than_any_entry_holds_is_refused_while_it_is_counted() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(MAX_CONTENT + 1))
    assert len(bomb) < 64 << 10
    with pytest.raises(IntegrityError, match="more than it may"):
        unpack(bomb, ZSTD)


@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_piece_that_holds_more_than_a_piece_may_is_refused(is_compressed: bool) -> None:
    content = packed(b"{}", bytes(MAX_PIECE))
    content = zstandard.compress(content) if is_compressed else content
    flags = ZSTD if is_compressed else 0
    with pytest.raises(IntegrityError, match="more than it may"):
        unpack(content, flags, MAX_PIECE)
    assert unpack(content, flags)[1] == bytes(MAX_PIECE)


@given(st.integers(0, 3 * PIECE), st.integers(0, 3 * PIECE))
def test_the_pieces_of_an_entry_joined_are_the_entry(envelope_bytes: int, payload_bytes: int) -> None:
    encoded, payload = b"e" * envelope_bytes, b"p" * payload_bytes
    cut = list(pieces(encoded, payload))
    assert b"".join(envelope for envelope, _ in cut) == encoded
    assert b"".join(rest for _, rest in cut) == payload
    assert all(len(envelope) + len(rest) == PIECE for envelope, rest in cut[:-1])
    assert len(cut) == max(1, -(-(envelope_bytes + payload_bytes) // PIECE))


def packed(envelope: bytes, payload: bytes = b"", *, claims: tuple[int, int] | None = None) -> bytes:
    lengths = claims or (len(envelope), len(payload))
    return struct.pack(">II", *lengths) + envelope + payload


@pytest.mark.parametrize(
    ("content", "flags"),
    [
        (b"", 0),
        (b"\x00" * 7, 0),
        (packed(b"{}", claims=(2, 2**32 - 1)), 0),
        (packed(b"{}", claims=(2**32 - 1, 0)), 0),
        (packed(b"{}") + b"\x01", 0),
        (packed(b"{}") + bytes(PADDING), 0),
        (packed(b"[]"), 0),
        (packed(b"{"), 0),
        (packed(b'{"a":"\xff"}'), 0),
        (b"no zstd at all", ZSTD),
        (b"", ZSTD),
        (zstandard.compress(packed(b"{}")), 0),
        (zstandard.compress(packed(b"{}"))[:-1], ZSTD),
        (zstandard.compress(packed(b"{}")) + b"\x01", ZSTD),
        (zstandard.compress(packed(b"{}")) + bytes(PADDING), ZSTD),
        (zstandard.compress(packed(b"{}") + b"\x00"), ZSTD),
        (zstandard.compress(b"abc"), ZSTD),
    ],
)
def test_what_no_packer_makes_is_damaged(content: bytes, flags: int) -> None:
    with pytest.raises(IntegrityError) as caught:
        read_envelope(unpack(content, flags)[0])
    assert caught.value.code == "content_damaged"
