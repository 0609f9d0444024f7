"""Reads the record: all of it, one session, or what is new. Believes no length, changes nothing.

A journal may be read while it is written: a last group that is not whole yet is not there yet. A group
that is not whole anywhere else is damage, and reading stops with an error that says where.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from firedoor.core.record.frame import HEADER_BYTES, session_bytes, session_id
from firedoor.core.record.segment import (
    MAX_SEGMENT_HEADER,
    SEGMENT_MAGIC,
    Place,
    SegmentHeader,
    frames_of,
    group_end,
    is_unused,
    unpack_segment_header,
)
from firedoor.core.record.unseal import SessionUnsealer
from firedoor.edges.store.journal.layout import key_file, key_folder, segment_file, segment_numbers
from firedoor.edges.store.journal.sessions import (
    RecordedFrame,
    frames_in_files,
    moved_before,
    whole_session,
)
from firedoor.edges.store.journal.surroundings import KeyUnwrap
from firedoor.model.entry import EntryKind, Layer
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject

VIEW_ONLY = frozenset({Layer.VIEW})
BOTH_LAYERS = frozenset(Layer)
_HEADER_ROOM = len(SEGMENT_MAGIC) + MAX_SEGMENT_HEADER + 8
"""Bytes in which every header of a segment fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEntry:
    """An entry as it stands in the journal, verified and opened."""

    kind: EntryKind
    session: SessionId
    sequence: int
    at_us: int
    envelope: JsonObject
    payload: bytes
    segment: int
    offset: int
    raw: bytes | None = None
    """The upstream's side, if that is another and was asked for."""


def read_session(
    data_dir: Path,
    session: SessionId,
    *,
    keys: KeyUnwrap,
    layers: Collection[Layer] = VIEW_ONLY,
) -> Iterator[RecordedEntry]:
    """Read the entries of one session, in order. The frames of others are skipped by their header.

    Raises:
        RecordError: there is no such session here, or no key to it, or to one of the layers.
        IntegrityError: the journal or the recording does not verify.
    """
    try:
        wanted = session_bytes(session)
    except ValueError:
        raise _unknown(session) from None
    if not key_folder(data_dir, session).is_dir():
        raise _unknown(session)

    def find(layer: Layer, epoch: int) -> bytes:
        key = _key_of(data_dir, session, keys, layer, epoch)
        if key is None:
            raise _sealed(session, layer)
        return key

    unsealer = SessionUnsealer(session, find, layers)
    for frame in whole_session(data_dir, wanted, lambda: read_frames(data_dir, session=wanted)):
        entry = _opened(frame, unsealer)
        if entry is not None:
            yield entry


def read_all(
    data_dir: Path,
    *,
    keys: KeyUnwrap,
    on_sealed: Callable[[SessionId], None] | None = None,
    layers: Collection[Layer] = VIEW_ONLY,
) -> Iterator[RecordedEntry]:
    """Read every entry: of sessions that have left the journal, the oldest first, then of the journal.

    Sessions to which there is no key (shredded, or not for this reader) are left out; `on_sealed` is
    told of each once.

    Raises:
        IntegrityError: the journal or a recording does not verify.
    """
    opener = _Opener(data_dir, keys, on_sealed, layers)
    moved = moved_before(data_dir, read_frames(data_dir))
    for frame in _after(data_dir, moved, lambda: read_frames(data_dir)):
        entry = opener.open(frame)
        if entry is not None:
            yield entry


def read_since(data_dir: Path, since_us: int, *, keys: KeyUnwrap) -> Iterator[RecordedEntry]:
    """Read the entries of an instant and later, in order, at the cost of what is read.

    Only sessions with such entries have their key unwrapped, and only such entries are decrypted. What
    a session had before is hashed, since its chain begins there. Segments of earlier runs are not opened.

    Raises:
        IntegrityError: what is read of the journal, or a recording, does not verify.
    """
    first = run = -1  # segments count from 0
    for header in _segment_headers(data_dir):
        if header.created_at_us <= since_us or first < 0:
            first, run = header.number, header.run
    wanted = {
        frame.place.header.session
        for frame in read_frames(data_dir, first=first)
        if frame.place.header.at_us >= since_us
    }
    moved = moved_before(data_dir, read_frames(data_dir, first=run), since_us)
    wanted |= {session_bytes(session) for session in moved}
    opener = _Opener(data_dir, keys, None)
    for frame in _after(data_dir, moved, lambda: read_frames(data_dir, first=run)):
        if frame.place.header.session in wanted:
            entry = opener.open(frame, is_wanted=frame.place.header.at_us >= since_us)
            if entry is not None:
                yield entry


