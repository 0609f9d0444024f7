"""What a session remembers between two messages, command by command. No I/O: each is answered at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from firedoor.core.commands import BindSession, ExpectResponse, FindForeign, KeepHandles, TakeExpected
from firedoor.core.forward.handles import Handle, HandleKind
from firedoor.core.replayed import FindEnded
from firedoor.core.spared import Spare
from firedoor.engine.handles import Handles
from firedoor.engine.running import Running

Meaning = Callable[[Any, Running], Any]


def meanings(handles: Handles, has_no_tasks: Callable[[str], bool]) -> dict[type, Meaning]:
    """How each of these commands is carried out. `has_no_tasks` says it of an upstream, by its name."""

    def keep(command: KeepHandles, _: Running) -> None:
        handles.keep(command.session, command.handles)

    def foreign(command: FindForeign, _: Running) -> frozenset[Handle]:
        found = handles.foreign(command.session, command.handles)
        upstream = command.session.upstream
        if found and has_no_tasks(upstream) and not handles.has_given_tasks(upstream):
            # Its own answer to such a request is the right one: there is nothing of others to guard.
            return frozenset(handle for handle in found if handle.kind is not HandleKind.TASK)
        return found

    return {
        BindSession: bind,
        Spare: spare,
        ExpectResponse: expect,
        TakeExpected: take,
        KeepHandles: keep,
        FindForeign: foreign,
        FindEnded: was_ended,
    }


def bind(command: BindSession, running: Running) -> None:
    """Remember the upstream's own session id."""
    if running.live is not None:
        running.live.bind(command.upstream_mcp_session)


def spare(_: Spare, running: Running) -> None:
    """What of this call cannot be recorded does not end it."""
    running.is_spared = True


def was_ended(command: FindEnded, running: Running) -> bool:
    """Whether a lock has ended the call of this id, or its client's wait for it."""
    return running.live is not None and running.live.has_ended(command.id)


def expect(command: ExpectResponse, running: Running) -> None:
    """Remember what the upstream asked."""
    running.is_spared = False  # it no longer only reads: its client is to answer
    if running.live is not None:
        whom = running.whom
        running.live.expected[command.id] = "" if whom is None else whom.tool
        running.asked_client.add(command.id)


def take(command: TakeExpected, running: Running) -> bool:
    """Whether the upstream asked this; once. A lock on the tool that asked holds for the response too."""
    tool = None if running.live is None else running.live.take_expected(command.id)
    if tool and running.whom is not None:
        running.whom = replace(running.whom, tool=tool)
    return tool is not None
