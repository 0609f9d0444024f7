"""Lets whoever ends a crowd go first: what only derives from the record stands aside meanwhile.

Theory of operation. The index and the log are made from what is durable, by threads of their own, and no call
waits for them. But one interpreter runs all threads: each keeps it for five milliseconds if it can, and a
call that is recorded needs it four times. While a lock ends thousands, the index waits, and the log, which
is to be signed in a second, does a little at a time. So does the index for a while afterwards: it has as much
to do then as there were ends. Where no lock ends anything, all this costs nothing.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Event

from firedoor.app.collecting import uncollected

AT_MOST_S = 3.0
"""How long the index stands aside."""
GENTLY_S = 2.0
"""How long after an end both go on a little at a time."""
BREATH_S = 0.002
"""Between two of these."""


class Aside:
    """What those threads are told."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._is_calm = Event()
        self._is_calm.set()
        self._under_way = 0
        self._until = self._gently_until = float("-inf")

    @contextmanager
    def undisturbed(self) -> Generator[None]:
        """Let this go first, on the thread of the event loop. Of several, until the last one ends."""
        if not self._under_way:
            self._until = self._clock() + AT_MOST_S
        self._under_way += 1
        self._is_calm.clear()
        try:
            with uncollected():
                yield
        finally:
            self._under_way -= 1
            self._gently_until = self._clock() + GENTLY_S
            if not self._under_way:
                self._is_calm.set()

    def stand(self) -> None:
        """Wait while somebody goes first, then breathe. From any thread but that of the event loop."""
        left_s = self._until - self._clock()
        if left_s > 0:
            self._is_calm.wait(left_s)
        self.breathe()

    def breathe(self) -> None:
        """Let others have the interpreter; longer where somebody goes first. From threads as above."""
        is_gentle = not self._is_calm.is_set() or self._clock() < self._gently_until
        self._sleep(BREATH_S if is_gentle else 0)
