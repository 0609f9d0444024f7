"""The head of a request: accepted or refused before a byte of the body is read. Believes nothing."""

from typing import Literal

from firedoor.model.arrival import Arrival
from firedoor.model.frozen import frozen
from firedoor.model.limits import Limits
from firedoor.model.reply import Refusal

Verb = Literal["POST", "GET", "DELETE"]

INVALID_REQUEST = -32600
HEADER_MISMATCH = -32020


@frozen(kw_only=True)
class Head:
    """What the headers say, each once."""

    verb: str
    upstream: str
    token: str
    """The bearer token; empty if none was sent."""
    accept: str
    may_stream: bool
    """Whether the client takes an event stream."""
    mcp_session: str | None
    version: str | None
    """`MCP-Protocol-Version`."""
    last_event_id: str | None
    method: str | None
    """`Mcp-Method`."""
    name: str | None
    """`Mcp-Name`, still encoded."""
    mirrored: tuple[tuple[str, str], ...]
    """The `Mcp-Param-*` headers as received."""
    traceparent: str | None = None
    tracestate: str | None = None
    told: tuple[tuple[str, str], ...] = ()
    """What the record keeps of the headers, by name."""


TOLD = (
    b"accept", b"correlation-id", b"mcp-method", b"mcp-name", b"mcp-protocol-version", b"request-id",
    b"user-agent", b"x-correlation-id", b"x-request-id",
)  # fmt: skip
"""Headers that the record keeps: what the client claims to be and to ask, and the names under which others
know the request. None that proves anything: credentials and cookies are in no record."""
_TOLD = tuple((name, name.decode()) for name in TOLD)
TOLD_CHARACTERS = 256
"""Of each. Stops a client from filling the disk beyond its body."""

_ONCE = frozenset(
    {
        b"host", b"origin", b"authorization", b"content-type", b"content-encoding", b"content-length",
        b"mcp-session-id", b"last-event-id",
    }
)  # fmt: skip
"""Headers whose second copy could be read by someone else as the first."""

_ROUTING = frozenset({b"mcp-protocol-version", b"mcp-method", b"mcp-name"})


def accept_head(arrival: Arrival, limits: Limits) -> Head | Refusal:
    """Return what the head says, or why it is refused."""
    found: dict[bytes, bytes] = {}
    mirrored: list[tuple[str, str]] = []
    size = 0
    for name, value in arrival.headers:
        size += len(name) + len(value)
        if name in found and (name in _ONCE or name in _ROUTING):
            return _twice(name)
        if name.startswith(b"mcp-param-"):
            mirrored.append((name.decode("latin-1"), value.decode("latin-1")))
        found[name] = value
    if size > limits.header_bytes:
        return _refusal(
            431, "head_too_large", f"The request head is larger than {limits.header_bytes} bytes."
        )
    refusal = _foreign(found, limits) or _unreadable(arrival.verb, found, limits)
    if refusal is not None:
        return refusal
    accept = found.get(b"accept", b"").decode("latin-1")
    return Head(
        verb=arrival.verb,
        upstream=arrival.upstream,
        token=_bearer(found.get(b"authorization", b"")),
        accept=accept,
        may_stream="text/event-stream" in accept or "*/*" in accept,
        mcp_session=_text(found, b"mcp-session-id"),
        version=_text(found, b"mcp-protocol-version"),
        last_event_id=_text(found, b"last-event-id"),
        method=_text(found, b"mcp-method"),
        name=_text(found, b"mcp-name"),
        mirrored=tuple(mirrored),
        traceparent=_text(found, b"traceparent"),
        tracestate=_text(found, b"tracestate"),
        told=tuple(
            [
                (shown, found[name].decode("latin-1").strip()[:TOLD_CHARACTERS])
                for name, shown in _TOLD
                if name in found
            ]
        ),
    )


def _foreign(found: dict[bytes, bytes], limits: Limits) -> Refusal | None:
    host = found.get(b"host", b"").decode("latin-1").lower()
    if host not in limits.hosts:
        return _refusal(421, "unknown_host", "This Host is not served here. Add it to allowed_hosts.")
    origin = found.get(b"origin")
    if origin is not None and origin.decode("latin-1").lower() not in limits.origins:
        return _refusal(403, "unknown_origin", "This Origin may not call. Add it to allowed_origins.")
    return None


def _unreadable(verb: str, found: dict[bytes, bytes], limits: Limits) -> Refusal | None:
    if verb not in ("POST", "GET", "DELETE"):
        return _refusal(405, "verb", "Use POST, GET or DELETE.", (("Allow", "GET, POST, DELETE"),))
    if verb != "POST":
        return None
    # An encoded body would pass uninspected; another type may be parsed otherwise behind us.
    encoding = found.get(b"content-encoding")
    if encoding is not None and encoding.strip().lower() not in (b"identity", b""):
        return _refusal(415, "content_encoding", "Send the body without Content-Encoding.")
    if not _is_json(found.get(b"content-type", b"")):
        return _refusal(415, "content_type", "Send Content-Type: application/json.")
    length = found.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limits.body_bytes:
        return _refusal(413, "body_too_large", f"The body is larger than {limits.body_bytes} bytes.")
    return None


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    kind, _, parameters = content_type.lower().partition(b";")
    charset = parameters.replace(b" ", b"").replace(b'"', b"")
    return kind.strip() == b"application/json" and charset in (b"", b"charset=utf-8")


def _bearer(value: bytes) -> str:
    scheme, _, token = value.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _text(found: dict[bytes, bytes], name: bytes) -> str | None:
    value = found.get(name)
    return None if value is None else value.decode("latin-1").strip()


def _twice(name: bytes) -> Refusal:
    code = HEADER_MISMATCH if name in _ROUTING else INVALID_REQUEST
    shown = name.decode("latin-1")
    return Refusal(status=400, code=code, reason="header_twice", text=f"The header {shown} was sent twice.")


def _refusal(status: int, reason: str, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Refusal:
    return Refusal(status=status, code=INVALID_REQUEST, reason=reason, text=text, headers=headers)
