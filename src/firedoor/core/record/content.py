"""What is sealed in a frame: an envelope and a payload, packed, perhaps compressed, padded.

    u32 envelope length | u32 payload length | envelope (JSON) | payload      → zstd if that is smaller
    → zero bytes up to a multiple of 64

An entry that is too long for one frame is cut into pieces, each in a frame of its own: a piece holds a piece
of the envelope and a piece of the payload, and the pieces of both, joined, are the entry's.

Padding and compression per frame blur lengths; nothing is shared between frames that could tell more.
A reader believes no length: it counts what comes out of the decompressor, since the size that a
compressed frame states is chosen by whoever wrote it (32 KB can state, and give, 1 GiB).
"""

import struct
from collections.abc import Iterator
from typing import TypeAlias

import msgspec
import zstandard

from firedoor.core.record.frame import ZSTD
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.json import Json, JsonObject

MAX_CONTENT = 256 << 20
"""Largest content of one layer of an entry: the largest answer (16 MiB) of nothing but short findings, each
of which masking makes into a token of some fifty bytes, with room to spare. Also of a frame that is the only
one of its layer: such were written before there were pieces."""
PIECE = 512 << 10
"""Bytes of envelope and payload in one frame. Half of what is written at once: entries of other sessions have
room beside it, and wait for no more than that."""
MAX_PIECE = 1 << 20
"""Largest content of one of several frames that a reader takes: what it needs memory for at once."""
PADDING = 64
COMPRESS_ABOVE = 1024
"""Below this a frame saves some hundred bytes, and every call would pay: its entries are about that long."""
_LEVEL = -1
"""zstd's fast mode: 1.1 µs for 1 KB of JSON, where level 1 takes 2.6 µs."""
_FED = 256
"""Bytes fed to the decompressor at once. The densest block is 4 bytes for 128 KiB: at most 8 MiB come out."""
_MAX_WINDOW = 32 << 20

_LENGTHS = struct.Struct(">II")
_ZEROS = bytes(PADDING)
_TOO_MUCH = "it holds more than it may"

Content: TypeAlias = bytes | memoryview


def check_size(encoded: bytes, payload: bytes) -> None:
    """Refuse what is too long for an entry, in however many pieces.

    Raises:
        RecordError: it is.
    """
    size = _LENGTHS.size + len(encoded) + len(payload)
    if size > MAX_CONTENT:
        raise RecordError("entry_too_large", f"An entry of {size} bytes is over {MAX_CONTENT}.")


def pieces(encoded: bytes, payload: bytes) -> Iterator[tuple[memoryview, memoryview]]:
    """Cut an entry for its frames, without copying it: at least one piece, the envelope first."""
    envelope, rest = memoryview(encoded), memoryview(payload)
    while True:
        room = PIECE - min(len(envelope), PIECE)
        yield envelope[:PIECE], rest[:room]
        envelope, rest = envelope[PIECE:], rest[room:]
        if not envelope and not rest:
            return


class ContentPacker:
    """Packs contents. Keeps its encoders between calls; one thread at a time."""

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._compress = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False).compress

    def encode(self, envelope: JsonObject) -> bytes:
        """Return an envelope as it is stored.

        Raises:
            RecordError: it is not JSON.
        """
        try:
            return self._encode(envelope)
        except (TypeError, ValueError) as fault:
            raise RecordError("entry_not_json", f"The envelope of an entry is not JSON: {fault}") from fault

    def pack(self, encoded: Content, payload: Content) -> tuple[bytes, int]:
        """Return the padded content of one frame, and its flags."""
        content = b"".join((_LENGTHS.pack(len(encoded), len(payload)), encoded, payload))
        flags = 0
        if len(content) > COMPRESS_ABOVE:
            smaller = self._compress(content)
            if len(smaller) < len(content):
                content, flags = smaller, ZSTD
        return content + _ZEROS[: -len(content) % PADDING], flags


def unpack(padded: bytes, flags: int, most: int = MAX_CONTENT) -> tuple[bytes, bytes]:
    """Return the envelope, encoded, and the payload of a padded content, or the piece of each that it holds.

    Raises:
        IntegrityError: it is not what a packer makes, or holds more than `most` bytes.
    """
    content, rest = _expand(padded, most) if flags & ZSTD else (padded, b"")
    if len(content) < _LENGTHS.size:
        raise _damaged("it is shorter than its lengths")
    envelope_bytes, payload_bytes = _LENGTHS.unpack_from(content)
    end = _LENGTHS.size + envelope_bytes + payload_bytes
    if flags & ZSTD and end != len(content):
        raise _damaged("its lengths do not add up")
    if not flags & ZSTD:
        rest = content[end:]
    if end > len(content) or len(rest) >= PADDING or any(rest):
        raise _damaged("its lengths do not add up")
    if end > most:
        raise _damaged(_TOO_MUCH)
    split = _LENGTHS.size + envelope_bytes
    return content[_LENGTHS.size : split], content[split:end]


def read_envelope(encoded: bytes) -> dict[str, Json]:
    """Return what an encoded envelope says.

    Raises:
        IntegrityError: it is none.
    """
    try:
        envelope: Json = msgspec.json.decode(encoded)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise _damaged("its envelope is not JSON") from fault
    if not isinstance(envelope, dict):
        raise _damaged("its envelope is not an object")
    return envelope


def _expand(compressed: bytes, most: int) -> tuple[bytes, bytes]:
    """Return what a compressed content holds, and the bytes after its end."""
    expander = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()
    pieces: list[bytes] = []
    counted = 0
    for start in range(0, len(compressed), _FED):
        try:
            piece = expander.decompress(compressed[start : start + _FED])
        except zstandard.ZstdError as fault:
            raise _damaged("it does not decompress") from fault
        counted += len(piece)
        if counted > most:
            raise _damaged(_TOO_MUCH)
        pieces.append(piece)
        if expander.eof:
            return b"".join(pieces), expander.unused_data + compressed[start + _FED :]
    raise _damaged("it ends before its end")


def _damaged(why: str) -> IntegrityError:
    return IntegrityError("content_damaged", f"The content of a frame is damaged: {why}.")
