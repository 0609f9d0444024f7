"""Held calls that are tasks to their clients: begun, asked about, cancelled.

Used by `core.exchange` and `core.holding` alone. A task changes who waits, and nothing else: the exchange of
the call goes on without its client, and its one answer is kept for whoever asks. Nothing that a client says
about a task decides anything: people do.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from firedoor.core.accept.head import Head
from firedoor.core.accept.routing_header import encoded
from firedoor.core.call import Call
from firedoor.core.commands import Answer, Append, Command, Path, ask
from firedoor.core.forward.answer import understand
from firedoor.core.forward.splice import joined, members
from firedoor.core.record.entries import Told, event_entry, outcome_entry
from firedoor.core.reply.task import (
    acknowledged,
    given,
    listed,
    made,
    over,
    stood,
    unanswered,
    undeclared,
    unknown,
    waits,
)
from firedoor.model.approval import Approval
from firedoor.model.era import Era
from firedoor.model.frozen import frozen
from firedoor.model.message import Message
from firedoor.model.reply import Reply
from firedoor.model.session import Session
from firedoor.model.task import Task, TaskId

_BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class MakeTask(Command["Made"]):
    """Let the client of a held call ask about it; the task that it has, if the same call has one."""

    session: Session
    message: Message
    approval: Approval
    said: str
    """Where it stands, in words."""


@dataclass(frozen=True, slots=True)
class Made:
    """The task of a held call."""

    task: Task | None
    """None: there are too many, and the client waits like any other."""
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class LeaveClient(Command[None]):
    """Answer the client with its task. From here on whatever the call is answered goes into the task."""

    task: TaskId
    reply: Reply


@dataclass(frozen=True, slots=True)
class FindTask(Command["Found"]):
    """What a task that a client names is."""

    session: Session
    message: Message


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a task by its id."""

    task: Task | None = None
    is_ours: bool = False
    """No upstream has given it. Without a task: it is known no longer, or of somebody else."""


NOT_OURS = Found()


@dataclass(frozen=True, slots=True)
class ListTasks(Command[tuple[Task, ...]]):
    """The tasks that the client of a session has here, the oldest first."""

    session: Session


@dataclass(frozen=True, slots=True)
class AwaitTask(Command["Task | None"]):
    """Wait until a task is over, or the client's patience is up. How it stands then."""

    task: TaskId


@dataclass(frozen=True, slots=True)
class CancelTask(Command[Task | None]):
    """End the call of a task. How it stands then; None: it is over already."""

    task: TaskId


def as_task(call: Call, approval: Approval) -> Generator[Command[Any], Any, Call | None]:
    """Let the client go with a task, if it takes one. The call as it goes on; None: it has its answer."""
    if not call.message.takes_task:
        return call
    begun = yield from ask(MakeTask(call.session, call.message, approval, waits(approval)))
    if begun.task is None:
        return call
    body = made(call.message, begun.task)
    if not begun.is_new:
        # The same call waits already: whoever asks twice has one task.
        told = Told(status=200, result="pending")
        yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, body)))
        yield from ask(Answer(Reply(status=200, body=body)))
        return None
    # Whatever a client gets is in the record first.
    yield from ask(Append(event_entry(call.session, call.sequence, {"what": "task"}, call.at_us, body)))
    yield from ask(LeaveClient(begun.task.id, Reply(status=200, body=body)))
    return _left_alone(call)


def _left_alone(call: Call) -> Call:
    """The call, from here on one like any other, with nobody there who could be asked or shown anything."""
    params = {name: value for name, value in call.message.params.items() if name != "task"}
    message = replace(call.message, params=params)
    terms = replace(call.terms, facts=replace(call.terms.facts, message=message))
    return replace(call, head=replace(call.head, may_stream=False), message=message, terms=terms)


@frozen(kw_only=True)
class Asked:
    """What a message about a task is about."""

    message: Message
    """As the upstream knows the task."""
    alias: str = ""
    """What the client calls it, where that is another name."""
    found: Found = NOT_OURS

    @property
    def is_ours(self) -> bool:
        """Whether the gateway itself answers."""
        return self.found.is_ours


def asked_about(session: Session, message: Message) -> Generator[Command[Any], Any, Asked]:
    """Find the task that a message names. One that its upstream has made of it in the end, it answers for."""
    if not message.method.startswith("tasks/") or not message.name:
        return Asked(message=message)
    found = yield from ask(FindTask(session, message))
    task = found.task
    if task is None or not task.upstream_task:
        return Asked(message=message, found=found)
    name = task.upstream_task
    body = _renamed(message.body, ("params", "taskId"), message.name, name)
    known = replace(message, name=name, body=body, params={**message.params, "taskId": name})
    return Asked(message=known, alias=task.id)


def head_of(asked: Asked, head: Head) -> Head:
    """The head of a message about a task: its routing header is another where its upstream's name is."""
    if not asked.alias or head.name is None:
        return head
    return replace(head, name=encoded(asked.message.name))


def as_asked(payload: bytes, name: str, alias: str) -> bytes:
    """A response about a task, with the name that its client knows. Every other byte is kept."""
    if not alias:
        return payload
    payload = _renamed(payload, ("result", "taskId"), name, alias)
    related = ("result", "_meta", "io.modelcontextprotocol/related-task", "taskId")
    return _renamed(payload, related, name, alias)


def with_own(call: Call, payload: bytes) -> Generator[Command[Any], Any, bytes]:
    """The first page of the answer to `tasks/list` with the tasks of the gateway itself."""
    if call.message.method != "tasks/list" or "cursor" in call.message.params:
        return payload
    own = yield from ask(ListTasks(call.session))
    return listed(payload, own) if own else payload


def _renamed(body: bytes | msgspec.Raw, path: Sequence[str], name: str, other: str) -> bytes:
    """The object with one name at a place replaced; as it is, if another stands there."""
    try:
        parts = members(body)
        here = parts[path[0]]
        if len(path) > 1:
            parts[path[0]] = msgspec.Raw(_renamed(here, path[1:], name, other))
        elif msgspec.json.decode(here) == name:
            parts[path[0]] = msgspec.Raw(msgspec.json.encode(other))
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
        return bytes(body)
    return joined(parts)


def tell_of(call: Call, found: Found) -> Path:
    """Answer a message about a task of the gateway's own."""
    reply = yield from _reply(call.message, found.task)
    told = Told(status=reply.status, result=understand(reply.body).result)
    yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, reply.body)))
    yield from ask(Answer(reply))


def _reply(message: Message, task: Task | None) -> Generator[Command[Any], Any, Reply]:
    status = _BAD_REQUEST if message.era is Era.MODERN else 200
    if message.era is Era.MODERN and not message.knows_tasks:
        return Reply(status=status, body=undeclared(message))
    if task is None:
        return Reply(status=status, body=unknown(message))
    if message.method == "tasks/get":
        return Reply(status=200, body=stood(message, task))
    if message.method == "tasks/result":
        return Reply(status=200, body=_waited(message, (yield from ask(AwaitTask(task.id)))))
    if message.method == "tasks/cancel":
        ended = yield from ask(CancelTask(task.id))
        if ended is None and message.era is Era.LEGACY:
            return Reply(status=200, body=over(message, task))
        task = ended or task
    # Of what a client sends with `tasks/update` nothing is asked, and nothing follows: it is no approval.
    return Reply(status=200, body=acknowledged(message, task))


def _waited(message: Message, task: Task | None) -> bytes:
    if task is None:
        return unknown(message)
    return given(message, task) if task.is_over else unanswered(message, task)
