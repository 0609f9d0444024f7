"""What waits to be written, and how much of it is written at once. Never changes the order of a session.

Theory of operation. What is written and synced at once is about a mebibyte, whatever waits. A long entry is
many groups. It waits in a lane of its session, beside the queue, and so does all that its session records
behind it. Each group takes the beginning of the queue, and then a piece from one lane after the other: what
other sessions record waits for the group that is being written and for its own, and passes the long one by.

Pieces are sealed here, by the writer's thread, when their turn comes: what waits is the entry as its caller
gave it, and no copy.
"""

import threading
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firedoor.core.record.content import PIECE, ContentPacker
from firedoor.core.record.seal import Plan, SessionSealer
from firedoor.edges.store.journal.group import Queued
from firedoor.edges.store.journal.waiters import Waiters
from firedoor.model.entry import Entry
from firedoor.model.ids import SessionId

if TYPE_CHECKING:
    import asyncio

GROUP_BYTES = 1 << 20
"""About how much is written at once. It bounds what an entry waits for that is not its own."""


@dataclass(slots=True)
class Long:
    """An entry whose frames are not all sealed."""

    plan: Plan
    sealer: SessionSealer
    waiters: Waiters | None
    future: "asyncio.Future[int] | None"
    size: int
    """What it counts for in what waits for the disk."""
    is_begun: bool = False
    is_end: bool = True
    """Its last frame is among what is not sealed."""

    @property
    def entry(self) -> Entry:
        """What is to be recorded."""
        return self.plan.entry

    @property
    def sequence(self) -> int:
        """The number of its last frame."""
        return self.plan.sequence

    def next(self, packer: ContentPacker) -> Queued:
        """Seal the next frame. Whoever waits, waits for the last one."""
        mark = None if self.is_begun else self.sealer.mark()
        self.is_begun = True
        sealed = self.sealer.seal_next(self.plan, packer)
        undo = (self.sealer, mark) if mark is not None and sealed.keys else None
        if self.plan.left:
            return Queued(self.entry, sealed, None, None, undo, weight=0, is_end=False)
        return Queued(self.entry, sealed, self.waiters, self.future, undo, weight=self.size)


class Backlog:
    """What is queued and not durable. Under the journal's gate, but for `fill`."""

    def __init__(self, gate: threading.Condition, most: int) -> None:
        """`most`: how many bytes may wait."""
        self._gate = gate
        self._most = most
        self.queue: list[Queued] = []
        self.size = 0
        """Bytes that wait for the disk, what is being written included."""
        self._lanes: dict[SessionId, deque[Long]] = {}
        self._packer = ContentPacker()
        """Of the writer's thread: the one with which callers seal is in use meanwhile."""
        self._held: set[SessionId] = set()
        """Sessions that have something in the queue yet, which comes first."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to be written."""
        return not self.queue and not self._lanes

    @property
    def sessions(self) -> set[SessionId]:
        """Those with entries that are not all sealed."""
        return set(self._lanes)

    def may_take(self, entry: Entry) -> bool:
        """Whether it may wait too. One may be longer than all that may wait: it is not refused for that."""
        return self.size + self._weight(entry) <= self._most

    def add(self, sealer: SessionSealer, entry: Entry, waiters: Waiters | None) -> Queued | Long:
        """Seal an entry and queue it; or spend its numbers and have it wait in its lane.

        Raises:
            RecordError: it is refused. Nothing is spent.
        """
        must_wait = entry.session in self._lanes
        undo = None if must_wait or sealer.may_seal(entry) else (sealer, sealer.mark())
        taken = sealer.take(entry, must_wait=must_wait)
        future = None if waiters is None else waiters.add(is_long=isinstance(taken, Plan))
        if isinstance(taken, Plan):
            added = Long(taken, sealer, waiters, future, self._weight(entry))
            self._lanes.setdefault(entry.session, deque()).append(added)
        else:
            added = Queued(entry, taken, waiters, future, undo)
            self.queue.append(added)
        self.size += added.size
        return added

    def cut(self) -> list[Queued]:
        """Take the beginning of the queue: what is written at once, with room for a piece if one waits."""
        room = GROUP_BYTES - PIECE if self._lanes else GROUP_BYTES
        count = size = 0
        for queued in self.queue:
            size += queued.size
            if count and size > room:
                break
            count += 1
        group = self.queue[:count]
        del self.queue[:count]
        self._held = {queued.entry.session for queued in self.queue} if self._lanes else set()
        return group

    def fill(self, group: list[Queued]) -> list[Queued]:
        """Add pieces to a group, one at least if any may go. On the writer's thread, which holds no gate."""
        size = sum(queued.size for queued in group) if self._lanes else 0
        while (long := self._next()) is not None:
            group.append(long.next(self._packer))
            size += PIECE
            with self._gate:
                self._turn(long, is_ended=group[-1].is_end)
            if size + PIECE > GROUP_BYTES:
                break
        return group

    def drop(self, sessions: Collection[SessionId]) -> list[Long]:
        """Take what is not all sealed of some sessions out."""
        return [long for session in sessions for long in self._lanes.pop(session, ())]

    def end(self) -> list[Queued | Long]:
        """Take everything out: nothing is written any more."""
        left = [*self.queue, *self.drop(self.sessions)]
        self.queue.clear()
        return left

    def done(self, those: Iterable[Queued | Long]) -> None:
        """They wait no more."""
        self.size -= sum(each.size for each in those)

    def _weight(self, entry: Entry) -> int:
        return min(len(entry.payload) + len(entry.raw or b""), self._most // 4)

    def _next(self) -> Long | None:
        with self._gate:
            lanes = (lane for session, lane in self._lanes.items() if session not in self._held)
            return next(lanes, (None,))[0]

    def _turn(self, long: Long, *, is_ended: bool) -> None:
        """Have it wait until the others had theirs."""
        session = long.entry.session
        lane = self._lanes.pop(session)
        if is_ended:
            lane.popleft()
        if lane:
            self._lanes[session] = lane
