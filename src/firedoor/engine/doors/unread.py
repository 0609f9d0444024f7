"""What clients have not read yet of answers whose exchanges are over: a lock must find it.

An exchange ends once its answer is written. A client that does not read leaves that in our memory, and would
get it whenever it likes, also under a lock. What the kernel has taken is beyond this. Never drops anything
itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from firedoor.engine.running import Running
from firedoor.model.lock import Whom
from firedoor.ports.client import Client

LOOK_AT = 64
"""So many are kept before it is looked which have been read. Stops each call from paying for a look."""


@dataclass(slots=True)
class Unread:
    """Whose answers these are, and who has not read them."""

    _kept: list[tuple[Whom, Client]] = field(default_factory=list[tuple[Whom, Client]])
    _look_at: int = LOOK_AT

    def note(self, running: Running) -> None:
        """An exchange is over."""
        if running.whom is None or not running.client.unsent():
            return
        self._kept.append((running.whom, running.client))
        if len(self._kept) >= self._look_at:
            self._forget()
            self._look_at = max(LOOK_AT, 2 * len(self._kept))

    def of(self, is_meant: Callable[[Whom], bool]) -> list[Client]:
        """The clients who have not read everything that those who are meant were answered.

        Whoever came after them by the same connection is behind that answer, and shares its end.
        """
        self._forget()
        return [client for whom, client in self._kept if is_meant(whom)]

    def __len__(self) -> int:
        """How many are kept, read since or not."""
        return len(self._kept)

    def _forget(self) -> None:
        self._kept = [(whom, client) for whom, client in self._kept if client.unsent()]
