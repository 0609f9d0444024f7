"""Ends the sessions that are over under a lock: processes end, the record says so, upstreams hear of it.

Theory of operation. A session goes through three queues, and each of them is gone through a few at a time, so
that what others do passes in between. First what belongs to it alone ends, its process above all: that waits
for nothing, not even for a record that takes no entry. Then, once nothing of it is under way, the record says
that it is over, and it is. Last its upstream is told, if that keeps a session of its own: a courtesy, for
which nobody waits where thousands are to be told. Closing a session again does nothing.
"""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

from firedoor.core.forward.forwarding import ending, forwarding, legacy_headers
from firedoor.core.reply.terminated import LOCKED
from firedoor.engine.ending.pacing import Pace, in_turns
from firedoor.engine.live import Live
from firedoor.engine.run import Engine
from firedoor.model.errors import FiredoorError
from firedoor.model.ids import SessionId

log = logging.getLogger("firedoor.engine")

GOODBYE_S = 1.0
"""How long an upstream may take to hear that a session is over."""
UNRECORDED_S = 5.0
"""How long the end of a session waits for the ends of its calls to be durable."""
AT_ONCE = 16
"""Sessions whose own channels are being closed. Stops thousands of ends from coming at once."""
GOODBYES = 4
"""Those that upstreams are being told of. Stops thousands of goodbyes from taking all connections there."""
GOODBYE_EVERY_S = 0.004
"""Between two of many goodbyes, for each of those: they take a third of the time of the loop, not all."""
EACH_TURN = 8
"""Ends that are recorded in one turn of the loop: about half a millisecond."""
LOOK_S = 0.01
"""How often it is looked whether the last calls of a session have ended."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Over:
    """A session that is being closed."""

    live: Live
    until: float
    """When its end is recorded whatever is under way in it."""


class Closing:
    """The sessions that are being closed."""

    def __init__(self, engine: Engine, is_telling: Callable[[], bool]) -> None:
        """`is_telling`: whether the ends of calls are still being recorded, of a crowd or so."""
        self._engine = engine
        self._is_telling = is_telling
        self._begun = set[SessionId]()
        self._ending = deque[_Over]()
        self._ended = deque[_Over]()
        """Nothing belongs to them alone any more."""
        self._untold = deque[Live]()
        """Their upstreams are to be told."""
        self._unheard = Counter[str]()
        """How many sessions of each upstream it did not hear of. One line says it: they may be thousands."""
        self._enders = self._tellers = 0
        self._is_recording = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._all_closed, self._all_told = asyncio.Event(), asyncio.Event()
        self._all_told.set()

    async def stop(self, those: Iterable[Live]) -> None:
        """Begin to end their processes. Who waits for one learns of it at the close."""
        async for live in in_turns(those):
            self._engine.upstreams.stop(live.session.upstream, live.session.id)

    async def close(self, is_over: Callable[[Live], bool]) -> bool:
        """Close those that are over; whether all are closed, after a while.

        Few goodbyes are waited for as well; of many, none.
        """
        until = asyncio.get_running_loop().time() + UNRECORDED_S
        async for live in in_turns(self._engine.sessions.live):
            if live.session.id not in self._begun and is_over(live):
                self._begin(_Over(live=live, until=until))
        # Whoever asks waits for all of them, also for those that another lock or the watch began to close.
        if self._begun:
            await _wait(self._all_closed, UNRECORDED_S)
        if len(self._untold) <= AT_ONCE:
            await _wait(self._all_told, GOODBYE_S)
        return not self._begun

    def _begin(self, over: _Over) -> None:
        self._begun.add(over.live.session.id)
        self._all_closed.clear()
        self._ending.append(over)
        if self._enders < AT_ONCE:
            self._enders += 1
            self._start(self._end())

    async def _end(self) -> None:
        """End what belongs to a session alone, one after the other, with others beside."""
        pace = Pace(each_turn=EACH_TURN, naps=False)
        while self._ending:
            over = self._ending.popleft()
            session = over.live.session
            try:
                await self._engine.upstreams.end(session.upstream, session.id)
            except FiredoorError as failure:
                log.error("what a locked session had alone may be left: %s", failure.code)  # noqa: TRY400 - no traceback
            self._ended.append(over)
            if not self._is_recording:
                self._is_recording = True
                self._start(self._record())
            await pace.step()
        self._enders -= 1

    async def _record(self) -> None:
        """Record the ends of those in which nothing is under way, a few in each turn."""
        loop, pace = asyncio.get_running_loop(), Pace(each_turn=EACH_TURN)
        while self._ended:
            waiting = deque[_Over]()
            while self._ended:
                over = self._ended.popleft()
                if over.live.exchanges and (self._is_telling() or loop.time() < over.until):
                    waiting.append(over)  # Its end comes after theirs.
                else:
                    await self._close(over.live)
                await pace.step()
            self._ended.extend(waiting)
            if waiting:
                await asyncio.sleep(LOOK_S)
        self._is_recording = False

    async def _close(self, live: Live) -> None:
        session = live.session
        try:
            await self._engine.sessions.close(session.id, LOCKED)
        except FiredoorError as failure:
            log.error("a locked session is not closed in order: %s", failure.code)  # noqa: TRY400 - no traceback
        finally:
            if session.upstream_mcp_session is not None:
                self._tell_soon(live)
            self._begun.discard(session.id)
            if not self._begun:
                self._all_closed.set()

    def _tell_soon(self, live: Live) -> None:
        self._all_told.clear()
        self._untold.append(live)
        if self._tellers < GOODBYES:
            self._tellers += 1
            self._start(self._tell())

    async def _tell(self) -> None:
        while self._untold:
            await self._say_goodbye(self._untold.popleft())
            if len(self._untold) > AT_ONCE:
                await asyncio.sleep(GOODBYE_EVERY_S)
        self._tellers -= 1
        if not self._tellers:
            unheard, self._unheard = self._unheard, Counter[str]()
            for upstream, count in unheard.items():
                log.warning("upstream %s did not hear that %d sessions are over", upstream, count)
            self._all_told.set()

    async def _say_goodbye(self, live: Live) -> None:
        """Tell an upstream that keeps sessions of its own. It may not listen; the lock holds all the same."""
        session = live.session
        message = ending(session)
        headers = legacy_headers(session, message, version=None, accept="", last_event_id=None)
        try:
            async with asyncio.timeout(GOODBYE_S):
                answer = await self._engine.upstreams.send(forwarding(session, message, headers=headers))
                answer.abandon()
        except (FiredoorError, TimeoutError):
            self._unheard[session.upstream] += 1

    def _start(self, what: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _wait(what: asyncio.Event, for_s: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(for_s):
            await what.wait()
