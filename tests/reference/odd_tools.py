"""The second page of tools: what a transparent gateway must carry unchanged, and calls that take their time.

`OPEN` names the tools whose answers leave without the SDK's schema filter, unknown members included.
"""

from typing import Any

import anyio
import mcp_types as types
from mcp.shared.exceptions import MCPError

from tests.reference.tool import Call, Shelf, text
from tests.reference.wire import exact

PAGE = Shelf()
OPEN = frozenset({"numbers", "unicode", "nulls", "open_result"})

_SUM = {"type": "object", "properties": {"sum": {"type": "number"}}, "required": ["sum"]}
# Seconds after which `was_cancelled` gives up: longer than any loaded machine needs, shorter than a test.
_PATIENCE = 20

_cancelled: dict[str, anyio.Event] = {}


def _event(key: str) -> anyio.Event:
    return _cancelled.setdefault(key, anyio.Event())


def _structured(value: dict[str, Any]) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": "see structuredContent"}], "structuredContent": value}


@PAGE.tool(
    {"a": {"type": "number"}, "b": {"type": "number"}},
    title="Add two numbers",
    outputSchema=_SUM,
    annotations={"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False},
    _meta={"example.org/unknown": {"kept": True}},
)
async def add(call: Call) -> dict[str, Any]:
    """Adds, and answers with structured content that has a schema."""
    total = call.arguments["a"] + call.arguments["b"]
    return {"content": [{"type": "text", "text": str(total)}], "structuredContent": {"sum": total}}


@PAGE.tool()
async def numbers(call: Call) -> dict[str, Any]:
    """Answers with numbers that a double cannot hold, or that lose their form in one."""
    texts = ("1e400", "-1e400", "1e-400", "9007199254740993", "1.0", "-0.0", "1E+2", "0.1", "1" + "0" * 40)
    return _structured({f"n{place}": exact(number) for place, number in enumerate(texts)})


@PAGE.tool()
async def unicode(call: Call) -> dict[str, Any]:
    """Answers with text from everywhere: beyond the basic plane, right to left, combining, controls."""
    samples = {
        "beyond": "\U0001f525\U0001f6aa\U00020000",
        "arabic": "\u0628\u0627\u0628",
        "combining": "e\u0301 \u00e9",
        "separators": "a\u2028b\u2029c",
        "controls": "\t\r\n\x00\x1b[31m\x7f",
        "quotes": "\"\\/'",
        "\u043a\u043b\u044e\u0447": "a member whose name is not ASCII",
        "": "a member without a name",
    }
    return {**text("\U0001f525 door"), "structuredContent": samples}


@PAGE.tool()
async def nulls(call: Call) -> dict[str, Any]:
    """Answers with nulls and empty things, which are not the same as nothing."""
    return _structured({"null": None, "list": [None, [], {}], "empty": {}, "text": "", "false": False})


@PAGE.tool()
async def open_result(call: Call) -> dict[str, Any]:
    """Answers with members that no schema knows, at every level."""
    block = {"type": "text", "text": "known", "unknown": {"a": [1, 2]}, "_meta": {"example.org/block": 1}}
    return {
        "content": [block, {"type": "example.org/hologram", "planes": 3}],
        "unknownMember": {"deep": [{"er": None}]},
        "_meta": {"example.org/result": {"kept": True}, "traceparent": "00-0-0-00"},
    }


@PAGE.tool({"code": {"type": "integer"}})
async def fail(call: Call) -> dict[str, Any]:
    """Fails with a JSON-RPC error that carries data."""
    data = {"example.org/why": ["because", None, 1.5], "nested": {"\U0001f525": True}}
    raise MCPError(code=call.arguments.get("code", 7001), message="asked to fail", data=data)


@PAGE.tool({"bytes": {"type": "integer"}})
async def big(call: Call) -> dict[str, Any]:
    """Answers with as much text as asked for."""
    return text("0123456789abcdef" * (call.arguments.get("bytes", 2 << 20) // 16))


@PAGE.tool({"steps": {"type": "integer"}})
async def count(call: Call) -> dict[str, Any]:
    """Takes its time and reports progress at every step."""
    steps = call.arguments.get("steps", 3)
    for step in range(1, steps + 1):
        await call.progress(step, steps, f"step {step}")
        await anyio.sleep(0.02)
    return text(f"counted to {steps}")


@PAGE.tool({"key": {"type": "string"}})
async def wait(call: Call) -> dict[str, Any]:
    """Never answers. Reports progress once when it has started, and remembers when it was cancelled."""
    await call.progress(0, 1, "started")
    try:
        await anyio.sleep_forever()
    finally:
        _event(call.arguments["key"]).set()
    return text("unreachable")


@PAGE.tool({"key": {"type": "string"}})
async def was_cancelled(call: Call) -> dict[str, Any]:
    """Answers "yes" as soon as the waiting call of this key was cancelled, "no" after a while."""
    with anyio.move_on_after(_PATIENCE):
        await _event(call.arguments["key"]).wait()
    return text("yes" if _event(call.arguments["key"]).is_set() else "no")


@PAGE.tool()
async def echo_message(call: Call) -> dict[str, Any]:
    """Answers with the text of the request that arrived here."""
    return text(call.raw)


@PAGE.tool()
async def echo_headers(call: Call) -> dict[str, Any]:
    """Answers with the HTTP headers that arrived here; over stdio there are none."""
    request = call.context.request
    pairs = [] if request is None else [f"{name}: {value}" for name, value in request.headers.items()]
    return text("\n".join(sorted(pairs)))


@PAGE.tool({"uri": {"type": "string"}})
async def touch(call: Call) -> dict[str, Any]:
    """Announces that a resource changed."""
    await call.publisher.announce("resource", call.arguments["uri"])
    return text("touched")


@PAGE.tool()
async def ask_roots(call: Call) -> dict[str, Any]:
    """Asks the client for its roots, on this call's stream."""
    answer = await call.ask(types.ListRootsRequest(), types.ListRootsResult)
    return text(",".join(root["uri"] for root in answer["roots"]))
