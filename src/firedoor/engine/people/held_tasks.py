"""Held calls whose clients have gone on with a task: kept here, with the answer, until their time is up.

In memory alone, as sessions are: it holds answers. Each is of the grant that asked, at the upstream it asked.
After a restart none is known; the approval is, and the identical call finds it again.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from firedoor.core.commands import Notice
from firedoor.core.reply.answer import TERMINATED
from firedoor.core.reply.task import CALLED_OFF, EXECUTING, LOST, called_off, ended, failed
from firedoor.core.reply.terminated import terminated_text
from firedoor.core.tasks import AwaitTask, CancelTask, FindTask, Found, ListTasks, Made, MakeTask
from firedoor.engine.running import Running
from firedoor.model.approval import ApprovalId
from firedoor.model.lock import Lock, Whom
from firedoor.model.message import Message
from firedoor.model.reply import Reply, StreamEvent
from firedoor.model.session import Session
from firedoor.model.task import PREFIX, Task, TaskId

StopOn: TypeAlias = Callable[[Whom], Lock | None]
"""The lock that ends everything of somebody, if there is one."""
KEPT_US = 10 * 60 * 1_000_000
"""How long the answer may be fetched after the approval would have ended."""
ASKED_UPSTREAM_US = 12 * 3600 * 1_000_000
"""How long a task is known that its upstream has made one of, too. No session lives longer."""
OF_ONE = 64
"""Tasks of one grant, whatever became of them. Stops a client that asks for ever."""
KEPT_BYTES = 64 * 1024 * 1024
"""Of answers. Stops tasks that nobody fetches from filling the memory."""
END_S = 5.0
"""How long a cancellation may take to be recorded before its client is told of it all the same."""
CANCELLING = Notice(TERMINATED, "cancelled", f"{CALLED_OFF} The call may or may not have been executed.")


def fresh_task() -> TaskId:
    """An id that nobody can guess."""
    return TaskId(PREFIX + secrets.token_hex(16))


@dataclass(slots=True, kw_only=True, eq=False)
class _Kept:
    owner: tuple[str, str]
    """Grant and upstream."""
    approval: ApprovalId
    message: Message
    task: Task
    running: Running | None
    """Its exchange, as long as that is under way."""
    is_over: asyncio.Event = field(default_factory=asyncio.Event)


class TaskClient:
    """Implements `ports.client.Client` where there is none: the answer goes into the task."""

    def __init__(self, answered: Callable[[bytes], None]) -> None:
        self._answered = answered

    async def body(self, limit: int) -> bytes | None:
        """There is nothing to read."""
        return None

    async def reply(self, reply: Reply) -> bool:
        """Keep the answer."""
        self._answered(reply.body)
        return True

    async def open_stream(self, headers: tuple[tuple[str, str], ...]) -> bool:
        """Nobody listens."""
        return True

    async def deliver(self, event: StreamEvent) -> bool:
        """Nobody listens."""
        return True

    async def end_stream(self) -> None:
        """Nobody listens."""

    def end_at_once(self, event: StreamEvent | None) -> bool:
        """Keep the answer."""
        if event is not None:
            self._answered(event.payload)
        return True

    async def drained(self) -> bool:
        """It takes everything at once."""
        return False

    def when_gone(self, callback: Callable[[], object]) -> None:
        """It does not leave."""

    def unsent(self) -> int:
        """Nothing waits to be taken."""
        return 0

    def cut(self) -> None:
        """There is nothing to cut."""


class HeldTasks:
    """The tasks of this process."""

    def __init__(self, now_us: Callable[[], int], of_one: int = OF_ONE) -> None:
        self._now_us = now_us
        self._of_one = of_one
        self._kept: OrderedDict[TaskId, _Kept] = OrderedDict()
        self._of_exchange: dict[int, _Kept] = {}
        self.cancel_exchange: Callable[[Running, Notice | None], None] = lambda _, __: None
        self.patience_s: Callable[[Running], float] = lambda _: 0.0
        self.stop_on: StopOn = lambda _: None

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {
            MakeTask: self._make,
            FindTask: self._find,
            ListTasks: self._list,
            AwaitTask: self._await,
            CancelTask: self._cancel,
        }

    async def _make(self, command: MakeTask, running: Running) -> Made:
        self._forget()
        owner, approval = _owner(command.session), command.approval
        own = [kept for kept in self._kept.values() if kept.owner == owner]
        for kept in own:
            if kept.approval == approval.id and kept.running is not None and not kept.task.is_over:
                return Made(self._now(kept), is_new=False)
        if len(own) >= self._of_one and not self._drop(own):
            return Made(None)
        now_us = self._now_us()
        task = Task(
            id=fresh_task(),
            said=command.said,
            created_at_us=now_us,
            updated_at_us=now_us,
            ttl_us=max(0, approval.expires_at_us - now_us) + KEPT_US,
        )
        kept = _Kept(owner=owner, approval=approval.id, message=command.message, task=task, running=running)
        self._kept[task.id] = self._of_exchange[id(running)] = kept
        return Made(task)

    def take_over(self, running: Running) -> None:
        """The client of an exchange has its task: what it is answered from here on goes there."""
        kept = self._of_exchange[id(running)]
        running.client.when_gone(lambda: None)
        running.client = TaskClient(lambda body: self._end(kept, body))
        running.has_begun = running.is_streaming = False

    async def _find(self, command: FindTask, running: Running) -> Found:
        self._forget()
        kept = self._kept.get(TaskId(command.message.name))
        if kept is None or kept.owner != _owner(command.session):
            # To whom it was not given it is as if it did not exist.
            return Found(is_ours=command.message.name.startswith(PREFIX))
        return Found(self._unlocked(kept, running), is_ours=True)

    async def _list(self, command: ListTasks, _: Running) -> tuple[Task, ...]:
        self._forget()
        owner = _owner(command.session)
        return tuple(self._now(kept) for kept in self._kept.values() if kept.owner == owner)

    async def _await(self, command: AwaitTask, running: Running) -> Task | None:
        kept = self._kept.get(command.task)
        if kept is None:
            return None  # It was forgotten since it was found: others may have filled the memory.
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience_s(running)):
                await kept.is_over.wait()
        return self._unlocked(kept, running)

    async def _cancel(self, command: CancelTask, _: Running) -> Task | None:
        kept = self._kept.get(command.task)
        running = None if kept is None else kept.running
        if kept is None or kept.task.is_over or running is None or running.task is None:
            return None
        self._settle(kept, called_off(kept.task, self._now_us()))
        running.is_withdrawn = True
        # What was sent is called off upstream; of what was not, the upstream has never heard.
        self.cancel_exchange(running, CANCELLING if running.is_sent else None)
        await asyncio.wait({running.task}, timeout=END_S)
        return kept.task

    def left(self, running: Running) -> None:
        """An exchange is over. Its task is, too, whatever became of the exchange."""
        kept = self._of_exchange.pop(id(running), None)
        if kept is None:
            return
        kept.running = None
        if not kept.task.is_over and not kept.task.upstream_task:
            self._settle(kept, failed(kept.task, LOST, self._now_us()))

    def _end(self, kept: _Kept, body: bytes) -> None:
        if kept.task.is_over:
            return  # It was cancelled, and stays that.
        self._settle(kept, ended(kept.task, kept.message, body, self._now_us()))

    def _settle(self, kept: _Kept, task: Task) -> None:
        # An answer can be fetched as long as one that came at the last moment.
        lived_us = self._now_us() - task.created_at_us
        keeps_us = ASKED_UPSTREAM_US if task.upstream_task else KEPT_US
        kept.task = replace(task, ttl_us=max(task.ttl_us, lived_us + keeps_us))
        if task.is_over:
            kept.is_over.set()
        sizes = sum(len(each.task.answer) for each in self._kept.values())
        while sizes > KEPT_BYTES and (dropped := self._drop([*self._kept.values()])) is not None:
            sizes -= len(dropped.task.answer)

    def _now(self, kept: _Kept) -> Task:
        if kept.running is not None and kept.running.is_redeemed and not kept.task.is_over:
            return replace(kept.task, said=EXECUTING)
        return kept.task

    def _unlocked(self, kept: _Kept, asking: Running) -> Task:
        """A task as whoever asks may have it now: its answer is of its tool, which may be locked since."""
        task = self._now(kept)
        if kept.running is not None or asking.whom is None:
            return task  # A lock ends what is under way by itself.
        lock = self.stop_on(replace(asking.whom, tool=kept.message.name))
        if lock is None:
            return task
        return replace(failed(task, terminated_text(lock), self._now_us()), upstream_task="")

    def _drop(self, among: list[_Kept]) -> _Kept | None:
        """Forget the oldest of these that is over; None: none is."""
        oldest = next((kept for kept in among if kept.running is None), None)
        if oldest is not None:
            self._kept.pop(oldest.task.id, None)
        return oldest

    def _forget(self) -> None:
        """Forget those whose time is up."""
        now_us = self._now_us()
        over = [
            kept
            for kept in self._kept.values()
            if kept.running is None and kept.task.created_at_us + kept.task.ttl_us <= now_us
        ]
        for kept in over:
            self._kept.pop(kept.task.id, None)


def _owner(session: Session) -> tuple[str, str]:
    return session.grant.id, session.upstream
