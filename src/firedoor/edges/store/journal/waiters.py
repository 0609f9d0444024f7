"""Those who wait on one event loop until their entry is durable. Nobody waits longer than the limit."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

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


class Waiters:
    """Futures of one loop. Every method but `settle_soon` is called on that loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limit_s: float,
        on_late: Callable[[], None],
        on_turn: Callable[[], None],
    ) -> None:
        """`on_late` is called when somebody waited too long, `on_turn` when a turn with new ones ends."""
        self.loop = loop
        self._limit_s = limit_s
        self._on_late = on_late
        self._on_turn = on_turn
        self._is_turning = False
        self._watched: deque[tuple[float, asyncio.Future[int]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def add(self) -> "asyncio.Future[int]":
        """Return a new future that fails at the limit. One timer serves them all."""
        future = Unbroken(loop=self.loop)
        deadline = self.loop.time() + self._limit_s
        self._watched.append((deadline, future))
        if self._timer is None:
            self._timer = self.loop.call_at(deadline, self._expire)
        return future

    def at_end_of_turn(self) -> None:
        """Have `on_turn` called once when all that the loop does now is done."""
        if not self._is_turning:
            self._is_turning = True
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_turning = False
        self._on_turn()

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
        self._forget_done()

    def _forget_done(self) -> None:
        while self._watched and self._watched[0][1].done():
            self._watched.popleft()

    def _expire(self) -> None:
        self._timer = None
        now = self.loop.time()
        self._forget_done()
        while self._watched and self._watched[0][0] <= now:
            self._on_late()
            _, future = self._watched.popleft()
            future.set_exception(
                RecordError(
                    "record_too_slow",
                    f"An entry was not durable within {self._limit_s:g} s.",
                    "See the disk.",
                )
            )
            self._forget_done()
        if self._watched:
            self._timer = self.loop.call_at(self._watched[0][0], self._expire)