def _after(
    data_dir: Path, moved: Iterable[SessionId], journal: Callable[[], Iterable[RecordedFrame]]
) -> Iterator[RecordedFrame]:
    """Give the frames of session files, then those of the journal, each once."""
    read: dict[bytes, int] = {}
    for session in moved:
        packed = session_bytes(session)
        for frame in frames_in_files(data_dir, packed):
            read[packed] = frame.place.header.sequence + 1
            yield frame
    for frame in journal():
        header = frame.place.header
        if header.sequence >= read.get(header.session, 0):
            yield frame


def _segment_headers(data_dir: Path) -> Iterator[SegmentHeader]:
    numbers = segment_numbers(data_dir)
    for number in numbers:
        header = segment_header(data_dir, number, is_last=number == numbers[-1])
        if header is not None:
            yield header


def segment_header(data_dir: Path, number: int, *, is_last: bool = True) -> SegmentHeader | None:
    """Read what a segment says of itself; None if it is the last and says nothing yet.

    Raises:
        IntegrityError: it is damaged.
    """
    with segment_file(data_dir, number).open("rb") as file:
        return _segment(file.read(_HEADER_ROOM), number, is_last=is_last)[0]


def read_frames(data_dir: Path, *, session: bytes | None = None, first: int = 0) -> Iterator[RecordedFrame]:
    """Read the frames of the journal, all or one session's, without any key. `first` is a segment.

    Raises:
        IntegrityError: a segment is missing, damaged, or not the one that its successor follows.
    """
    previous: str | None = None
    numbers = [number for number in segment_numbers(data_dir) if number >= first]
    for number in numbers:
        try:
            content = segment_file(data_dir, number).read_bytes()
        except FileNotFoundError:
            continue  # freed meanwhile: its sessions have files of their own
        is_last = number == numbers[-1]
        header, offset = _segment(content, number, is_last=is_last)
        if header is None:
            return
        if session is None and previous is not None and header.previous != previous:
            raise _damage(number - 1, 0, "it is not the segment that its successor follows")
        walk = _Walk(number, content, offset)
        yield from walk.frames(session)
        walk.end(is_last=is_last)
        if session is None and not is_last:
            previous = hashlib.sha256(content[: walk.offset]).hexdigest()


class Tail:
    """Follows the journal as it grows, from the first entry of the process that writes it now."""

    def __init__(self, data_dir: Path, *, keys: KeyUnwrap) -> None:
        self._data_dir = data_dir
        self._opener = _Opener(data_dir, keys, None)
        self._number: int | None = None
        self._offset = 0
        self._groups = 0

    def read(self) -> Iterator[RecordedEntry]:
        """Read what is new since the last time. Read it to the end each time.

        Raises:
            IntegrityError: the journal or a recording does not verify.
        """
        numbers = segment_numbers(self._data_dir)
        if self._number is None:
            self._number = self._first(numbers)
        if self._number is not None and numbers and self._number < numbers[0]:
            self._number, self._offset, self._groups = numbers[0], 0, 0  # freed before we came to its end
        while self._number is not None and self._number in numbers:
            number = self._number
            is_last = number == numbers[-1]
            yield from self._read_on(number, is_last=is_last)
            if is_last:
                return
            self._number, self._offset, self._groups = number + 1, 0, 0

    def _read_on(self, number: int, *, is_last: bool) -> Iterator[RecordedEntry]:
        base = self._offset
        with segment_file(self._data_dir, number).open("rb") as file:
            file.seek(base)
            content = file.read()
        if not base:
            header, self._offset = _segment(content, number, is_last=is_last)
            if header is None:
                return
        walk = _Walk(number, content, self._offset, self._groups, base)
        for frame in walk.frames(None):
            entry = self._opener.open(frame)
            if entry is not None:
                yield entry
        walk.end(is_last=is_last)
        self._offset, self._groups = walk.offset, walk.groups

    def _first(self, numbers: list[int]) -> int | None:
        if not numbers:
            return None
        content = segment_file(self._data_dir, numbers[-1]).read_bytes()
        header, _ = _segment(content, numbers[-1], is_last=True)
        return None if header is None else max(header.run, numbers[0])


