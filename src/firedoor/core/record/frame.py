"""The 48-byte header in front of every frame and every group of frames. Never looks into a body.

All integers are big-endian. See `docs/spec/record-format.md`.

    magic u16 | version u8 | kind u8 | body length u32 | session 16 B | sequence u64 | unix µs u64
    | flags u16 | reserved u16 | CRC-32C of the 44 bytes before it u32

A header answers "is this a frame, and where is the next one?" without a key. It proves nothing: that is
the seal's work, which covers every byte of the header.
"""

import struct
from functools import lru_cache

from firedoor.model.entry import Layer
from firedoor.model.frozen import frozen
from firedoor.model.ids import SessionId

MAGIC = 0x4644
"""`FD`."""
VERSION = 1
HEADER_BYTES = 48

ZSTD = 1 << 0
"""Flag: the content is compressed."""
RAW_LAYER = 1 << 1
"""Flag: sealed with the session's raw key (the upstream's side), not its view key (the client's)."""
GOES_ON = 1 << 2
"""Flag: this frame holds a piece of an entry, and the session's next frame the next piece."""
EPOCH_SHIFT = 4
"""Flags above this bit: the key epoch, 0 to 4095."""
LAST_EPOCH = 4095
KNOWN_FLAGS = ZSTD | RAW_LAYER | GOES_ON | LAST_EPOCH << EPOCH_SHIFT

GROUP_KIND = 0
"""Not an entry: what was written and synced at once begins here. Entry kinds begin at 1."""

_FIELDS = struct.Struct(">HBBI16sQQHH")
_CRC = struct.Struct(">I")


def _table() -> tuple[int, ...]:
    """One step of CRC-32C (Castagnoli, reflected polynomial 0x82F63B78) for each byte."""
    table: list[int] = []
    for byte in range(256):
        remainder = byte
        for _ in range(8):
            remainder = (remainder >> 1) ^ (0x82F63B78 if remainder & 1 else 0)
        table.append(remainder)
    return tuple(table)


_TABLE = _table()


def crc32c(content: bytes) -> int:
    """CRC-32C as in RFC 3720. 2.8 µs for 44 bytes: for what is rare."""
    table = _TABLE
    crc = 0xFFFFFFFF
    for byte in content:
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _places() -> tuple[tuple[int, ...], ...]:
    """For each place in the fields of a header: what each byte there changes in the checksum of zeros."""
    places = [_TABLE]
    for _ in range(_FIELDS.size - 1):
        places.append(tuple([(crc >> 8) ^ _TABLE[crc & 0xFF] for crc in places[-1]]))
    return tuple(reversed(places))


_PLACES = _places()
_OF_ZEROS = crc32c(bytes(_FIELDS.size))


@lru_cache(maxsize=4096)
def _share(part: bytes, start: int) -> int:
    share = 0
    for place, byte in enumerate(part, start):
        share ^= _PLACES[place][byte]
    return share


def fields_crc(fields: bytes) -> int:
    """CRC-32C of the fields of a header, in a third of the time.

    A checksum of bytes of one length is linear: each byte changes it by its own share, whatever the
    others are. The shares of what seldom changes are kept; those of the low bytes of the sequence and of
    the instant are looked up.
    """
    share, places = _share, _PLACES
    return (
        _OF_ZEROS
        ^ share(fields[:8], 0)
        ^ share(fields[8:24], 8)
        ^ share(fields[24:30], 24)
        ^ places[30][fields[30]]
        ^ places[31][fields[31]]
        ^ share(fields[32:36], 32)
        ^ places[36][fields[36]]
        ^ places[37][fields[37]]
        ^ places[38][fields[38]]
        ^ places[39][fields[39]]
        ^ share(fields[40:], 40)
    )


@frozen(kw_only=True)
class Header:
    """What a header says. `session` is the 16 bytes of a UUIDv7."""

    kind: int
    body_bytes: int
    session: bytes
    sequence: int
    at_us: int
    flags: int = 0

    @property
    def layer(self) -> Layer:
        """Whose key sealed the frame."""
        return Layer.RAW if self.flags & RAW_LAYER else Layer.VIEW

    @property
    def epoch(self) -> int:
        """Which of the layer's keys sealed the frame."""
        return self.flags >> EPOCH_SHIFT

    @property
    def goes_on(self) -> bool:
        """Whether the next frame of the session holds more of the same."""
        return bool(self.flags & GOES_ON)


def pack_header(header: Header) -> bytes:
    """Return the 48 bytes of a header."""
    return packed_header(
        header.kind, header.body_bytes, header.session, header.sequence, header.at_us, header.flags
    )


def packed_header(kind: int, body_bytes: int, session: bytes, sequence: int, at_us: int, flags: int) -> bytes:
    """Return the 48 bytes of the header that says this."""
    fields = _FIELDS.pack(MAGIC, VERSION, kind, body_bytes, session, sequence, at_us, flags, 0)
    return fields + _CRC.pack(fields_crc(fields))


def unpack_header(content: bytes | memoryview, offset: int = 0, *, is_covered: bool = False) -> Header | None:
    """Return the header at an offset, or None if there is none.

    `is_covered` leaves out the checksum, for bytes that a group's digest has already shown to be whole.
    """
    if offset < 0 or len(content) - offset < HEADER_BYTES:
        return None
    magic, version, kind, body_bytes, session, sequence, at_us, flags, reserved = _FIELDS.unpack_from(
        content, offset
    )
    if magic != MAGIC or version != VERSION or reserved:
        return None
    if not is_covered:
        (crc,) = _CRC.unpack_from(content, offset + _FIELDS.size)
        if crc != fields_crc(bytes(content[offset : offset + _FIELDS.size])):
            return None
    return Header(
        kind=kind, body_bytes=body_bytes, session=session, sequence=sequence, at_us=at_us, flags=flags
    )


def session_bytes(session: SessionId) -> bytes:
    """Return the 16 bytes of a session id.

    Raises:
        ValueError: it is not a UUID in its 36-character form.
    """
    packed = bytes.fromhex(session.replace("-", ""))
    if session_id(packed) != session:
        raise ValueError("a session id is a lower-case UUID of 36 characters")
    return packed


def session_id(packed: bytes) -> SessionId:
    """Return the session id of 16 bytes."""
    digits = packed.hex()
    return SessionId(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}")


def fresh_session_id(at_us: int, entropy: bytes) -> SessionId:
    """Mint a UUIDv7 (RFC 9562, 5.7) of an instant and 10 random bytes."""
    if len(entropy) != _ENTROPY_BYTES:
        raise ValueError("a UUIDv7 takes 10 random bytes")
    random_a = 0x7000 | (int.from_bytes(entropy[:2]) & 0x0FFF)
    random_b = (0b10 << 62) | (int.from_bytes(entropy[2:]) & ((1 << 62) - 1))
    return session_id((at_us // 1000).to_bytes(6) + random_a.to_bytes(2) + random_b.to_bytes(8))


_ENTROPY_BYTES = 10
