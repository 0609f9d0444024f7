"""What arrived for a reader and was not read yet: the seam between callbacks and an awaiting reader.

There is one reader. It never drops anything, and it never grows without telling: `is_full` asks whoever
fills it to stop reading from the network.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import UpstreamEvent

FULL_BYTES = 1024 * 1024
FULL_EVENTS = 1024


class Inbox:
    """A queue of events with an end, which may be an error."""

    __slots__ = ("_bytes", "_error", "_events", "_is_ended", "_loop", "_on_room", "_waiter")

    def __init__(self, on_room: Callable[[], None] | None = None) -> None:
        """`on_room` is called when the reader made room in a full inbox."""
        self._loop = asyncio.get_running_loop()
        self._events: deque[UpstreamEvent] = deque()
        self._bytes = 0
        self._is_ended = False
        self._error: UpstreamError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._on_room = on_room

    @property
    def is_full(self) -> bool:
        """Whether more should wait outside."""
        return self._bytes >= FULL_BYTES or len(self._events) >= FULL_EVENTS

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will be put in."""
        return self._is_ended

    def put(self, event: UpstreamEvent) -> None:
        """Add one event. After the end it is ignored."""
        if not self._is_ended:
            self._events.append(event)
            self._bytes += len(event.payload)
            self._wake()

    def end(self, error: UpstreamError | None = None) -> None:
        """Nothing more comes; the reader gets what is there first, then the end or the error."""
        if not self._is_ended:
            self._is_ended, self._error = True, error
            self._wake()

    def drop(self) -> None:
        """Forget what is there, and end. Whoever owns it is let go of: a cycle is left to the collector."""
        self._events.clear()
        self._bytes = 0
        self._on_room = None
        self.end()

    async def take(self) -> UpstreamEvent | None:
        """Return the next event, or None at the end.

        Raises:
            UpstreamError: what it ended with.
        """
        while not self._events:
            if self._is_ended:
                if self._error is not None:
                    raise self._error
                return None
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        was_full = self.is_full
        event = self._events.popleft()
        self._bytes -= len(event.payload)
        if was_full and self._on_room is not None and not self.is_full:
            self._on_room()
        return event

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
