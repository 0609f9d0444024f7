"""Body → message: the envelope, its era and revision, and its agreement with the headers.

Never repairs and never guesses: what is not understood is refused.
"""

from firedoor.core.accept.head import HEADER_MISMATCH, INVALID_REQUEST, Head
from firedoor.core.accept.revisions import (
    ASSUMED,
    META_CAPABILITIES,
    META_VERSION,
    MODERN_VERSIONS,
    NAMED_BY,
    REVISIONS,
    ROUTED_BY_NAME,
)
from firedoor.core.accept.routing_header import decoded
from firedoor.core.accept.strict_json import lookalike, parse
from firedoor.model.era import Era
from firedoor.model.json import Json, JsonObject
from firedoor.model.message import Message, MessageKind
from firedoor.model.reply import Refusal

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_REQUEST, _NOTIFICATION, _RESPONSE = MessageKind.REQUEST, MessageKind.NOTIFICATION, MessageKind.RESPONSE
_MODERN, _LEGACY = Era.MODERN, Era.LEGACY

PARSE_ERROR = -32700
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
UNSUPPORTED_VERSION = -32022
_LARGEST_ID = 2**53 - 1
"""Beyond it Node reads another number than was written, and answers to that (RFC 8259, section 6)."""


def accept_message(head: Head, body: bytes, depth: int) -> Message | Refusal:
    """Return the message that the body is, or why it is refused."""
    if head.verb != "POST":
        return _bodiless(head)
    try:
        tree = parse(body, depth)
    except ValueError as error:
        return _refusal(PARSE_ERROR, "not_json", f"Parse error: {error}")
    if not isinstance(tree, dict):
        return _refusal(INVALID_REQUEST, "not_an_object", "Send one JSON-RPC message; batches are not taken.")
    envelope: JsonObject = tree
    odd = lookalike(envelope)
    if odd is not None:
        return _refusal(INVALID_REQUEST, "lookalike_member", f"The member {odd[:40]!r} differs in case only.")
    refusal = _malformed(envelope)
    if refusal is not None:
        return refusal
    message = _understood(head, body, envelope)
    return message if isinstance(message, Refusal) else _known(message) or message


def _bodiless(head: Head) -> Message | Refusal:
    if head.version is not None and head.version not in REVISIONS:
        return _unsupported(head.version, None)
    version = head.version or ASSUMED
    if REVISIONS[version].era is _MODERN:
        return Refusal(
            status=405,
            code=INVALID_REQUEST,
            reason="verb",
            text=f"Revision {version} has POST only.",
            headers=(("Allow", "POST"),),
        )
    kind = MessageKind.LISTEN if head.verb == "GET" else MessageKind.END
    return Message(kind=kind, era=_LEGACY, body=b"", revision=version)


def _malformed(envelope: JsonObject) -> Refusal | None:
    identifier = envelope.get("id")
    if envelope.get("jsonrpc") != "2.0":
        return _refusal(INVALID_REQUEST, "not_json_rpc", 'The member "jsonrpc" must be "2.0".')
    if "id" in envelope and (isinstance(identifier, bool) or not isinstance(identifier, int | str)):
        return _refusal(INVALID_REQUEST, "bad_id", 'The member "id" must be a string or an integer.')
    if isinstance(identifier, int) and abs(identifier) > _LARGEST_ID:
        return _refusal(INVALID_REQUEST, "bad_id", 'The integer "id" is beyond 2^53 - 1.')
    return _malformed_question(envelope) if "method" in envelope else _malformed_answer(envelope)


def _malformed_question(envelope: JsonObject) -> Refusal | None:
    method = envelope["method"]
    if not isinstance(method, str) or not method or "result" in envelope or "error" in envelope:
        return _refusal(INVALID_REQUEST, "bad_envelope", "A request has a method and no result.")
    if not isinstance(envelope.get("params", {}), dict):
        return _refusal(INVALID_REQUEST, "bad_params", 'The member "params" must be an object.')
    return None


def _malformed_answer(envelope: JsonObject) -> Refusal | None:
    if ("result" in envelope) == ("error" in envelope) or "id" not in envelope:
        return _refusal(INVALID_REQUEST, "bad_envelope", "Neither a request, a notification nor a response.")
    return None


