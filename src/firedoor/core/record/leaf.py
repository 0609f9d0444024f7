"""A leaf of the log: what anyone may know of a frame. Never holds a name, a tool or an argument.

70 bytes, big-endian. See `docs/spec/record-format.md`.

    version u8 | kind u8 | session 16 B | sequence u64 | unix µs u64 | SHA-256 of the frame 32 B | length u32

Each frame has one leaf, in the order of the journal. The first leaf of a log has kind 0 and stands for no
frame: it says with which segment of the journal the log begins, and which log it continues, if any.
"""

import hashlib
import struct
from dataclasses import dataclass

from firedoor.core.record.frame import HEADER_BYTES, Header

LEAF_VERSION = 1
BEGIN_KIND = 0
"""Not a frame: the log begins. Kinds of frames begin at 1."""
NO_DIGEST = bytes(32)

_FIELDS = struct.Struct(">BB16sQQ32sI")
LEAF_BYTES = _FIELDS.size
SESSION_AT = 2
"""Where the 16 bytes of the session stand in a leaf."""
_SEGMENT = struct.Struct(">QQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf, read."""

    kind: int
    session: bytes
    sequence: int
    at_us: int
    digest: bytes
    """SHA-256 of the whole frame, header included."""
    length: int
    """Bytes of the whole frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the first leaf of a log says."""

    segment: int
    """The first segment of the journal that the log covers."""
    continued: int = 0
    """Leaves of the log that this one continues, as its last checkpoint says. 0: it continues none."""
    digest: bytes = NO_DIGEST
    """SHA-256 of that checkpoint, the whole note."""
    length: int = 0
    """Bytes of that checkpoint."""


def leaf_of(frame: bytes | memoryview, header: Header) -> bytes:
    """Return the leaf of a frame, whose header was read from it."""
    return _FIELDS.pack(
        LEAF_VERSION, header.kind, header.session, header.sequence, header.at_us,
        hashlib.sha256(frame).digest(), HEADER_BYTES + header.body_bytes,
    )  # fmt: skip


def leaf_of_beginning(beginning: Beginning) -> bytes:
    """Return the first leaf of a log. It holds no time, so that it can be made again from what it says."""
    return _FIELDS.pack(
        LEAF_VERSION, BEGIN_KIND, _SEGMENT.pack(0, beginning.segment), beginning.continued, 0,
        beginning.digest, beginning.length,
    )  # fmt: skip


def read_leaf(content: bytes | memoryview) -> Leaf | None:
    """Return what a leaf says, or None if it is none."""
    if len(content) != LEAF_BYTES:
        return None
    version, kind, session, sequence, at_us, digest, length = _FIELDS.unpack(content)
    if version != LEAF_VERSION:
        return None
    return Leaf(kind=kind, session=session, sequence=sequence, at_us=at_us, digest=digest, length=length)


def read_beginning(content: bytes | memoryview) -> Beginning | None:
    """Return what the first leaf of a log says, or None if it is no such leaf."""
    leaf = read_leaf(content)
    if leaf is None or leaf.kind != BEGIN_KIND:
        return None
    segment = int.from_bytes(leaf.session)
    beginning = Beginning(segment=segment, continued=leaf.sequence, digest=leaf.digest, length=leaf.length)
    # One way to write it: what differs in any bit is another leaf, and damage.
    return beginning if segment < 1 << 64 and leaf_of_beginning(beginning) == bytes(content) else None
