"""A segment of the journal as bytes: its header, then groups of frames. Never reads or writes a file.

A group is what was written at once and synced at once. It begins with a header of kind 0, whose session
field holds the first 16 bytes of the SHA-256 of the frames that follow, whose sequence counts the groups
of the segment, and whose body length is that of all its frames.

Theory of operation. A group is written only after the one before it is durable. So whatever a power loss
does to un-synced bytes (it loses, tears and reorders them), it can do to the last group only. Damage
with a whole group after it is therefore never a crash: it is corruption, and is not repaired. Damage
with nothing whole after it is a torn tail, of which nobody was told that it was durable. Both are told
apart without any key.

A segment that is being written ends with zero bytes, written ahead so that a group overwrites them and
its sync has no new length to commit. A group never begins with a zero byte: zeros that reach to the end
of the segment are what was not used, and no damage.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from firedoor.core.record.frame import (
    GROUP_KIND,
    HEADER_BYTES,
    MAGIC,
    VERSION,
    Header,
    crc32c,
    pack_header,
    unpack_header,
)

SEGMENT_MAGIC = b"FDRECSG1"
MAX_SEGMENT_HEADER = 4096
_DIGEST_BYTES = 16
_LENGTH = struct.Struct(">I")
_GROUP_MARK = struct.pack(">HBB", MAGIC, VERSION, GROUP_KIND)


class SegmentHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the first bytes of a segment say, in clear."""

    origin: str
    """Who writes this journal."""
    number: int
    run: int
    """The number of the first segment that the same process wrote. No session reaches back beyond it."""
    created_at_us: int
    previous: str | None
    """SHA-256 of the whole segment before it, in hexadecimal; None if there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A frame in a segment."""

    header: Header
    offset: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a segment holds. `whole` is where its last whole group ends: zeros follow, or damage."""

    header: SegmentHeader | None
    whole: int
    groups: tuple[tuple[int, int], ...]
    """Start and end of the frames of each whole group."""
    is_torn: bool
    """There are bytes other than zeros after `whole`, and nothing whole among them."""
    is_corrupt: bool
    """There are bytes after `whole`, and something whole after them."""


def pack_segment_header(header: SegmentHeader) -> bytes:
    """Return the first bytes of a segment."""
    encoded = msgspec.json.encode(header, order="sorted")
    content = SEGMENT_MAGIC + _LENGTH.pack(len(encoded)) + encoded
    return content + _LENGTH.pack(crc32c(content))


def unpack_segment_header(content: bytes) -> tuple[SegmentHeader, int] | None:
    """Return the header of a segment and where its first group begins, or None if it is not whole."""
    start = len(SEGMENT_MAGIC) + _LENGTH.size
    if len(content) < start or not content.startswith(SEGMENT_MAGIC):
        return None
    (length,) = _LENGTH.unpack_from(content, len(SEGMENT_MAGIC))
    end = start + length
    if length > MAX_SEGMENT_HEADER or len(content) < end + _LENGTH.size:
        return None
    if _LENGTH.unpack_from(content, end) != (crc32c(content[:end]),):
        return None
    try:
        header = msgspec.json.decode(content[start:end], type=SegmentHeader)
    except msgspec.DecodeError:
        return None
    return header, end + _LENGTH.size


def pack_group(frames: bytes, *, number: int, at_us: int) -> bytes:
    """Return a group, ready to be written."""
    header = Header(
        kind=GROUP_KIND, body_bytes=len(frames), session=_digest(frames), sequence=number, at_us=at_us
    )
    return pack_header(header) + frames


def scan(content: bytes) -> Scan:
    """Find every whole group, and judge what is left."""
    opened = unpack_segment_header(content)
    header, whole = opened or (None, 0)
    groups: list[tuple[int, int]] = []
    while opened and (end := group_end(content, whole, number=len(groups))) is not None:
        groups.append((whole + HEADER_BYTES, end))
        whole = end
    has_rest = not is_unused(content, whole)
    is_corrupt = has_rest and _has_group_after(content, whole)
    return Scan(
        header=header,
        whole=whole,
        groups=tuple(groups),
        is_torn=not is_corrupt and (has_rest or opened is None),
        is_corrupt=is_corrupt,
    )


def is_unused(content: bytes, offset: int) -> bool:
    """Whether nothing but zeros follows: room for groups that were never written."""
    return content.count(0, offset) == len(content) - offset


def group_end(content: bytes, offset: int, *, number: int | None = None) -> int | None:
    """Where the group that begins at an offset ends; None if it is not whole, or not the one expected."""
    header = unpack_header(content, offset)
    if header is None or header.kind != GROUP_KIND:
        return None
    if number is not None and header.sequence != number:
        return None
    start = offset + HEADER_BYTES
    end = start + header.body_bytes
    if end > len(content) or _digest(memoryview(content)[start:end]) != header.session:
        return None
    return end


def frames_of(content: bytes, start: int, end: int) -> Iterator[Place] | None:
    """Return the frames of a whole group, or None if they do not fill it exactly."""
    places: list[Place] = []
    offset = start
    while offset < end:
        header = unpack_header(content, offset, is_covered=True)
        if header is None or header.kind == GROUP_KIND:
            return None
        frame_end = offset + HEADER_BYTES + header.body_bytes
        places.append(Place(header=header, offset=offset, end=frame_end))
        offset = frame_end
    return iter(places) if offset == end else None


def _digest(frames: bytes | memoryview) -> bytes:
    return hashlib.sha256(frames).digest()[:_DIGEST_BYTES]


def frames_behind(content: bytes, offset: int) -> int:
    """Count the whole frames that follow damage at an offset."""
    return sum(len(list(frames_of(content, *group) or ())) for group in _groups_after(content, offset))


def _has_group_after(content: bytes, offset: int) -> bool:
    """Whether something whole follows the damage at an offset."""
    return next(_groups_after(content, offset), None) is not None


def _groups_after(content: bytes, offset: int) -> Iterator[tuple[int, int]]:
    found = content.find(_GROUP_MARK, offset)
    while found != -1:
        end = group_end(content, found)
        if end is not None:
            yield found + HEADER_BYTES, end
        found = content.find(_GROUP_MARK, found + 1 if end is None else end)
