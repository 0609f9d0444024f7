"""What the upstreams of the benchmark answer: one table for HTTP and stdio, both protocol eras.

It knows just enough of MCP for every contestant to work in front of it.
It never validates: an upstream that costs little leaves the proxy as the thing that is measured.
"""

import json

MARKER = "bench-ok"
"""Stands in every answer of a tool: a load can tell a real answer from an error that looks like one."""

# Letters and digits only: a peer that prefixes names also rewrites other signs in them.
TOOLS = ("echo", "echo32k", "echosse")
STREAMED_TOOL = "echosse"
MODERN_VERSION = "2026-07-28"
LEGACY_VERSION = "2025-11-25"

_ROWS = 171
_ROWS_WITH_CONTACT = 7


def _row(number: int) -> str:
    contact = f"person{number}@example.com" if number % (_ROWS // _ROWS_WITH_CONTACT) == 1 else "-"
    return (
        f"{number:05d} | customer {number:05d} | {contact:36} | " + "order shipped and paid; " * 5 + "| open"
    )


def _answer_text(tool: str) -> str:
    if tool == "echo32k":
        return MARKER + "\n" + "\n".join(_row(number) for number in range(_ROWS))
    return MARKER + " " + "x" * 62


def _result(tool: str) -> bytes:
    result = {
        "content": [{"type": "text", "text": _answer_text(tool)}],
        "isError": False,
        "resultType": "complete",
    }
    return json.dumps(result, separators=(",", ":")).encode()


_RESULTS = {tool: _result(tool) for tool in TOOLS}
# A tool that this table does not know is answered as the small one: peers prefix names in their own ways.
_SMALL = _RESULTS["echo"]


def _declaration(tool: str) -> dict[str, object]:
    schema = {"type": "object", "properties": {"text": {"type": "string"}}}
    return {"name": tool, "description": f"Answers {tool}.", "inputSchema": schema}


_SERVER = {"name": "bench-upstream", "version": "1"}
# 2026-07-28 demands it of every result, and older clients pass over it.
_COMPLETE = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
_CAPABILITIES = {"tools": {"listChanged": True}}
_FIXED: dict[str, dict[str, object]] = {
    "initialize": {"protocolVersion": LEGACY_VERSION, "capabilities": _CAPABILITIES, "serverInfo": _SERVER},
    "server/discover": {
        **_COMPLETE,
        "supportedVersions": [MODERN_VERSION, LEGACY_VERSION],
        "capabilities": _CAPABILITIES,
    },
    "tools/list": {**_COMPLETE, "tools": [_declaration(tool) for tool in TOOLS]},
    "resources/list": {**_COMPLETE, "resources": []},
    "resources/templates/list": {**_COMPLETE, "resourceTemplates": []},
    "prompts/list": {**_COMPLETE, "prompts": []},
    "ping": {},
    "logging/setLevel": {},
}
_FIXED_BYTES = {method: json.dumps(result).encode() for method, result in _FIXED.items()}


def answer(request: dict) -> bytes | None:
    """Give the JSON-RPC answer to a parsed request, as bytes; None to a notification."""
    if "id" not in request:
        return None
    method = request.get("method", "")
    request_id = json.dumps(request["id"]).encode()
    if method == "tools/call":
        result = _RESULTS.get(request["params"]["name"], _SMALL)
    else:
        result = _FIXED_BYTES.get(method)
    if result is None:
        return b'{"jsonrpc":"2.0","id":%b,"error":{"code":-32601,"message":"unknown method"}}' % request_id
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (request_id, result)


def is_streamed(request: dict) -> bool:
    """Whether the answer goes out as an event stream of one event."""
    return request.get("method") == "tools/call" and request["params"]["name"] == STREAMED_TOOL
