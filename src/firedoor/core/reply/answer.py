"""What a client is told when the answer is the gateway's own. Written to be read by a model."""

import msgspec

from firedoor.model.era import Era
from firedoor.model.ids import CallId
from firedoor.model.json import JsonObject
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
    """The denial of a request: not executed, why, whether retrying helps, the reference."""
    why = " ".join(verdict.reasons) or "A rule forbids it."
    rules = f" (rule {', '.join(verdict.rules)})" if verdict.rules else ""
    text = (
        f"Denied by policy{rules}: {why} Not executed. Repeating it will not help; "
        f"whoever runs this gateway can change the policy. Reference {call}."
    )
    mark: JsonObject = {"decision": verdict.effect.value, "rules": list(verdict.rules), "call": call}
    if message.method != "tools/call":
        return error(message.id, DENIED, text, {MARK: mark})
    return tool_error(message, text, mark)


def tool_error(message: Message, text: str, mark: JsonObject) -> bytes:
    """A `tools/call` result that every client shows to its model and none takes for success."""
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
