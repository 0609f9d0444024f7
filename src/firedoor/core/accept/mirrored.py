"""Arguments that a tool wants mirrored into `Mcp-Param-*` headers, and whether header and body agree.

Over HTTP the upstream checks that itself. Where it has no headers (a child process), the gateway is the
HTTP server and the duty is its own. Source: MCP 2026-07-28, Streamable HTTP, "Custom headers".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from firedoor.core.accept.routing_header import decoded
from firedoor.model.json import Json, JsonObject

_KEY = "x-mcp-header"
_PREFIX = "mcp-param-"
_PRIMITIVE = ("string", "integer", "boolean")


@dataclass(frozen=True, slots=True)
class Mirror:
    """One annotated property."""

    header: str
    """`mcp-param-…`, lower case."""
    path: tuple[str, ...]
    """The property names from the root of the arguments."""


def mirrors_of(schema: Json, path: tuple[str, ...] = ()) -> tuple[Mirror, ...]:
    """The annotated properties of an input schema. Annotations elsewhere are invalid and ignored."""
    found: list[Mirror] = []
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(properties, Mapping):
        return ()
    for name, inner in properties.items():
        if not isinstance(inner, Mapping):
            continue
        header = inner.get(_KEY)
        if isinstance(header, str) and inner.get("type") in _PRIMITIVE:
            found.append(Mirror(_PREFIX + header.lower(), (*path, name)))
        found.extend(mirrors_of(inner, (*path, name)))
    return tuple(found)


def disagreement(
    mirrors: tuple[Mirror, ...], arguments: Json, received: tuple[tuple[str, str], ...]
) -> str | None:
    """What is wrong between the headers and the arguments; None where they agree."""
    names = [name for name, _ in received]
    headers = dict(received)
    for mirror in mirrors:
        shown, where = mirror.header, ".".join(mirror.path)
        if names.count(mirror.header) > 1:
            return f"The header {shown} was sent twice."
        wanted, header = _rendered(_at(arguments, mirror.path)), headers.get(mirror.header)
        if (wanted is None) != (header is None):
            return f"The header {shown} and the argument {where} must both be there, or neither."
        if header is not None and decoded(header) != wanted:
            return f"The header {shown} and the argument {where} differ."
    return None


def _at(arguments: Json, path: tuple[str, ...]) -> Json:
    here: Json = arguments
    for name in path:
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


def _rendered(value: Json) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def tools_of(result: JsonObject) -> dict[str, tuple[Mirror, ...]]:
    """The mirrors of each tool in the result of a `tools/list`."""
    tools = result.get("tools")
    found: dict[str, tuple[Mirror, ...]] = {}
    for tool in tools if isinstance(tools, list | tuple) else ():
        name = tool.get("name") if isinstance(tool, Mapping) else None
        if isinstance(tool, Mapping) and isinstance(name, str):
            found[name] = mirrors_of(tool.get("inputSchema"))
    return found
