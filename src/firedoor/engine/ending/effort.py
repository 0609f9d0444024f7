"""What has to happen because of a lock although it failed: it is tried again until it has happened.

Ends with the process alone. Never a condition of the lock.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

AGAIN_S = 3.0
"""Between two attempts. A disk that is full or a database that is gone is not kept busy by asking."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt has come to."""

    count: int = 0
    is_all: bool = True
    """There is nothing left to do."""


class Effort:
    """Something that is attempted until all of it is done."""

    def __init__(self, attempt: Callable[[], Awaitable[Attempt]], again_s: float) -> None:
        self._attempt = attempt
        self._again_s = again_s
        self.last: Attempt | None = None
        """None: the first attempt is under way."""
        self.tried: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once there was one attempt."""

    @property
    def count(self) -> int:
        """What the last attempt has come to."""
        return 0 if self.last is None else self.last.count

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.last is not None and self.last.is_all

    @property
    def is_failing(self) -> bool:
        """Whether it has failed, and is tried again."""
        return self.last is not None and not self.last.is_all

    async def go(self) -> None:
        """Attempt it until it is done."""
        self.last = await self._attempt()
        self.tried.set_result(None)
        while not self.is_done:
            await asyncio.sleep(self._again_s)
            self.last = await self._attempt()
