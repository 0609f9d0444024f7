"""What the engine does when the record takes nothing: ends streams, and answers that are streamed.

Calls under way find out by themselves: their next entry is refused. A stream that is silent has no next
entry, and would stay open without anybody recording what is delivered next. Decides nothing else.
"""

import asyncio
from collections.abc import Callable

from firedoor.core.commands import Notice
from firedoor.core.reply.answer import RECORD_UNAVAILABLE
from firedoor.engine.ending.pacing import Pace
from firedoor.engine.run import Engine
from firedoor.engine.running import Running
from firedoor.model.errors import IntegrityError

LOOK_S = 0.25
"""Streams end within a second: a look, and the last words. Thousands take longer."""
EACH_TURN = 8
"""Streams that are told in one turn of the loop. To wake ten thousand at once stops everybody for seconds."""
UNRECORDED = Notice(
    RECORD_UNAVAILABLE,
    "record_unavailable",
    "The gateway cannot record. The call may or may not have been executed.",
)


async def end_streams(engine: Engine) -> int:
    """End every stream, and every answer that is being streamed; how many.

    Of thousands a few in each turn of the loop: others still wait for what the record may yet take. What a
    lock ends is left to the lock, which knows how to wait.
    """
    ended, pace = 0, Pace(each_turn=EACH_TURN)
    for running in engine.under_way():
        is_streamed = running.is_stream or (running.is_streaming and not running.is_spared)
        if is_streamed and not running.is_cancelled:
            if not _is_locked(engine, running):
                engine.cancel(running, UNRECORDED)
                ended += 1
            await pace.step()
    return ended


def _is_locked(engine: Engine, running: Running) -> bool:
    if running.whom is None:
        return False
    try:
        return engine.containment.stop_on(running.whom) is not None
    except IntegrityError:
        return False  # Nobody knows whether a lock ends it.


async def watch_record(engine: Engine, trouble: Callable[[], str]) -> None:
    """End streams whenever the record takes nothing, for ever. `trouble` says why; nothing if all is well."""
    while True:
        await asyncio.sleep(LOOK_S)
        if trouble():
            await end_streams(engine)
