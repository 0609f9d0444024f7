"""What a lock does to what is under way: calls and streams end with a terminal answer, then their sessions.

Theory of operation. Containing runs at once and without waiting: when it returns, every exchange that a lock
holds for is cancelled, and its next act is its terminal answer. `enforce` then waits for these last words,
and closes the sessions, whose child processes end with them. It is idempotent: a lock that is seen twice, by
the one who makes it and by the watch, ends everything once.

Of thousands, only so many are told at once, since each end is an entry of the record, which others need too.
The rest wait for their upstreams, and come to a door when those speak: it lets nobody pass that is locked.

Nobody it holds for can draw it out. A client that does not read has bytes from before the lock in our memory:
its connection is dropped with them. An upstream that does not listen is not waited for. A record that takes
no entry leaves calls unrecorded, and their channels and child processes end all the same.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from firedoor.core.commands import Notice
from firedoor.core.decide.locks import holds, whom_of
from firedoor.core.decide.reading import passes_anyway
from firedoor.core.forward.forwarding import ending, forwarding, legacy_headers
from firedoor.core.reply.answer import TERMINATED
from firedoor.core.reply.terminated import LOCKED, terminated_text
from firedoor.engine.live import Live
from firedoor.engine.preserving import Preserving
from firedoor.engine.run import Engine
from firedoor.engine.running import Running
from firedoor.model.errors import FiredoorError, IntegrityError, RecordError
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Whom

log = logging.getLogger("firedoor.engine")

Result = TypeVar("Result")
NoticeFor: TypeAlias = Callable[[Running], tuple[Notice, LockId | None] | None]

SLOW_S = 0.05
"""How long a client may take to read what it was sent before the lock. Then that never arrives."""
LAST_WORDS_S = 0.4
"""How long terminal answers may take before the connections of those who do not take them are dropped, and
their upstreams' processes are told to end: they have 1.6 s to do that."""
AT_ONCE = 128
"""How many are told at once. Stops ten thousand last entries from holding up everybody else's."""
GOODBYE_S = 1.0
"""How long an upstream may take to hear that a session is over."""
UNRECORDED_S = 5.0
"""How long the end of a session waits for the ends of its calls to be durable."""

BLIND = Notice(
    TERMINATED,
    "locks_unreadable",
    "The gateway cannot read its locks, and lets nothing pass. The call may or may not have been executed.",
)


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


@dataclass(slots=True, eq=False)
class _Toll:
    """What one lock has ended here."""

    grant: GrantId | None
    """Whose session it is on, if that is known."""
    withdrawing: "asyncio.Task[int]"
    preserving: "asyncio.Task[int] | None"
    sessions: tuple[SessionId, ...]
    calls: int = 0
    streams: int = 0


