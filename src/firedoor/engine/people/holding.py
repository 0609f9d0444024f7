"""Holds calls in this process: answers what the path asks about a call that waits for people.

An exchange that has redeemed an approval owes it an end, and gives it whatever becomes of the exchange.
Decides nothing: who may approve and what follows what is `engine.people.approving`'s and the core's.
"""

import asyncio
import hashlib
import hmac
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from firedoor.core.commands import CancelHeld, KeepAnswer, Notice
from firedoor.core.decide.approvals import TIERS, demands_of, within_us
from firedoor.core.decide.call_digest import call_digest
from firedoor.core.decide.patience import PATIENCE, SILENCE_S, USUAL_S, Patience, patience_s
from firedoor.core.holding import AwaitReview, Held, HoldCall, LeaveHold, Redeem, Waited, WithdrawHold
from firedoor.core.reply.terminated import LOCKED
from firedoor.engine.live import LiveSessions
from firedoor.engine.people.approving import Approving
from firedoor.engine.people.held_tasks import HeldTasks, StopOn
from firedoor.engine.people.shown import SHOWN_BYTES, shown_of
from firedoor.engine.running import Running
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Turn
from firedoor.model.errors import FiredoorError, RecordError
from firedoor.model.verdict import Demand, Risk

LOOK_S = 1.0
"""How long a decision that another process took may go unseen. Also how late an expiry is noticed."""
LEAVE_S = 0.1
"""How long the last word of a locked call waits for its approval to be withdrawn. Stops a database that
stands still from having the client cut off without an answer."""
KEPT_BYTES = 64 * 1024 * 1024
"""Of answers that could not be delivered. Stops held calls from filling the memory."""
KEPT_US = 10 * 60 * 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldTerms:
    """What the settings say about holds."""

    key: bytes = field(repr=False)
    """Of the digests."""
    tiers: Mapping[Risk, Demand] = field(default_factory=lambda: TIERS)
    usual_s: float = USUAL_S
    """How long a client waits that nobody knows."""
    clients: tuple[Patience, ...] = PATIENCE
    """How long others do."""


