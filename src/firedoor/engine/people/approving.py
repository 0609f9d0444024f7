"""Approvals in this process: asks people, lets them decide, and ends what nobody decided about.

Theory of operation. The store decides who wins: a change names the turn that it saw. Around it, the changes
of one approval are made one after the other, each with its entry durable before it takes effect. What is
about to be changed in the store is never abandoned half-way: whoever waits for it may be cancelled, the
change may not.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar

from firedoor.core.decide.approvals import flaw_of_approver, is_met, next_state, question_of
from firedoor.core.record.approvals import (
    ATTACHED,
    EXPIRED,
    OUTRUN,
    REQUESTED,
    REVIEWED,
    UNKNOWN,
    WITHDRAWN,
    about_request,
    about_review,
    approval_entry,
    viewed_entry,
)
from firedoor.core.reply.spelling import is_seen
from firedoor.engine.people.approvers import Approvers, is_by
from firedoor.engine.people.asking import OFTEN, SPAN_US, Asking
from firedoor.engine.people.shown import Looks
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Review, Shown, Turn
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.grant import Grant
from firedoor.model.ids import CallId, SessionId
from firedoor.model.json import JsonObject
from firedoor.model.lock import Lock, Whom
from firedoor.ports.approvals import Approvals
from firedoor.ports.notifier import Notifier
from firedoor.ports.recorder import Recorder

P = ParamSpec("P")
T = TypeVar("T")
OPEN = (ApprovalState.REQUESTED, ApprovalState.APPROVED)
LISTED = 1_000
"""Open requests at most, of everybody. Nobody reads more."""
MOST_OPEN = 32
"""Of one grant. Stops an agent from burying the request that matters."""
MOST_OF_ONE = 128
"""Of one principal, through whatever grants and agents. Stops one from taking the place of all."""
VIEWED = 10_000
"""Looks that are remembered. After that each is recorded anew."""
DAY_US = 24 * 3600 * 1_000_000
REASON = 1_000
"""Characters of a reason at most."""


def too_many(asked: Approval, waiting: Sequence[Approval]) -> str:
    """Why nobody is asked about one more; empty: they may be."""
    if sum(1 for each in waiting if each.whom.grant == asked.whom.grant) >= MOST_OPEN:
        return f"{MOST_OPEN} calls of this grant wait already."
    if sum(1 for each in waiting if each.whom.principal == asked.whom.principal) >= MOST_OF_ONE:
        return f"{MOST_OF_ONE} calls of this principal wait already."
    return f"{LISTED} calls wait already, of everybody." if len(waiting) >= LISTED else ""


def stated(reason: str) -> str:
    """The reason that somebody gives: something that others can read, and every database keeps.

    Raises:
        ClientError: it is none.
    """
    reason = reason.strip()
    is_said = any(is_seen(sign) for sign in reason) and "\0" not in reason
    if not is_said or len(reason) > REASON:
        raise ClientError("approval_reason", f"Give a reason of 1 to {REASON} characters.")
    return reason


@dataclass(slots=True, kw_only=True)
class Ticket:
    """What this process knows of an approval beside the store."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    change: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: set[int] = field(default_factory=set[int])
    """Exchanges."""
    is_told: bool = False
    """A client knows of it: it may come back for it."""
    redeemer: int | None = None
    """The exchange that owes it an end."""

    def wake(self) -> None:
        """Let everybody who waits look again."""
        waiting, self.change = self.change, asyncio.Event()
        waiting.set()


