"""Runs exchanges: carries out what the path asks through the ports, and unwinds what is cut short.

The outer frame in `Engine.run` is the only `except Exception` of the project: whatever goes wrong
while deciding, recording or relaying ends as a refusal that is recorded.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from firedoor.core.accept.mirrored import Mirror
from firedoor.core.commands import (
    Answer,
    AnswerUpstream,
    Append,
    AwaitLift,
    CancelUpstream,
    CloseSession,
    Command,
    Deliver,
    EndStream,
    EndWith,
    Failure,
    FindGrant,
    FindLock,
    FindMirrors,
    JoinSession,
    Notice,
    OpenStream,
    Path,
    Put,
    ReadBody,
    Send,
)
from firedoor.core.exchange import exchange
from firedoor.core.kept_back import Next, NextOrQuiet, Quiet
from firedoor.core.reply.answer import INTERNAL_ERROR, TERMINATED
from firedoor.core.tasks import LeaveClient
from firedoor.engine.deciding import Deciding
from firedoor.engine.doors.admission import Admission
from firedoor.engine.doors.containment import Containment
from firedoor.engine.doors.door import Door, Leaving
from firedoor.engine.failing import record_failure, refuse, tell_failure
from firedoor.engine.handles import Handles
from firedoor.engine.masking import Masking
from firedoor.engine.memory import meanings
from firedoor.engine.parting import part
from firedoor.engine.people.holding import Holding
from firedoor.engine.running import Running
from firedoor.engine.sessions import Sessions
from firedoor.engine.unrecorded import Unrecorded
from firedoor.engine.unwinding import DRAINING, Unwinding
from firedoor.model.arrival import Arrival
from firedoor.model.entry import LATER, Entry
from firedoor.model.era import Era
from firedoor.model.errors import IntegrityError, RecordError, UpstreamError
from firedoor.model.forwarding import AnswerHead, UpstreamEvent
from firedoor.model.gate import Gate
from firedoor.model.grant import Grant
from firedoor.model.lock import Lock, LockMode
from firedoor.model.message import MessageKind
from firedoor.model.reply import Refusal, StreamEvent
from firedoor.model.session import Session
from firedoor.ports.client import Client
from firedoor.ports.directory import Directory
from firedoor.ports.recorder import Recorder
from firedoor.ports.upstreams import Upstreams

log = logging.getLogger("firedoor.engine")

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_REQUEST, _LISTEN, _MODERN = MessageKind.REQUEST, MessageKind.LISTEN, Era.MODERN
CANCEL_S = 1.0
"""How long an upstream may take to hear that nobody waits for its answer any more."""


@dataclass(slots=True, kw_only=True)
class Engine:
    """The only asynchronous code between the edges and the core."""

    gate: Gate
    recorder: Recorder
    directory: Directory
    upstreams: Upstreams
    sessions: Sessions
    containment: Containment
    deciding: Deciding
    holding: Holding
    masking: Masking = field(default_factory=Masking)
    unrecorded: Unrecorded = field(init=False)
    results: Counter[str] = field(default_factory=Counter[str])
    """How exchanges ended, for the metrics."""
    handles: Handles = field(default_factory=Handles)
    _under_way: dict[int, Running] = field(default_factory=dict[int, Running])
    _admission: Admission = field(init=False)
    unwinding: Unwinding = field(init=False)
    is_draining: bool = False
    _immediate: dict[type, Callable[[Any, Running], Any]] = field(init=False)
    _awaited: dict[type, Callable[[Any, Running], Awaitable[Any]]] = field(init=False)

    def __post_init__(self) -> None:
        """Say once what each command means."""
        self.unwinding = Unwinding(recorder=self.recorder, carry_out=self._carry_out, stamped=self._stamped)
        self.unrecorded = Unrecorded(now_us=self.sessions.fresh.now_us)
        self._admission = Admission(under_way=self._under_way.values)
        self._immediate = {
            FindLock: self._find_lock,
            Put: self._put,
            **meanings(self.handles, self.sessions.eras.has_no_tasks),
        }
        self._awaited = {
            FindGrant: self._find_grant,
            ReadBody: self._read_body,
            JoinSession: self._join,
            FindMirrors: self._find_mirrors,
            AwaitLift: self._await_lift,
            CancelUpstream: self._cancel_upstream,
            Append: self._append,
            Send: self._send,
            Next: self._next,
            NextOrQuiet: self._next,
            AnswerUpstream: self._answer_upstream,
            CloseSession: self._close_session,
            Answer: self._reply,
            OpenStream: self._open_stream,
            Deliver: self._deliver,
            EndStream: self._end_stream,
            EndWith: self._end_with,
            LeaveClient: self._leave_client,
            **self.deciding.answers,
            **self.masking.answers,
            **self.holding.answers,
        }
        self.holding.bind(self.cancel, self.sessions.live, self.containment.stop_on)

    async def run(self, arrival: Arrival, client: Client) -> None:
        """Carry one HTTP request to its answer, and a call that became a task on to its end.

        Never raises but for cancellation from outside.
        """
        path = exchange(arrival, self.gate, self.recorder.control)
        running = Running(arrival=arrival, client=client, task=asyncio.current_task(), path=path)
        self._under_way[id(running)] = running
        try:
            await self._drive(path, running)
        except asyncio.CancelledError:
            await self.unwinding.unwind(running)
            if not running.is_cancelled:
                raise
        except (RecordError, IntegrityError) as failure:
            self.results["failed"] += 1
            await refuse(self.recorder, running, failure)
        except Exception:
            # Anything unforeseen: refused, recorded, and never passed on.
            log.exception("exchange failed")
            self.results["failed"] += 1
            await record_failure(self.recorder, running)
            await tell_failure(running, 500, INTERNAL_ERROR, "The gateway could not carry this out.")
        finally:
            path.close()
            self._leave(running)

    async def _drive(self, path: Path, running: Running) -> None:
        # As in `_carry_out`, without a coroutine more for each command.
        immediate, awaited = self._immediate, self._awaited
        answer: Any = None
        while True:
            try:
                command = running.asked = path.send(answer)
            except StopIteration:
                return
            found = immediate.get(type(command))
            if found is not None:
                answer = found(command, running)
            else:
                answer = await awaited[type(command)](command, running)

    async def _carry_out(self, command: Command[Any], running: Running) -> Any:  # noqa: ANN401 - the answer of any command
        found = self._immediate.get(type(command))
        if found is not None:
            return found(command, running)
        return await self._awaited[type(command)](command, running)

    def _leave(self, running: Running) -> None:
        self._under_way.pop(id(running), None)
        self.containment.unread.note(running)
        self.holding.left(running)
        running.turn.drop()
        if running.answer is not None:
            running.answer.abandon()
        live = running.live
        if live is not None:
            live.exchanges -= 1
            live.last_at_us = self.sessions.fresh.now_us()
            self._admission.leave(live.session.grant.id)

    def under_way(self) -> list[Running]:
        """Every exchange that has not ended."""
        return list(self._under_way.values())

    def count(self) -> tuple[int, int]:
        """Calls and streams under way."""
        streams = sum(1 for running in self._under_way.values() if running.is_stream)
        return len(self._under_way) - streams, streams

    async def drain(self, wait_s: float) -> None:
        """Take nothing new, let calls finish, end streams properly, close every session."""
        self.is_draining = True
        self.holding.release()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_s
        # Once in a life: an event would cost each call.
        while self.count()[0] and loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        tasks = [running.task for running in self.under_way() if running.task is not None]
        for running in self.under_way():
            self.cancel(running, DRAINING)
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        await self.holding.approving.settled()
        for live in self.sessions.live:
            await self.sessions.close(live.session.id, "shutdown")

    def cancel(self, running: Running, notice: Notice | None = None) -> None:
        """End an exchange from this side. A client that is still there is told the notice."""
        if running.is_cancelled:
            return  # It is saying its last words, and nobody may cut those short.
        running.notice, running.is_cancelled = notice, True
        if running.task is not None:
            running.task.cancel()

    def _find_grant(self, command: FindGrant, _: Running) -> Awaitable[Grant | None]:
        return self.directory.grant_of(command.digest)

    def _find_lock(self, command: FindLock, running: Running) -> Lock | None:
        if command.message is not None:
            # From here on a lock that comes later ends it: before, it had nothing to end.
            running.whom, running.message = command.whom, command.message
        look = self.containment.lock_on if running.message else self.containment.early_lock_on
        running.lock = look(command.whom)
        if running.lock is not None and running.lock.mode is LockMode.STOP:
            running.whom = None  # It is refused: that is told, and ends nothing more.
        return running.lock

    async def _await_lift(self, command: AwaitLift, running: Running) -> Lock | None:
        lock = await self._admission.lifted(running, command.whom, self.containment, self.gate.limits)
        running.lock = lock
        if lock is not None and lock.mode is not LockMode.READ_ONLY:
            running.whom = None  # It is told to come back: that does not wait for the lock to be lifted.
        return lock

    async def _pass(self, running: Running, client: Client | None = None) -> None:
        """The last look before bytes leave, in either direction: to a client, once it takes them."""
        if running.whom is not None:
            await Door(self.containment, running).passed(client)

    async def _cancel_upstream(self, command: CancelUpstream, running: Running) -> None:
        if running.is_sent:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CANCEL_S):
                    await self._answer_upstream(AnswerUpstream(command.forwarding), running)

    def _read_body(self, command: ReadBody, running: Running) -> Awaitable[bytes | None]:
        return running.client.body(command.limit)

    async def _join(self, command: JoinSession, running: Running) -> Session | Refusal:
        message = command.message
        if self.is_draining:
            text = "The gateway is shutting down. Not executed."
            return Refusal(status=503, code=TERMINATED, reason="draining", text=text, id=message.id)
        refusal = self._admission.refusal(command.grant.id, message, self.gate.limits)
        if refusal is not None:
            return refusal
        door = Door(self.containment, running)
        joined = await self.sessions.join(command, running.arrival, self.deciding.in_force, door)
        if isinstance(joined, Refusal):
            return joined
        running.message = message
        if running.whom is not None:
            running.whom = running.whom.within(joined.id)
        running.live = self.sessions.live.get(joined.id)
        if running.live is not None:
            running.live.exchanges += 1
            running.live.calls += message.kind is _REQUEST
        self._admission.enter(command.grant.id)
        if message.era is _MODERN or message.kind is _LISTEN:
            # Closing the stream is how a modern client cancels; a legacy one sends a notification.
            running.client.when_gone(lambda: self.cancel(running))
        return joined

    def _put(self, command: Put, running: Running) -> int:
        try:
            self.unrecorded.look(running)
            return self.recorder.put(self._stamped(command.entry))
        except RecordError as fault:
            return self.unrecorded.go_on(running, command.entry, fault)

    def _stamped(self, entry: Entry) -> Entry:
        return entry if entry.at_us != LATER else entry.at(self.sessions.fresh.now_us())

    async def _append(self, command: Append, running: Running) -> int:
        try:
            self.unrecorded.look(running)
            appending = self.recorder.append(self._stamped(command.entry))
        except RecordError as fault:
            return self.unrecorded.go_on(running, command.entry, fault)
        try:
            sequence = await appending
        except asyncio.CancelledError:
            # The entry was on its way, and its waiting not to be cut short: what follows depends on it.
            running.late = appending.result()
            running.note(command.entry, running.late)
            raise
        except RecordError as fault:
            return self.unrecorded.go_on(running, command.entry, fault)
        running.note(command.entry, sequence)
        return sequence

    async def _find_mirrors(self, command: FindMirrors, running: Running) -> tuple[Mirror, ...]:
        door = Door(self.containment, running)
        return await self.sessions.mirrors.of(command.session, command.tool, door)

    async def _send(self, command: Send, running: Running) -> AnswerHead | Failure:
        await self._pass(running)
        leaving, running.ending = Leaving.of(self.containment, running), command.ending
        try:
            running.answer = await self.upstreams.send(command.forwarding, leaving)
        except UpstreamError as failure:
            return Failure(failure.code, failure.message)
        return running.answer.head

    async def _next(
        self, command: Next | NextOrQuiet, running: Running
    ) -> UpstreamEvent | Failure | Quiet | None:
        if running.answer is None:
            return None
        running.is_waiting = True
        kept = command.kept if isinstance(command, NextOrQuiet) else ()
        try:
            event = await running.turn.event(running.answer, kept)
        except UpstreamError as failure:
            event = Failure(failure.code, failure.message)
        finally:
            running.is_waiting = False
        if running.is_taken:  # It is told once its client has had the last word.
            await asyncio.get_running_loop().create_future()
        return event

    async def _answer_upstream(self, command: AnswerUpstream, running: Running) -> None:
        await self._pass(running)
        try:
            leaving = None if running.is_cancelled else Leaving.of(self.containment, running)
            (await self.upstreams.send(command.forwarding, leaving)).abandon()
        except UpstreamError as failure:
            if not running.is_cancelled:  # Whoever ends it may have ended the upstream's process first.
                log.warning("upstream %s took no answer: %s", command.forwarding.upstream, failure.code)

    async def _close_session(self, command: CloseSession, running: Running) -> None:
        await part(command.session, running, self._under_way.values(), self.cancel)
        await self.sessions.close(command.session, command.reason)

    async def _reply(self, command: Answer, running: Running) -> bool:
        await self._pass(running, running.client)
        running.asked = None
        if running.is_streaming:  # it was held, and its stream opened for that
            await self._end_with(EndWith(command.reply), running)
            return True
        running.has_begun = True
        return await running.client.reply(command.reply)

    async def _leave_client(self, command: LeaveClient, running: Running) -> None:
        await self._reply(Answer(command.reply), running)
        self.holding.go_on_alone(running)

    async def _open_stream(self, command: OpenStream, running: Running) -> bool:
        await self._pass(running, running.client)
        is_open, running.has_begun, running.is_streaming = running.is_streaming, True, True
        return is_open or await running.client.open_stream(command.headers)

    async def _end_with(self, command: EndWith, running: Running) -> None:
        reply = command.reply
        if not running.has_begun:
            await self._reply(Answer(reply), running)
        elif running.is_streaming:
            if reply.body:
                await running.client.deliver(StreamEvent(payload=reply.body))
            await self._end_stream(EndStream(), running)

    async def _deliver(self, command: Deliver, running: Running) -> bool:
        await self._pass(running, running.client)
        running.asked = None
        return await running.client.deliver(command.event)

    async def _end_stream(self, _: EndStream, running: Running) -> None:
        running.is_streaming = False
        await running.client.end_stream()
