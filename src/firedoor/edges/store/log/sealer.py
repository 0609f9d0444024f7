"""Moves sessions that ended out of the journal, each into a file of its own, and frees the journal.

A frame leaves the journal only when its leaf is signed and its copy is durable. A segment goes when nothing
in it is needed any more; the oldest goes first. A session that stays open for long (the gateway's own, for
one) would hold every segment it ever wrote to: what it has in the oldest is moved ahead of its end.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from firedoor.core.record.frame import HEADER_BYTES, session_id
from firedoor.core.record.session_file import (
    OPEN_SUFFIX,
    SessionFileHeader,
    frames_in,
    pack_session_header,
    session_at,
    session_path,
)
from firedoor.edges.store.journal.disk import REAL, Disk, put_parts
from firedoor.edges.store.journal.layout import segment_file, segment_numbers
from firedoor.edges.store.journal.sessions import opened_session, session_frames
from firedoor.edges.store.log.cursor import Frame
from firedoor.model.errors import IntegrityError

KEPT_SEGMENTS = 4
"""Segments before the newest that may wait for sessions that are open."""

_PART = 1 << 20
"""Bytes of a file that are copied at once."""
_PLACE = 3
"""Numbers kept of each frame: segment, offset, length."""


class Sealer:
    """The sessions that have frames in the journal. One thread."""

    def __init__(
        self, data_dir: Path, *, settle: Callable[[], object], kept: int = KEPT_SEGMENTS, disk: Disk = REAL
    ) -> None:
        """`settle` makes the log durable: nothing is freed before."""
        self._disk = disk
        self._data_dir = data_dir
        self._sessions = data_dir / "sessions"
        self._settle = settle
        self._kept = kept
        self._places: dict[bytes, array[int]] = {}
        self._needed: Counter[int] = Counter()
        self._named: set[Path] = set()
        """Folders whose names are durable."""
        self._unsure: set[Path] = set()
        """Folders in which a name may be there and not durable, or gone and not durably."""
        self._file: tuple[int, BinaryIO] | None = None

    def take(self, frame: Frame) -> None:
        """Note where a frame is. Its leaf is in the log; not signed yet, perhaps."""
        places = self._places.setdefault(frame.header.session, array("Q"))
        places.extend((frame.segment, frame.offset, HEADER_BYTES + frame.header.body_bytes))
        self._needed[frame.segment] += 1

    def known(self) -> tuple[bytes, ...]:
        """Name the sessions that have frames in the journal."""
        return tuple(self._places)

    def finish(self, session: bytes, origin: str) -> None:
        """Put an ended session in its file. Its leaves are signed.

        Raises:
            OSError: it was not put there; it may be asked for again.
            IntegrityError: what is to be moved is damaged.
        """
        part = self._sessions / session_path(session_id(session), is_open=True)
        whole = self._sessions / session_path(session_id(session))
        begun = next((file for file in (whole, part) if file.exists()), None)
        if not self._add(whole, begun, session, origin, below=None) and whole.parent in self._unsure:
            self._disk.sync_folder(whole.parent)
        if part.exists():
            self._disk.remove(part)
            self._disk.sync_folder(part.parent)
        self._forget(session, below=None)

    def finish_parts(self, origin: str) -> None:
        """Finish sessions of earlier runs whose last frames have left the journal. They cannot go on.

        Raises:
            OSError: that failed; it may be asked for again.
        """
        for file in sorted(self._sessions.rglob(f"*{OPEN_SUFFIX}")):
            session = session_at(file.relative_to(self._sessions).as_posix())
            if session is not None:
                self.finish(bytes.fromhex(session.replace("-", "")), origin)

    def free(self, first: int, last: int, origin: str) -> int:
        """Take away the oldest segments that nothing needs; how many went. All their leaves are signed.

        `first`: the oldest that may go. `last`: the first that may not.

        Raises:
            OSError: that failed; it may be asked for again.
            IntegrityError: what is to be moved is damaged.
        """
        freed = 0
        for number in segment_numbers(self._data_dir):
            if not first <= number < last:
                break
            if self._needed[number]:
                if last - number <= self._kept:
                    break
                self._move_ahead(number, origin)
            if not freed:
                self._settle()
            self._remove(segment_file(self._data_dir, number))
            del self._needed[number]
            freed += 1
        return freed

    def _remove(self, segment: Path) -> None:
        """Take one away, durably. Of two that were not, a power loss may leave the older, and a hole."""
        if segment.parent in self._unsure:
            self._disk.sync_folder(segment.parent)
        self._unsure.add(segment.parent)
        self._disk.remove(segment)
        self._disk.sync_folder(segment.parent)
        self._unsure.discard(segment.parent)

    def _move_ahead(self, number: int, origin: str) -> None:
        """Move what open sessions have up to a segment into their files."""
        for session, places in list(self._places.items()):
            if any(places[i] <= number for i in range(0, len(places), _PLACE)):
                self._extend(session, number + 1, origin)

    def _extend(self, session: bytes, below: int, origin: str) -> None:
        part = self._sessions / session_path(session_id(session), is_open=True)
        self._add(part, part if part.exists() else None, session, origin, below)
        self._forget(session, below)

    def _put(self, file: Path, parts: Iterable[bytes]) -> None:
        """Put a file in its place, durably. Where that fails it may be there and not durable."""
        self._unsure.add(file.parent)
        put_parts(file, parts, disk=self._disk)
        self._unsure.discard(file.parent)

    def _add(self, file: Path, begun: Path | None, session: bytes, origin: str, below: int | None) -> bool:
        """Write what a session's file has, and what the journal has beyond it, out of segments below one.

        Whether there was anything to write. A session is never in memory as a whole.
        """
        end, count = (0, 0) if begun is None else _kept(begun, session)
        added = self._frames(session, count, below)
        try:
            first = next(added, None)
            if first is None and begun == file and end == file.stat().st_size:
                return False
            header = pack_session_header(SessionFileHeader(origin=origin, session=session_id(session)))
            kept = _beginning(begun, end) if begun is not None and end else (header,)
            self._make_folder(file.parent)
            self._put(file, chain(kept, () if first is None else (first,), added))
        finally:
            self._close()
        return True

    def _frames(self, session: bytes, sequence: int, below: int | None) -> Iterator[bytes]:
        """Read a session's frames from a number on."""
        for segment, offset, length in self._of(session, below):
            file = self._reading(segment)
            file.seek(offset)
            content = file.read(length)
            found = next(frames_in(content, 0), None)
            if found is None or found[1] != length or found[2].session != session:
                raise _damaged(segment, offset, "the frame is another")
            if found[2].sequence > sequence:
                raise _damaged(segment, offset, f"frame {sequence} of the session is missing before it")
            if found[2].sequence == sequence:
                yield content
                sequence += 1

    def _of(self, session: bytes, below: int | None) -> Iterator[tuple[int, int, int]]:
        places = self._places.get(session, array("Q"))
        for i in range(0, len(places), _PLACE):
            if below is None or places[i] < below:
                yield places[i], places[i + 1], places[i + 2]

    def _reading(self, segment: int) -> BinaryIO:
        """Keep the last segment open: a session's frames lie side by side."""
        if self._file is None or self._file[0] != segment:
            self._close()
            self._file = (segment, segment_file(self._data_dir, segment).open("rb"))
        return self._file[1]

    def _close(self) -> None:
        if self._file is not None:
            self._file[1].close()
            self._file = None

    def _forget(self, session: bytes, below: int | None) -> None:
        places = self._places.pop(session, array("Q"))
        left = array("Q")
        for i in range(0, len(places), _PLACE):
            if below is not None and places[i] >= below:
                left.extend(places[i : i + _PLACE])
            else:
                self._needed[places[i]] -= 1
        if left:
            self._places[session] = left

    def _make_folder(self, folder: Path) -> None:
        """Have a folder whose name is durable. That it is there says nothing: a sync may have failed."""
        if folder not in self._named:
            self._disk.make_folder(folder)
            for each in (folder.parent, folder.parent.parent, folder.parent.parent.parent):
                self._disk.sync_folder(each)
            self._named.add(folder)


def _kept(file: Path, session: bytes) -> tuple[int, int]:
    """Where what is whole in a session's file ends, and how many frames that are; 0 if it is no such file."""
    with file.open("rb") as content:
        opened = opened_session(content)
        if opened is None:
            return 0, 0
        end, count = opened[1], 0
        for frame in session_frames(content, end):
            if frame.place.header.session != session or frame.place.header.sequence != count:
                break
            end, count = frame.place.end, count + 1
    return end, count


def _beginning(file: Path, end: int) -> Iterator[bytes]:
    with file.open("rb") as content:
        while (left := end - content.tell()) > 0 and (part := content.read(min(left, _PART))):
            yield part


def _damaged(segment: int, offset: int, why: str) -> IntegrityError:
    return IntegrityError("journal_corrupt", f"Segment {segment} is damaged at byte {offset}: {why}.")
