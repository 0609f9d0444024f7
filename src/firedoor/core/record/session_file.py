"""A session in a file of its own: a header in clear, then its frames, byte for byte. Never opens a frame.

"FDRECSF1" | u32 length | JSON {"origin", "session"} | CRC-32C of all that u32 | frames …
"""

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from firedoor.core.record.frame import HEADER_BYTES, Header, crc32c, session_bytes, unpack_header
from firedoor.model.ids import SessionId

MAGIC = b"FDRECSF1"
MAX_HEADER = 4096
HEADER_ROOM = len(MAGIC) + MAX_HEADER + 8
"""Bytes in which every header fits."""
SUFFIX = ".fdrec"
OPEN_SUFFIX = ".part"
"""Of a session that goes on, and whose first frames have left the journal."""

_LENGTH = struct.Struct(">I")
_MONTH = re.compile(r"[0-9]{4}/[0-9]{2}")
_MILLISECONDS = 80


class SessionFileHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the first bytes say."""

    origin: str
    """The log that has the leaves of these frames."""
    session: str


def pack_session_header(header: SessionFileHeader) -> bytes:
    """Return the first bytes of a session file."""
    encoded = msgspec.json.encode(header, order="sorted")
    content = MAGIC + _LENGTH.pack(len(encoded)) + encoded
    return content + _LENGTH.pack(crc32c(content))


def read_session_header(content: bytes) -> tuple[SessionFileHeader, int] | None:
    """Return the header and where the frames begin; None if this is no session file."""
    start = len(MAGIC) + _LENGTH.size
    if content[: len(MAGIC)] != MAGIC or len(content) < start:
        return None
    end = start + _LENGTH.unpack_from(content, len(MAGIC))[0]
    if end - start > MAX_HEADER or len(content) < end + _LENGTH.size:
        return None
    if _LENGTH.unpack_from(content, end)[0] != crc32c(content[:end]):
        return None
    try:
        header = msgspec.json.decode(content[start:end], type=SessionFileHeader)
    except msgspec.DecodeError:
        return None
    return header, end + _LENGTH.size


def frames_in(content: bytes, offset: int) -> Iterator[tuple[int, int, Header]]:
    """Give begin, end and header of each frame from an offset on, as far as they are whole."""
    while (header := unpack_header(content, offset)) is not None:
        end = offset + HEADER_BYTES + header.body_bytes
        if end > len(content):
            return
        yield offset, end, header
        offset = end


def session_path(session: SessionId, *, is_open: bool = False) -> str:
    """Where the file of a session is, below the folder of sessions: by the month in which it began (UTC).

    Raises:
        ValueError: it is not a session id.
    """
    began_ms = int.from_bytes(session_bytes(session)) >> _MILLISECONDS
    month = datetime.fromtimestamp(began_ms / 1000, UTC).strftime("%Y/%m")
    return f"{month}/{session}{OPEN_SUFFIX if is_open else SUFFIX}"


def session_at(path: str) -> SessionId | None:
    """Return the session that a path below the folder of sessions is of; None if it is none's."""
    month, _, name = path.rpartition("/")
    stem, dot, ending = name.partition(".")
    if not _MONTH.fullmatch(month) or dot + ending not in {SUFFIX, OPEN_SUFFIX}:
        return None
    session = SessionId(stem)
    try:
        is_its = session_path(session, is_open=dot + ending == OPEN_SUFFIX) == path
    except ValueError:
        return None
    return session if is_its else None
