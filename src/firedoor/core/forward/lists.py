"""Lists without what is hidden from who asks. Every entry that stays keeps its bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from firedoor.core.forward.splice import joined, members


@dataclass(frozen=True, slots=True)
class Listing:
    """What a method lists."""

    member: str
    """Where the entries stand in the result."""
    named_by: str
    method: str
    """What acts on an entry."""
    is_of_templates: bool = False
    """The names are templates of the names that are acted on."""


LISTINGS: Mapping[str, Listing] = {
    "tools/list": Listing("tools", "name", "tools/call"),
    "prompts/list": Listing("prompts", "name", "prompts/get"),
    "resources/list": Listing("resources", "uri", "resources/read"),
    "resources/templates/list": Listing("resourceTemplates", "uriTemplate", "resources/read", True),
}

_entries = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_PRIVATE = msgspec.Raw(b'"private"')
_AT_ONCE = msgspec.Raw(b"0")


def filtered(payload: bytes, listing: Listing, is_shown: Callable[[str], bool], *, is_private: bool) -> bytes:
    """The response without the entries that are not shown; the payload itself if all are.

    `is_private`: others may see another list, so that nobody may keep this one for them.
    An entry whose name cannot be read is not shown.
    """
    try:
        envelope = members(payload)
        result = members(envelope["result"])
        entries = _entries.decode(result[listing.member])
    except (KeyError, ValueError):
        return payload  # An error, or nothing that a client could take for a list.
    kept = [entry for entry in entries if _is_shown(entry, listing, is_shown)]
    if len(kept) == len(entries) and not is_private:
        return payload
    result[listing.member] = msgspec.Raw(msgspec.json.encode(kept))
    if "cacheScope" in result or "ttlMs" in result:
        result |= {"cacheScope": _PRIVATE, "ttlMs": _AT_ONCE}
    envelope["result"] = msgspec.Raw(joined(result))
    return joined(envelope)


def _is_shown(entry: msgspec.Raw, listing: Listing, is_shown: Callable[[str], bool]) -> bool:
    try:
        name = _text.decode(members(entry)[listing.named_by])
    except (KeyError, ValueError):
        return False
    return is_shown(name)
