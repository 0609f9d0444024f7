"""What a client is told when the answer is the gateway's own. Written to be read by a model."""

from collections.abc import Sequence

import msgspec

from firedoor.core.reply.sentence import sentence
from firedoor.model.era import Era
from firedoor.model.ids import CallId
from firedoor.model.json import Json, JsonObject
from firedoor.model.message import Message
from firedoor.model.reply import Refusal, Reply
from firedoor.model.verdict import Verdict

DENIED = 4403
TERMINATED = 4401
TOO_MANY = 4429
RECORD_UNAVAILABLE = 4503
INTERNAL_ERROR = -32603

MARK = "io.firedoor/decision"


def denied(message: Message, verdict: Verdict, call: CallId) -> bytes:
    """The answer to a request that is not carried out: that it was not, why, what would be, the reference.

    Written for a model that decides what to do next. Says nothing of who may do what else.
    """
    if verdict.is_hidden and message.method in _UNKNOWN:
        return _unknown(message)
    parts = [_headline(verdict), "Not executed."]
    if verdict.understood:
        parts.append(f"What was understood: {' '.join(verdict.understood)}")
    parts += [_whether_retrying_helps(verdict), f"Reference {call}."]
    text = " ".join(parts)
    mark: dict[str, Json] = {
        "decision": verdict.effect.value,
        "rules": list(verdict.rules),
        "call": call,
    }
    if verdict.retry_after_s is not None:
        mark["retryAfterSeconds"] = verdict.retry_after_s
    if message.method != "tools/call":
        code = DENIED if verdict.retry_after_s is None else TOO_MANY
        return error(message.id, code, text, {MARK: mark})
    return tool_error(message, text, mark)


def _headline(verdict: Verdict) -> str:
    why = " ".join(sentence(reason) for reason in verdict.reasons)
    if verdict.lock:
        return why
    rules = f" (rule {', '.join(verdict.decisive)})" if verdict.decisive else ""
    return f"Denied by policy{rules}: {why or 'A rule forbids it.'}"


def _whether_retrying_helps(verdict: Verdict) -> str:
    if verdict.retry_after_s is not None:
        return f"Repeat it in {verdict.retry_after_s} s."
    if verdict.lock:
        return "Repeating it will not help as long as the lock stands; a call that only reads will pass."
    if verdict.understood:
        return "Repeating it will not help; a call that only does what is allowed will."
    return "Repeating it will not help; whoever runs this gateway can change the policy."


_UNKNOWN = {
    "tools/call": "Unknown tool: ",
    "prompts/get": "Unknown prompt: ",
    "resources/read": "Resource not found: ",
    "resources/subscribe": "Resource not found: ",
}
INVALID_PARAMS = -32602
_NOT_FOUND = -32002
"""What handshake revisions say for a resource that does not exist; later ones have -32602 for all."""


def _unknown(message: Message) -> bytes:
    """What is hidden is answered as if it did not exist: the answer must not tell that it does."""
    is_resource = message.method.startswith("resources/")
    code = _NOT_FOUND if is_resource and message.era is Era.LEGACY else INVALID_PARAMS
    return error(message.id, code, f"{_UNKNOWN[message.method]}{message.name}")


def not_given(message: Message, kinds: Sequence[str]) -> Reply:
    """What a client is told that comes back with what it was not given. As if it did not exist."""
    named = " and ".join(sorted(set(kinds)))
    text = (
        f"Unknown {named}: this session was not given it, or it is known no longer. Not executed; begin anew."
    )
    body = error(message.id, INVALID_PARAMS, text, {"reason": "foreign_handle"})
    return Reply(status=400 if message.era is Era.MODERN else 200, body=body)


def withheld(message: Message, why: str, call: CallId) -> bytes:
    """In place of an answer that a rule wants less of, where nobody can tell what would be left."""
    text = (
        f"The call was executed, and its answer is withheld: a rule takes parts out of it, and {why}. "
        f"Repeating it will not help. Reference {call}."
    )
    mark: JsonObject = {"decision": "withheld", "call": call}
    if message.method != "tools/call":
        return error(message.id, DENIED, text, {MARK: mark})
    return tool_error(message, text, mark)


def unmaskable(message: Message, identifier: str | int | None, why: str, call: CallId) -> bytes:
    """In place of a response that cannot be masked. Nothing of it is repeated."""
    text = (
        f"The call was executed, and its answer is withheld: it cannot be masked, for {why}. "
        f"Repeating it will not help. Reference {call}."
    )
    mark: JsonObject = {"decision": "withheld", "call": call}
    if message.method != "tools/call" or identifier != message.id:
        return error(identifier, DENIED, text, {MARK: mark})
    return tool_error(message, text, mark)


def tool_error(message: Message, text: str, mark: JsonObject) -> bytes:
    """A `tools/call` result that every client shows to its model and none takes for success."""
    if message.wants_task:
        # Its client reads a task and nothing else: of a result it would see a fault of its own.
        return error(message.id, DENIED, text, {MARK: mark})
    result: dict[str, object] = {
        "content": [{"type": "text", "text": text}],
        "isError": True,
        "_meta": {MARK: mark},
    }
    if message.era is Era.MODERN:
        result["resultType"] = "complete"
    return msgspec.json.encode({"jsonrpc": "2.0", "id": message.id, "result": result})


def listen_complete(identifier: str | int | None) -> bytes:
    """The graceful end of a modern client's subscription, which it does not take for a failure."""
    meta = {"io.modelcontextprotocol/subscriptionId": identifier}
    result = {"resultType": "complete", "_meta": meta}
    return msgspec.json.encode({"jsonrpc": "2.0", "id": identifier, "result": result})


def error(identifier: str | int | None, code: int, text: str, fields: JsonObject | None = None) -> bytes:
    """A JSON-RPC error."""
    body: dict[str, object] = {"code": code, "message": text}
    if fields is not None:
        body["data"] = fields
    return msgspec.json.encode({"jsonrpc": "2.0", "id": identifier, "error": body})


def refused(refusal: Refusal) -> Reply:
    """The HTTP answer to input that never became a call."""
    return Reply(
        status=refusal.status,
        body=error(refusal.id, refusal.code, refusal.text, refusal.fields),
        headers=refusal.headers,
    )


def closed_to_upstream(identifier: str | int | None, method: str) -> bytes:
    """What an upstream is told that asked the client for something it may not."""
    return error(identifier, -32601, f"Method not found: {method}")
