"""Handles: what an upstream gave one client to come back with. Cursors, request states and ids of tasks.

They are no credentials, but an upstream that sees one credential for all clients cannot tell whose they are:
the gateway remembers to whom each was given, and takes it from nobody else. The bytes are never changed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from firedoor.core.forward.splice import joined, members, mentions
from firedoor.model.json import Json, JsonObject
from firedoor.model.message import Message, MessageKind


class HandleKind(StrEnum):
    """What a handle is for."""

    CURSOR = "cursor"
    """The next page of a list."""
    STATE = "state"
    """The next round of a call that needs input."""
    TASK = "task"
    """The status and the result of a call that goes on by itself."""


@dataclass(frozen=True, slots=True)
class Handle:
    """One of them, as the upstream wrote it."""

    kind: HandleKind
    value: str


def used_by(message: Message) -> tuple[Handle, ...]:
    """The handles with which a client comes back."""
    params = message.params
    if message.kind is not _REQUEST or not params:
        return ()
    if not message.method.startswith("tasks/") and params.keys().isdisjoint(_HOLDING):
        return ()  # as most calls
    found: list[Handle] = []
    if message.method.startswith("tasks/") and message.name:
        found.append(Handle(HandleKind.TASK, message.name))
    for member, kind in _PLAIN:
        value = params.get(member)
        if isinstance(value, str):
            found.append(Handle(kind, value))
    related = _object(_object(params.get("_meta")).get(_RELATED)).get("taskId")
    wanted = _object(params.get("notifications")).get("taskIds")
    tasks = [related, *(wanted if isinstance(wanted, list | tuple) else ())]
    found += [Handle(HandleKind.TASK, task) for task in tasks if isinstance(task, str)]
    return tuple(found)


def given_by(payload: bytes, method: str) -> tuple[Handle, ...]:
    """The handles that a response to this method gives its client. Tasks are made, not listed."""
    if not any(mentions(payload, mark) for mark in _MARKS):
        return ()
    try:
        result = members(members(payload)["result"])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        return ()
    found = [
        (HandleKind.CURSOR, result.get("nextCursor")),
        (HandleKind.STATE, result.get("requestState")),
    ]
    if not method.startswith("tasks/"):
        found.append((HandleKind.TASK, result.get("taskId")))
        found.append((HandleKind.TASK, _member(result.get("task"), "taskId")))
    return tuple(Handle(kind, value) for kind, raw in found if (value := _str(raw)) is not None)


def task_told_of(payload: bytes) -> Handle | None:
    """The task that a notification of an upstream is about."""
    if b"notifications/tasks" not in payload or b"taskId" not in payload:
        return None
    params = members(payload).get("params")
    task = None if params is None else _str(_member(params, "taskId"))
    return None if task is None else Handle(HandleKind.TASK, task)


def tasks_listed(payload: bytes) -> tuple[Handle, ...]:
    """The tasks that the answer to `tasks/list` names."""
    try:
        listed = _list.decode(_member(members(payload)["result"], "tasks") or b"[]")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        return ()
    ids = [_str(_member(item, "taskId")) for item in listed]
    return tuple(Handle(HandleKind.TASK, task) for task in ids if task is not None)


def without_tasks(payload: bytes, foreign: Collection[Handle]) -> bytes:
    """The answer to `tasks/list` without these; every other value keeps its bytes."""
    whole = members(payload)
    result = members(whole["result"])
    names = {handle.value for handle in foreign}
    kept = [item for item in _list.decode(result["tasks"]) if _str(_member(item, "taskId")) not in names]
    result["tasks"] = msgspec.Raw(msgspec.json.encode(kept))
    whole["result"] = msgspec.Raw(joined(result))
    return joined(whole)


_list = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_REQUEST = MessageKind.REQUEST
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
_MARKS = (b"nextCursor", b"requestState", b"taskId")
_PLAIN = (("cursor", HandleKind.CURSOR), ("requestState", HandleKind.STATE))
_HOLDING = frozenset({"cursor", "requestState", "_meta", "notifications"})
"""Members of params in which a handle may stand."""
_RELATED = "io.modelcontextprotocol/related-task"


def _member(raw: msgspec.Raw | None, name: str) -> msgspec.Raw | None:
    if raw is None:
        return None
    try:
        return members(raw).get(name)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _str(raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    try:
        return _text.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
