"""The upstream has the turn: waits for its next message, or no longer than messages may be kept back.

Waiting that was given up goes on by itself: an upstream's answer is never asked twice at once, and what was
read of it is never lost.
"""

import asyncio
from dataclasses import dataclass, field

from firedoor.core.kept_back import Quiet
from firedoor.model.forwarding import UpstreamEvent
from firedoor.ports.upstreams import Answer

KEPT_S = 0.25
"""How long a message waits for the next one to say what its end is. Long enough for a text that is sent in
pieces, too short to be noticed in a log."""


@dataclass(slots=True)
class Turn:
    """The waiting of one exchange."""

    _coming: "asyncio.Task[UpstreamEvent | None] | None" = None
    # A factory like `dict[int, float]` tries to note itself on what it makes: ten times the cost.
    _until: dict[int, float] = field(default_factory=lambda: {})
    """When each message that is kept back has waited long enough, by its number."""

    async def event(self, answer: Answer, kept: tuple[int, ...] = ()) -> UpstreamEvent | Quiet | None:
        """The next message, or `Quiet` where the oldest of those that are kept has waited long enough.

        Raises:
            UpstreamError: as `Answer.next`.
        """
        if not kept and self._coming is None:
            self._until.clear()
            return await answer.next()
        loop = asyncio.get_running_loop()
        if self._coming is None:
            self._coming = loop.create_task(answer.next())
        now = loop.time()
        self._until = {number: self._until.get(number, now + KEPT_S) for number in kept}
        patience = max(self._until[kept[0]] - now, 0) if kept else None
        done, _ = await asyncio.wait((self._coming,), timeout=patience)
        if not done:
            return Quiet()
        coming, self._coming = self._coming, None
        return coming.result()

    def drop(self) -> None:
        """Nobody waits any more."""
        if self._coming is not None:
            self._coming.cancel()
            self._coming = None
