"""What a client gets, before it is HTTP."""

from dataclasses import dataclass

from firedoor.model.frozen import frozen
from firedoor.model.json import JsonObject


@frozen(kw_only=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    """Beside Content-Type (application/json when there is a body) and Content-Length."""


@frozen(kw_only=True)
class StreamEvent:
    """One event of a stream. An empty payload is sent as an event without data."""

    payload: bytes
    event_id: str | None = None
    retry_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why input never became a call. A value: refusing is a normal outcome."""

    status: int
    """HTTP status."""
    code: int
    """JSON-RPC error code."""
    reason: str
    """Stable slug for the record, metrics and the reference."""
    text: str
    """For the client's developer: what is wrong and what to do."""
    headers: tuple[tuple[str, str], ...] = ()
    id: str | int | None = None
    """The id of the request, where it is known."""
    fields: JsonObject | None = None
    """The `data` member of the JSON-RPC error, where the specification asks for one."""
