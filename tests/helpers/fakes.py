"""The ports of the engine in memory, one class each, with the faults that tests need. No mocks: they work."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from firedoor.edges.store.journal.waiters import Unbroken
from firedoor.engine.running import Running
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Review
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import IntegrityError, RecordError, UpstreamError
from firedoor.model.forwarding import AnswerHead, Forwarding, Shape, UpstreamEvent
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.lock import Lift, Lock, LockId, LockView
from firedoor.model.permit import Permit
from firedoor.model.policy import Policy
from firedoor.model.reply import Reply, StreamEvent
from firedoor.ports.upstreams import Passage
from tests.helpers.nouns import AT_US, CONTROL, arrival

Story = list[tuple[str, object]]
"""What happened, over all fakes of a test, in order."""


class FakeClock:
    """Stands still until it is told."""

    def __init__(self, at_us: int = AT_US) -> None:
        self.at_us = at_us

    def __call__(self) -> int:
        return self.at_us

    def pass_s(self, seconds: float) -> None:
        self.at_us += int(seconds * 1_000_000)


async def turns(number: int) -> None:
    """Let the loop turn so many times."""
    for _ in range(number):
        await asyncio.sleep(0)


class FakeRecorder:
    """Implements `ports.recorder.Recorder`. Entries wait for `flush` when it is slow.

    With a pace it works like the journal: an entry becomes durable turns later, whoever waits for it.
    """

    control = CONTROL

    def __init__(self, story: Story) -> None:
        self._story = story
        self._numbers: dict[SessionId, int] = {}
        self._waiting: list[tuple[Entry, int, asyncio.Future[int]]] = []
        self.is_slow = False
        self.fails_on: Callable[[Entry], bool] = lambda _: False
        self.fails_with = "record_unavailable"
        self.entries: list[Entry] = []
        """What is durable."""
        self.queued: list[Entry] = []
        """What was put and not yet followed by an appended one."""
        self.forgotten: list[SessionId] = []
        self.pace = 0
        self._writing: set[asyncio.Task[int]] = set()

    def put(self, entry: Entry) -> int:
        if self.fails_on(entry):
            raise RecordError(self.fails_with, "The record cannot be written.")
        self.queued.append(entry)
        number = self._numbers.get(entry.session, -1) + 1
        self._numbers[entry.session] = number
        return number

    def append(self, entry: Entry) -> "asyncio.Future[int]":
        arrived = Unbroken(loop=asyncio.get_running_loop())
        writing = asyncio.get_running_loop().create_task(self._append(entry))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)

        def settle(task: "asyncio.Task[int]") -> None:
            fault = RecordError("record_unavailable", "Stopped.") if task.cancelled() else task.exception()
            if fault is None:
                arrived.set_result(task.result())
            else:
                arrived.set_exception(fault)

        writing.add_done_callback(settle)
        return arrived

    async def _append(self, entry: Entry) -> int:
        number = self.put(entry)
        await turns(self.pace)
        if self.is_slow:
            arrived: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            self._waiting.append((entry, number, arrived))
            try:
                await arrived
            except asyncio.CancelledError:
                # The test is over: whoever unwinds must not wait for a flush that never comes.
                self.is_slow = False
                raise
        self._harden()
        return number

    @property
    def waiting(self) -> int:
        """How many appended entries are not durable."""
        return len(self._waiting)

    def flush(self, count: int | None = None) -> None:
        """What waits is durable: all of it, or so many that waited longest."""
        for _, number, arrived in self._waiting[:count]:
            if not arrived.done():
                arrived.set_result(number)
        del self._waiting[:count]

    def forget(self, session: SessionId) -> None:
        self.forgotten.append(session)

    def of_kind(self, kind: EntryKind) -> list[Entry]:
        return [entry for entry in (*self.entries, *self.queued) if entry.kind is kind]

    def _harden(self) -> None:
        for entry in self.queued:
            self._story.append(("durable", entry.kind))
        self.entries += self.queued
        self.queued.clear()


class FakeAnswer:
    """Implements `ports.upstreams.Answer` over a script: events, exceptions, and futures to wait for."""

    def __init__(self, head: AnswerHead, script: Iterable[object]) -> None:
        self.head = head
        self._script = list(script)
        self.is_abandoned = False

    async def next(self) -> UpstreamEvent | None:
        said = self._script.pop(0) if self._script else None
        if isinstance(said, asyncio.Future):
            said = await said
        if isinstance(said, BaseException):
            raise said
        return UpstreamEvent(payload=said) if isinstance(said, bytes) else said

    def abandon(self) -> None:
        self.is_abandoned = True


class FakeUpstreams:
    """Implements `ports.upstreams.Upstreams`. `answers` are used up in order; then all is accepted."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self.sent: list[Forwarding] = []
        self.answers: list[object] = []
        self.given: list[FakeAnswer] = []
        self.ended: list[SessionId] = []
        self.connecting: asyncio.Future[None] | None = None
        """Until when nothing can be written."""
        self.stopped: list[SessionId] = []
        self.end_fails = False

    def will_answer(
        self, *script: object, shape: Shape = Shape.JSON, status: int = 200, session=None
    ) -> None:
        self.answers.append(FakeAnswer(AnswerHead(status=status, shape=shape, mcp_session=session), script))

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> FakeAnswer:
        if self.connecting is not None:
            await self.connecting
        while passage is not None and not passage.is_open():
            await passage.passed()
        self.sent.append(forwarding)
        self._story.append(("sent", forwarding.message.method))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        if not isinstance(answer, FakeAnswer):
            answer = FakeAnswer(AnswerHead(status=202, shape=Shape.EMPTY), ())
        self.given.append(answer)
        return answer

    def stop(self, upstream: str, session: SessionId) -> None:
        self.stopped.append(session)

    async def end(self, upstream: str, session: SessionId) -> None:
        self.ended.append(session)
        if self.end_fails:
            raise UpstreamError("upstream_gone", "It does not end.")


