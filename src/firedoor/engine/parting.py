"""Ends what is still under way in a session that is over, so that each call has its end in the record.

After the session's last entry nothing of it can be recorded: a call that waits for approval would be left
to a client who went, and whoever ended it later could say so nowhere.
"""

import asyncio
from collections.abc import Callable, Iterable

from firedoor.core.commands import Notice
from firedoor.core.reply.answer import TERMINATED
from firedoor.engine.running import Running
from firedoor.model.ids import SessionId

PATIENCE_S = 5.0
"""How long their ends may take: the record's patience."""
PARTED = Notice(
    TERMINATED, "session_ended", "The session has ended. The call may or may not have been executed."
)


async def part(
    session: SessionId,
    last: Running,
    everybody: Iterable[Running],
    cancel: Callable[[Running, Notice], object],
) -> None:
    """End what is under way in a session beside its last exchange, and wait until it has ended."""
    tasks = list[asyncio.Task[object]]()
    for running in tuple(everybody):
        is_of_it = running.live is not None and running.live.session.id == session
        if is_of_it and running is not last and running.task is not None:
            cancel(running, PARTED)
            tasks.append(running.task)
    if tasks:
        await asyncio.wait(tasks, timeout=PATIENCE_S)
