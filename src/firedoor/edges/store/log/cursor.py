"""Reads the frames of the journal in their order, from a place on, as far as they are known to be durable.

Whole groups only. What cannot be read as a group before the end is damage; it is reported, never skipped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from firedoor.core.record.frame import HEADER_BYTES, Header, session_id
from firedoor.core.record.segment import frames_of, group_end, unpack_segment_header
from firedoor.edges.store.journal.layout import segment_file, segment_numbers
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A frame in the journal."""

    segment: int
    offset: int
    content: memoryview
    header: Header

    @property
    def session(self) -> SessionId:
        """Whose it is."""
        return session_id(self.header.session)


class Cursor:
    """A place between two groups of the journal."""

    def __init__(self, data_dir: Path, segment: int) -> None:
        self._data_dir = data_dir
        self.segment = segment
        self._offset = 0
        self._groups = 0

    @property
    def place(self) -> tuple[int, int]:
        """The segment, and the offset in it."""
        return self.segment, self._offset

    def read(self, until: tuple[int, int]) -> Iterator[list[Frame]]:
        """Read on, a group at a time, up to a segment and an offset in it. It may be left after any group.

        Raises:
            IntegrityError: the journal is damaged before that place.
        """
        while self.place < until:
            yield from self._read_segment(until)
            if self.segment >= until[0]:
                return
            following = [n for n in segment_numbers(self._data_dir) if n > self.segment]
            if not following:
                raise IntegrityError("journal_corrupt", f"Segment {until[0]} of the journal is missing.")
            self.segment, self._offset, self._groups = following[0], 0, 0

    def _read_segment(self, until: tuple[int, int]) -> Iterator[list[Frame]]:
        content = self._content(until)
        base = self._offset
        offset = 0
        if not base:
            opened = unpack_segment_header(content)
            if opened is None:
                raise self._damage(0)
            offset = opened[1]
        view = memoryview(content)
        while (end := group_end(content, offset, number=self._groups)) is not None:
            places = frames_of(content, offset + HEADER_BYTES, end)
            if places is None:
                break
            group = [
                Frame(
                    segment=self.segment,
                    offset=base + place.offset,
                    content=view[place.offset : place.end],
                    header=place.header,
                )
                for place in places
            ]
            offset = end
            self._offset = base + end
            self._groups += 1
            yield group
        # Room that was made beforehand is zero; anything else is what somebody wrote there.
        if any(content[offset:]):
            raise self._damage(base + offset)

    def _content(self, until: tuple[int, int]) -> bytes:
        """What is new in the segment, up to where it is durable."""
        with segment_file(self._data_dir, self.segment).open("rb") as file:
            file.seek(self._offset)
            return file.read(until[1] - self._offset if self.segment == until[0] else -1)

    def _damage(self, offset: int) -> IntegrityError:
        return IntegrityError(
            "journal_corrupt", f"Segment {self.segment} is damaged at byte {offset}: no whole group is there."
        )
