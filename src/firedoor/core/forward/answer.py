"""What an upstream sent, understood as far as the path needs. The payload is never changed here."""

from enum import StrEnum

import msgspec

from firedoor.core.forward.splice import members, mentions
from firedoor.model.frozen import frozen


class Says(StrEnum):
    """What a message from an upstream is."""

    RESPONSE = "response"
    REQUEST = "request"
    NOTIFICATION = "notification"
    NONSENSE = "nonsense"


@frozen(kw_only=True)
class Spoken:
    """One message from an upstream."""

    says: Says
    id: str | int | None = None
    method: str = ""
    result: str = ""
    """Of a response: `result`, `tool_error` or `error`."""
    code: int = 0
    """Of an error: its JSON-RPC code, where it has one."""


_RESPONSE = Says.RESPONSE
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
_NONSENSE = Spoken(says=Says.NONSENSE)
_id = msgspec.json.Decoder(int | str | None)
_method = msgspec.json.Decoder(str)


class _Result(msgspec.Struct, rename={"is_error": "isError"}):
    is_error: bool = False


class _Error(msgspec.Struct):
    code: int = 0


_error = msgspec.json.Decoder(_Error)
_result = msgspec.json.Decoder(_Result)


def understand(payload: bytes) -> Spoken:
    """Classify one message from an upstream. Anything that is not one JSON-RPC message is nonsense."""
    try:
        parts = members(payload)
        identifier = _id.decode(parts["id"]) if "id" in parts else None
        if "method" in parts:
            says = Says.REQUEST if identifier is not None else Says.NOTIFICATION
            return Spoken(says=says, id=identifier, method=_method.decode(parts["method"]))
        if ("result" in parts) == ("error" in parts):
            return _NONSENSE
        return Spoken(says=_RESPONSE, id=identifier, result=_kind(parts), code=_code(parts))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Nesting that no parser walks is nonsense too, not a reason to fall over.
        return _NONSENSE


def _kind(parts: dict[str, msgspec.Raw]) -> str:
    if "error" in parts:
        return "error"
    # Only a result that mentions the word can be a tool's error: most are not decoded twice.
    raw = bytes(parts["result"])
    if mentions(raw, b"isError") and _result.decode(raw).is_error:
        return "tool_error"
    return "result"


def _code(parts: dict[str, msgspec.Raw]) -> int:
    if "error" not in parts:
        return 0
    try:
        return _error.decode(parts["error"]).code
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0  # An odd error is an error still, and goes to the client as it is.


def status_of(spoken: Spoken) -> int:
    """The HTTP status that a stateless revision wants for a response that came without one."""
    return _STATUSES.get(spoken.code, 200)


def shown_status(status: int, *, is_request: bool) -> int:
    """The HTTP status that a client may see of an upstream's.

    401, 403 and 407 are about the gateway's credential: the client's own is fine. A redirect is not the
    client's to follow, and beyond 599 there is no HTTP. A request has its error in the body; what has no
    response must not look as if it had arrived.
    """
    is_of_the_gateway = status in (401, 403, 407)
    is_odd = _REDIRECTS <= status < _FAILURES or status > _LAST
    if not (is_of_the_gateway or is_odd):
        return status
    return 200 if is_request else _BAD_GATEWAY


_REDIRECTS, _FAILURES, _LAST, _BAD_GATEWAY = 300, 400, 599, 502

_STATUSES = {
    -32700: 400,
    -32600: 400,
    -32602: 400,
    -32020: 400,
    -32021: 400,
    -32022: 400,
    -32601: 404,
}
"""Source: MCP 2026-07-28, Streamable HTTP. What is not in it is a 200."""
