"""Those who wait on one event loop until their entry is durable. Nobody waits longer than a limit.

Who waits for an entry of one frame waits for the limit. Who waits for a long one, or behind one, waits as
long as the disk goes on: until nothing became durable for the limit, or a longer one is over.

A disk that stands still is not one that has much to do. Of the first it is said, since all must know; the
second refuses whoever waited in vain and nobody else. Otherwise a client that sends enough at once would look
like a disk that fails, and reads would go on unrecorded where the settings let them.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from firedoor.model.errors import RecordError

Waiting = tuple["asyncio.Future[int]", int]
"""Who waits, and the sequence number it gets."""


class Unbroken(asyncio.Future[int]):
    """Waits to its end: whoever is cancelled while waiting for it learns of that when it is done, not before.

    What was appended is on its way, and may be durable whoever waits. A shield would say the same, at twice
    the cost and one turn of the loop later.
    """

    def cancel(self, msg: object = None) -> bool:
        """Not to be cancelled. The task that waits keeps its own cancellation in mind."""
        del msg
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long anybody waits."""

    still_s: float = 2.0
    """For an entry of one frame, and for a disk of which nothing becomes durable."""
    whole_s: float = 60.0
    """For a long entry: 256 MiB, the longest there is, at 4.3 MiB a second. Stops an answer on a disk that
    creeps from holding its client, and its memory, without end."""


class _Watched(NamedTuple):
    begun_at: float
    future: asyncio.Future[int]


class Waiters:
    """Futures of one loop. Every method but `settle_soon` and `moved` is called on that loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        on_late: Callable[[], None],
        on_turn: Callable[[], None],
    ) -> None:
        """`on_late` is called when the disk stood still, `on_turn` when a turn with new ones ends."""
        self.loop = loop
        self._limits = limits
        self._on_late = on_late
        self._on_turn = on_turn
        self._is_turning = False
        self._short: deque[_Watched] = deque()
        self._long: deque[_Watched] = deque()
        self._moved_at = loop.time()
        """When something last became durable."""
        self._timer: asyncio.TimerHandle | None = None

    def add(self, *, is_long: bool = False) -> "asyncio.Future[int]":
        """Return a new future that fails at its limit. One timer serves them all."""
        future = Unbroken(loop=self.loop)
        (self._long if is_long else self._short).append(_Watched(self.loop.time(), future))
        if self._timer is None:
            self._wake_at(self.loop.time() + self._limits.still_s)
        return future

    def at_end_of_turn(self) -> None:
        """Have `on_turn` called once when all that the loop does now is done."""
        if not self._is_turning:
            self._is_turning = True
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_turning = False
        self._on_turn()

    def moved(self) -> None:
        """From the writer's thread: something became durable. Wakes nobody."""
        self._moved_at = self.loop.time()

    def settle_soon(self, waiting: Sequence[Waiting], failure: RecordError | None) -> None:
        """From the writer's thread: wake all of them in one call."""
        try:
            self.loop.call_soon_threadsafe(self._settle, waiting, failure)
        except RuntimeError:
            # The loop is closed: nobody waits any more.
            return

    def _settle(self, waiting: Sequence[Waiting], failure: RecordError | None) -> None:
        for future, sequence in waiting:
            if future.done():  # cancelled, or too late
                continue
            if failure is None:
                future.set_result(sequence)
            else:
                # One exception each: they collect a traceback where they are raised.
                future.set_exception(RecordError(failure.code, failure.message, failure.hint))
        _forget_done(self._short)
        _forget_done(self._long)

    def _expire(self) -> None:
        self._timer = None
        now = self.loop.time()
        next_at: list[float] = []
        for watched, is_long in ((self._short, False), (self._long, True)):
            _forget_done(watched)
            while watched and self._due_at(watched[0], is_long=is_long) <= now:
                self._refuse(watched.popleft().future, now)
                _forget_done(watched)
            next_at += [self._due_at(each, is_long=is_long) for each in watched][:1]
        if next_at:
            self._wake_at(min(next_at))

    def _wake_at(self, when: float) -> None:
        self._timer = self.loop.call_at(when, self._expire)

    def _due_at(self, watched: _Watched, *, is_long: bool) -> float:
        if not is_long:
            return watched.begun_at + self._limits.still_s
        since = max(watched.begun_at, self._moved_at)
        return min(since + self._limits.still_s, watched.begun_at + self._limits.whole_s)

    def _refuse(self, future: "asyncio.Future[int]", now: float) -> None:
        if now - self._moved_at < self._limits.still_s / 2:
            text = "More waits for the disk than it takes in time."
            future.set_exception(RecordError("record_overloaded", text, "See the disk."))
            return
        self._on_late()
        text = f"An entry was not durable within {self._limits.still_s:g} s."
        future.set_exception(RecordError("record_too_slow", text, "See the disk."))


def _forget_done(watched: deque[_Watched]) -> None:
    while watched and watched[0].future.done():
        watched.popleft()
