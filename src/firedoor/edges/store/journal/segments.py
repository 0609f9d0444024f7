"""Writes groups of frames to segments and makes them durable. One thread; never used again after an error."""

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from firedoor.core.record.frame import HEADER_BYTES
from firedoor.core.record.segment import SegmentHeader, pack_group, pack_segment_header
from firedoor.edges.store.journal.disk import NEW, Appended, Disk, is_done_with_room, put_file
from firedoor.edges.store.journal.layout import MAX_SEGMENT, journal_folder, key_file, segment_file
from firedoor.model.entry import Layer
from firedoor.model.ids import SessionId

RESERVE = 256 << 10
"""Bytes of zeros that are written ahead. A sync then commits a new length once in some hundred groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key of a session, wrapped: durable before its first frame is."""

    session: SessionId
    layer: Layer
    epoch: int
    wrapped: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large segments are. Tests take small ones."""

    largest: int = MAX_SEGMENT
    ahead: int = RESERVE
    reserve: int = 0
    """What is kept for a full disk; 0: nothing."""


SIZES = Sizes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the first frame of a group begins."""

    segment: int
    offset: int


class SegmentWriter:
    """The end of the journal."""

    def __init__(
        self,
        data_dir: Path,
        disk: Disk,
        *,
        origin: str,
        first: int,
        previous: str | None,
        sizes: Sizes = SIZES,
    ) -> None:
        self._sizes = sizes
        self._data_dir = data_dir
        self._disk = disk
        self._origin = origin
        self._run = first
        self._number = first - 1
        self._previous = previous
        self._file: Appended | None = None
        self._size = 0
        self._reserved = 0
        """Up to here the file has its length already."""
        self._durable = 0
        """Up to here it is known to be on disk."""
        self._largest = sizes.largest
        self._spare: Path | None = None
        self._groups = 0
        self._digest = hashlib.sha256()
        self._unhashed: list[bytes] = []
        self._unhashed_bytes = 0

    def write_keys(self, keys: list[NewKey]) -> set[SessionId]:
        """Make key files durable, names and all. Each is there whole or not at all.

        Returns the sessions for whose keys the disk has no room: none of these keys is left.

        Raises:
            OSError: it failed otherwise, or a key is there that should not be: none is ever written over.
        """
        unkept: set[SessionId] = set()
        for key in keys:
            if key.session not in unkept and not self._has_room(key):
                unkept.add(key.session)
        if keys and not is_done_with_room(lambda: self._disk.sync_folder(self._data_dir / "keys")):
            unkept = {key.session for key in keys}
        for key in keys:
            if key.session in unkept:
                self._discard(key_file(self._data_dir, key.session, key.layer, key.epoch))
        return unkept

    def _has_room(self, key: NewKey) -> bool:
        """Write a key; False: the disk is full."""
        file = key_file(self._data_dir, key.session, key.layer, key.epoch)
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))

        def write() -> None:
            self._disk.make_folder(file.parent)
            put_file(file, key.wrapped, disk=self._disk)

        return is_done_with_room(write)

    def _discard(self, file: Path) -> None:
        """Take away a key that nothing was sealed with that is on any disk."""
        for each in (file, file.with_name(f"{NEW}{file.name}")):
            if each.exists():
                self._disk.remove(each)

    def write_group(self, frames: list[bytes], *, at_us: int) -> Place:
        """Make frames durable: one write, one sync, and the folder's if the segment is new."""
        content = b"".join(frames)
        is_new = self._file is None or self._size + len(content) > self._largest
        start = self._begin(at_us) if is_new else b""
        content = start + pack_group(content, number=self._groups, at_us=at_us)
        file = self._file
        if file is None:
            raise OSError("there is no segment to write to")
        place = Place(segment=self._number, offset=self._size + len(start) + HEADER_BYTES)
        self._size += len(content)
        self._groups += 1
        file.write(content)
        if self._size > self._reserved:
            file.reserve(self._sizes.ahead)
            self._reserved = self._size + self._sizes.ahead
        file.sync()
        if is_new:
            self._disk.sync_folder(journal_folder(self._data_dir))
        self._durable = self._size
        self._note(content)
        return place

    def take_reserve(self, spare: Path) -> None:
        """After a write failed on a full disk: end the segment where it is durable, go on in the reserve.

        The descriptor that failed is never used again, and nothing that was not durable stays.

        Raises:
            OSError: that failed too.
        """
        if self._file is not None:
            self._file.close()
            self._file = None
            file = segment_file(self._data_dir, self._number)
            if self._durable:
                self._disk.truncate(file, self._durable)
                self._hash()
                self._previous = self._digest.hexdigest()
            else:  # not even its first group
                self._disk.remove(file)
                self._number -= 1
        self._spare = spare

    def close(self) -> None:
        """Let go of the segment as it is, after an error or at the end."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self) -> None:
        """End the segment: what was reserved and not used is cut off."""
        if self._file is not None:
            self._file.trim()

    def _note(self, content: bytes) -> None:
        """Hash what was written, many groups at a time: hashing each would give up the interpreter for it."""
        self._unhashed.append(content)
        self._unhashed_bytes += len(content)
        if self._unhashed_bytes > RESERVE:
            self._hash()

    def _hash(self) -> None:
        self._digest.update(b"".join(self._unhashed))
        self._unhashed.clear()
        self._unhashed_bytes = 0

    def _begin(self, at_us: int) -> bytes:
        """Create the next segment; return its header, to be written with the first group."""
        if self._file is not None:
            self.finish()
            self._file.close()
            self._file = None
            self._hash()
            self._previous = self._digest.hexdigest()
        file = segment_file(self._data_dir, self._number + 1)
        if self._spare is None:
            self._file, self._reserved = self._disk.create(file), 0
            self._largest = self._sizes.largest
        else:
            self._file, self._reserved = self._disk.adopt(self._spare, file), self._sizes.reserve
            self._largest, self._spare = self._sizes.reserve, None
        self._number += 1
        self._size = self._groups = self._durable = 0
        self._digest = hashlib.sha256()
        return pack_segment_header(
            SegmentHeader(
                origin=self._origin,
                number=self._number,
                run=self._run,
                created_at_us=at_us,
                previous=self._previous,
            )
        )