class Enforcement:
    """Ends what locks hold for, in this process."""

    def __init__(self, engine: Engine, preserving: Preserving | None = None) -> None:
        self._engine = engine
        self._preserving = preserving
        self._tolls = dict[LockId, _Toll]()
        """By each lock that was seen and stands."""
        self._ending = dict[asyncio.Task[object], tuple[Running, float]]()
        """Exchanges that say their last words, and since when."""
        self._queued = deque[tuple[Running, NoticeFor]]()
        """Those that wait for their upstreams, of many: in turn it is seen whether a lock holds for them."""
        self._telling: asyncio.Task[None] | None = None
        self._slow: list[Running] = []
        """Those whose clients had not read everything when a lock came."""
        self._closing = dict[SessionId, asyncio.Task[None]]()
        self._finishing: set[asyncio.Task[Any]] = set()
        engine.containment.on_change = self._begin
        engine.containment.on_blind = self._end_everything

    async def enforce(self, lock: LockId | None = None) -> Ended:
        """End everything that a lock holds for, and return when it has ended. None: all that stand."""
        # Whoever sees it first, a door, the watch or we, begins; what it ended is counted by lock.
        self._engine.containment.is_quiet()
        await self._last_words()
        is_closed = await self._close_sessions(self._is_over)
        if self._telling is not None:
            await asyncio.wait([self._telling], timeout=UNRECORDED_S)
        tolls = [toll for name, toll in self._tolls.items() if lock in (None, name)]
        withdrawing = {toll.withdrawing for toll in tolls}
        if withdrawing:
            await asyncio.wait(withdrawing, timeout=UNRECORDED_S)
        return Ended(
            calls=sum(toll.calls for toll in tolls),
            streams=sum(toll.streams for toll in tolls),
            sessions=tuple(dict.fromkeys(session for toll in tolls for session in toll.sessions)),
            approvals=sum(task.result() for task in withdrawing if task.done()),
            is_complete=self._is_said and is_closed and all(task.done() for task in withdrawing),
        )

    def _begin(self) -> None:
        """A lock was seen. What it holds for is cancelled before anything else runs."""
        self._note_new()
        self._contain(self._stop_of)
        self._tell()
        self._later(self._finish(self._is_over))

    def _note_new(self) -> None:
        """What a lock that is new holds for now is evidence, whatever becomes of it."""
        standing = self._engine.containment.standing
        for lock in standing:
            before = self._tolls.get(lock.id)
            if before is None or before.grant != lock.grant:
                self._tolls[lock.id] = self._toll(lock, before)
        for identifier in set(self._tolls) - {lock.id for lock in standing}:
            del self._tolls[identifier]

    def _toll(self, lock: Lock, before: _Toll | None) -> _Toll:
        """What a lock finds. Once it is known whose session it is on, it holds for more than before."""
        matched = self._matched(lock, self._engine.containment.now_us())
        if before is not None:
            matched = tuple(dict.fromkeys((*before.sessions, *matched)))
        preserving = None
        if self._preserving is not None:
            preserving = self._later(self._preserving.preserve(lock, matched))
        return _Toll(
            grant=lock.grant,
            withdrawing=self._later(self._withdraw(before)),
            preserving=preserving,
            sessions=matched if lock.mode is LockMode.STOP else (),
            calls=0 if before is None else before.calls,
            streams=0 if before is None else before.streams,
        )

    async def preserved(self, lock: LockId) -> int | None:
        """How many recordings a lock holds; None if that is still under way."""
        toll = self._tolls.get(lock)
        if toll is None or toll.preserving is None:
            return 0
        await asyncio.wait([toll.preserving], timeout=UNRECORDED_S)
        return toll.preserving.result() if toll.preserving.done() else None

    def _matched(self, lock: Lock, now_us: int) -> tuple[SessionId, ...]:
        live = [each.session.id for each in self._engine.sessions.live if holds(lock, _whom(each), now_us)]
        running = [
            each.live.session.id
            for each in self._engine.under_way()
            if each.live is not None and each.whom is not None and holds(lock, each.whom, now_us)
        ]
        return tuple(dict.fromkeys((*live, *running)))

    def _end_everything(self) -> None:
        """Whom locks hold for is no longer known: they may hold for everybody."""
        self._contain(lambda _: (BLIND, None))
        self._later(self._finish(lambda _: True))

    def _later(self, what: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        task = asyncio.get_running_loop().create_task(what)
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)
        return task

    async def _finish(self, is_over: Callable[[Live], bool]) -> None:
        await self._last_words()
        try:
            await self._close_sessions(is_over)
        except IntegrityError as fault:
            log.error("who is locked cannot be known: %s", fault.code)  # noqa: TRY400 - no traceback

    async def _withdraw(self, before: _Toll | None) -> int:
        """Nobody may come back, after the lock, for what was approved before it."""
        earlier = 0 if before is None else await before.withdrawing
        return earlier + await self._withdraw_now()

    async def _withdraw_now(self) -> int:
        containment = self._engine.containment

        def is_locked(whom: Whom) -> bool:
            lock = containment.lock_on(whom)
            return lock is not None and lock.mode is not LockMode.SUSPEND

        try:
            if containment.is_quiet():
                return 0
            await self._engine.deciding.permits.revoke_where(is_locked, "A lock ended it.")
            return await self._engine.holding.approving.withdraw_where(is_locked, "A lock ended it.")
        except (RecordError, IntegrityError) as failure:
            # The lock holds without it: it is looked at again before anything is sent.
            log.error("approvals under a lock are not withdrawn: %s", failure.code)  # noqa: TRY400 - no traceback
            return 0

    def _contain(self, notice_for: NoticeFor) -> None:
        everybody = self._engine.under_way()
        is_crowd = len(everybody) > AT_ONCE
        for running in everybody:
            if running.whom is None or running.is_cancelled:
                continue
            if is_crowd and running.is_waiting:
                # Nothing of it moves before its upstream speaks, and then it comes to a door.
                self._queued.append((running, notice_for))
            else:
                self._stop(running, notice_for)

    def _stop(self, running: Running, notice_for: NoticeFor) -> None:
        found = notice_for(running)
        if found is None or running.is_cancelled:
            return
        notice, lock = found
        if running.client.unsent():
            self._slow.append(running)
        self._cancel(running, notice)
        toll = None if lock is None else self._tolls.get(lock)
        if toll is not None:
            toll.calls += not running.is_stream
            toll.streams += running.is_stream

    def _cancel(self, running: Running, notice: Notice) -> None:
        self._engine.cancel(running, notice)
        if running.task is not None:
            self._ending[running.task] = (running, asyncio.get_running_loop().time())
            running.task.add_done_callback(self._said)

    def _tell(self) -> "asyncio.Task[None] | None":
        """Let everybody be told, in turn."""
        is_telling = self._telling is not None and not self._telling.done()
        if not is_telling and not self._is_said:
            self._telling = self._later(self._tell_all())
        return self._telling

    async def _tell_all(self) -> None:
        while not self._is_said:
            looked = 0
            while self._queued and len(self._ending) < AT_ONCE and looked < AT_ONCE:
                running, notice_for = self._queued.popleft()
                looked += 1
                if not running.is_cancelled:
                    self._stop(running, notice_for)
            await asyncio.sleep(0)
            if len(self._ending) >= AT_ONCE or not self._queued:
                await self._one_has_ended()
            self._cut_the_overdue()

    async def _one_has_ended(self) -> None:
        if self._ending:
            await asyncio.wait(set(self._ending), timeout=SLOW_S, return_when=asyncio.FIRST_COMPLETED)

    def _cut_the_overdue(self) -> None:
        """Who does not take the last word loses the connection, and the record is waited for no longer."""
        now = asyncio.get_running_loop().time()
        for task, (running, since) in list(self._ending.items()):
            if now - since > LAST_WORDS_S:
                running.client.cut()
            if now - since > UNRECORDED_S:
                del self._ending[task]

    def _said(self, task: asyncio.Task[object]) -> None:
        self._ending.pop(task, None)

    def _stop_of(self, running: Running) -> tuple[Notice, LockId] | None:
        lock = None if running.whom is None else self._engine.containment.lock_on(running.whom)
        if lock is None or lock.mode is LockMode.SUSPEND:
            return None
        if lock.mode is LockMode.READ_ONLY and not _may_still_write(running, lock):
            return None
        return Notice(TERMINATED, LOCKED, terminated_text(lock)), lock.id

    def _is_over(self, live: Live) -> bool:
        return self._engine.containment.stop_on(_whom(live)) is not None

    async def _last_words(self) -> bool:
        """Wait until everybody has been told, for a while. Whether all have ended."""
        await self._drop_the_slow()
        telling = self._tell()
        if telling is not None:
            await asyncio.wait([telling], timeout=LAST_WORDS_S)
        return self._is_said

    @property
    def _is_said(self) -> bool:
        return not self._ending and not self._queued

    async def _drop_the_slow(self) -> None:
        slow, self._slow = self._slow, []
        await asyncio.sleep(0)
        if any(running.client.unsent() for running in slow):
            await asyncio.sleep(SLOW_S)
        for running in slow:
            if running.client.unsent():
                running.client.cut()

    async def _close_sessions(self, is_over: Callable[[Live], bool]) -> bool:
        over = [live for live in self._engine.sessions.live if is_over(live)]
        for live in over:
            if live.session.id not in self._closing:
                closing = asyncio.get_running_loop().create_task(self._close(live))
                self._closing[live.session.id] = closing
        # Whoever asks waits for all of them, also for those that another lock or the watch began to close.
        # Not `gather`: who asks may be cancelled, and they must not be.
        if self._closing:
            await asyncio.wait(set(self._closing.values()), timeout=UNRECORDED_S)
        return not self._closing

    async def _close(self, live: Live) -> None:
        session = live.session
        try:
            await self._say_goodbye(live)
            # The process first: its end does not wait for a record that takes no entry.
            await self._engine.upstreams.end(session.upstream, session.id)
            await self._ends_of(session.id)
            await self._engine.sessions.close(session.id, LOCKED)
        except FiredoorError as failure:
            log.error("a locked session is not closed in order: %s", failure.code)  # noqa: TRY400 - no traceback
        finally:
            del self._closing[session.id]

    async def _ends_of(self, session: SessionId) -> None:
        """Wait until what was under way in a session has been recorded: its end comes after theirs."""
        deadline = asyncio.get_running_loop().time() + UNRECORDED_S
        while asyncio.get_running_loop().time() < deadline:
            saying = {
                running.task
                for running in self._engine.under_way()
                if running.task is not None
                and running.live is not None
                and running.live.session.id == session
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


def _whom(live: Live) -> Whom:
    session = live.session
    return whom_of(session.grant, live.peer, session.upstream, session=session.id)


def _may_still_write(running: Running, lock: Lock) -> bool:
    """Whether it was let in before only reading was left open, and nothing of it has left yet."""
    message = running.message
    if message is None or running.is_sent or passes_anyway(message):
        return False
    return running.lock is None or running.lock.id != lock.id
