"""What an upstream is told of its client, and a client of its upstream, beside what they say themselves.

The upstream learns of no capability that the gateway would not let it use; the client learns that the gateway
itself may answer a call with a task.
"""

import msgspec

from firedoor.core.forward.splice import joined, members
from firedoor.model.era import Era
from firedoor.model.message import TASKS_EXTENSION, Message, MessageKind

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_REQUEST, _LEGACY = MessageKind.REQUEST, Era.LEGACY
_MODERN = "io.modelcontextprotocol/clientCapabilities"


def without_capabilities(message: Message, closed: frozenset[str]) -> bytes:
    """The body with the closed capabilities taken out; the body itself if it declares none of them."""
    if not closed or message.kind is not _REQUEST:
        return message.body
    if message.era is _LEGACY:
        path = ("params", "capabilities") if message.method == "initialize" else ()
    else:
        path = ("params", "_meta", _MODERN)
    if not path or not _declares(message, path, closed):
        return message.body
    return _without(message.body, path, closed)


def _declares(message: Message, path: tuple[str, ...], closed: frozenset[str]) -> bool:
    here = message.params
    for name in path[1:]:
        there = here.get(name)
        if not isinstance(there, dict):
            return False
        here = there
    return any(name in here for name in closed)


def _without(body: bytes | msgspec.Raw, path: tuple[str, ...], closed: frozenset[str]) -> bytes:
    parts = members(body)
    if path:
        parts[path[0]] = msgspec.Raw(_without(parts[path[0]], path[1:], closed))
    else:
        parts = {name: value for name, value in parts.items() if name not in closed}
    return joined(parts)


def with_tasks(payload: bytes) -> bytes:
    """The answer to `server/discover` with the extension for tasks; every other value keeps its bytes."""
    try:
        whole = members(payload)
        result = members(whole["result"])
        capabilities = members(result["capabilities"])
        extensions = members(capabilities.get("extensions", _NOTHING))
    except (ValueError, KeyError):
        return payload  # An error, or nothing that a client could read.
    if TASKS_EXTENSION in extensions:
        return payload
    extensions[TASKS_EXTENSION] = _NOTHING
    capabilities["extensions"] = msgspec.Raw(joined(extensions))
    result["capabilities"] = msgspec.Raw(joined(capabilities))
    whole["result"] = msgspec.Raw(joined(result))
    return joined(whole)


_NOTHING = msgspec.Raw(b"{}")
