"""What a lock does to what is under way: calls and streams end with a terminal answer, then their sessions.

Theory of operation. Containing runs at once and without waiting: when it returns, every exchange that a lock
holds for is cancelled, and its next act is its terminal answer. `enforce` then waits for these last words,
and closes the sessions, whose child processes end with them. It is idempotent: a lock that is seen twice, by
the one who makes it and by the watch, ends everything once.
"""

import asyncio
import logging
from dataclasses import dataclass

from firedoor.core.commands import Notice
from firedoor.core.decide.locks import whom_of
from firedoor.core.forward.forwarding import ending, forwarding, legacy_headers
from firedoor.core.reply.answer import TERMINATED
from firedoor.core.reply.terminated import terminated_text
from firedoor.engine.live import Live
from firedoor.engine.run import Engine
from firedoor.model.errors import FiredoorError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.lock import LockMode, Whom

log = logging.getLogger("firedoor.engine")

LAST_WORDS_S = 2.0
"""How long terminal answers may take: their entries must become durable."""
GOODBYE_S = 1.0
"""How long an upstream may take to hear that a session is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What locks ended, in one go."""

    calls: int = 0
    streams: int = 0
    sessions: tuple[str, ...] = ()
    approvals: int = 0
    """Withdrawn."""
    is_complete: bool = True
    """Whether everything had ended when this was said."""


class Enforcement:
    """Ends what locks hold for, in this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ending: set[asyncio.Task[object]] = set()
        """Exchanges that say their last words."""
        self._closing = dict[SessionId, asyncio.Task[None]]()
        self._finishing: set[asyncio.Task[None]] = set()
        engine.containment.on_change = self._begin

    async def enforce(self) -> Ended:
        """End everything that a lock holds for, and return when it has ended."""
        calls, streams = self._contain()
        approvals = await self._withdraw()
        is_complete = await self._last_words()
        closed = await self._close_sessions()
        return Ended(
            calls=calls, streams=streams, sessions=closed, approvals=approvals, is_complete=is_complete
        )

    def _begin(self) -> None:
        """A lock was seen. What it holds for is cancelled before anything else runs."""
        self._contain()
        task = asyncio.get_running_loop().create_task(self._finish())
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    async def _finish(self) -> None:
        await self._withdraw()
        await self._last_words()
        await self._close_sessions()

    def _contain(self) -> tuple[int, int]:
        calls = streams = 0
        for running in self._engine.under_way():
            if running.whom is None or running.is_cancelled:
                continue
            lock = self._engine.containment.stop_on(running.whom)
            if lock is None:
                continue
            self._engine.cancel(running, Notice(TERMINATED, "locked", terminated_text(lock)))
            if running.task is not None:
                self._ending.add(running.task)
                running.task.add_done_callback(self._ending.discard)
            calls, streams = calls + (not running.is_stream), streams + running.is_stream
        return calls, streams

    async def _withdraw(self) -> int:
        """Nobody may come back, after the lock, for what was approved before it."""
        containment = self._engine.containment

        def is_locked(whom: Whom) -> bool:
            lock = containment.lock_on(whom)
            return lock is not None and lock.mode is not LockMode.SUSPEND

        if containment.is_quiet():
            return 0
        try:
            return await self._engine.holding.approving.withdraw_where(is_locked, "A lock ended it.")
        except RecordError as failure:
            # The lock holds without it: it is looked at again before anything is sent.
            log.error("approvals under a lock are not withdrawn: %s", failure.code)  # noqa: TRY400 - no traceback
            return 0

    async def _last_words(self) -> bool:
        if not self._ending:
            return True
        _, left = await asyncio.wait(set(self._ending), timeout=LAST_WORDS_S)
        return not left

    async def _close_sessions(self) -> tuple[str, ...]:
        containment = self._engine.containment
        over = [live for live in self._engine.sessions.live if containment.stop_on(_whom(live)) is not None]
        for live in over:
            if live.session.id not in self._closing:
                closing = asyncio.get_running_loop().create_task(self._close(live))
                self._closing[live.session.id] = closing
        # Whoever asks waits for all of them, also for those that another lock or the watch began to close.
        await asyncio.gather(*self._closing.values())
        return tuple(live.session.id for live in over)

    async def _close(self, live: Live) -> None:
        try:
            await self._say_goodbye(live)
            await self._engine.sessions.close(live.session.id, "locked")
        except FiredoorError as failure:
            log.error("a locked session is not closed in order: %s", failure.code)  # noqa: TRY400 - no traceback
        finally:
            del self._closing[live.session.id]

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


def _whom(live: Live) -> Whom:
    session = live.session
    return whom_of(session.grant, live.peer, session.upstream, session=session.id)
