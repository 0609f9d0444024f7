"""What a message must be to have reached an upstream, by a reader that shares no code with the gateway."""

import base64
import json
import re

from tests.helpers.counting_upstream import Received

KNOWN = {"jsonrpc", "id", "method", "params", "result", "error"}
ALLOWED_HEADERS = re.compile(
    r"host|accept|accept-encoding|content-type|content-length|authorization|user-agent|mcp-protocol-version|mcp-session-id|"
    r"mcp-method|mcp-name|mcp-param-[a-z0-9-]+|last-event-id|traceparent|tracestate"
)


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"twice: {names}"
    return dict(pairs)


def _constant(name: str) -> None:
    raise AssertionError(f"the constant {name}")


def _float(text: str) -> float:
    assert abs(float(text)) != float("inf"), text[:40]
    return float(text)


def _int(text: str) -> int:
    assert len(text) < 400
    _float(text)
    return int(text)


def _depth(value: object) -> int:
    level, deep = [value], 0
    while level := [item for item in level if isinstance(item, dict | list)]:
        deep += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return deep


def read_strictly(body: bytes) -> dict:
    """The message, or an AssertionError or ValueError."""
    text = body.decode("utf-8", "strict")
    message = json.loads(
        text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_float, parse_int=_int
    )
    json.dumps(message, ensure_ascii=False).encode("utf-8", "strict")
    assert isinstance(message, dict)
    assert message["jsonrpc"] == "2.0"
    assert _depth(message) <= 65
    for name in message:
        assert name in KNOWN or name.casefold() not in KNOWN, name
    assert ("method" in message) != ("result" in message or "error" in message)
    return message


def check(request: Received, token: str) -> None:
    """Raise AssertionError or ValueError where a request should not have come through."""
    names = [name for name, _ in request.headers]
    assert len(names) == len(set(names)), names
    assert all(ALLOWED_HEADERS.fullmatch(name) for name in names), names
    assert token not in str(request.headers)
    assert request.line == f"{request.verb} /mcp HTTP/1.1", request.line
    if request.verb != "POST":
        return
    message = read_strictly(request.body)
    method = request.header("mcp-method")
    if request.header("mcp-protocol-version") != "2026-07-28":
        assert method is None
        return
    assert method == message["method"]
    if method == "tools/call":
        name = request.header("mcp-name")
        if name.startswith("=?base64?") and name.endswith("?="):
            name = base64.b64decode(name[9:-2], validate=True).decode()
        assert name == message["params"]["name"]
