"""Who asked: the open HTTP exchange with a client."""

from collections.abc import Callable
from typing import Protocol

from firedoor.model.reply import Reply, StreamEvent


class Client(Protocol):
    """One HTTP request that waits for its answer."""

    async def body(self, limit: int) -> bytes | None:
        """Read the whole body; None if it is larger than `limit` bytes or never completed."""
        ...

    async def reply(self, reply: Reply) -> bool:
        """Answer whole. False if the client is gone."""
        ...

    async def open_stream(self, headers: tuple[tuple[str, str], ...]) -> bool:
        """Begin an event stream with status 200. False if the client is gone."""
        ...

    async def deliver(self, event: StreamEvent) -> bool:
        """Send one event of the open stream. False if the client is gone."""
        ...

    async def end_stream(self) -> None:
        """End the open stream properly."""
        ...

    def end_at_once(self, event: StreamEvent | None) -> bool:
        """End the open stream now, with this as its last event. False: that would wait, and is not done."""
        ...

    async def drained(self) -> bool:
        """Wait while the client does not read what was written. Whether that took any time."""
        ...

    def when_gone(self, callback: Callable[[], object]) -> None:
        """Call back once, soon after the client went away before its answer was complete."""
        ...

    def unsent(self) -> int:
        """How many bytes of what was written the client has not taken yet."""
        ...

    def cut(self) -> None:
        """Drop the connection at once, with what the client has not taken."""
        ...
