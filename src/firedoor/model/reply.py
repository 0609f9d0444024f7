"""What a client gets, before it is HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    """Beside Content-Type (application/json when there is a body) and Content-Length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """One event of a stream. An empty payload is sent as an event without data."""

    payload: bytes
    event_id: str | None = None
    retry_ms: int | None = None
