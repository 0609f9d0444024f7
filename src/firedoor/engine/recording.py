"""What the engine does when the record takes nothing: ends streams, and answers that are streamed.

Calls under way find out by themselves: their next entry is refused. A stream that is silent has no next
entry, and would stay open without anybody recording what is delivered next. Decides nothing else.
"""

import asyncio
from collections.abc import Callable

from firedoor.core.commands import Notice
from firedoor.core.reply.answer import RECORD_UNAVAILABLE
from firedoor.engine.run import Engine

LOOK_S = 0.25
"""Streams end within a second: a look, and the last words."""
UNRECORDED = Notice(
    RECORD_UNAVAILABLE,
    "record_unavailable",
    "The gateway cannot record. The call may or may not have been executed.",
)


def end_streams(engine: Engine) -> int:
    """End every stream, and every answer that is being streamed; how many."""
    ended = 0
    for running in engine.under_way():
        is_streamed = running.is_stream or (running.is_streaming and not running.is_spared)
        if is_streamed and not running.is_cancelled:
            engine.cancel(running, UNRECORDED)
            ended += 1
    return ended


async def watch_record(engine: Engine, trouble: Callable[[], str]) -> None:
    """End streams whenever the record takes nothing, for ever. `trouble` says why; nothing if all is well."""
    while True:
        await asyncio.sleep(LOOK_S)
        if trouble():
            end_streams(engine)
