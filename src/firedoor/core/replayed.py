"""Answers that come once more, on a stream with which a client resumes. Used by `core.relay` alone.

A call that a lock ended has its answer. Its upstream may keep another one, and give it to whoever resumes the
stream of the call, which names no tool: a way around a lock on a tool. Never says anything of other messages.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from firedoor.core.call import Call
from firedoor.core.commands import Command, ask
from firedoor.core.forward.answer import Says, Spoken
from firedoor.model.ids import SessionId
from firedoor.model.message import MessageKind


@dataclass(frozen=True, slots=True)
class FindEnded(Command[bool]):
    """Whether the request of this id was ended from this side, in this session."""

    session: SessionId
    id: str | int


def is_answered_already(call: Call, spoken: Spoken) -> Generator[Command[Any], Any, bool]:
    """Whether what was said on a listening stream answers a call that has its answer."""
    if call.message.kind is not MessageKind.LISTEN or spoken.says is not Says.RESPONSE or spoken.id is None:
        return False
    return (yield from ask(FindEnded(call.session.id, spoken.id)))