def _understood(head: Head, body: bytes, envelope: JsonObject) -> Message | Refusal:
    identifier = _id(envelope)
    method = _str(envelope.get("method"))
    params = _object(envelope.get("params"))
    version = _version(head, method, params, identifier)
    if isinstance(version, Refusal):
        return version
    if method == "":
        kind = _RESPONSE
    elif "id" not in envelope:
        kind = _NOTIFICATION
    else:
        kind = _REQUEST
    # A method that the revision does not have is refused as that, whatever its params are.
    is_named = method in NAMED_BY and method in REVISIONS[version].requests
    name = params.get(NAMED_BY[method]) if is_named else ""
    if not isinstance(name, str) or (is_named and not name):
        text = f'{method} needs the string "params.{NAMED_BY[method]}".'
        return _refusal(INVALID_PARAMS, "bad_name", text, identifier)
    message = Message(
        kind=kind,
        era=REVISIONS[version].era,
        body=body,
        revision=version,
        id=identifier,
        method=method,
        name=name,
        params=params,
    )
    return (_disagreement(head, message) if message.era is _MODERN else None) or message


def _version(head: Head, method: str, params: JsonObject, identifier: str | int | None) -> str | Refusal:
    """The revision that governs the message. The header outranks stray reserved keys in `_meta`."""
    # Under a stateless revision `initialize` is one more method that does not exist.
    if method == "initialize" and _is_handshake(head.version):
        offered = _str(params.get("protocolVersion"))
        is_legacy = offered in REVISIONS and REVISIONS[offered].era is _LEGACY
        return offered if is_legacy else ASSUMED
    claimed = _object(params.get("_meta")).get(META_VERSION)
    if head.version is None:
        if claimed is not None:
            text = "The body names a protocol version, MCP-Protocol-Version is missing."
            return header_mismatch(text, identifier)
        return ASSUMED
    if _is_handshake(head.version):
        return head.version
    return _modern_version(head.version, claimed, method, identifier)


def _is_handshake(version: str | None) -> bool:
    return version is None or (version in REVISIONS and REVISIONS[version].era is _LEGACY)


def _modern_version(version: str, claimed: Json, method: str, identifier: str | int | None) -> str | Refusal:
    if method == "":
        return _refusal(INVALID_REQUEST, "unasked_response", "This revision has no responses.", identifier)
    if claimed is not None and claimed != version:
        return header_mismatch("MCP-Protocol-Version and the body name different versions.", identifier)
    return version if version in REVISIONS else _unsupported(version, identifier)


def _disagreement(head: Head, message: Message) -> Refusal | None:
    """Modern only: what is missing in `_meta`, or differs between headers and body."""
    if message.kind is _REQUEST:
        meta = _object(message.params.get("_meta"))
        if not isinstance(meta.get(META_VERSION), str):
            return _refusal(INVALID_PARAMS, "bad_meta", f'"_meta" needs "{META_VERSION}".', message.id)
        if not isinstance(meta.get(META_CAPABILITIES), dict):
            return _refusal(INVALID_PARAMS, "bad_meta", f'"_meta" needs "{META_CAPABILITIES}".', message.id)
    if head.method != message.method:
        return header_mismatch("Mcp-Method and the method of the body differ.", message.id)
    if message.method in ROUTED_BY_NAME and (head.name is None or decoded(head.name) != message.name):
        return header_mismatch(f"Mcp-Name and params.{NAMED_BY[message.method]} differ.", message.id)
    return None


def _known(message: Message) -> Refusal | None:
    revision = REVISIONS[message.revision]
    if message.kind is _NOTIFICATION and message.method not in revision.notifications:
        # Notifications pass without a verdict: a `tools/call` without an id must not be one.
        return _refusal(METHOD_NOT_FOUND, "unknown_method", f"Unknown notification: {message.method[:80]}")
    if message.kind is _REQUEST and message.method not in revision.requests:
        return Refusal(
            status=404 if message.era is _MODERN else 200,
            code=METHOD_NOT_FOUND,
            reason="unknown_method",
            text=f"Method not found: {message.method[:80]}",
            id=message.id,
        )
    return None


def _unsupported(version: str, identifier: str | int | None) -> Refusal:
    return Refusal(
        status=400,
        code=UNSUPPORTED_VERSION,
        reason="unsupported_version",
        text=f"Unsupported protocol version: {version[:40]}",
        id=identifier,
        fields={"supported": list(MODERN_VERSIONS), "requested": version[:40]},
    )


def header_mismatch(text: str, identifier: str | int | None) -> Refusal:
    """Refuse headers that say something else than the body."""
    return _refusal(HEADER_MISMATCH, "header_mismatch", text, identifier)


def _refusal(code: int, reason: str, text: str, identifier: str | int | None = None) -> Refusal:
    return Refusal(status=400, code=code, reason=reason, text=text, id=identifier)


def _id(envelope: JsonObject) -> str | int | None:
    identifier = envelope.get("id")
    return identifier if isinstance(identifier, str | int) else None


def _str(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