class _Walk:
    """Goes through the groups of one segment, of which it has the bytes from `base` on."""

    def __init__(self, number: int, content: bytes, offset: int, groups: int = 0, base: int = 0) -> None:
        self._number = number
        self._content = content
        self._base = base
        self.offset = offset
        self.groups = groups

    def frames(self, session: bytes | None) -> Iterator[RecordedFrame]:
        base = self._base
        while (end := group_end(self._content, self.offset - base, number=self.groups)) is not None:
            places = frames_of(self._content, self.offset - base + HEADER_BYTES, end)
            if places is None:
                raise _damage(self._number, self.offset, "a group is not made of frames")
            for place in places:
                if session is None or place.header.session == session:
                    content = self._content[place.offset : place.end]
                    there = Place(header=place.header, offset=base + place.offset, end=base + place.end)
                    yield RecordedFrame(place=there, content=content, segment=self._number)
            self.offset = base + end
            self.groups += 1

    def end(self, *, is_last: bool) -> None:
        if not is_last and not is_unused(self._content, self.offset - self._base):
            raise _damage(self._number, self.offset, "no whole group is there")


class _Opener:
    """Opens frames of all sessions, as they come."""

    def __init__(
        self,
        data_dir: Path,
        keys: KeyUnwrap,
        on_sealed: Callable[[SessionId], None] | None,
        layers: Collection[Layer] = VIEW_ONLY,
    ) -> None:
        self._layers = layers
        self._data_dir = data_dir
        self._keys = keys
        self._on_sealed = on_sealed
        self._unsealers: dict[bytes, SessionUnsealer | None] = {}

    def open(self, frame: RecordedFrame, *, is_wanted: bool = True) -> RecordedEntry | None:
        packed = frame.place.header.session
        if packed not in self._unsealers:
            self._unsealers[packed] = self._begin(session_id(packed))
        unsealer = self._unsealers[packed]
        if unsealer is None:
            return None
        entry = _opened(frame, unsealer, is_wanted=is_wanted)
        if frame.place.header.kind == EntryKind.CLOSE:
            del self._unsealers[packed]
        return entry

    def _begin(self, session: SessionId) -> SessionUnsealer | None:
        def find(layer: Layer, epoch: int) -> bytes | None:
            return _key_of(self._data_dir, session, self._keys, layer, epoch)

        if find(Layer.VIEW, 0) is None:
            if self._on_sealed is not None:
                self._on_sealed(session)
            return None
        return SessionUnsealer(session, find, self._layers)


def _opened(
    frame: RecordedFrame, unsealer: SessionUnsealer, *, is_wanted: bool = True
) -> RecordedEntry | None:
    entry = unsealer.unseal(frame.content, is_wanted=is_wanted)
    if entry is None:
        return None
    return RecordedEntry(
        kind=entry.kind,
        session=entry.session,
        sequence=frame.place.header.sequence,
        at_us=entry.at_us,
        envelope=entry.envelope,
        payload=entry.payload,
        segment=frame.segment,
        offset=frame.place.offset,
        raw=entry.raw,
    )


def _key_of(data_dir: Path, session: SessionId, keys: KeyUnwrap, layer: Layer, epoch: int) -> bytes | None:
    try:
        wrapped = key_file(data_dir, session, layer, epoch).read_bytes()
    except FileNotFoundError:
        return None
    return keys.unwrap(wrapped)


def _segment(content: bytes, number: int, *, is_last: bool) -> tuple[SegmentHeader | None, int]:
    opened = unpack_segment_header(content)
    if opened is None:
        if is_last:
            return None, 0
        raise _damage(number, 0, "its header is damaged")
    if opened[0].number != number:
        raise _damage(number, 0, "it is another segment")
    return opened


def _damage(number: int, offset: int, why: str) -> IntegrityError:
    return IntegrityError("journal_corrupt", f"Segment {number} is damaged at byte {offset}: {why}.")


def _unknown(session: SessionId) -> RecordError:
    return RecordError(
        "recording_unknown",
        f"There is no key to a recording {session} here.",
        "The session is unknown, or its key was deleted.",
    )


def _sealed(session: SessionId, layer: Layer) -> RecordError:
    text = f"No key here opens the {layer.value} layer of recording {session}."
    hint = "It was wrapped for others, or deleted. With an identity that it was wrapped for: --identity FILE"
    if layer is Layer.RAW:
        return RecordError("raw_layer_sealed", text, hint)
    return RecordError("view_layer_sealed", text, hint)
