"""What the last process left open: sessions that never ended, and calls without an outcome. Changes nothing.

Which sessions are open is told by the headers of frames, without any key. Which calls have no outcome is
said inside frames: where no key is at hand, only how many there are is known. An outcome that was not
recorded was not delivered, but the upstream may have carried the call out: the honest word is *unknown*.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from firedoor.core.record.frame import Header, session_id
from firedoor.core.record.unseal import SessionUnsealer
from firedoor.edges.store.journal.layout import key_file, segment_numbers
from firedoor.edges.store.journal.reader import read_frames, segment_header
from firedoor.edges.store.journal.sessions import RecordedFrame, frames_in_files
from firedoor.edges.store.journal.surroundings import KeyUnwrap
from firedoor.model.entry import EntryKind, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.model.json import Json

TOGETHER = 500
"""Sessions that one entry names."""


@dataclass(slots=True, kw_only=True)
class Unfinished:
    """A session that the last process left open."""

    session: SessionId
    is_control: bool = False
    count: int = 0
    """Calls without an outcome."""
    calls: list[int] = field(default_factory=list[int])
    """Their sequence numbers, where a key was at hand."""
    torn: int = 0
    """Frames at its end of an entry whose last frame was not written: nobody was told of it."""

    @property
    def said(self) -> dict[str, Json]:
        """For the entry that names it."""
        known: dict[str, Json] = {"session": self.session}
        if self.calls or self.count > 0:
            known["unknown"] = self.calls or self.count
        if self.torn:
            known["torn"] = self.torn
        return known


def batched_facts(left_open: list[Unfinished]) -> Iterator[dict[str, Json]]:
    """Say what was left open, for the entries of the next process. Its own control session is not named."""
    named = [each.said for each in left_open if not each.is_control]
    for start in range(0, len(named), TOGETHER):
        yield {"left_open": named[start : start + TOGETHER]}


def unfinished(data_dir: Path, keys: KeyUnwrap | None) -> list[Unfinished]:
    """Find what the last process left open; nothing if it ended in order. The journal is recovered already.

    Raises:
        IntegrityError: the journal is damaged.
    """
    numbers = segment_numbers(data_dir)
    header = segment_header(data_dir, numbers[-1]) if numbers else None
    if header is None:
        return []
    first = max(header.run, numbers[0])
    begun = _open_in(data_dir, first)
    if keys is not None and begun:
        wanted = {packed: each for packed, each in begun.items() if each.count and not each.is_control}
        _Naming(data_dir, keys, wanted).read(first)
    return list(begun.values())


def _open_in(data_dir: Path, first: int) -> dict[bytes, Unfinished]:
    """The sessions without an end, by the headers of their frames."""
    begun: dict[bytes, Unfinished] = {}
    control: bytes | None = None
    for frame in read_frames(data_dir, first=first):
        header = frame.place.header
        control = header.session if control is None else control  # of each process the first
        if header.kind == EntryKind.CLOSE:
            begun.pop(header.session, None)
            if header.session == control:  # it put that last: it ended in order
                return {}
        else:
            # Its beginning may have left the journal already: it is open all the same.
            named = Unfinished(session=session_id(header.session), is_control=header.session == control)
            _note(begun.setdefault(header.session, named), header)
    return begun


def _note(each: Unfinished, header: Header) -> None:
    """An entry is there when its last frame is: that of the view which does not go on."""
    if header.goes_on or header.layer is Layer.RAW:
        each.torn += 1
    else:
        each.torn = 0
        each.count += (header.kind == EntryKind.INTENT) - (header.kind == EntryKind.OUTCOME)


class _Naming:
    """Says which calls have no outcome, of the sessions that have such and whose keys are at hand."""

    def __init__(self, data_dir: Path, keys: KeyUnwrap, wanted: dict[bytes, Unfinished]) -> None:
        self._data_dir = data_dir
        self._keys = keys
        self._wanted = wanted
        self._unsealers: dict[bytes, SessionUnsealer] = {}
        self._waiting: dict[bytes, dict[int, None]] = {}

    def read(self, first: int) -> None:
        """Read the journal once; and for each session that began before it, its own file too."""
        for frame in read_frames(self._data_dir, first=first) if self._wanted else ():
            packed = frame.place.header.session
            if packed not in self._wanted:
                continue
            if packed not in self._unsealers and not self._begin(packed, frame.place.header.sequence):
                continue
            self._take(packed, frame)
        for packed, waiting in self._waiting.items():
            each = self._wanted.get(packed)
            if each is not None and waiting:
                each.calls, each.count = list(waiting), len(waiting)

    def _begin(self, packed: bytes, sequence: int) -> bool:
        session = session_id(packed)
        if self._key(session, 0) is None:
            del self._wanted[packed]
            return False
        self._unsealers[packed] = SessionUnsealer(session, lambda _, epoch: self._key(session, epoch))
        self._waiting[packed] = {}
        for frame in frames_in_files(self._data_dir, packed) if sequence else ():
            if frame.place.header.sequence < sequence:
                self._take(packed, frame)
        return True

    def _take(self, packed: bytes, frame: RecordedFrame) -> None:
        found = frame.place.header
        try:
            entry = self._unsealers[packed].unseal(frame.content, is_wanted=found.kind in _CALLS)
        except IntegrityError:  # whoever verifies is told; here it stays a number
            self._wanted.pop(packed, None)
            return
        if entry is None:
            return
        call = entry.envelope.get("call")
        if entry.kind is EntryKind.INTENT:
            self._waiting[packed][found.sequence] = None
        elif isinstance(call, int):
            self._waiting[packed].pop(call, None)

    def _key(self, session: SessionId, epoch: int) -> bytes | None:
        try:
            return self._keys.unwrap(key_file(self._data_dir, session, Layer.VIEW, epoch).read_bytes())
        except FileNotFoundError:
            return None


_CALLS = frozenset({EntryKind.INTENT, EntryKind.OUTCOME})