class FakeClient:
    """Implements `ports.client.Client`: one request, and what it was answered."""

    def __init__(self, story: Story, body: bytes | None = b"") -> None:
        self._story = story
        self._body = body
        self._when_gone: Callable[[], object] | None = None
        self.is_gone = False
        self.breaks = False
        self.replies: list[Reply] = []
        self.opened: list[tuple[tuple[str, str], ...]] = []
        self.events: list[StreamEvent] = []
        self.has_delivered = asyncio.Event()
        self.has_ended = False
        self.behind = 0
        """Bytes that it has not taken."""
        self.is_cut = False
        self.reads = asyncio.Event()
        """Unset: it does not read, and whoever writes to it waits."""
        self.reads.set()

    async def body(self, limit: int) -> bytes | None:
        return None if self._body is None or len(self._body) > limit else self._body

    async def reply(self, reply: Reply) -> bool:
        await self.reads.wait()
        if self.is_cut:
            return False
        self._story.append(("answered", reply.status))
        self.replies.append(reply)
        if self.breaks:
            raise OSError("the socket broke")
        return not self.is_gone

    async def open_stream(self, headers: tuple[tuple[str, str], ...]) -> bool:
        self.opened.append(headers)
        return not self.is_gone

    async def deliver(self, event: StreamEvent) -> bool:
        await self.reads.wait()
        if self.is_cut:
            return False
        self._story.append(("delivered", event.payload))
        self.events.append(event)
        self.has_delivered.set()
        return not self.is_gone

    async def end_stream(self) -> None:
        self.has_ended = True

    def end_at_once(self, event: StreamEvent | None) -> bool:
        if not self.reads.is_set():
            return False
        if event is not None and not self.is_cut:
            self._story.append(("delivered", event.payload))
            self.events.append(event)
            self.has_delivered.set()
        self.has_ended = True
        return True

    async def drained(self) -> bool:
        has_waited = not self.reads.is_set()
        await self.reads.wait()
        return has_waited

    def when_gone(self, callback: Callable[[], object]) -> None:
        self._when_gone = callback

    def unsent(self) -> int:
        return self.behind

    def cut(self) -> None:
        self.is_cut = True
        self.reads.set()
        self.go()

    def go(self) -> None:
        """Leave before the answer is complete."""
        self.is_gone = True
        if self._when_gone is not None:
            self._when_gone()


class FakeDirectory:
    """Implements `ports.directory.Directory`."""

    def __init__(self, *grants: Grant) -> None:
        self.grants = {grant.token_digest: grant for grant in grants}
        self.failure: Exception | None = None

    async def grant_of(self, digest: TokenDigest) -> Grant | None:
        if self.failure is not None:
            raise self.failure
        return self.grants.get(digest)


@dataclass(slots=True)
class FixedPolicy:
    """Implements `ports.policies.Policies`: one that nobody but a test changes."""

    policy: Policy

    async def current(self) -> Policy:
        return self.policy


