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


class Upstreams(Protocol):
    """All MCP servers behind the gateway."""

    async def send(self, forwarding: Forwarding) -> Answer:
        """Send one message and return when the answer begins.

        Raises:
            UpstreamError: unreachable, timed out, or too large.
        """
        ...

    async def end(self, upstream: str, session: SessionId) -> None:
        """Close what belongs to a session alone: its child process or its HTTP+SSE channel."""
        ...
