"""What the path asks of the outside world about held calls that are tasks to their clients. Pure values."""

from dataclasses import dataclass

from firedoor.core.commands import Command
from firedoor.model.approval import Approval
from firedoor.model.message import Message
from firedoor.model.reply import Reply
from firedoor.model.session import Session
from firedoor.model.task import Task, TaskId


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
