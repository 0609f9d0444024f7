"""The ends of a crowd: each is recorded, then its client gets the last word, then its task is told.

Theory of operation. What waits for its upstream does not move by itself. Its path is taken out of its task's
hands and asked how it ends; the task stands still meanwhile. Ends are begun a few in each turn of the loop,
so that everybody else's messages pass in between, and recorded together: all are durable when the last one
is. Then their last words are written, again a few in each turn. To wake a task costs more than all of that,
and nobody waits for it: that comes last, once nobody's turn is still to come. A client to whom nothing can
be written at once is left to its task.

A record that is busy for a moment is waited for. Whoever waits is locked: nothing passes meanwhile.

Never decides who ends, and never says a last word before the end is durable.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from firedoor.engine.running import Running
from firedoor.engine.unwinding import Unwinding
from firedoor.model.entry import Entry
from firedoor.model.errors import FiredoorError, RecordError
from firedoor.ports.recorder import Recorder

EACH_TURN = 24
"""Steps in one turn of the loop: half a millisecond or less. Others wait no longer for their turn."""
GROUP = 16
"""Ends that are recorded together: the writer is woken once for all of them."""
UNSETTLED = 512
"""Ends that may wait for the disk. Stops the entries of others from waiting behind thousands."""
BUSY = frozenset({"record_too_slow", "record_overloaded"})
"""Why the record takes nothing for a while. Whatever else it says does not pass by itself."""
PATIENCE_S = 3.0
"""How long ends wait for a record that is busy. Nobody passes a door meanwhile."""
LOOK_S = 0.05
"""How often a record that is busy is asked again."""
WAKING = 256
"""Tasks that may be ending. Stops those whose upstreams do not listen from filling the memory."""


@dataclass(slots=True, kw_only=True, eq=False)
class LastWords:
    """Those of a crowd who have not had theirs."""

    recorder: Recorder
    unwinding: Unwinding
    begin: Callable[[Running], Entry | None]
    """Takes an exchange over; None where there is nothing to record here."""
    wake: Callable[[Running], object]
    """Tells a task that its exchange has ended."""
    patience_s: float = PATIENCE_S
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there may be something to do again."""
    _queued: deque[Running] = field(default_factory=deque[Running])
    _taken: list[tuple[Running, Entry]] = field(default_factory=list[tuple[Running, Entry]])
    _put: list[tuple[Running, int]] = field(default_factory=list[tuple[Running, int]])
    """Queued, and nobody waits for that yet."""
    _unsettled: int = 0
    _durable: deque[tuple[Running, int]] = field(default_factory=deque[tuple[Running, int]])
    _told: deque[Running] = field(default_factory=deque[Running])
    _is_refused: bool = False
    """The record was busy a moment ago."""
    _busy_since: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether everybody was told."""
        return not self.size

    @property
    def size(self) -> int:
        """How many were not told."""
        unrecorded = len(self._queued) + len(self._taken) + len(self._put)
        return unrecorded + self._unsettled + len(self._durable) + len(self._told)

    def add(self, crowd: list[Running]) -> None:
        """Let each have its turn."""
        self._queued.extend(crowd)

    def turn(self, may_wake: int) -> bool:
        """Go on a little. Whether anything was done: if not, `moved` is to be waited for."""
        self.moved.clear()
        steps = 0
        while steps < EACH_TURN:
            if self._durable:
                self._speak(*self._durable.popleft())
            elif not self._is_refused and self._taken and (len(self._taken) >= GROUP or not self._queued):
                self._record()
            elif not self._is_refused and self._queued and self._unsettled < UNSETTLED:
                self._begin(self._queued.popleft())
            elif self._told and may_wake > 0 and (self._is_refused or not self._queued):
                may_wake -= 1
                steps += 1
                self.wake(self._told.popleft())
            else:
                break
            steps += 1
        return steps > 0

    def _begin(self, running: Running) -> None:
        entry = self.begin(running)
        if entry is not None:
            self._taken.append((running, entry))

    def _record(self) -> None:
        """Queue all of them; who waits for the last one waits for all."""
        waiting, self._taken = deque(self._taken), []
        try:
            while len(waiting) > 1:
                running, entry = waiting[0]
                self._put.append((running, self.recorder.put(entry)))
                waiting.popleft()
            last, entry = waiting[0]
            appending = self.recorder.append(entry)
        except FiredoorError as failure:
            self._taken.extend(waiting)
            self._refused(failure)
            return
        sealed, self._put, self._busy_since = self._put, [], None
        self._unsettled += len(sealed) + 1
        appending.add_done_callback(lambda done: self._settled(sealed, last, done))

    def _refused(self, failure: FiredoorError) -> None:
        """Wait if the record is busy, for a while. None of those who were not queued is in the record."""
        loop = asyncio.get_running_loop()
        since = self._busy_since = loop.time() if self._busy_since is None else self._busy_since
        if failure.code in BUSY and loop.time() - since < self.patience_s:
            self._is_refused = True
            loop.call_later(LOOK_S, self._ask_again)
            return
        those = [running for running, _ in (*self._put, *self._taken)]
        self._put, self._taken = [], []
        self._fail(those, failure)

    def _ask_again(self) -> None:
        self._is_refused = False
        self.moved.set()

    def _settled(self, sealed: list[tuple[Running, int]], last: Running, done: "asyncio.Future[int]") -> None:
        self._unsettled -= len(sealed) + 1
        failure = done.exception()
        if failure is None:
            self._durable.extend(sealed)
            self._durable.append((last, done.result()))
        else:
            known = isinstance(failure, FiredoorError)
            fault = failure if known else RecordError("record_unavailable", "The record took no entry.")
            self._fail([running for running, _ in sealed] + [last], fault)
        self.moved.set()

    def _fail(self, those: list[Running], failure: FiredoorError) -> None:
        """Their tasks tell them that nothing is recorded."""
        for running in those:
            running.failure = failure
            self._told.append(running)

    def _speak(self, running: Running, sequence: int) -> None:
        self.unwinding.speak(running, sequence)
        self._told.append(running)
