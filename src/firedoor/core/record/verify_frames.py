"""Verifies frames against the leaves of logs: each frame is the one that was logged, none is missing.

It takes frames in the order in which they are found, and says at the end which leaves have none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from firedoor.core.record.frame import Header, session_id
from firedoor.core.record.leaf import leaf_of, read_leaf
from firedoor.core.record.tiles import WIDTH
from firedoor.core.record.verify import Fault, Level
from firedoor.core.record.verify_log import CheckedLog, sessions_in

SLACK_US = 2_000_000
"""By how much the order of instants may differ from that of leaves: each is taken before it is queued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFrame:
    """A frame, and where it was found."""

    content: bytes
    header: Header
    file: str
    offset: int
    is_in_journal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Leaves of one session, one after the other, without frames."""

    session: bytes
    log: CheckedLog
    first: int
    """Sequence number of the first that is missing."""
    last: int


class FrameCheck:
    """Compares frames with leaves. Remembers which leaves were seen."""

    def __init__(self, logs: Sequence[CheckedLog]) -> None:
        self.faults: list[Fault] = []
        self.frames = 0
        self._leaves = {
            session: (log, log.sessions[session], bytearray(len(log.sessions[session])))
            for session, log in sessions_in(logs)
        }
        self.has_logs = bool(self._leaves)
        """Whether any log says anything of any frame."""
        self._newest_us = max((newest_us(log) for log in logs), default=1 << 63)
        self.later: list[FoundFrame] = []
        """Frames of sessions that ended after the newest leaf: whoever copies a log copies it first."""
        self._early: list[tuple[FoundFrame, bytes]] = []
        self._unlogged: list[FoundFrame] = []
        self._last: tuple[str, int] = ("", 0)

    @property
    def unlogged(self) -> tuple[FoundFrame, ...]:
        """Frames at the end of the journal that are in no log yet."""
        return tuple(self._unlogged)

    def see(self, found: FoundFrame) -> bool:
        """Compare one frame; whether it is the one that was logged."""
        header = found.header
        log, indexes, seen = self._leaves.get(header.session, (None, (), bytearray()))
        if log is None or header.sequence >= len(indexes):
            self.frames += 1
            self._is_unlogged(found)
            return False
        self.frames += not seen[header.sequence]  # while it is moved, it is in two places
        if found.is_in_journal:
            self._end_of_journal_was_not(found)
            self._in_order(found, log, indexes[header.sequence])
        seen[header.sequence] = 1
        if leaf_of(found.content, header) == log.leaf(indexes[header.sequence]):
            return True
        self._blame("frame_changed", found, "it is not the frame that was logged", indexes[header.sequence])
        return False

    @property
    def has_early(self) -> bool:
        """Whether frames in session files were in no log as it was read."""
        return bool(self._early)

    def look_again(self, logs: Iterable[CheckedLog]) -> None:
        """Judge them by logs as they are now: a session that ended meanwhile has its leaves and its file."""
        now = list(logs)
        left = [found for found, leaf in self._early if not is_leaf(found.header, leaf, now)]
        self._early.clear()
        last: dict[bytes, int] = {}
        for found in left:
            last[found.header.session] = max(last.get(found.header.session, 0), found.header.at_us)
        for found in left:
            if last[found.header.session] > self._newest_us - SLACK_US:
                self.later.append(found)
            else:
                self._blame("frame_not_logged", found, "no log has it", None)

    def knows(self, session: bytes) -> bool:
        """Whether a log has leaves of a session."""
        return session in self._leaves

    def missing(self, session: bytes | None = None) -> Iterator[Missing]:
        """Name the leaves without frames, of one session or of all."""
        wanted = self._leaves if session is None else {session} & self._leaves.keys()
        for each in wanted:
            log, _, seen = self._leaves[each]
            begin = seen.find(0)
            while begin != -1:
                end = seen.find(1, begin)
                last = (len(seen) if end == -1 else end) - 1
                yield Missing(session=each, log=log, first=begin, last=last)
                begin = -1 if end == -1 else seen.find(0, end)

    def _is_unlogged(self, found: FoundFrame) -> None:
        if found.is_in_journal:
            self._unlogged.append(found)
        else:
            self._early.append((replace(found, content=b""), leaf_of(found.content, found.header)))

    def _end_of_journal_was_not(self, found: FoundFrame) -> None:
        """What is logged stands after what is not: somebody put that there."""
        for each in self._unlogged:
            self._blame("frame_not_logged", each, "no log has it, but has what follows it", None)
        self._unlogged.clear()

    def _in_order(self, found: FoundFrame, log: CheckedLog, index: int) -> None:
        """The journal has the order of the log."""
        place, last = self._last
        if place == log.place and index <= last:
            self._blame("frame_moved", found, "it stands after one that was logged later", index)
        self._last = (log.place, index)

    def _blame(self, code: str, found: FoundFrame, why: str, leaf: int | None) -> None:
        self.faults.append(
            Fault(
                code=code, file=found.file, offset=found.offset, why=why, leaf=leaf,
                session=session_id(found.header.session), sequence=found.header.sequence,
            )
        )  # fmt: skip


def newest_us(log: CheckedLog) -> int:
    """The instant of the last leaf that was read; far ahead if none was."""
    number = max(log.bundles, default=0)
    index = min(log.checkpoint.size, (number + 1) * WIDTH) - 1
    leaf = read_leaf(log.leaf(index)) if log.bundles and index > 0 else None
    return 1 << 63 if leaf is None else leaf.at_us


def is_leaf(header: Header, leaf: bytes, logs: Iterable[CheckedLog]) -> bool:
    """Whether some log has this leaf for the session and number of a frame."""
    for log in logs:
        indexes = log.sessions.get(header.session, ())
        if header.sequence < len(indexes):
            return log.leaf(indexes[header.sequence]) == leaf
    return False


def fault_of(missing: Missing) -> Fault:
    """Say of what is missing, and was not shredded, which leaves say that it was there."""
    index = missing.log.sessions[missing.session][missing.first]
    leaf = read_leaf(missing.log.leaf(index))
    count = missing.last - missing.first + 1
    what = "its frame is" if count == 1 else f"{count} frames from it on are"
    size = f" ({leaf.length} bytes)" if leaf is not None and count == 1 else ""
    return Fault(
        code="frame_missing",
        file=missing.log.place,
        why=f"{what} missing{size}, and no tombstone says that the session was shredded",
        session=session_id(missing.session),
        sequence=missing.first,
        leaf=index,
        level=Level.LOGGED,
    )
