"""Lists of tools without output schemas.

A client that knows one refuses an answer whose mask changed a type.

Measured with the four SDKs: with a schema, a masked number or a missing member makes the client throw;
without one, none of them validates. Every other byte of the list stays.
"""

from collections.abc import Mapping

import msgspec

from firedoor.model.json import Json

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_SCHEMA = "outputSchema"


def without_output_schemas(payload: bytes, value: Json) -> bytes:
    """The message without the output schemas of a list of tools; the same object where there are none.

    `value` is what the message was parsed to.
    """
    if b"outputSchema" not in payload or not _lists_schemas(value):
        return payload
    message = _object.decode(payload)
    result = _object.decode(message["result"])
    tools: list[msgspec.Raw] = []
    for raw in _items.decode(result["tools"]):
        if bytes(raw).lstrip()[:1] == b"{" and _SCHEMA in (tool := _object.decode(raw)):
            del tool[_SCHEMA]
            tools.append(_encoded(tool))
        else:
            tools.append(raw)
    result["tools"] = _encoded(tools)
    # A shared cache would hand the shortened list to clients that are not behind this mask.
    for name, private in (("cacheScope", b'"private"'), ("ttlMs", b"0")):
        if name in result:
            result[name] = msgspec.Raw(private)
    message["result"] = _encoded(result)
    return msgspec.json.encode(message)


def _lists_schemas(value: Json) -> bool:
    result = value.get("result") if isinstance(value, Mapping) else None
    tools = result.get("tools") if isinstance(result, Mapping) else None
    return isinstance(tools, list) and any(isinstance(tool, Mapping) and _SCHEMA in tool for tool in tools)


def _encoded(value: "Mapping[str, msgspec.Raw] | list[msgspec.Raw]") -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
