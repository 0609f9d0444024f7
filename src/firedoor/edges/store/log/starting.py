"""At a start: finds the log that goes on, and where in the journal it does; or begins a new one.

A log goes on only if its last checkpoint opens, its tiles give the root of it, and the journal ends with
the frames of its last leaves, or beyond. If the journal is shorter or has other frames (a snapshot was
restored, a disk lied), that log has ended. A new one begins with what is recorded from now on, and its
first leaf names the last checkpoint of the old one. What the old log says of older frames stays as it is.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from firedoor.core.record.checkpoint import checkpoint_in
from firedoor.core.record.leaf import Beginning, leaf_of
from firedoor.core.record.note import NoteSigner, read_key, read_note
from firedoor.core.record.verify_log import CHECKPOINT, CONTINUES, HISTORY, KEY
from firedoor.edges.store.journal.disk import REAL, Disk
from firedoor.edges.store.journal.layout import segment_file, segment_numbers
from firedoor.edges.store.log.cursor import Cursor, Frame
from firedoor.edges.store.log.folder import DiskLog, logs_in, next_instance
from firedoor.edges.store.log.growing import GrowingLog, leaves_in
from firedoor.edges.store.log.sealer import KEPT_SEGMENTS
from firedoor.model.errors import IntegrityError

log = logging.getLogger(__name__)

_GENTLY = 64
"""Frames between two moments in which other threads may run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a log takes from the world. Tests give their own."""

    seed: bytes
    """Of the key that signs."""
    origin: str
    """What stands before the name of each log: `<host>/<cluster>`."""
    now_us: Callable[[], int]
    entropy: Callable[[int], bytes]
    pause: Callable[[], object]
    """Lets other threads run."""
    held: Callable[[], Iterable[bytes]] = tuple
    """Checkpoints of this gateway that are kept elsewhere: a log that is older than one of them has ended."""
    keep: Callable[[bytes], object] = lambda note: None
    """Keeps a checkpoint elsewhere, in place of the one before."""
    disk: Disk = REAL
    kept: int = KEPT_SEGMENTS
    """Segments before the newest that may wait for sessions that are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Where a log goes on."""

    log: GrowingLog
    cursor: Cursor
    retained: tuple[Frame, ...]
    """The frames of the journal that it has the leaves of already, without their content."""


def start_log(data_dir: Path, run: int, nature: Nature) -> Started:
    """Find or begin the log of a journal in which the current process began to write at a segment.

    Raises:
        OSError: something cannot be read or written.
        IntegrityError: the journal is damaged.
    """
    numbers = segment_numbers(data_dir)
    before = [number for number in numbers if number < run]
    if before:
        # A process that was killed may have left a group that was written and never synced.
        nature.disk.sync_file(segment_file(data_dir, before[-1]))
    logs = [log for log in logs_in(data_dir, nature.disk) if not _is_stray(log)]
    if not logs:
        return _begin(data_dir, nature, numbers[0] if numbers else run, None)
    current = logs[-1]
    try:
        return _resume(data_dir, current, before, run, nature)
    except IntegrityError as fault:
        log.warning("a new log begins: %s", fault.message)
    if current.read(CHECKPOINT) is None and not any(path.startswith(HISTORY) for path in current.paths()):
        # It was begun and never signed: nobody was ever told anything that it could contradict.
        current.remove()
        return start_log(data_dir, run, nature)
    return _begin(data_dir, nature, run, current)


def _is_stray(folder: DiskLog) -> bool:
    """Whether a folder holds no more than the name of a log: it was begun, or was removed and came back."""
    is_stray = set(folder.paths()) <= {KEY, CONTINUES}
    if is_stray:
        folder.remove()
    return is_stray


def _begin(data_dir: Path, nature: Nature, segment: int, ended: DiskLog | None) -> Started:
    instance = next_instance(nature.now_us(), nature.entropy(2), "" if ended is None else ended.instance)
    signer = NoteSigner(f"{nature.origin}/{instance}", nature.seed)
    note = b"" if ended is None else ended.read(CHECKPOINT) or b""
    opened = read_note(note)
    last = None if opened is None else checkpoint_in(opened)
    beginning = Beginning(segment=segment)
    if note:
        beginning = Beginning(
            segment=segment,
            continued=0 if last is None else last.size,
            digest=hashlib.sha256(note).digest(),
            length=len(note),
        )
    grown = GrowingLog.begin(DiskLog(data_dir, instance, nature.disk), signer, beginning, note)
    return Started(log=grown, cursor=Cursor(data_dir, segment), retained=())


def _resume(data_dir: Path, folder: DiskLog, before: list[int], run: int, nature: Nature) -> Started:
    key = read_key((folder.read(KEY) or b"").decode("ascii", "replace").removesuffix("\n"))
    if key is None or NoteSigner(key.name, nature.seed).key.public != key.public:
        raise IntegrityError("log_damaged", f"The log {folder.place} has another key than log.key.")
    grown = GrowingLog.resume(folder, NoteSigner(key.name, nature.seed))
    _refuse_if_older(grown, nature.held())
    started = _Matching(data_dir, grown, nature).find(before, run)
    if started is None:
        raise IntegrityError(
            "log_ahead", f"The journal does not hold what the log {folder.place} was signed over."
        )
    return started


def _refuse_if_older(grown: GrowingLog, held: Iterable[bytes]) -> None:
    """A checkpoint kept elsewhere knows more leaves than are here: the data directory was rolled back."""
    for note in held:
        opened = read_note(note)
        kept = None if opened is None else checkpoint_in(opened)
        if kept is not None and kept.origin == grown.origin and kept.size > grown.signed:
            raise IntegrityError(
                "log_rolled_back",
                f"The log {grown.folder.place} has {grown.signed} leaves, and had {kept.size}.",
            )


class _Matching:
    """Finds the frame of the last leaf in the journal, and compares all before it."""

    def __init__(self, data_dir: Path, grown: GrowingLog, nature: Nature) -> None:
        self._data_dir = data_dir
        self._log = grown
        self._nature = nature
        self._leaves: list[bytes] = []
        self._frames: list[Frame] = []

    def find(self, before: list[int], run: int) -> Started | None:
        """Return where the log goes on; None if the journal is not the one that it was made of."""
        begin = self._log.beginning.segment
        segments = [number for number in before if number >= begin]
        first = (segments or [run])[0]
        cursor = Cursor(self._data_dir, max(begin, first))
        if self._log.size == 1:  # it began, and saw no frame
            return self._started(cursor) if first <= begin or not segments else None
        last = leaves_in(self._log.folder, self._log.size - 1, self._log.size, self._log.size)[0]
        for number in segments[-1:]:
            until = (number, segment_file(self._data_dir, number).stat().st_size)
            for group in cursor.read(until):
                self._take(group)
                if self._leaves[-1] == last:
                    return self._started(cursor) if self._is_same(is_whole=first == begin) else None
        return None

    def _take(self, group: list[Frame]) -> None:
        for frame in group:
            self._leaves.append(leaf_of(frame.content, frame.header))
            self._frames.append(replace(frame, content=memoryview(b"")))
            if len(self._frames) % _GENTLY == 0:
                self._nature.pause()

    def _is_same(self, *, is_whole: bool) -> bool:
        """Whether the frames up to here are the last leaves; `is_whole`: they must be all there are."""
        size = self._log.size
        begin = size - len(self._leaves)
        if begin < 1 or (is_whole and begin != 1):
            return False
        return leaves_in(self._log.folder, begin, size, size) == self._leaves

    def _started(self, cursor: Cursor) -> Started:
        return Started(log=self._log, cursor=cursor, retained=tuple(self._frames))
