"""Ends the sessions that are over under a lock: upstreams hear of it, processes end, the record says so.

Of thousands only so many are being closed at once, and whoever is over is looked for a few in each turn of
the loop: what others do passes in between. Closing a session again does nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from firedoor.core.forward.forwarding import ending, forwarding, legacy_headers
from firedoor.core.reply.terminated import LOCKED
from firedoor.engine.live import Live
from firedoor.engine.pacing import in_turns
from firedoor.engine.run import Engine
from firedoor.model.errors import FiredoorError
from firedoor.model.ids import SessionId

log = logging.getLogger("firedoor.engine")

GOODBYE_S = 1.0
"""How long an upstream may take to hear that a session is over."""
UNRECORDED_S = 5.0
"""How long the end of a session waits for the ends of its calls to be durable."""
AT_ONCE = 16
"""Sessions that are being closed. Stops thousands of goodbyes from taking all connections to an upstream."""


class Closing:
    """The sessions that are being closed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._closing = dict[SessionId, asyncio.Task[None]]()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._all_closed = asyncio.Event()

    async def close(self, is_over: Callable[[Live], bool]) -> bool:
        """Close those that are over; whether all are closed, after a while."""
        async for live in in_turns(self._engine.sessions.live):
            if live.session.id not in self._closing and is_over(live):
                closing = asyncio.get_running_loop().create_task(self._close(live))
                self._closing[live.session.id] = closing
                self._all_closed.clear()
        # Whoever asks waits for all of them, also for those that another lock or the watch began to close.
        if self._closing:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(UNRECORDED_S):
                    await self._all_closed.wait()
        return not self._closing

    async def _close(self, live: Live) -> None:
        session = live.session
        try:
            async with self._room:
                await self._say_goodbye(live)
                # The process first: its end does not wait for a record that takes no entry.
                await self._engine.upstreams.end(session.upstream, session.id)
                await self._ends_of(live)
                await self._engine.sessions.close(session.id, LOCKED)
        except FiredoorError as failure:
            log.error("a locked session is not closed in order: %s", failure.code)  # noqa: TRY400 - no traceback
        finally:
            del self._closing[session.id]
            if not self._closing:
                self._all_closed.set()

    async def _ends_of(self, live: Live) -> None:
        """Wait until what was under way in a session has been recorded: its end comes after theirs."""
        deadline = asyncio.get_running_loop().time() + UNRECORDED_S
        while live.exchanges and asyncio.get_running_loop().time() < deadline:
            saying = {
                running.task
                for running in self._engine.under_way()
                if running.task is not None and running.live is live
            }
            if not saying:
                return
            await asyncio.wait(saying, timeout=deadline - asyncio.get_running_loop().time())

    async def _say_goodbye(self, live: Live) -> None:
        """Tell an upstream that keeps sessions of its own. It may not listen; the lock holds all the same."""
        session = live.session
        if session.upstream_mcp_session is None:
            return
        message = ending(session)
        headers = legacy_headers(session, message, version=None, accept="", last_event_id=None)
        try:
            async with asyncio.timeout(GOODBYE_S):
                answer = await self._engine.upstreams.send(forwarding(session, message, headers=headers))
                answer.abandon()
        except (FiredoorError, TimeoutError):
            log.warning("upstream %s did not hear that a session is over", session.upstream)
