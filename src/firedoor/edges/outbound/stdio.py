"""Upstreams that are child processes.

Legacy era: one child per session. Modern era: one per principal, shared by its requests, ended when the
last session that used it ends or when it was idle for long. Two principals never share a child.
"""

import asyncio
import contextlib
from dataclasses import dataclass

from firedoor.edges.outbound.channel import ANSWER_S, Flow, Line, StatusAnswer
from firedoor.edges.outbound.channels import CHANNELS, Dialled, Gone, SessionChannels
from firedoor.edges.outbound.child import Child, start
from firedoor.edges.outbound.duplex import Duplex
from firedoor.edges.outbound.endpoint import StdioEndpoint
from firedoor.edges.outbound.kin import Kin
from firedoor.edges.outbound.shared import SharedDuplex
from firedoor.model.era import Era
from firedoor.model.errors import IntegrityError, UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.ids import SessionId
from firedoor.model.message import MessageKind
from firedoor.ports.upstreams import Answer, Passage

IDLE_S = 900.0
"""After which a modern child without requests ends."""


@dataclass(slots=True, eq=False)
class _SharedChild:
    child: Child
    duplex: SharedDuplex
    used_at: float = 0.0
    timer: asyncio.TimerHandle | None = None


class StdioUpstream:
    """All children of one upstream."""

    def __init__(
        self, endpoint: StdioEndpoint, *, idle_s: float = IDLE_S, answer_s: float = ANSWER_S
    ) -> None:
        self._endpoint = endpoint
        self._idle_s = idle_s
        self._answer_s = answer_s
        self._sessions = SessionChannels(self._dial, answer_s)
        self._shared: dict[str, asyncio.Task[_SharedChild]] = {}
        self._users: dict[str, set[SessionId]] = {}
        """The sessions that use a principal's child, or wait for it to start."""
        self._stopped: set[SessionId] = set()
        """Sessions that are about to end."""
        self._children: set[Child] = set()
        self._kin = Kin()
        self._endings: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def pids(self) -> set[int]:
        """The processes of which something is left."""
        return {child.pid for child in self._children}

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message.

        Raises:
            UpstreamError: the child cannot be started, has ended, or does not answer.
        """
        if forwarding.message.era is Era.LEGACY:
            return await self._sessions.send(forwarding, passage)
        kind = forwarding.message.kind
        if kind in {MessageKind.LISTEN, MessageKind.END}:
            return StatusAnswer(405)
        if kind is not MessageKind.REQUEST:
            # Over HTTP a modern client cancels by leaving; a cancellation by id would name another's request.
            return StatusAnswer(202)
        shared = await self._shared_child(forwarding)
        shared.used_at = asyncio.get_running_loop().time()
        answer, written = shared.duplex.expect(forwarding.body)
        try:
            await shared.child.write(written, passage)
        except (UpstreamError, IntegrityError, asyncio.CancelledError):
            shared.duplex.forget(answer)  # Nothing of it has left.
            raise
        return await answer.started(self._answer_s)

    async def _dial(self, call: Dialled, duplex: Duplex, flow: Flow, gone: Gone) -> Line:
        del call
        child = await start(self._endpoint, duplex.receive, gone, self._kin)
        self._keep(child)
        flow.pause, flow.resume = child.pause, child.resume
        return child

    def _keep(self, child: Child) -> None:
        """Know it until nothing of it is left, whether or not somebody still uses it."""
        self._children.add(child)
        child.ended.add_done_callback(lambda _: self._children.discard(child))

    async def _shared_child(self, forwarding: Forwarding) -> _SharedChild:
        principal = forwarding.principal
        if self._is_closed:
            raise UpstreamError("upstream_gone", "the gateway is stopping")
        if (stopped := self._started_for(principal)) is not None:
            stopped.child.tell_stopped()  # Who comes now has another one.
        starting = self._shared.get(principal)
        if starting is None:
            if len(self._shared) >= CHANNELS:
                raise UpstreamError("upstream_unavailable", "the upstream has no room for another principal")
            # A task: the first caller may leave while others wait for the same child.
            starting = asyncio.get_running_loop().create_task(self._start_shared(principal))
            self._shared[principal] = starting
            self._users[principal] = set()
        self._users[principal].add(forwarding.session)
        return await asyncio.shield(starting)

    async def _start_shared(self, principal: str) -> _SharedChild:
        task = asyncio.current_task()
        flow = Flow()

        def cancel(message: bytes) -> None:
            with contextlib.suppress(UpstreamError):
                shared.child.write_now(message)

        duplex = SharedDuplex(flow, cancel)

        def gone(error: UpstreamError) -> None:
            if self._shared.get(principal) is task:
                del self._shared[principal]
            duplex.fail(error)

        try:
            child = await start(self._endpoint, duplex.receive, gone, self._kin)
        except UpstreamError:
            del self._shared[principal]
            raise
        self._keep(child)
        flow.pause, flow.resume = child.pause, child.resume
        shared = _SharedChild(child, duplex)
        shared.used_at = asyncio.get_running_loop().time()
        self._watch(shared)
        return shared

    def _watch(self, shared: _SharedChild) -> None:
        loop = asyncio.get_running_loop()
        if shared.duplex.is_idle and loop.time() - shared.used_at >= self._idle_s:
            self._end_soon(shared)
        else:
            shared.timer = loop.call_later(self._idle_s, self._watch, shared)

    def _end_soon(self, shared: _SharedChild) -> None:
        ending = asyncio.get_running_loop().create_task(self._end(shared))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def _end(self, shared: _SharedChild) -> None:
        if shared.timer is not None:
            shared.timer.cancel()
        await shared.child.end()

    def _started_for(self, principal: str) -> _SharedChild | None:
        task = self._shared.get(principal)
        is_started = task is not None and task.done() and not task.cancelled() and task.exception() is None
        return task.result() if task is not None and is_started else None

    def _started(self) -> list[_SharedChild]:
        done = [task for task in self._shared.values() if task.done() and not task.cancelled()]
        return [task.result() for task in done if task.exception() is None]

    def stop(self, session: SessionId) -> None:
        """Begin to end the session's child, or the shared one that only sessions like this use."""
        self._sessions.stop(session)
        self._stopped.add(session)
        for principal, users in self._users.items():
            if session in users and users <= self._stopped:
                shared = self._started_for(principal)
                if shared is not None:
                    shared.child.stop()

    async def end(self, session: SessionId) -> None:
        """End the session's child, or the shared one that only this session used."""
        self._stopped.discard(session)
        await self._sessions.end(session)
        for principal, child in tuple(self._shared.items()):
            users = self._users[principal]
            if session not in users:
                continue
            users.discard(session)
            if users:
                continue
            # Also one that is just starting: whoever it was started for is over.
            with contextlib.suppress(UpstreamError):
                shared = await asyncio.shield(child)
                if not users:
                    await self._end(shared)

    async def close(self) -> None:
        """End all children."""
        self._is_closed = True
        for task in tuple(self._shared.values()):
            await asyncio.wait([task])
        for shared in self._started():
            self._end_soon(shared)
        children = [child.end() for child in self._children]
        await asyncio.gather(self._sessions.close(), *self._endings, *children)
        self._kin.close()