class FakeLocks:
    """Implements `ports.locks.Locks` without a file."""

    def __init__(self) -> None:
        self._view = LockView()
        self._lifts: dict[LockId, Lift] = {}
        self.is_damaged = False
        self.looked = asyncio.Event()

    def view(self) -> LockView:
        if self.is_damaged:
            raise IntegrityError("locks_damaged", "The file of locks is damaged.")
        return self._view

    def look(self) -> None:
        self.looked.set()
        self.view()

    def create(self, lock: Lock) -> int:
        self._view = LockView(self._view.epoch + 1, (*self._view.locks, lock))
        return self._view.epoch

    def complete(self, lock: LockId, grant: GrantId, upstream: str) -> int:
        known = (
            replace(each, grant=grant, upstream=upstream) if each.id == lock else each
            for each in self._view.locks
        )
        self._view = LockView(self._view.epoch + 1, tuple(known))
        return self._view.epoch

    def lifted(self, lock: LockId) -> Lift | None:
        return self._lifts.get(lock)

    def lift(self, lift: Lift) -> Lock | None:
        lock = self.find(lift.id)
        self._lifts[lift.id] = lift
        left = tuple(each for each in self._view.locks if each is not lock)
        self._view = LockView(self._view.epoch + 1, left)
        return lock

    def find(self, lock: LockId) -> Lock | None:
        return next((each for each in self._view.locks if each.id == lock), None)


class FakeApprovals:
    """Implements `ports.approvals.Approvals` in memory. Asked from threads, as the store is."""

    def __init__(self) -> None:
        self.kept: dict[ApprovalId, Approval] = {}
        self.redeemed: list[ApprovalId] = []
        self.executors: dict[ApprovalId, str] = {}
        self._one = threading.Lock()

    def open(self, approval: Approval) -> Approval:
        with self._one:
            before = self._open_of(approval.digest)
            if before is None:
                self.kept[approval.id] = approval
            return before or approval

    def find(self, approval: ApprovalId) -> Approval | None:
        return self.kept.get(approval)

    def open_of(self, digest: str) -> Approval | None:
        with self._one:
            return self._open_of(digest)

    def _open_of(self, digest: str) -> Approval | None:
        return next((each for each in self.kept.values() if each.digest == digest and each.is_open), None)

    def listed(self, states: Collection[ApprovalState], limit: int) -> tuple[Approval, ...]:
        with self._one:
            found = [each for each in reversed(self.kept.values()) if each.state in states]
        return tuple(found[:limit])

    def change(self, seen: Approval, state: ApprovalState, review: Review | None = None) -> bool:
        with self._one:
            now = self.kept[seen.id]
            if (now.turns, now.state) != (seen.turns, seen.state):
                return False
            said = now.reviews if review is None else (*now.reviews, review)
            self.kept[seen.id] = replace(now, state=state, turns=now.turns + 1, reviews=said)
            return True

    def executing_of(self, instance: str) -> tuple[Approval, ...]:
        return tuple(
            each
            for each in self.kept.values()
            if each.state is ApprovalState.EXECUTING and self.executors.get(each.id, "") in {"", instance}
        )

    def redeem(self, approval: ApprovalId, digest: str, now_us: int, instance: str = "") -> bool:
        self.executors[approval] = instance
        with self._one:
            now = self.kept[approval]
            is_good = now.state is ApprovalState.APPROVED and now.digest == digest
            if not is_good or now.expires_at_us <= now_us:
                return False
            self.kept[approval] = replace(now, state=ApprovalState.EXECUTING, turns=now.turns + 1)
            self.redeemed.append(approval)
            return True

    def reviews_since(self, since_us: int) -> dict[str, int]:
        said = [r.by for each in self.kept.values() for r in each.reviews if r.at_us >= since_us]
        return {by: said.count(by) for by in said}

    def latest_us(self) -> int:
        return max((each.requested_at_us for each in self.kept.values()), default=0)


class FakeNotifier:
    """Implements `ports.notifier.Notifier`."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Approval]] = []
        self.told_permits: list[tuple[str, Permit]] = []

    def tell(self, what: str, approval: Approval) -> None:
        self.told.append((what, approval))

    def tell_permit(self, what: str, permit: Permit) -> None:
        self.told_permits.append((what, permit))

    def close(self) -> None:
        """Nothing to stop."""


def idle(client: FakeClient | None = None, **changes) -> Running:
    """An exchange of which nothing has moved."""
    nothing = (command for command in ())
    return Running(arrival=arrival(), client=client or FakeClient([]), task=None, path=nothing, **changes)
