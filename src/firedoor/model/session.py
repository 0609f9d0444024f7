"""A stretch of activity of one grant with one upstream. Has one recording."""

from dataclasses import dataclass

from firedoor.model.era import Era
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the path may know of a session. What changes while it lives is the engine's."""

    id: SessionId
    grant: Grant
    upstream: str
    era: Era
    mcp_session: str | None
    """The `Mcp-Session-Id` the client was given by the gateway. None in the modern era."""
    upstream_mcp_session: str | None = None
    """The upstream's own `Mcp-Session-Id`, once it has minted one. Never shown to the client."""
    opened_at_us: int
