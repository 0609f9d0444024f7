"""How often somebody may ask people: so many questions in a span of time, whatever became of them.

Without it an agent that asks, withdraws and asks again never has many that wait, and wears out whoever must
read them: the next yes is given unread. Kept in memory; knows nothing of what is asked.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

OFTEN = 100
"""Questions of one that are new, within the span. Nobody reads more with care."""
SPAN_US = 10 * 60 * 1_000_000
ASKERS = 10_000
"""Who is remembered; who has not asked for longest is forgotten first."""


@dataclass(slots=True, kw_only=True)
class Asking:
    """Who asked, and when."""

    now_us: Callable[[], int]
    _asked: dict[str, deque[int]] = field(default_factory=dict[str, deque[int]])

    def may_ask(self, who: str) -> bool:
        """Whether somebody may ask now; if so, that is counted."""
        now_us = self.now_us()
        times = self._asked.pop(who, deque())
        self._asked[who] = times
        while times and times[0] <= now_us - SPAN_US:
            times.popleft()
        if len(times) >= OFTEN:
            return False
        times.append(now_us)
        if len(self._asked) > ASKERS:
            del self._asked[next(iter(self._asked))]
        return True
