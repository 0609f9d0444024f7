"""What goes to an upstream and what comes back, whatever the transport."""

from enum import StrEnum

from firedoor.model.frozen import frozen
from firedoor.model.ids import SessionId
from firedoor.model.message import Message


@frozen(kw_only=True)
class Forwarding:
    """One message on its way to an upstream."""

    upstream: str
    session: SessionId
    """Whose channel carries it where the transport has channels (child process, HTTP+SSE)."""
    principal: str
    """Channels and connections are never shared between principals."""
    verb: str
    """POST, GET or DELETE."""
    headers: tuple[tuple[str, str], ...]
    """MCP's own headers only, made by the gateway. Credentials are added by the outbound edge."""
    body: bytes
    message: Message
    """What `body` says, for transports that route by message rather than by stream."""


class Shape(StrEnum):
    """How an upstream's answer arrives."""

    JSON = "json"
    """One message, then the end."""
    STREAM = "stream"
    """Any number of messages, one event each."""
    EMPTY = "empty"
    """A status alone: 202, 204, 404, 405."""


@frozen(kw_only=True)
class AnswerHead:
    """The beginning of an upstream's answer."""

    status: int
    """HTTP status; transports without one use 200, 202, 404 and 405 in its place."""
    shape: Shape
    mcp_session: str | None = None
    """The upstream's own session id, where it minted one. Never shown to the client."""


@frozen(kw_only=True)
class UpstreamEvent:
    """One message from an upstream, as received."""

    payload: bytes
    """The JSON text of one message; empty for an event without data (SSE priming)."""
    event_id: str | None = None
    retry_ms: int | None = None
