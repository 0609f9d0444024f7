"""What a session remembers between two messages, command by command. No I/O: each is answered at once."""

from collections.abc import Callable
from typing import Any

from firedoor.core.commands import BindSession, ExpectResponse, FindForeign, KeepHandles, TakeExpected
from firedoor.core.forward.handles import Handle
from firedoor.engine.handles import Handles
from firedoor.engine.running import Running

Meaning = Callable[[Any, Running], Any]


def meanings(handles: Handles) -> dict[type, Meaning]:
    """How each of these commands is carried out."""

    def keep(command: KeepHandles, _: Running) -> None:
        handles.keep(command.session, command.handles)

    def foreign(command: FindForeign, _: Running) -> frozenset[Handle]:
        return handles.foreign(command.session, command.handles)

    return {
        BindSession: bind,
        ExpectResponse: expect,
        TakeExpected: take,
        KeepHandles: keep,
        FindForeign: foreign,
    }


def bind(command: BindSession, running: Running) -> None:
    """Remember the upstream's own session id."""
    if running.live is not None:
        running.live.bind(command.upstream_mcp_session)


def expect(command: ExpectResponse, running: Running) -> None:
    """Remember what the upstream asked."""
    if running.live is not None:
        running.live.expected.add(command.id)


def take(command: TakeExpected, running: Running) -> bool:
    """Whether the upstream asked this; once."""
    return running.live is not None and running.live.take_expected(command.id)