@dataclass(slots=True, kw_only=True)
class Approving:
    """Approvals, as this process changes them."""

    store: Approvals
    recorder: Recorder
    notifier: Notifier
    now_us: Callable[[], int]
    """An instant by a clock that never goes back."""
    approvers: Approvers
    is_live: Callable[[SessionId], bool] = lambda _: False
    """Whether a session still takes entries."""
    instance: str = ""
    """Whose executions those of this process are: after a crash its successor ends them."""
    viewed: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Who was shown what, by grant and approval: that is an entry already."""
    is_quick: bool = False
    """The store answers without waiting. For tests: a database does not."""
    owed: dict[Lock, Callable[[Whom], bool]] = field(default_factory=dict[Lock, Callable[[Whom], bool]])
    """Locks under which approvals could not be withdrawn yet, and whether one holds: nobody uses those."""
    looks: Looks = field(default_factory=Looks)
    asking: Asking = field(init=False)
    tickets: dict[ApprovalId, Ticket] = field(default_factory=dict[ApprovalId, Ticket])
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _changing: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]])

    def __post_init__(self) -> None:
        """Count questions by the same clock."""
        self.asking = Asking(now_us=self.now_us)

    def ticket(self, identifier: ApprovalId) -> Ticket:
        """What is known of it here."""
        return self.tickets.setdefault(identifier, Ticket())

    async def open(self, asked: Approval, shown: Shown, call: CallId, of: SessionId) -> Approval | str:
        """Ask, or find that the same was asked; or why nobody is asked: too much waits, or was asked.

        The request is durable before anybody can decide about it.
        """
        # One after the other: of two identical calls at once, the second finds what the first asked.
        async with self._opening:
            return await self._open(asked, shown, call, of)

    async def _open(self, asked: Approval, shown: Shown, call: CallId, of: SessionId) -> Approval | str:
        before = await self._open_of(asked.digest)
        if before is not None:
            self.ticket(before.id).is_told = True
            await self._note(ATTACHED, before, {"attached": call}, of=of)
            self.looks.keep(before, shown)
            return before
        waiting = await self.asked(self.store.listed, OPEN, LISTED)
        if why := too_many(asked, waiting):
            return why
        # By name: who logs in again has another grant, and is no other asker.
        if not self.asking.may_ask(repr((asked.whom.principal, asked.whom.agents))):
            return f"Whoever asks has asked {OFTEN} times within {SPAN_US // 60_000_000} minutes."
        await self._note(REQUESTED, asked, about_request(asked), of=of)
        self.looks.keep(asked, shown)
        opened = await self.asked(self.store.open, asked)
        if opened.id == asked.id:
            self.notifier.tell(REQUESTED, asked)
        else:
            # Another process was quicker. What was asked here has its end, too.
            await self._note(WITHDRAWN, asked, {"why": f"Asked as {opened.id}."}, of=of)
            self.looks.keep(opened, shown)
        return opened

    async def _open_of(self, digest: str) -> Approval | None:
        found = await self.asked(self.store.open_of, digest)
        current = None if found is None else await self.current(found.id)
        return current if current is not None and current.is_open else None

    async def current(self, identifier: ApprovalId) -> Approval | None:
        """The approval as it stands now; expired, if its time is up."""
        approval = await self.asked(self.store.find, identifier)
        if approval is None or not approval.is_open or approval.expires_at_us > self.now_us():
            return approval
        await self.firmly(self.end(identifier, Turn.EXPIRE))
        return await self.asked(self.store.find, identifier)

    async def take(self, identifier: ApprovalId, exchange: int) -> int | None:
        """Take the one execution, for an exchange: the instant; None: there is none to take."""
        ticket = self.ticket(identifier)
        async with ticket.turn:
            approval = await self.asked(self.store.find, identifier)
            now_us = self.now_us()
            if approval is None:
                return None
            if not await self.asked(self.store.redeem, identifier, approval.digest, now_us, self.instance):
                return None
            ticket.redeemer = exchange
            ticket.wake()
        flaw = self._flaw_of(approval) or self.approvers.flaw(
            await self.asked(self.approvers.found, approval.reviews)
        )
        if flaw:
            await self.end(identifier, Turn.WITHDRAW, why=flaw, exchange=exchange)
            return None
        return now_us

    def _flaw_of(self, approval: Approval) -> str:
        """Why it should have been withdrawn before; empty: it should not."""
        is_owed = any(each(approval.whom) or is_by(each, approval.reviews) for each in self.owed.values())
        return "A lock ended it." if is_owed else ""

    async def review(
        self, identifier: ApprovalId, grant: Grant, *, is_approval: bool, reason: str
    ) -> Approval:
        """Decide about an approval, as the principal of a grant; as it stands afterwards.

        Raises:
            ClientError: there is none of this id that is open, or this grant may not decide about it.
            RecordError: it could not be made durable.
        """
        reason = stated(reason)
        await self.current(identifier)
        said = Review(
            by=grant.principal.name,
            grant=grant.id,
            is_approval=is_approval,
            reason=reason,
            at_us=self.now_us(),
            groups=grant.principal.groups,
            roles=grant.roles,
        )
        return await self.firmly(self._review(identifier, grant, said))

    async def _review(self, identifier: ApprovalId, grant: Grant, said: Review) -> Approval:
        ticket = self.ticket(identifier)
        async with ticket.turn:
            approval = await self.asked(self.store.find, identifier)
            if approval is None:
                self.tickets.pop(identifier, None)
                hint = "`firedoor approvals` shows those that wait."
                raise ClientError("approval_unknown", "There is no approval of this id.", hint)
            is_approved = approval.state is ApprovalState.APPROVED
            if not approval.is_open or (said.is_approval and is_approved):
                raise ClientError("approval_over", f"{approval.id} is {approval.state.value} already.")
            flaw = flaw_of_approver(question_of(approval), grant, said.at_us)
            if not flaw and said.is_approval and self.looks.of(approval.id) is None:
                flaw = (
                    "Nobody has seen here what it is about: look at it first, with firedoor approvals. Where "
                    "it is not shown: decide at the gateway that holds it, or the client must repeat the call"
                    " first."
                )
            if flaw:
                await self._note("forbidden", approval, {"by": said.by, "by_grant": said.grant, "why": flaw})
                raise ClientError("approval_forbidden", flaw)
            return await self._decide(approval, said, ticket)

    async def _decide(self, approval: Approval, said: Review, ticket: Ticket) -> Approval:
        reviews = (*approval.reviews, said)
        agreed = Turn.APPROVE if is_met(approval.demands, reviews) else Turn.ENDORSE
        state = next_state(approval.state, agreed if said.is_approval else Turn.REFUSE)
        if state is None:
            raise ClientError("approval_over", f"{approval.id} is {approval.state.value} already.")
        decided = replace(approval, state=state, reviews=reviews, turns=approval.turns + 1)
        await self._note(REVIEWED, approval, about_review(said, state.value))
        if not await self.asked(self.store.change, approval, state, said):
            await self._note(OUTRUN, approval, {"not": REVIEWED, "by": said.by})
            raise ClientError("approval_outrun", "It was changed meanwhile.", "Look again, then decide.")
        self.looks.decided(decided)
        ticket.wake()
        self.notifier.tell(REVIEWED, decided)
        return decided

    async def withdraw_where(self, holds: Callable[[Whom], bool], why: str) -> int:
        """Withdraw every open approval that somebody asked for or gave of whom something holds; how many.

        Their own calls may withdraw some of them meanwhile, being cut short for the same cause.
        """
        waiting = await self.asked(self.store.listed, OPEN, LISTED)
        meant = [each.id for each in waiting if holds(each.whom) or is_by(holds, each.reviews)]
        for each in meant:
            await self.firmly(self.end(each, Turn.WITHDRAW, why=why))
        after = [await self.asked(self.store.find, each) for each in meant]
        return sum(each is not None and each.state is ApprovalState.WITHDRAWN for each in after)

    async def recover(self) -> int:
        """End what the last process of this instance left under way: it is unknown. How many.

        Raises:
            RecordError: it could not be recorded, or changed. It stays, and nobody can redeem it.
        """
        left = await self.asked(self.store.executing_of, self.instance)
        for each in left:
            state = next_state(each.state, Turn.LOSE)
            if state is not None:
                await self._note(UNKNOWN, each, {"why": "The gateway ended while it was executed."})
                if await self.asked(self.store.change, each, state):
                    self.notifier.tell(UNKNOWN, replace(each, state=state))
        return len(left)

    async def look(self, approval: Approval, grant: Grant, source: str) -> None:
        """Record that somebody is about to see the arguments of a call.

        Raises:
            RecordError: it could not be recorded. Nothing is shown then.
        """
        if (grant.id, approval.id) in self.viewed:
            return
        entry = viewed_entry(approval, self.recorder.control, self.now_us(), grant, source)
        await self.recorder.append(entry)
        if len(self.viewed) >= VIEWED:
            self.viewed.clear()
        self.viewed.add((grant.id, approval.id))

    async def expire(self) -> None:
        """End what nobody decided in time."""
        for each in await self.asked(self.store.listed, OPEN, LISTED):
            await self.current(each.id)

    async def end(
        self, identifier: ApprovalId, turn: Turn, *, why: str = "", exchange: int | None = None
    ) -> bool:
        """Bring it to an end that nobody decided about; False if it has another.

        What an exchange has redeemed is that exchange's to end.
        """
        ticket = self.ticket(identifier)
        async with ticket.turn:
            approval = await self.asked(self.store.find, identifier)
            state = None if approval is None else next_state(approval.state, turn)
            if approval is None or state is None or ticket.redeemer not in (None, exchange):
                return False
            if turn is Turn.EXPIRE and approval.expires_at_us > self.now_us():
                return False
            if turn is not Turn.FINISH:
                what = EXPIRED if turn is Turn.EXPIRE else WITHDRAWN
                # A record that takes nothing must not keep an approval usable.
                with suppress(RecordError):
                    await self._note(what, approval, {"why": why} if why else {})
            is_done = await self.asked(self.store.change, approval, state)
            if not is_done and turn is not Turn.FINISH:
                with suppress(RecordError):
                    await self._note(OUTRUN, approval, {"not": state.value})
            ticket.redeemer = None
            ticket.wake()
            if not ticket.waiting:
                self.tickets.pop(identifier, None)
            if is_done:
                self.looks.over(identifier)
                self.notifier.tell(state.value, replace(approval, state=state))
            return is_done

    async def _note(
        self, what: str, approval: Approval, about: JsonObject, of: SessionId | None = None
    ) -> None:
        session = of or approval.session
        if not self.is_live(session):
            session = self.recorder.control
        await self.recorder.append(approval_entry(what, approval, session, self.now_us(), about))

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Carry it out beside everything else."""
        task = asyncio.get_running_loop().create_task(work)
        self._changing.add(task)
        task.add_done_callback(self._changing.discard)
        return task

    async def firmly(self, work: Coroutine[Any, Any, T]) -> T:
        """Carry it out to its end, whoever stops waiting for it."""
        return await asyncio.shield(self.start(work))

    async def asked(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the store, which may take its time."""
        if self.is_quick:
            return question(*args, **kwargs)
        return await asyncio.to_thread(question, *args, **kwargs)

    async def reviews_of_day(self) -> dict[str, int]:
        """How often each person has decided in the last day.

        Raises:
            RecordError: the store cannot be read.
        """
        return await self.asked(self.store.reviews_since, self.now_us() - DAY_US)

    async def settled(self) -> None:
        """Wait for every change that is being made."""
        while self._changing:
            await asyncio.wait(set(self._changing))
