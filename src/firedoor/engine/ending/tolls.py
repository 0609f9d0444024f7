"""What each lock found here and what it ended: counted for whoever made it, withdrawn, and kept as evidence.

What a lock found when it was seen stays found: that it was lifted while thousands were still being told
changes nothing. Never ends an exchange or a session itself.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from firedoor.core.decide.locks import holds, whom_of
from firedoor.engine.ending.effort import AGAIN_S, Attempt, Effort
from firedoor.engine.ending.pacing import in_turns
from firedoor.engine.ending.preserving import Preserving
from firedoor.engine.live import Live
from firedoor.engine.run import Engine
from firedoor.engine.running import Running
from firedoor.model.errors import RecordError
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Whom

log = logging.getLogger("firedoor.engine")

Result = TypeVar("Result")
HOLDS, APPROVALS = "legal_holds", "approvals"
"""What a lock does beside ending things, as an answer names it where it failed and is tried again."""


@dataclass(frozen=True, slots=True)
class Found:
    """The sessions that a lock found."""

    held: tuple[SessionId, ...] = ()
    """It holds for these as a whole."""
    touched: tuple[SessionId, ...] = ()
    """And for something that was under way in these."""


@dataclass(slots=True, eq=False)
class Toll:
    """What one lock has ended here."""

    grant: GrantId | None
    """Whose session it is on, if that is known."""
    withdrawing: Effort
    finding: "asyncio.Task[Found]"
    preserving: Effort
    ends_sessions: bool
    calls: int = 0
    streams: int = 0

    def count(self, running: Running) -> None:
        """One more is ended by it."""
        self.calls += not running.is_stream
        self.streams += running.is_stream

    def sessions(self) -> tuple[SessionId, ...]:
        """Those that end, as far as they are known."""
        return self.finding.result().held if self.ends_sessions and self.finding.done() else ()


class Tolls:
    """Those of the locks that stand, and of those lifted since whose crowd is still being told."""

    def __init__(self, engine: Engine, preserving: Preserving | None, *, again_s: float = AGAIN_S) -> None:
        """`again_s`: how long after a failure it is tried again."""
        self._again_s = again_s
        self._engine = engine
        self._preserving = preserving
        self._tolls = dict[LockId, Toll]()
        self._tasks: set[asyncio.Task[Any]] = set()

    def note(self, standing: Iterable[Lock], *, keep_lifted: bool) -> list[Toll]:
        """Take note of the locks in force, which from here on do not run out.

        What a new one holds for now is evidence, whatever becomes of it.
        """
        new, ids = list[Toll](), set[LockId]()
        for lock in standing:
            ids.add(lock.id)
            before = self._tolls.get(lock.id)
            if before is None or before.grant != lock.grant:
                toll = self._tolls[lock.id] = self._toll(lock, before)
                new.append(toll)
        for identifier in () if keep_lifted else set(self._tolls) - ids:
            del self._tolls[identifier]
        return new

    def of(self, lock: LockId | None) -> list[Toll]:
        """That of a lock, or of all."""
        return [toll for name, toll in self._tolls.items() if lock in (None, name)]

    def count(self, lock: LockId | None, running: Running) -> None:
        """An exchange is ended by a lock."""
        toll = None if lock is None else self._tolls.get(lock)
        if toll is not None:
            toll.count(running)

    async def preserved(self, lock: LockId, within_s: float) -> int | None:
        """How many recordings a lock holds; None if that is still under way."""
        toll = self._tolls.get(lock)
        if toll is None:
            return 0
        await asyncio.wait([toll.preserving.tried], timeout=within_s)
        return toll.preserving.count if toll.preserving.tried.done() else None

    def tried_again(self, lock: LockId) -> tuple[str, ...]:
        """What a lock should have done and could not: it is tried again until it is done."""
        toll = self._tolls.get(lock)
        if toll is None:
            return ()
        each = ((HOLDS, toll.preserving), (APPROVALS, toll.withdrawing))
        return tuple(name for name, effort in each if effort.is_failing)

    def _toll(self, lock: Lock, before: Toll | None) -> Toll:
        """What a lock finds. Once it is known whose session it is on, it holds for more than before."""
        there = list(self._engine.sessions.live), self._engine.under_way()
        finding = self._later(self._find(lock, there, before))
        return Toll(
            grant=lock.grant,
            withdrawing=self._effort(lambda: self._withdraw(lock, before)),
            finding=finding,
            preserving=self._effort(lambda: self._preserve(lock, finding)),
            ends_sessions=lock.mode is LockMode.STOP,
            calls=0 if before is None else before.calls,
            streams=0 if before is None else before.streams,
        )

    def _later(self, what: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _effort(self, attempt: Callable[[], Coroutine[Any, Any, Attempt]]) -> Effort:
        effort = Effort(attempt, self._again_s)
        self._later(effort.go())
        return effort

    async def _find(self, lock: Lock, there: tuple[list[Live], list[Running]], before: Toll | None) -> Found:
        """The sessions that a lock holds for, of those that were there, and what was under way in others."""
        earlier = Found() if before is None else await before.finding
        held, touched = dict.fromkeys(earlier.held), dict.fromkeys(earlier.touched)
        async for live in in_turns(there[0]):
            if holds(lock, whom_in(live), 0):
                held[live.session.id] = None
        async for running in in_turns(there[1]):
            live, whom = running.live, running.whom
            if live is None or whom is None or live.session.id in held:
                continue
            if holds(lock, whom, 0):
                touched[live.session.id] = None
        return Found(tuple(held), tuple(touched))

    async def _preserve(self, lock: Lock, finding: "asyncio.Task[Found]") -> Attempt:
        found = await finding
        sessions = dict.fromkeys((*found.held, *found.touched))
        return Attempt() if self._preserving is None else await self._preserving.preserve(lock, sessions)

    async def _withdraw(self, lock: Lock, before: Toll | None) -> Attempt:
        """Nobody may come back, after the lock, for what was approved before it."""
        if lock.mode is LockMode.SUSPEND:
            return Attempt()
        earlier = 0
        if before is not None:
            await before.withdrawing.tried
            earlier = before.withdrawing.count
        now = await self._withdraw_now(lock)
        return Attempt(earlier + now.count, now.is_all)

    async def _withdraw_now(self, lock: Lock) -> Attempt:
        def is_locked(whom: Whom) -> bool:
            return holds(lock, whom, 0)

        approving = self._engine.holding.approving
        # Until the store says it, also once the lock is lifted: what was approved before it is void.
        approving.owed[lock] = is_locked
        try:
            await self._engine.deciding.permits.revoke_where(is_locked, "A lock ended it.")
            withdrawn = await approving.withdraw_where(is_locked, "A lock ended it.")
        except RecordError as failure:
            # The lock holds without it: it is looked at again before anything is sent.
            log.error("approvals under a lock are not withdrawn yet: %s", failure.code)  # noqa: TRY400 - no traceback
            return Attempt(is_all=False)
        del approving.owed[lock]
        return Attempt(withdrawn)


def whom_in(live: Live) -> Whom:
    """Everything a lock can name about a session."""
    session = live.session
    return whom_of(session.grant, live.peer, session.upstream, session=session.id)
