"""When everything in memory is looked through for cycles: while nobody calls, and not in the middle.

Theory of operation. To look through everything stops everybody: half a second with ten thousand streams open.
Left to itself the interpreter does so whenever there is a quarter more than the last time, ten times while
the streams open, and finds next to nothing: what a call or a stream leaves is freed without the collector.
What is young is collected as ever, which takes a millisecond or so. Everything is looked through in a quiet
second, and in any case when the process has grown much or an hour is over: nothing is kept without end.
"""

import asyncio
import gc
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

LOOK_S = 1.0
"""How often it is looked. A second without a request is a quiet one."""
SELDOM_S = 60.0
"""Between two times that everything is looked through in quiet seconds."""
LATEST_S = 3600.0
"""As seldom as that where no second is quiet."""
GROWN_BYTES = 512 << 20
"""By how much the process may grow, or by half, before it is no longer waited for a quiet second."""
_NEVER = 1_000_000_000
_STATM = Path("/proc/self/statm")


class Collecting:
    """Decides when everything is looked through."""

    def __init__(
        self, served: Callable[[], int], size: Callable[[], int], collect: Callable[[], object] = gc.collect
    ) -> None:
        """`served`: how many requests were answered so far; `size`: bytes of the process in memory."""
        self._served, self._size, self._collect = served, size, collect
        self._before: int = served()
        self._at_last: int = self._before
        self._size_after = size()
        self._last_s = 0.0

    def look(self, at_s: float) -> bool:
        """Look through everything if it is time for that, at an instant of a steady clock. Whether it was."""
        served, since_s = self._served(), at_s - self._last_s
        is_quiet, self._before = served == self._before, served
        may_grow = max(GROWN_BYTES, self._size_after // 2)
        is_due = is_quiet and since_s >= SELDOM_S and served != self._at_last
        if not (is_due or since_s >= LATEST_S or self._size() - self._size_after > may_grow):
            return False
        self._collect()
        self._last_s, self._at_last, self._size_after = at_s, served, self._size()
        return True


@contextmanager
def only_the_young() -> Generator[None]:
    """Keep the interpreter from looking through everything when it likes."""
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def uncollected() -> Generator[None]:
    """Keep the interpreter from looking through anything for a few seconds at most.

    While thousands of streams end, what is young is all alive, and each look at it costs milliseconds. Of
    several such times that overlap, the end of the first ends them all: what is kept off never stays off.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def collect_in_quiet(served: Callable[[], int]) -> None:
    """Look through everything when it is time, for ever."""
    loop = asyncio.get_running_loop()
    with only_the_young():
        collecting = Collecting(served, resident_bytes)
        while True:
            await asyncio.sleep(LOOK_S)
            collecting.look(loop.time())


def resident_bytes() -> int:
    """Bytes of this process that are in memory."""
    return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
