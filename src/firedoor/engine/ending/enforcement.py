"""What a lock does to what is under way: calls and streams end with a terminal answer, then their sessions.

Theory of operation. Containing runs at once and without waiting: when it returns, every exchange that a lock
holds for is cancelled, and its next act is its terminal answer. `enforce` then waits for these last words,
and closes the sessions, whose child processes end with them. It is idempotent: a lock that is seen twice, by
the one who makes it and by the watch, ends everything once.

Of a crowd, those that wait for their upstreams end a few in each turn of the loop
(`engine.ending.last_words`): what others do passes in between. Until then they come to a door when their
upstreams speak: it lets nobody pass that is locked. Their processes begin to end at once, and their sessions
after them: who waits for a process is not told that it is gone before that. That would wake them all, and say
the wrong thing.

Nobody it holds for can draw it out. A client that does not read has bytes from before the lock in our memory:
its connection is dropped with them. An upstream that does not listen is not waited for. A record that takes
no entry leaves calls unrecorded, and their channels and child processes end all the same.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from firedoor.core.commands import Notice
from firedoor.core.decide.lock_index import LockIndex, merged
from firedoor.core.decide.reading import passes_anyway
from firedoor.core.reply.answer import TERMINATED
from firedoor.core.reply.terminated import LOCKED, terminated_text
from firedoor.engine.ending.closing import UNRECORDED_S, Closing
from firedoor.engine.ending.last_words import PATIENCE_S, WAKING, LastWords
from firedoor.engine.ending.pacing import Pace
from firedoor.engine.ending.preserving import Preserving
from firedoor.engine.ending.tolls import Toll, Tolls, whom_in
from firedoor.engine.live import Live
from firedoor.engine.run import Engine
from firedoor.engine.running import Running
from firedoor.model.entry import Entry
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Whom
from firedoor.ports.client import Client

log = logging.getLogger("firedoor.engine")

Result = TypeVar("Result")
NoticeFor: TypeAlias = Callable[[Running], tuple[Notice, LockId | None] | None]

SLOW_S = 0.05
"""How long a client may take to read what it was sent before the lock. Then that never arrives."""
STALL_S = 0.1
"""Later than this, the process itself had stood still: nobody could have been told meanwhile."""
LAST_WORDS_S = 0.4
"""How long terminal answers may take before the connections of those who do not take them are dropped, and
their upstreams' processes are told to end: they have 1.6 s to do that."""
FOR_EACH_S = 0.0003
"""How much longer that is for each of a crowd: ends in turn take time, and no process is ended before."""
AT_ONCE = 8
"""More than these are a crowd. Stops ten thousand last entries from holding up everybody else's."""

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


