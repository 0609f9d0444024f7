"""What a channel must read of a message to route it: its id, its method, and single members by path.

Nothing else is decoded: what is not replaced leaves as the bytes that came. It never judges a message;
that is the path's work.
"""

import msgspec

Key = int | str
"""A JSON-RPC id or a progress token. 1 and "1" are different."""

Path = tuple[str, ...]
PROGRESS_TOKEN: Path = ("params", "progressToken")
REQUEST_ID: Path = ("params", "requestId")
REQUEST_TOKEN: Path = ("params", "_meta", "progressToken")
SUBSCRIPTION: Path = ("params", "_meta", "io.modelcontextprotocol/subscriptionId")
RESULT_SUBSCRIPTION: Path = ("result", "_meta", "io.modelcontextprotocol/subscriptionId")
LOG_LEVEL: Path = ("params", "_meta", "io.modelcontextprotocol/logLevel")


class Envelope(msgspec.Struct, frozen=True):
    """Who a message is for."""

    id: int | str | None = None
    method: str | None = None


_envelopes = msgspec.json.Decoder(Envelope)
_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_keys = msgspec.json.Decoder(int | str)


def envelope(message: bytes) -> Envelope | None:
    """Read the envelope; None if this is no message."""
    try:
        return _envelopes.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def member(message: bytes | msgspec.Raw, path: Path) -> msgspec.Raw | None:
    """Return the member at this path as written, or None."""
    try:
        members = _objects.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    found = members.get(path[0])
    return found if found is None or len(path) == 1 else member(found, path[1:])


def key_at(message: bytes, path: Path) -> Key | None:
    """Return the id or token at this path, or None."""
    found = member(message, path)
    try:
        return None if found is None else _keys.decode(found)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def replaced(message: bytes | msgspec.Raw, path: Path, value: msgspec.Raw) -> bytes:
    """Return the message with the member at this path, if it has one, replaced."""
    try:
        members = _objects.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return bytes(message)
    found = members.get(path[0])
    if found is None:
        return bytes(message)
    members[path[0]] = value if len(path) == 1 else msgspec.Raw(replaced(found, path[1:], value))
    return msgspec.json.encode(members)
