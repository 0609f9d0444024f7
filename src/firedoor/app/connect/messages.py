"""What `firedoor connect` needs to know of a message: its era, its headers, the answer it waits for.

Pure. It judges nothing: whether a message is acceptable is the gateway's question.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from firedoor.core.accept.revisions import META_VERSION, NAMED_BY, ROUTED_BY_NAME
from firedoor.core.accept.routing_header import encoded
from firedoor.model.json import Json, JsonObject, text_in

UNREACHABLE = 4502
"""JSON-RPC error code: the gateway gave no answer to pass on. Outside the range that JSON-RPC reserves."""
HEADER_MISMATCH = -32020
DEEPEST_SCHEMA = 16
Headers = tuple[tuple[str, str], ...]
Annotations = dict[tuple[str, ...], str]
"""Way to an argument → the name that its `Mcp-Param-` header ends with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of standard input, as far as it must be understood to send it."""

    body: bytes
    id: str | int | None = None
    """Given for requests alone: they wait for an answer."""
    method: str = ""
    params: JsonObject = field(default_factory=dict[str, "Json"])
    version: str | None = None
    """The revision that the message itself names; None for those of the handshake."""


def understood(line: bytes) -> Line:
    """Look at a line. What is not JSON is sent as it is: the gateway refuses it, and records that."""
    try:
        tree: Json = json.loads(line)
    except (ValueError, RecursionError):
        return Line(body=line)
    if not isinstance(tree, Mapping):
        return Line(body=line)
    envelope: JsonObject = tree
    method, identifier = envelope.get("method"), envelope.get("id")
    params = mapping(envelope.get("params"))
    version = mapping(params.get("_meta")).get(META_VERSION)
    is_request = isinstance(method, str) and isinstance(identifier, str | int)
    return Line(
        body=line,
        id=identifier if is_request and isinstance(identifier, str | int) else None,
        method=method if isinstance(method, str) else "",
        params=params,
        version=version if isinstance(version, str) and method != "initialize" else None,
    )


def mapping(value: Json) -> JsonObject:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def modern_headers(line: Line, version: str, annotations: Mapping[str, Annotations]) -> Headers:
    """Make the headers of a stateless revision from the body."""
    headers = [("mcp-protocol-version", encoded(version)), ("mcp-method", encoded(line.method))]
    name = line.params.get(NAMED_BY.get(line.method, ""))
    if line.method in ROUTED_BY_NAME and isinstance(name, str):
        headers.append(("mcp-name", encoded(name)))
        if line.method == "tools/call":
            headers += _param_headers(annotations.get(name, {}), mapping(line.params.get("arguments")))
    return tuple(headers)


def _param_headers(annotations: Annotations, arguments: JsonObject) -> Iterator[tuple[str, str]]:
    for way, name in annotations.items():
        value: Json = arguments
        for key in way:
            value = mapping(value).get(key)
        if isinstance(value, bool):
            yield f"mcp-param-{name}", "true" if value else "false"
        elif isinstance(value, str | int | float):
            yield f"mcp-param-{name}", encoded(str(value))


def annotations_of(result: JsonObject) -> dict[str, Annotations]:
    """Find, in the result of `tools/list`, the arguments that headers repeat (`x-mcp-header`)."""
    found: dict[str, Annotations] = {}
    tools = result.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        name, schema = mapping(tool).get("name"), mapping(tool).get("inputSchema")
        if isinstance(name, str):
            found[name] = dict(_annotated(mapping(schema), ()))
    return found


def _annotated(schema: JsonObject, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if len(way) > DEEPEST_SCHEMA:
        return
    for key, inner in mapping(schema.get("properties")).items():
        name = mapping(inner).get("x-mcp-header")
        # A name with a colon or a line break would begin a header of the upstream's choosing.
        if isinstance(name, str) and name.replace("-", "").replace("_", "").isalnum() and name.isascii():
            yield (*way, key), name
        yield from _annotated(mapping(inner), (*way, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a payload from the gateway is to a request that waits."""

    is_answer: bool
    result: JsonObject = field(default_factory=dict[str, "Json"])
    error_code: int | None = None
    error_text: str = ""


def answer_in(payload: bytes, identifier: str | int | None) -> Answered:
    """See whether a payload answers the request with this id."""
    try:
        tree: Json = json.loads(payload)
    except (ValueError, RecursionError):
        return Answered(is_answer=False, error_text="the answer is not JSON")
    envelope = mapping(tree)
    error = mapping(envelope.get("error"))
    code = error.get("code")
    return Answered(
        is_answer="method" not in envelope
        and envelope.get("id") == identifier
        and ("result" in envelope or "error" in envelope),
        result=mapping(envelope.get("result")),
        error_code=code if isinstance(code, int) else None,
        error_text=text_in(error, "message"),
    )


def one_line(payload: bytes) -> bytes:
    """Make one line of a JSON text. In JSON a raw line break is never part of a value."""
    return payload.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


def error_line(identifier: str | int, text: str, code: int = UNREACHABLE) -> bytes:
    """Make the answer to a request that the gateway did not answer itself."""
    body = {"jsonrpc": "2.0", "id": identifier, "error": {"code": code, "message": text}}
    return json.dumps(body, ensure_ascii=True).encode() + b"\n"
