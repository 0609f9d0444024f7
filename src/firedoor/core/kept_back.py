"""Messages of a stream that wait for what decides them.

Theory of operation. A log or progress message may end with what may be the beginning of something that is
masked. Such a message is kept back, and all that follows it, so that the order stays. The next text of the
same place decides it; so does the end of the stream, and the response; and where neither comes in a quarter
of a second, its end is taken out. What ends otherwise leaves at once. What is kept back is in no record yet:
like what still stands at the door, it has not been seen by anybody.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any

from firedoor.core.amend import Terms
from firedoor.core.commands import Command, Failure, ask
from firedoor.core.forward.answer import Says, understand
from firedoor.core.mask.messages.message import Seen
from firedoor.core.mask.messages.seam import ALONE, LOOKED_AT, NO_ENDS, Around
from firedoor.core.sight import look
from firedoor.model.forwarding import UpstreamEvent
from firedoor.model.frozen import frozen

_PLACES = 64
"""Places of a stream whose ends are kept. Stops an upstream that names a new logger in every message."""
_MOST = 64
_MOST_BYTES = 1024 * 1024
"""Messages that are kept back, and their bytes. Stops an upstream from filling the memory with them."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing came in time."""


@frozen()
class Next(Command[UpstreamEvent | Failure | None]):
    """The next message of the answer that `Send` began. None: its end."""


@frozen()
class NextOrQuiet(Command[UpstreamEvent | Failure | Quiet | None]):
    """As `Next`, but no longer than a message is kept back."""

    kept: tuple[int, ...]
    """The numbers of those that wait to be decided, oldest first."""


@frozen()
class Shown:
    """A message that may go on, and how it may be seen."""

    event: UpstreamEvent
    seen: Seen


@dataclass(slots=True)
class _Kept:
    number: int
    event: UpstreamEvent
    before: dict[str, str]
    seen: Seen
    after: dict[str, str] = field(default_factory=dict[str, str])


class KeptBack:
    """What of one stream waits. One per stream."""

    def __init__(self, terms: Terms) -> None:
        """Look at messages on these terms."""
        self._terms = terms
        self._ends: dict[str, str] = {}
        self._waiting: deque[_Kept] = deque()
        self._free: deque[Shown] = deque()
        self._end: Failure | None = None
        self._is_over = False
        self._count = 0
        self._bytes = 0

    def following(
        self, cleaned: Callable[[UpstreamEvent], UpstreamEvent]
    ) -> Generator[Command[Any], Any, Shown | Failure | None]:
        """The next message that may go on, or what the stream ended with. `cleaned` is done to each first."""
        while not self._free:
            if self._is_over:
                return self._end
            event = yield from self._next()
            if isinstance(event, Quiet):
                yield from self._settle(self._waiting[0])
            elif event is None or isinstance(event, Failure):
                self._is_over, self._end = True, event
                yield from self._settle(*self._waiting)
            else:
                yield from self._take(cleaned(event))
            self._release()
        return self._free.popleft()

    def _next(self) -> Generator[Command[Any], Any, UpstreamEvent | Failure | Quiet | None]:
        if not self._waiting:
            return (yield from ask(Next()))
        undecided = tuple(kept.number for kept in self._waiting if kept.seen.undecided)
        return (yield from ask(NextOrQuiet(undecided)))

    def _take(self, event: UpstreamEvent) -> Generator[Command[Any], Any, None]:
        around = Around(before=dict(self._ends)) if self._ends else ALONE
        seen = yield from look(self._terms, event.payload, around)
        for kept in self._waiting:
            yield from self._decide(kept, seen)
        is_alone = not self._waiting
        if is_alone and not seen.undecided:
            self._remember(seen)
            self._let_go(event, seen)
            return
        self._count += 1
        self._bytes += len(event.payload)
        self._waiting.append(_Kept(self._count, event, dict(self._ends), seen))
        self._remember(seen)
        is_too_much = len(self._waiting) > _MOST or self._bytes > _MOST_BYTES
        # A response waits for nothing: nothing that is said after it belongs to what was said before.
        if is_too_much or (not is_alone and understand(event.payload).says is Says.RESPONSE):
            yield from self._settle(*self._waiting)

    def _decide(self, kept: _Kept, seen: Seen) -> Generator[Command[Any], Any, None]:
        """Look at one that is kept back again, if the new message says more about it."""
        said = {place: text for place, text in seen.heads.items() if place in kept.seen.heads}
        for place, text in said.items():
            kept.after[place] = (kept.after.get(place, "") + text)[:LOOKED_AT]
        if not kept.seen.undecided.isdisjoint(said):
            kept.seen = yield from look(
                self._terms, kept.event.payload, Around(before=kept.before, after=dict(kept.after))
            )

    def _settle(self, *waiting: _Kept) -> Generator[Command[Any], Any, None]:
        """Nothing more is waited for: what is undecided of these is taken out."""
        for kept in waiting:
            if kept.seen.undecided:
                around = Around(before=kept.before, after=dict(kept.after), is_over=True)
                kept.seen = yield from look(self._terms, kept.event.payload, around)

    def _release(self) -> None:
        while self._waiting and not self._waiting[0].seen.undecided:
            kept = self._waiting.popleft()
            self._bytes -= len(kept.event.payload)
            self._let_go(kept.event, kept.seen)

    def _let_go(self, event: UpstreamEvent, seen: Seen) -> None:
        if seen.ends or seen.heads:
            seen = replace(seen, ends=NO_ENDS, heads=NO_ENDS)
        self._free.append(Shown(event, seen))

    def _remember(self, seen: Seen) -> None:
        for place, text in seen.ends.items():
            self._ends.pop(place, None)  # to the end of the line: what was silent longest goes first
            self._ends[place] = text
        while len(self._ends) > _PLACES:
            del self._ends[next(iter(self._ends))]
