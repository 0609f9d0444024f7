"""A held call that its client asks about instead of waiting. How clients are told: `core.reply.task`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

TaskId = NewType("TaskId", str)
"""`firedoor_` and 32 hexadecimal digits. Nobody can guess one, and no upstream has given it."""
PREFIX = "firedoor_"


class TaskStatus(StrEnum):
    """Where a task stands, in the words of MCP."""

    WORKING = "working"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One of them, as it stands. Instants are unix microseconds."""

    id: TaskId
    status: TaskStatus = TaskStatus.WORKING
    said: str
    """Where it stands, in words for a model."""
    created_at_us: int
    updated_at_us: int
    ttl_us: int
    """How long it is known, from its beginning on."""
    answer: bytes = b""
    """The response to the call, as its client would have got it; empty while there is none."""
    upstream_task: str = ""
    """Its upstream made a task of the call: what it calls that one. From then on it is asked."""

    @property
    def is_over(self) -> bool:
        """Whether it will never be anything else."""
        return self.status is not TaskStatus.WORKING
