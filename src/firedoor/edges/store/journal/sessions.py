"""Reads sessions that have left the journal, from their own files, together with what is still in it.

A frame is in the journal, in its session's file, or for a while in both. Whoever reads sees each once, and
in the order of its session, also while frames are being moved. Never opens a frame.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from firedoor.core.record.frame import HEADER_BYTES, session_bytes, session_id, unpack_header
from firedoor.core.record.segment import Place
from firedoor.core.record.session_file import (
    HEADER_ROOM,
    SessionFileHeader,
    read_session_header,
    session_at,
    session_path,
)
from firedoor.model.entry import EntryKind
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId

IN_SESSION_FILE = -1
"""Stands where the number of a segment would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFrame:
    """A frame as it stands in the journal or in its session's file, still sealed."""

    place: Place
    content: bytes
    segment: int


def sessions_folder(data_dir: Path) -> Path:
    """Return the folder of session files."""
    return data_dir / "sessions"


def whole_session(
    data_dir: Path, session: bytes, journal: Callable[[], Iterable[RecordedFrame]]
) -> Iterator[RecordedFrame]:
    """Give the frames of a session: from its file, from the journal, and again from its file.

    `journal` reads those in the journal. What is moved meanwhile is in the file by then.

    Raises:
        IntegrityError: its file is damaged.
    """
    expected = 0
    stray: RecordedFrame | None = None

    def own() -> Iterable[RecordedFrame]:
        return frames_in_files(data_dir, session)

    for source in (own, journal, own):
        for frame in source():
            sequence = frame.place.header.sequence
            if sequence > expected:
                stray = frame
                break
            if sequence == expected:
                yield frame
                expected += 1
    if stray is not None and stray.place.header.sequence >= expected:
        yield stray  # one is missing before it, as whoever opens it will say


def frames_in_files(data_dir: Path, session: bytes) -> Iterator[RecordedFrame]:
    """Give what the session's own file has of it.

    Raises:
        IntegrityError: it is damaged.
    """
    named = session_id(session)
    for is_open in (False, True):
        try:
            file = (sessions_folder(data_dir) / session_path(named, is_open=is_open)).open("rb")
        except FileNotFoundError:
            continue
        with file:
            yield from _frames(file, named, session)
        return


def session_frames(file: BinaryIO, offset: int) -> Iterator[RecordedFrame]:
    """Give the frames of a session file one by one, as far as they are whole. One at a time is in memory."""
    size = file.seek(0, os.SEEK_END)
    while offset < size:
        file.seek(offset)
        begin = file.read(HEADER_BYTES)
        header = unpack_header(begin)
        if header is None or offset + HEADER_BYTES + header.body_bytes > size:
            return
        content = begin + file.read(header.body_bytes)
        place = Place(header=header, offset=offset, end=offset + len(content))
        yield RecordedFrame(place=place, content=content, segment=IN_SESSION_FILE)
        offset = place.end


def opened_session(file: BinaryIO) -> tuple[SessionFileHeader, int] | None:
    """Read the header of a session file, and where its frames begin; None if it is no such file."""
    file.seek(0)
    return read_session_header(file.read(HEADER_ROOM))


def moved_before(data_dir: Path, in_journal: Iterable[RecordedFrame], since_us: int = 0) -> list[SessionId]:
    """Find the sessions that are to be read from their files, since the journal has not all of them.

    `in_journal`: its frames. `since_us`: sessions that ended before are left out.

    Raises:
        IntegrityError: a file or the journal is damaged.
    """
    root = sessions_folder(data_dir)
    if not root.is_dir():
        return []
    begun: dict[bytes, int] = {}
    ended: set[bytes] = set()
    for frame in in_journal:
        begun.setdefault(frame.place.header.session, frame.place.header.sequence)
        if frame.place.header.kind == EntryKind.CLOSE:
            ended.add(frame.place.header.session)
    # Where a gap was closed, a session may begin in the journal and end in its file alone.
    here = {session for session in ended if begun[session] == 0}
    files = [(session_at(file.relative_to(root).as_posix()), file) for file in root.rglob("*")]
    return sorted(
        {
            session
            for session, file in files
            if session is not None
            and session_bytes(session) not in here
            and _reaches(data_dir, session, file, since_us)
        }
    )


def _reaches(data_dir: Path, session: SessionId, file: Path, since_us: int) -> bool:
    """Whether a session has frames of an instant or later."""
    if not since_us:
        return True
    with suppress(FileNotFoundError):  # finished meanwhile, and under another name
        if file.stat().st_mtime_ns // 1_000 < since_us:
            return False  # no frame is younger than the file that it is in
    frames = frames_in_files(data_dir, session_bytes(session))
    return any(frame.place.header.at_us >= since_us for frame in frames)


def _frames(file: BinaryIO, named: SessionId, session: bytes) -> Iterator[RecordedFrame]:
    opened = opened_session(file)
    if opened is None or opened[0].session != named:
        raise _damaged(named, 0)
    whole = opened[1]
    for frame in session_frames(file, whole):
        if frame.place.header.session != session:
            raise _damaged(named, frame.place.offset)
        yield frame
        whole = frame.place.end
    if whole != file.seek(0, os.SEEK_END):
        raise _damaged(named, whole)


def _damaged(session: SessionId, offset: int) -> IntegrityError:
    return IntegrityError(
        "session_file_damaged", f"The file of session {session} is damaged at byte {offset}."
    )