class Holding:
    """The held calls of this process."""

    def __init__(self, approving: Approving, terms: HoldTerms, fresh_id: Callable[[], ApprovalId]) -> None:
        self.approving = approving
        self._cancel_exchange: Callable[[Running], None] = lambda _: None
        self._terms = terms
        self._fresh_id = fresh_id
        self._until: dict[int, float] = {}
        """By exchange: when its client's patience is up, by the loop's clock."""
        self._held: dict[int, tuple[Running, ApprovalId]] = {}
        self._kept: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
        self._is_released = False
        self.tasks = HeldTasks(approving.now_us)
        self.tasks.patience_s = self._patience_of

    def bind(
        self,
        cancel: Callable[[Running, Notice | None], None],
        live: LiveSessions,
        stop_on: StopOn,
    ) -> None:
        """Know the engine: how it ends an exchange, which sessions still take entries, and who is locked."""
        self.tasks.stop_on = stop_on
        self._cancel_exchange = lambda running: cancel(running, None)
        self.tasks.cancel_exchange = cancel
        self.approving.is_live = lambda session: live.get(session) is not None

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {
            HoldCall: self._hold,
            AwaitReview: self._await,
            Redeem: self._redeem,
            WithdrawHold: self._withdraw,
            LeaveHold: self._leave,
            CancelHeld: self._cancel,
            KeepAnswer: self._keep,
            **self.tasks.answers,
        }

    def go_on_alone(self, running: Running) -> None:
        """The client of a held call has a task: only the approval's own time ends the wait."""
        _, identifier = self._held[id(running)]
        self.approving.ticket(identifier).is_told = True
        self._until[id(running)] = math.inf
        self.tasks.take_over(running)

    async def _hold(self, command: HoldCall, running: Running) -> Held:
        digest = self._digest(command)
        until_us, answer = self._kept.get(digest, (0, b""))
        if until_us > self.approving.now_us():
            return Held(approval=None, answer=answer)
        shown = shown_of(command.shown, command.verdict.understood)
        if shown is None:
            return Held(approval=None, why=f"It has more than {SHOWN_BYTES} bytes, which nobody can review.")
        asked = self._asked(command, digest)
        opening = self.approving.start(self.approving.open(asked, shown, command.call, command.session.id))
        try:
            approval = await asyncio.shield(opening)
        except asyncio.CancelledError:
            self.approving.start(self._let_go(opening, asked.id, running))
            raise
        if isinstance(approval, str):
            return Held(approval=None, why=approval)
        budget_s = self._patience_s(command, running)
        self._until[id(running)] = asyncio.get_running_loop().time() + budget_s
        self._held[id(running)] = (running, approval.id)
        is_streamed = _asks_progress(command) or (command.may_stream and budget_s > SILENCE_S)
        return Held(approval=approval, is_streamed=is_streamed)

    async def _let_go(
        self, opening: "asyncio.Task[Approval | str]", asked: ApprovalId, running: Running
    ) -> None:
        """Who asks was cut short while people were being asked: nobody is to say yes to that."""
        with suppress(FiredoorError):
            opened, ticket = await opening, self.approving.ticket(asked)
            is_locked = running.notice is not None and running.notice.reason == LOCKED
            is_wanted = ticket.is_told or bool(ticket.waiting)
            is_asked = not isinstance(opened, str) and opened.id == asked
            if is_asked and (is_locked or not is_wanted):
                why = "A lock ended it." if is_locked else "The client no longer wants it."
                await self.approving.end(asked, Turn.WITHDRAW, why=why)

    def _digest(self, command: HoldCall) -> str:
        verdict = command.verdict
        digest = call_digest(command.message, command.whom, command.definition, verdict.policy_version)
        return hmac.new(self._terms.key, digest.encode(), hashlib.sha256).hexdigest()

    def _asked(self, command: HoldCall, digest: str) -> Approval:
        verdict, now_us = command.verdict, self.approving.now_us()
        demands = demands_of(verdict, self._terms.tiers)
        return Approval(
            id=self._fresh_id(),
            digest=digest,
            state=ApprovalState.REQUESTED,
            whom=command.whom,
            session=command.session.id,
            call=command.call,
            method=command.message.method,
            name=command.message.name,
            policy_version=verdict.policy_version,
            definition=command.definition,
            rules=verdict.rules,
            reasons=verdict.reasons,
            risk=verdict.risk,
            demands=demands,
            requested_at_us=now_us,
            expires_at_us=now_us + within_us(demands, verdict.risk, self._terms.tiers),
        )

    def _patience_s(self, command: HoldCall, running: Running) -> float:
        asks = _asks_progress(command)
        return self._patience_of(running, may_stream=command.may_stream, asks_progress=asks)

    def _patience_of(
        self, running: Running, *, may_stream: bool = False, asks_progress: bool = False
    ) -> float:
        client = "" if running.live is None else running.live.client
        return patience_s(
            client,
            self._terms.usual_s,
            may_stream=may_stream,
            asks_progress=asks_progress,
            clients=self._terms.clients,
        )

    async def _await(self, command: AwaitReview, running: Running) -> Waited:
        ticket, loop = self.approving.ticket(command.approval), asyncio.get_running_loop()
        patience_at = self._until.get(id(running), 0)
        until = min(loop.time() + command.beat_s, patience_at)
        ticket.waiting.add(id(running))
        while True:
            change = ticket.change
            approval = await self.approving.current(command.approval)
            if approval is None:
                raise RecordError("approval_lost", "The approval is no longer in the store.")
            is_over = self._is_released or loop.time() >= patience_at
            is_decided = approval.state is not ApprovalState.REQUESTED
            left_s = until - loop.time()
            if is_decided or is_over or left_s <= 0:
                ticket.is_told = ticket.is_told or is_decided or is_over
                return Waited(approval, is_over)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, LOOK_S)):
                    await change.wait()

    async def _redeem(self, command: Redeem, running: Running) -> int | None:
        return await self.approving.firmly(self.approving.take(command.approval, id(running)))

    async def _withdraw(self, command: WithdrawHold, running: Running) -> None:
        ending = self.approving.end(command.approval, Turn.WITHDRAW, why=command.why, exchange=id(running))
        await self.approving.firmly(ending)

    async def _leave(self, command: LeaveHold, running: Running) -> None:
        ticket = self.approving.ticket(command.approval)
        ticket.waiting.discard(id(running))
        is_let_go = running.notice is None and (running.is_withdrawn or not ticket.is_told)
        if command.is_locked:
            # The lock sees to it as well: what its client is told waits for no database.
            ending = self.approving.start(self._end_under_lock(command.approval))
            await asyncio.wait([ending], timeout=LEAVE_S)
        elif is_let_go and not ticket.waiting:
            why = "The client no longer wants it."
            await self.approving.firmly(self.approving.end(command.approval, Turn.WITHDRAW, why=why))

    async def _end_under_lock(self, identifier: ApprovalId) -> None:
        with suppress(RecordError):
            await self.approving.end(identifier, Turn.WITHDRAW, why="A lock ended it.")

    async def _cancel(self, command: CancelHeld, _: Running) -> bool:
        for held, _identifier in list(self._held.values()):
            is_meant = held.message is not None and held.message.id == command.id and not held.is_sent
            # A call that has become a task was answered: its id may be another's by now.
            is_meant = is_meant and id(held) in self._until and self._until[id(held)] != math.inf
            if is_meant and held.live is not None and held.live.session.id == command.session:
                held.is_withdrawn = True
                self._cancel_exchange(held)
                return True
        return False

    async def _keep(self, command: KeepAnswer, _: Running) -> None:
        approval = await self.approving.asked(self.approving.store.find, command.approval)
        if approval is None:
            return
        self._kept[approval.digest] = (self.approving.now_us() + KEPT_US, command.answer)
        while sum(len(answer) for _, answer in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def left(self, running: Running) -> None:
        """An exchange is over. What it redeemed has its end, whatever became of the exchange."""
        self._until.pop(id(running), None)
        self.tasks.left(running)
        _, identifier = self._held.pop(id(running), (None, None))
        if identifier is not None:
            self.approving.start(self._finish(identifier, id(running), is_used=running.is_redeemed))

    async def _finish(self, identifier: ApprovalId, exchange: int, *, is_used: bool) -> None:
        ticket = self.approving.ticket(identifier)
        ticket.waiting.discard(exchange)
        # A redemption that was cancelled half-way is still under way: it has the turn.
        async with ticket.turn:
            is_owed = ticket.redeemer == exchange
        if is_owed:
            turn = Turn.FINISH if is_used else Turn.WITHDRAW
            why = "It was cut short before anything was sent."
            with suppress(FiredoorError):
                await self.approving.end(identifier, turn, why=why, exchange=exchange)

    def release(self) -> None:
        """Let every client go with its ticket: the gateway shuts down."""
        self._is_released = True
        for ticket in self.approving.tickets.values():
            ticket.wake()


def _asks_progress(command: HoldCall) -> bool:
    meta = command.message.params.get("_meta")
    return command.may_stream and isinstance(meta, Mapping) and "progressToken" in meta
