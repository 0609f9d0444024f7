"""The requests of a load as bytes: a door (where a contestant listens, how it is called) and its calls.

It never parses an answer.
"""

import json
from dataclasses import dataclass, field

from answers import LEGACY_VERSION, MODERN_VERSION

FIRST_ID = 100_000_000
"""Nine digits from the first call to the last: every request of a load has the same length."""

_BEARER_PADDING = 240
_SMALL_BODY = 174
_CLIENT = {"name": "bench", "version": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a running contestant takes calls, and in which era of the protocol."""

    port: int
    path: str = "/mcp"
    token: str = "b" * _BEARER_PADDING
    is_modern: bool = False
    tool_prefix: str = ""
    text: str = ""
    """What a call says, with its id wherever `FIRST_ID` stands; empty: as many letters as fill the body."""
    pids: list[int] = field(default_factory=list)
    """The processes whose CPU time counts; none for a direct call."""


def _meta() -> dict[str, object]:
    prefix = "io.modelcontextprotocol/"
    return {
        prefix + "protocolVersion": MODERN_VERSION,
        prefix + "clientCapabilities": {},
        prefix + "clientInfo": _CLIENT,
    }


def headers(door: Door, method: str, name: str = "", session: str = "") -> dict[str, str]:
    """Give the headers of a POST with a JSON body; Content-Length is the caller's."""
    found = {
        "Host": f"127.0.0.1:{door.port}",
        "User-Agent": "firedoor-bench",
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "Authorization": f"Bearer {door.token}",
    }
    if door.is_modern:
        found |= {"MCP-Protocol-Version": MODERN_VERSION, "Mcp-Method": method}
        return found | ({"Mcp-Name": name} if name else {})
    if session:
        found |= {"Mcp-Session-Id": session}
    return found if method == "initialize" else found | {"MCP-Protocol-Version": LEGACY_VERSION}


def body(door: Door, method: str, params: dict[str, object], request_id: int | None = None) -> bytes:
    """Give a request, or a notification if it has no id."""
    message: dict[str, object] = {"jsonrpc": "2.0"}
    if request_id is not None:
        message["id"] = request_id
    message["method"] = method
    message["params"] = params | ({"_meta": _meta()} if door.is_modern else {})
    return json.dumps(message, separators=(",", ":")).encode()


def initialize() -> dict[str, object]:
    return {"protocolVersion": LEGACY_VERSION, "capabilities": {}, "clientInfo": _CLIENT}


def wire(door: Door, headers_: dict[str, str], content: bytes) -> bytes:
    """One whole HTTP request."""
    lines = [f"{name}: {value}" for name, value in headers_.items()]
    head = "\r\n".join([f"POST {door.path} HTTP/1.1", *lines, f"Content-Length: {len(content)}", "", ""])
    return head.encode() + content


def call(door: Door, tool: str, session: str) -> list[bytes]:
    """Give a `tools/call` in parts: its nine-digit id stands between them."""
    name = door.tool_prefix + tool

    def request(text: str) -> bytes:
        return body(door, "tools/call", {"name": name, "arguments": {"text": text}}, FIRST_ID)

    content = request(door.text or "x" * max(0, _SMALL_BODY - len(request(""))))
    whole = wire(door, headers(door, "tools/call", name, session), content)
    return whole.split(str(FIRST_ID).encode())
