"""Goes through segments and session files as an auditor does: every frame there is, every byte that is wrong.

A reader of recordings stops at damage. This goes on behind it, so that one flipped bit is named and the
rest is still compared with the log.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from firedoor.core.record.frame import GROUP_KIND, HEADER_BYTES, MAGIC, VERSION, unpack_header
from firedoor.core.record.segment import frames_of, group_end, unpack_segment_header
from firedoor.core.record.session_file import frames_in
from firedoor.core.record.verify_frames import FoundFrame
from firedoor.edges.store.journal.sessions import opened_session, session_frames
from firedoor.model.ids import SessionId
from firedoor.ports.evidence import Damage

_GROUP_MARK = MAGIC.to_bytes(2) + bytes([VERSION, GROUP_KIND])
_FRAME_MARK = MAGIC.to_bytes(2) + bytes([VERSION])

Found = FoundFrame | Damage


def walk_segment(content: bytes, file: str, number: int, *, is_last: bool) -> Iterator[Found]:
    """Give the frames of a segment, and its damage."""
    opened = unpack_segment_header(content)
    if opened is None or opened[0].number != number:
        yield Damage(
            code="segment_damaged", file=file, offset=0, why="its header is damaged", is_tail=is_last
        )
    offset = max(content.find(_GROUP_MARK), 0) if opened is None else opened[1]
    groups: int | None = 0
    while offset < len(content):
        end = group_end(content, offset, number=groups)
        places = None if end is None else frames_of(content, offset + HEADER_BYTES, end)
        if end is not None and places is not None:
            for place in places:
                yield _found(content, file, place.offset, place.end)
            groups = None if groups is None else groups + 1
            offset = end
            continue
        if not any(content[offset:]):
            return  # room that was made beforehand
        following = _next_group(content, offset + 1)
        yield Damage(
            code="group_damaged",
            file=file,
            offset=offset,
            why="the group that begins here is not as it was written",
            is_tail=is_last and following == len(content),
        )
        yield from _salvaged(content, file, offset + HEADER_BYTES, following)
        offset, groups = following, None


def walk_session_file(content: BinaryIO, file: str, session: SessionId) -> Iterator[Found]:
    """Give the frames of a session file, and its damage. Only where it is damaged is all of it in memory."""
    opened = opened_session(content)
    if opened is None or opened[0].session != session:
        yield Damage(code="session_file_damaged", file=file, offset=0, why="its header is damaged")
    offset = 0 if opened is None else opened[1]
    for frame in session_frames(content, offset) if opened is not None else ():
        if frame.place.header.kind == GROUP_KIND:
            break
        offset = frame.place.end
        yield FoundFrame(
            content=frame.content,
            header=frame.place.header,
            file=file,
            offset=frame.place.offset,
            is_in_journal=False,
        )
    if offset < (size := content.seek(0, os.SEEK_END)):
        content.seek(0)
        whole = content.read()
        begin = max(whole.find(_FRAME_MARK), 0) if opened is None else offset
        yield from _salvaged(whole, file, begin, size, is_in_journal=False)


def _found(content: bytes, file: str, offset: int, end: int, *, is_in_journal: bool = True) -> FoundFrame:
    header = unpack_header(content, offset, is_covered=True)
    if header is None:
        raise ValueError("no frame begins there")
    return FoundFrame(
        content=content[offset:end], header=header, file=file, offset=offset, is_in_journal=is_in_journal
    )


def _salvaged(
    content: bytes, file: str, offset: int, until: int, *, is_in_journal: bool = True
) -> Iterator[Found]:
    """Give what can still be told apart as frames, and each place where nothing can."""
    while offset < until:
        for start, end, header in frames_in(content[:until], offset):
            if header.kind == GROUP_KIND:
                break
            yield _found(content, file, start, end, is_in_journal=is_in_journal)
            offset = end
        if offset >= until:
            return
        if not is_in_journal or any(content[offset:until]):
            yield Damage(
                code="frame_damaged",
                file=file,
                offset=offset,
                why="no whole frame begins here",
                is_tail=is_in_journal and until == len(content),
            )
        offset = _next_frame(content, offset + 1, until)


def _next_group(content: bytes, offset: int) -> int:
    found = content.find(_GROUP_MARK, offset)
    while found != -1:
        if group_end(content, found) is not None:
            return found
        found = content.find(_GROUP_MARK, found + 1)
    return len(content)


def _next_frame(content: bytes, offset: int, until: int) -> int:
    found = content.find(_FRAME_MARK, offset, until)
    while found != -1:
        header = unpack_header(content, found)
        if header is not None and header.kind != GROUP_KIND:
            return found
        found = content.find(_FRAME_MARK, found + 1, until)
    return until
