"""Where messages go."""

from typing import Protocol

from firedoor.model.forwarding import AnswerHead, Forwarding, UpstreamEvent
from firedoor.model.ids import SessionId


class Answer(Protocol):
    """An upstream's answer, as it arrives."""

    @property
    def head(self) -> AnswerHead:
        """Status and shape."""
        ...

    async def next(self) -> UpstreamEvent | None:
        """The next message, or None at the end.

        Raises:
            UpstreamError: the stream broke, was too large, or was not what MCP allows.
        """
        ...

    def abandon(self) -> None:
        """Let go at once. In the modern era this cancels the request upstream."""
        ...


class Passage(Protocol):
    """The last look at the locks. Who may pass before a connection is there may be locked by then."""

    def is_open(self) -> bool:
        """Whether a message may leave now. If so, it is written before anything is waited for.

        Raises:
            IntegrityError: who may pass cannot be told.
        """
        ...

    async def passed(self) -> None:
        """Wait until it may be worth asking again.

        Raises:
            UpstreamError: `withheld`: it is not to be waited for.
        """
        ...


WITHHELD = "withheld"
"""The code of a question of the gateway's own that has not left: nobody who wants the answer may pass."""


class Upstreams(Protocol):
    """All MCP servers behind the gateway."""

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message and return when the answer begins. Without a passage it leaves whatever is locked.

        Raises:
            UpstreamError: unreachable, timed out, or too large.
            IntegrityError: who may pass cannot be told, and nothing has left.
        """
        ...

    def stop(self, upstream: str, session: SessionId) -> None:
        """Begin to end the child process of a session, and wake nobody: who waits for it learns at `end`."""
        ...

    async def end(self, upstream: str, session: SessionId) -> None:
        """Close what belongs to a session alone: its child process or its HTTP+SSE channel."""
        ...
