"""Counts calls against the limits that rules set. In memory, of this process; a restart begins anew."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from firedoor.model.session import Session
from firedoor.model.verdict import Rate

KEPT = 20_000
"""What is counted at once. Beyond it, what is over is forgotten: principals come and go."""


@dataclass(slots=True, kw_only=True)
class Rates:
    """The calls of each limit that still count, the oldest first."""

    now_us: Callable[[], int]
    """A clock that never goes back."""
    _taken: dict[tuple[str, str], deque[int]] = field(default_factory=dict[tuple[str, str], deque[int]])
    _spans: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    def take(self, rates: Sequence[Rate], session: Session) -> int:
        """Count one call against all of them, or none; the seconds to wait, 0 if it was counted."""
        now_us = self.now_us()
        kept = [(rate, self._of(rate, session, now_us)) for rate in rates]
        full = [taken[0] + rate.span_us - now_us for rate, taken in kept if len(taken) >= rate.calls]
        if full:
            return max(1, -(-max(full) // 1_000_000))
        for _, taken in kept:
            taken.append(now_us)
        return 0

    def _of(self, rate: Rate, session: Session, now_us: int) -> deque[int]:
        key = (rate.rule, _counted(rate, session))
        if key not in self._taken and len(self._taken) >= KEPT:
            self._forget(now_us)
        self._spans[key] = rate.span_us
        taken = self._taken.setdefault(key, deque())
        while taken and taken[0] <= now_us - rate.span_us:
            taken.popleft()
        return taken

    def _forget(self, now_us: int) -> None:
        over = [
            key for key, taken in self._taken.items() if not taken or taken[-1] <= now_us - self._spans[key]
        ]
        for key in over:
            del self._taken[key], self._spans[key]


def _counted(rate: Rate, session: Session) -> str:
    return {
        "principal": session.grant.principal.name,
        "grant": session.grant.id,
        "session": session.id,
    }.get(rate.by, "")