class Enforcement:
    """Ends what locks hold for, in this process."""

    def __init__(
        self,
        engine: Engine,
        preserving: Preserving | None = None,
        *,
        undisturbed: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`undisturbed`: entered for as long as locks end what they hold for."""
        self._engine = engine
        self._undisturbed = undisturbed
        self._tolls = Tolls(engine, preserving)
        self._ending = dict[asyncio.Task[object], tuple[Running, float]]()
        """Exchanges that say their last words, and since when."""
        self._crowd = LastWords(
            recorder=engine.recorder, unwinding=engine.unwinding, begin=self._take, wake=self._wake
        )
        """Those that wait for their upstreams, of many: in turn it is seen whether a lock holds for them."""
        self._notice_for: NoticeFor = self._stop_of
        self._judged: tuple[LockIndex, Whom, tuple[Notice, LockId] | None] | None = None
        """By which locks and who was looked at last, and what is said of that. These locks do not run out."""
        self._merged: tuple[LockIndex | None, LockIndex | None, LockIndex | None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._slow = list[Client]()
        """Those who had not read everything when a lock came."""
        self._closing = Closing(engine, lambda: not self._crowd.is_over)
        self._finishing: set[asyncio.Task[Any]] = set()
        engine.containment.on_change = self._begin
        engine.containment.on_blind = self._end_everything

    async def enforce(self, lock: LockId | None = None) -> Ended:
        """End everything that a lock holds for, and return when it has ended. None: all that stand."""
        # Whoever sees it first, a door, the watch or we, begins; what it ended is counted by lock.
        self._engine.containment.is_quiet()
        await self._last_words()
        if self._finishing:
            await asyncio.wait(self._finishing, timeout=UNRECORDED_S)
        is_closed = await self._closing.close(self._is_over)
        tolls = self._tolls.of(lock)
        withdrawing = {toll.withdrawing for toll in tolls}
        if tolls:
            first = {*(each.tried for each in withdrawing), *(toll.finding for toll in tolls)}
            await asyncio.wait(first, timeout=UNRECORDED_S)
        return Ended(
            calls=sum(toll.calls for toll in tolls),
            streams=sum(toll.streams for toll in tolls),
            sessions=tuple(dict.fromkeys(session for toll in tolls for session in toll.sessions())),
            approvals=sum(each.count for each in withdrawing),
            is_complete=self._is_said and is_closed and all(each.is_done for each in withdrawing),
        )

    def _begin(self) -> None:
        """A lock was seen. What it holds for is cancelled before anything else runs, or stands still."""
        self._notice_for = self._stop_of
        new = self._tolls.note(self._engine.containment.in_force().locks, keep_lifted=not self._is_said)
        self._contain(self._stop_of)
        self._tell()
        self._later(self._finish(new))

    async def preserved(self, lock: LockId) -> int | None:
        """How many recordings a lock holds; None if that is still under way."""
        return await self._tolls.preserved(lock, UNRECORDED_S)

    def tried_again(self, lock: LockId) -> tuple[str, ...]:
        """What a lock should have done and could not, which is tried again until it is done."""
        return self._tolls.tried_again(lock)

    def _end_everything(self) -> None:
        """Whom locks hold for is no longer known: they may hold for everybody."""
        self._notice_for = lambda _: (BLIND, None)
        self._contain(self._notice_for)
        self._later(self._finish(None))

    def _later(self, what: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        task = asyncio.get_running_loop().create_task(what)
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)
        return task

    async def _finish(self, new: list[Toll] | None) -> None:
        """End the sessions after their calls: those that new locks found stay ended. None: all of them."""
        with self._undisturbed():
            try:
                if not self._crowd.is_over:
                    self._later(self._stop(new))
                await self._last_words()
                found = await _found(new)
                await self._closing.close(
                    lambda live: found is None or live.session.id in found or self._is_over(live)
                )
            except IntegrityError as fault:
                log.error("who is locked cannot be known: %s", fault.code)  # noqa: TRY400 - no traceback

    async def _stop(self, new: list[Toll] | None) -> None:
        found = await _found(new)
        await self._closing.stop(self._engine.sessions.live if found is None else self._live(found))

    def _live(self, sessions: Iterable[SessionId]) -> Iterator[Live]:
        there = map(self._engine.sessions.live.get, sessions)
        return (live for live in there if live is not None)

    def _contain(self, notice_for: NoticeFor) -> None:
        everybody = self._engine.under_way()
        is_crowd, crowd = len(everybody) > AT_ONCE, list[Running]()
        index = LockIndex(self._engine.containment.in_force()) if is_crowd else None
        for running in everybody:
            if running.whom is None or running.is_cancelled:
                continue
            if is_crowd and running.is_waiting:
                # Nothing of it moves before its upstream speaks, and then it comes to a door.
                # That its lock is lifted before its turn comes is no reason to go on half-way.
                running.summons = self._summons_of(running.summons, index)
                crowd.append(running)
            elif (notice := self._counted(running, notice_for)) is not None:
                self._cancel(running, notice)
        self._crowd.add(crowd)
        self._slow.extend(self._engine.containment.unread.of(self._is_stopped))

    def _is_stopped(self, whom: Whom) -> bool:
        is_unknown = self._notice_for != self._stop_of
        return is_unknown or self._engine.containment.stop_on(whom) is not None

    def _summons_of(self, before: LockIndex | None, index: LockIndex | None) -> LockIndex | None:
        """The locks that someone answers for. Of a crowd all but a few have had the same ones."""
        if self._merged is None or self._merged[0] is not before or self._merged[1] is not index:
            self._merged = before, index, merged(before, index)
        return self._merged[2]

    def _counted(self, running: Running, notice_for: NoticeFor) -> Notice | None:
        """What it is told, if it is to end; it counts as ended by its lock."""
        found = None if running.is_cancelled else notice_for(running)
        if found is None:
            return None
        notice, lock = found
        if running.client.unsent():
            self._slow.append(running.client)
        self._tolls.count(lock, running)
        running.settle()
        return notice

    def _take(self, running: Running) -> Entry | None:
        """Begin the end of one of a crowd. What moves by now is ended by its own task."""
        try:
            notice = self._counted(running, self._notice_for)
        except IntegrityError:
            self._crowd.add([running])  # Who is locked is known again, or everything ends.
            return None
        if notice is None:
            running.summons = None
            return None
        entry = self._engine.unwinding.take(running, notice)
        if running.is_taken and entry is None:
            self._wake(running)
        elif entry is None:
            self._cancel(running, notice)
        return entry

    def _cancel(self, running: Running, notice: Notice) -> None:
        self._engine.cancel(running, notice)
        self._follow(running)

    def _wake(self, running: Running) -> None:
        if running.task is not None and not running.task.done():
            running.task.cancel()
            self._follow(running)

    def _follow(self, running: Running) -> None:
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
        loop = asyncio.get_running_loop()
        look_at, pace = loop.time() + SLOW_S, Pace(each_turn=1)
        while not self._is_said:
            if self._goes_on():
                await pace.step()
            else:
                await self._something_moves()
            if (late_s := loop.time() - look_at) >= 0:
                look_at = loop.time() + SLOW_S
                self._cut_the_overdue(late_s)

    def _goes_on(self) -> bool:
        is_blind = self._engine.containment.is_blind and self._notice_for == self._stop_of
        return not is_blind and self._crowd.turn(WAKING - len(self._ending))

    async def _something_moves(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SLOW_S):
                await self._crowd.moved.wait()

    def _cut_the_overdue(self, late_s: float) -> None:
        """Who does not take the last word loses the connection, and the record is waited for no longer.

        `late_s`: how much later than planned this look is. If the loop stood still, it counts for nobody.
        """
        now = asyncio.get_running_loop().time()
        for task, (running, since) in list(self._ending.items()):
            if late_s > STALL_S:
                self._ending[task] = running, since + late_s
                continue
            if now - since > LAST_WORDS_S:
                running.client.cut()
            if now - since > UNRECORDED_S:
                del self._ending[task]

    def _said(self, task: asyncio.Task[object]) -> None:
        self._ending.pop(task, None)
        self._crowd.moved.set()

    def _stop_of(self, running: Running) -> tuple[Notice, LockId] | None:
        if running.whom is None:
            return None
        summoned = self._summoned_by(running.summons, running.whom)
        if summoned is not None:
            return summoned
        lock = self._engine.containment.lock_on(running.whom)
        if lock is None or lock.mode is LockMode.SUSPEND:
            return None
        if lock.mode is LockMode.READ_ONLY and not _may_still_write(running, lock):
            return None
        return _told(lock)

    def _summoned_by(self, summons: LockIndex | None, whom: Whom) -> tuple[Notice, LockId] | None:
        """What the locks say that somebody answers for. Of a crowd many are alike: it is said once."""
        if summons is None:
            return None
        if self._judged is None or self._judged[0] is not summons or self._judged[1] != whom:
            lock = summons.stop_on(whom)
            self._judged = summons, whom, None if lock is None else _told(lock)
        return self._judged[2]

    def _is_over(self, live: Live) -> bool:
        return self._engine.containment.stop_on(whom_in(live)) is not None

    async def _last_words(self) -> bool:
        """Wait until everybody has been told, for a while. Whether all have ended."""
        await self._drop_the_slow()
        telling = self._tell()
        if telling is not None:
            size = self._crowd.size
            of_many = FOR_EACH_S * size + PATIENCE_S if size else 0.0
            await asyncio.wait([telling], timeout=LAST_WORDS_S + of_many)
        return self._is_said

    @property
    def _is_said(self) -> bool:
        return not self._ending and self._crowd.is_over

    async def _drop_the_slow(self) -> None:
        slow, self._slow = self._slow, []
        await asyncio.sleep(0)
        if any(client.unsent() for client in slow):
            await asyncio.sleep(SLOW_S)
        for client in slow:
            if client.unsent():
                client.cut()


async def _found(new: list[Toll] | None) -> set[SessionId] | None:
    """The sessions that locks found and end."""
    if new is None:
        return None
    return {session for toll in new if toll.ends_sessions for session in (await toll.finding).held}


def _told(lock: Lock) -> tuple[Notice, LockId]:
    return Notice(TERMINATED, LOCKED, terminated_text(lock)), lock.id


def _may_still_write(running: Running, lock: Lock) -> bool:
    """Whether it was let in before only reading was left open, and nothing of it has left yet."""
    message = running.message
    if message is None or running.is_sent or passes_anyway(message):
        return False
    return running.lock is None or running.lock.id != lock.id
