"""Message → what is sent upstream. Headers are made anew from what is forwarded; none is passed on.

The client's token, cookies, host and network stay here. Credentials are added by the outbound edge.
"""

import msgspec

from firedoor.core.forward.capabilities import without_capabilities
from firedoor.model.era import Era
from firedoor.model.forwarding import Forwarding
from firedoor.model.message import Message, MessageKind
from firedoor.model.session import Session

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_LISTEN, _END = MessageKind.LISTEN, MessageKind.END
_VERBS = {_LISTEN: "GET", _END: "DELETE"}


def forwarding(
    session: Session,
    message: Message,
    *,
    headers: tuple[tuple[str, str], ...],
    closed: frozenset[str] = frozenset(),
) -> Forwarding:
    """What goes to the session's upstream for this message."""
    return Forwarding(
        upstream=session.upstream,
        session=session.id,
        principal=session.grant.principal.name,
        verb=_VERBS.get(message.kind, "POST"),
        headers=headers,
        body=without_capabilities(message, closed),
        message=message,
    )


def cancelling(request: Message) -> Message:
    """The notification by which a legacy upstream learns that an answer is not wanted any more."""
    said = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": request.id}}
    return Message(
        kind=MessageKind.NOTIFICATION,
        era=Era.LEGACY,
        body=msgspec.json.encode(said),
        revision=request.revision,
        method="notifications/cancelled",
        params={"requestId": request.id},
    )


def ending(session: Session) -> Message:
    """The end of a legacy session, as its client would have said it."""
    return Message(kind=MessageKind.END, era=session.era, body=b"", revision="")


def legacy_headers(
    session: Session, message: Message, *, version: str | None, accept: str, last_event_id: str | None
) -> tuple[tuple[str, str], ...]:
    """The headers of a handshake revision."""
    headers: list[tuple[str, str]] = []
    if message.kind is _LISTEN:
        headers.append(("accept", "text/event-stream"))
        if last_event_id is not None:
            headers.append(("last-event-id", last_event_id))
    elif message.kind is not _END:
        headers.append(("accept", accept or "application/json, text/event-stream"))
        headers.append(("content-type", "application/json"))
    if version is not None:
        headers.append(("mcp-protocol-version", version))
    if session.upstream_mcp_session is not None:
        headers.append(("mcp-session-id", session.upstream_mcp_session))
    return tuple(headers)


def modern_headers(
    message: Message, *, accept: str, name: str | None, mirrored: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The headers of a stateless revision. `name` is the encoded name where the method is routed by it."""
    headers = [
        ("accept", accept or "application/json, text/event-stream"),
        ("content-type", "application/json"),
        ("mcp-protocol-version", message.revision),
        ("mcp-method", message.method),
    ]
    if name is not None:
        headers.append(("mcp-name", name))
    return (*headers, *mirrored)
