"""What an upstream sent, understood as far as the path needs. The payload is never changed here."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from firedoor.core.forward.splice import members


class Says(StrEnum):
    """What a message from an upstream is."""

    RESPONSE = "response"
    REQUEST = "request"
    NOTIFICATION = "notification"
    NONSENSE = "nonsense"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One message from an upstream."""

    says: Says
    id: str | int | None = None
    method: str = ""
    result: str = ""
    """Of a response: `result`, `tool_error` or `error`."""


_NONSENSE = Spoken(says=Says.NONSENSE)
_id = msgspec.json.Decoder(int | str | None)
_method = msgspec.json.Decoder(str)


class _Result(msgspec.Struct, rename={"is_error": "isError"}):
    is_error: bool = False


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
        return Spoken(says=Says.RESPONSE, id=identifier, result=_kind(parts))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Nesting that no parser walks is nonsense too, not a reason to fall over.
        return _NONSENSE


def _kind(parts: dict[str, msgspec.Raw]) -> str:
    if "error" in parts:
        return "error"
    # Only a result that mentions the word can be a tool's error: most are not decoded twice.
    raw = bytes(parts["result"])
    if b"isError" in raw and _result.decode(raw).is_error:
        return "tool_error"
    return "result"
