"""What all transports without a stream per request share: answers on one channel, and back-pressure.

A channel carries the messages of many requests. A reader that stops reading holds the channel up for a
while, and then loses its own answer: its neighbours go on.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from firedoor.edges.outbound.inbox import Inbox
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import AnswerHead, Shape, UpstreamEvent
from firedoor.ports.upstreams import Passage

ANSWER_S = 300.0
"""Until the first message of an answer: as over HTTP."""
PATIENCE_S = 30.0
"""How long one slow reader may hold up the others."""


class Line(Protocol):
    """What carries a channel's messages: a child process, or an HTTP+SSE pair."""

    async def write(self, message: bytes, passage: Passage | None = None) -> None:
        """Send one message, once it may leave.

        Raises:
            UpstreamError: it cannot be sent.
        """
        ...

    def stop(self) -> None:
        """Begin to end a process that it is, and wake nobody: that is for `end`."""
        ...

    async def end(self) -> None:
        """Close it, and wait until it is closed."""
        ...


class Flow:
    """Holds the reading of a channel while an answer is full."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self.pause: Callable[[], None] = _nothing
        self.resume: Callable[[], None] = _nothing
        self._patience_s = patience_s
        self._full: set[ChannelAnswer] = set()
        self._timer: asyncio.TimerHandle | None = None

    def filled(self, answer: "ChannelAnswer") -> None:
        """Stop reading until this answer has room."""
        self._full.add(answer)
        if self._timer is None:
            self.pause()
            self._timer = asyncio.get_running_loop().call_later(self._patience_s, self._give_up)

    def has_room(self, answer: "ChannelAnswer") -> None:
        """Read on, if this was the last full one."""
        self._full.discard(answer)
        if self._timer is not None and not self._full:
            self._timer.cancel()
            self._timer = None
            self.resume()

    def _give_up(self) -> None:
        for answer in tuple(self._full):
            answer.fail(UpstreamError("upstream_too_large", "the answer was not read for too long"))
            self.has_room(answer)


def _nothing() -> None:
    """Stand in where a channel cannot be held up."""


class ChannelAnswer:
    """The answer to one request, or the standing stream of a session."""

    __slots__ = ("_flow", "_head", "_inbox", "_on_abandon", "begun", "is_abandoned")

    def __init__(self, flow: Flow, on_abandon: Callable[["ChannelAnswer"], None]) -> None:
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_abandoned = False
        self._flow = flow
        self._inbox = Inbox(self._has_room)
        self._on_abandon = on_abandon
        self._head = AnswerHead(status=200, shape=Shape.STREAM)

    @property
    def head(self) -> AnswerHead:
        """Status and shape."""
        return self._head

    async def next(self) -> UpstreamEvent | None:
        """Return the next message, or None at the end."""
        return await self._inbox.take()

    def abandon(self) -> None:
        """Let go. What still comes is dropped."""
        if not self.is_abandoned and not self._inbox.is_ended:
            self.is_abandoned = True
            self._on_abandon(self)
        self._inbox.drop()
        self._has_room()

    def begin(self) -> None:
        """Let the answer begin without a message."""
        if not self.begun.done():
            self.begun.set_result(None)

    def put(self, message: bytes, *, is_last: bool) -> None:
        """Add a message. A response that comes first is the whole answer."""
        if is_last and not self.begun.done():
            self._head = AnswerHead(status=200, shape=Shape.JSON)
        self.begin()
        self._inbox.put(UpstreamEvent(payload=message))
        if is_last:
            self._inbox.end()
        elif self._inbox.is_full:
            self._flow.filled(self)

    def finish(self) -> None:
        """End without a response."""
        self.begin()
        self._inbox.end()

    def fail(self, error: UpstreamError) -> None:
        """End with an error, whether or not the answer has begun."""
        self._inbox.end(error)
        if not self.begun.done():
            self.begun.set_exception(error)
            self.begun.exception()  # Nobody may be waiting any more; that is no fault to log.

    async def started(self, within_s: float) -> "ChannelAnswer":
        """Wait for the first message.

        Raises:
            UpstreamError: it did not come.
        """
        try:
            async with asyncio.timeout(within_s):
                await self.begun
        except TimeoutError:
            self.abandon()
            raise UpstreamError("upstream_timeout", "the upstream took too long to answer") from None
        except asyncio.CancelledError:
            self.abandon()
            raise
        return self

    def _has_room(self) -> None:
        self._flow.has_room(self)


class StatusAnswer:
    """An answer that is a status alone."""

    __slots__ = ("_head",)

    def __init__(self, status: int) -> None:
        self._head = AnswerHead(status=status, shape=Shape.EMPTY)

    @property
    def head(self) -> AnswerHead:
        """Status and shape."""
        return self._head

    async def next(self) -> UpstreamEvent | None:
        """Return None: there is no message."""
        return None

    def abandon(self) -> None:
        """Do nothing: it is over."""
