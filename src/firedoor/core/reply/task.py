"""A held call as a task, in the shapes of both eras. 2025-11-25 has tasks, 2026-07-28 an extension of them.

What a client gets to know of a call here is what it would have been answered, no more and no less.
Sources: MCP 2025-11-25, Tasks; extension io.modelcontextprotocol/tasks (SEP-2663).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from firedoor.core.reply.answer import DENIED, INTERNAL_ERROR, INVALID_PARAMS, MARK, error
from firedoor.core.reply.sentence import sentence
from firedoor.model.approval import Approval
from firedoor.model.era import Era
from firedoor.model.json import Json
from firedoor.model.message import TASKS_EXTENSION, Message
from firedoor.model.task import Task, TaskStatus

POLL_MS = 3_000
"""Between two questions. People are not quicker, and each question is recorded."""
RELATED = "io.modelcontextprotocol/related-task"
MISSING_CAPABILITY = -32021
CALLED_OFF = "Cancelled by its client."
EXECUTING = "Another person has approved it. It is being executed."
EXECUTED = "Executed once."
LOST = "It ended without an answer. It may or may not have been executed."
_SAID = 500
"""Characters of a status message at most."""
_ASKS = (
    "The call was approved and executed, and its upstream asks its client for input, which a call that "
    "waited as a task cannot give. Repeat it without declaring tasks."
)


def waits(approval: Approval) -> str:
    """Where a task stands that waits for people."""
    rules = f" (rule {', '.join(approval.rules)})" if approval.rules else ""
    why = " ".join(sentence(reason) for reason in approval.reasons)
    said = f"Waiting for approval{rules}: {why or 'another person decides about this call.'}"
    return f"{said} Not executed yet. Ticket {approval.id}."


def made(message: Message, task: Task) -> bytes:
    """The answer to a call that has become a task."""
    told = _told(message, task)
    if message.era is Era.MODERN:
        return _result(message, {"resultType": "task", **told})
    return _result(message, {"task": told})


def stood(message: Message, task: Task) -> bytes:
    """The answer to `tasks/get`. In the modern era what the call was answered is part of it."""
    told: dict[str, object] = dict(_told(message, task))
    if message.era is Era.MODERN:
        told["resultType"] = "complete"
        response = _members(task.answer) if task.answer else {}
        for name in ("result", "error"):
            if name in response:
                told[name] = response[name]
    return _result(message, told)


def listed(payload: bytes, own: Sequence[Task]) -> bytes:
    """The answer to `tasks/list` with these in front. An upstream's task of a held call has one name only."""
    whole = _members(payload)
    result = _members(whole["result"]) if "result" in whole else {}
    try:
        theirs = msgspec.json.decode(result.get("tasks", b""), type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return payload  # An error, or no list.
    names = {task.upstream_task for task in own}
    kept = [each for each in theirs if _str(_members(each).get("taskId")) not in names]
    tasks = [*(_object(task, is_modern=False) for task in own), *kept]
    return msgspec.json.encode({**whole, "result": {**result, "tasks": tasks}})


def given(message: Message, task: Task) -> bytes:
    """The answer to `tasks/result`: what the call was answered, and which task that was."""
    response = _members(task.answer)
    told: dict[str, object] = {**response, "id": message.id}
    if "result" in response:
        result = _members(response["result"])
        meta = _members(result["_meta"]) if "_meta" in result else {}
        told["result"] = {**result, "_meta": {**meta, RELATED: {"taskId": task.id}}}
    return msgspec.json.encode(told)


def acknowledged(message: Message, task: Task) -> bytes:
    """The answer to `tasks/cancel` and `tasks/update`."""
    if message.era is Era.MODERN:
        return _result(message, {"resultType": "complete"})
    return _result(message, _told(message, task))


def unanswered(message: Message, task: Task) -> bytes:
    """The answer to `tasks/result` where the client's patience is up before anybody has decided."""
    text = f"{task.said} Ask tasks/get, and for the result once the task is over."
    mark: dict[str, Json] = {"decision": "hold", "pollAfterMs": POLL_MS}
    return error(message.id, DENIED, text, {MARK: mark})


def over(message: Message, task: Task) -> bytes:
    """The answer to a client that cancels what has ended."""
    return error(message.id, INVALID_PARAMS, f"The task is {task.status.value} already.")


def unknown(message: Message) -> bytes:
    """The answer to whoever asks about a task of the gateway that it does not know, or that is another's."""
    text = (
        "Unknown task: its time is up, or the gateway was started again. If its call still waited for "
        "approval, it was not executed: repeat it with identical arguments, and it finds its ticket again."
    )
    return error(message.id, INVALID_PARAMS, text, {"reason": "task_unknown"})


def undeclared(message: Message) -> bytes:
    """The answer to a client that asks about tasks, and does not say that it knows them."""
    wanted: dict[str, Json] = {"extensions": {TASKS_EXTENSION: {}}}
    text = f"This needs the capability {TASKS_EXTENSION}."
    return error(message.id, MISSING_CAPABILITY, text, {"requiredCapabilities": wanted})


def ended(task: Task, message: Message, body: bytes, at_us: int) -> Task:
    """The task, once its call, which was asked with `message`, was answered with this body."""
    response = _members(body)
    if "error" in response:
        said = _str(_members(response["error"]).get("message"))
        status = TaskStatus.FAILED
    elif "result" not in response:
        return failed(task, LOST, at_us)
    else:
        result = _members(response["result"])
        kind = _str(result.get("resultType"))
        if (of_upstream := _made_upstream(message, result)) is not None:
            return replace(task, upstream_task=of_upstream, updated_at_us=at_us)
        if kind == "input_required":
            return failed(task, _ASKS, at_us)
        is_error = bytes(result.get("isError", b"false")) == b"true"
        # Since 2026-07-28 a failed task is one that has no result at all.
        is_failed = is_error and message.era is Era.LEGACY
        status = TaskStatus.FAILED if is_failed else TaskStatus.COMPLETED
        said = _first_text(result) if is_error else EXECUTED
    return replace(task, status=status, said=said[:_SAID], updated_at_us=at_us, answer=body)


def _made_upstream(message: Message, result: Mapping[str, msgspec.Raw]) -> str | None:
    """The task that the upstream made of the call, where it may."""
    if message.era is Era.MODERN:
        is_task = _str(result.get("resultType")) == "task"
        return _str(result.get("taskId")) if is_task else None
    if not message.wants_task or "task" not in result:
        return None
    return _str(_members(result["task"]).get("taskId"))


def _first_text(result: Mapping[str, msgspec.Raw]) -> str:
    try:
        first = msgspec.json.decode(result.get("content", b"[]"), type=list[msgspec.Raw])[:1]
    except (msgspec.DecodeError, UnicodeDecodeError):
        first = []
    return _str(_members(first[0]).get("text")) if first else ""


def failed(task: Task, why: str, at_us: int) -> Task:
    """The task, if its call has no answer."""
    body = error(None, INTERNAL_ERROR, why)
    return replace(task, status=TaskStatus.FAILED, said=why, updated_at_us=at_us, answer=body)


def called_off(task: Task, at_us: int) -> Task:
    """The task, once its client has cancelled it."""
    body = error(None, DENIED, CALLED_OFF)
    return replace(task, status=TaskStatus.CANCELLED, said=CALLED_OFF, updated_at_us=at_us, answer=body)


_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _members(body: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}


def _str(raw: msgspec.Raw | None) -> str:
    try:
        return "" if raw is None else msgspec.json.decode(raw, type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _told(message: Message, task: Task) -> dict[str, Json]:
    return _object(task, is_modern=message.era is Era.MODERN)


def _object(task: Task, *, is_modern: bool) -> dict[str, Json]:
    return {
        "taskId": task.id,
        "status": task.status.value,
        "statusMessage": task.said,
        "createdAt": _instant(task.created_at_us),
        "lastUpdatedAt": _instant(task.updated_at_us),
        "ttlMs" if is_modern else "ttl": task.ttl_us // 1_000,
        "pollIntervalMs" if is_modern else "pollInterval": POLL_MS,
    }


def _instant(at_us: int) -> str:
    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _result(message: Message, result: Mapping[str, object]) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": message.id, "result": result})
