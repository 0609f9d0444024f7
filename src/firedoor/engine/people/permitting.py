"""Permits in this process: asks people, lets them decide, takes uses, and ends what is over.

Theory of operation. Nothing is remembered here: each held call asks the store which permits are live, and a
use is taken by one statement there. A permit that is revoked, by whatever gateway of the same database, is
therefore revoked for the next question of every gateway; the last one is asked after the use is durable,
right before the call is sent. Every change is durable in the record before it is made in the store.
Break-glass is told to everybody who is told anything, and written into the log.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar

from firedoor.core.decide.approvals import flaw_of_approver, is_met
from firedoor.core.decide.permits import next_state, question_of
from firedoor.core.permitted import FindPermits, IsPermitLive, NoteUnused, Standing, TakePermit
from firedoor.core.record.approvals import about_review
from firedoor.core.record.permits import (
    EXPIRED,
    FORBIDDEN,
    OPENED,
    OUTRUN,
    REQUESTED,
    REVIEWED,
    REVOKED,
    USED,
    about_permit,
    permit_entry,
)
from firedoor.engine.people.approvers import NOWHERE, is_by
from firedoor.engine.people.approving import LISTED, MOST_OPEN, Approving, stated
from firedoor.engine.people.asking import OFTEN
from firedoor.engine.people.permit_requests import PermitTerms, Wanted, asked_for
from firedoor.engine.running import Running
from firedoor.model.approval import Review
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.json import JsonObject
from firedoor.model.lock import Whom
from firedoor.model.permit import Permit, PermitId, PermitState, PermitTurn, Use
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import Effect, PermitKind
from firedoor.ports.permits import Permits
from firedoor.ports.policies import Policies

Q = ParamSpec("Q")
T = TypeVar("T")
log = logging.getLogger("firedoor.permits")

OPEN = (PermitState.REQUESTED, PermitState.LIVE)
PERSISTENCE = 8
"""How often a change is tried that somebody else outruns."""
NOBODY = GrantId("")


@dataclass(slots=True, kw_only=True)
class Permitting:
    """Permits, as this process changes them."""

    store: Permits
    approving: Approving
    policies: Policies
    upstreams: Mapping[str, Upstream]
    terms: PermitTerms
    fresh_id: Callable[[], PermitId]
    used_in_emergency: int = 0
    """Calls that break-glass let pass, for the metrics."""
    broken: tuple[Permit, ...] = field(default=())
    """Break-glass that is live, as last seen."""
    _deciding: asyncio.Lock = field(default_factory=asyncio.Lock)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How each command is answered."""
        return {
            FindPermits: self._find,
            TakePermit: self._take,
            IsPermitLive: self._is_live,
            NoteUnused: self._note_unused,
        }

    # For the path.

    async def _find(self, command: FindPermits, _: Running) -> Standing:
        now_us = self.approving.now_us()
        found = await self._asked(self.store.live_for, command.principal, command.upstream, now_us)
        if command.effect is Effect.DENY and not self.terms.opens_denied:
            found = ()
        return Standing(now_us, found)

    async def _take(self, command: TakePermit, _: Running) -> int | None:
        return await self.approving.firmly(self._taken(command))

    async def _taken(self, command: TakePermit) -> int | None:
        use = Use(
            permit=command.permit,
            call=command.call,
            session=command.session,
            method=command.method,
            name=command.name,
            at_us=self.approving.now_us(),
        )
        if not await self._asked(self.store.take, use, command.policy_version):
            return None
        permit = await self._asked(self.store.find, command.permit)
        if permit is not None and (flaw := await self._flaw(permit)):
            await self._asked(self.store.note_flaw, replace(use, flaw=flaw))
            await self._end(permit, PermitTurn.REVOKE, flaw, {"why": flaw})
            return None
        if permit is not None and permit.kind is PermitKind.BREAK_GLASS:
            about: JsonObject = {"call": use.call, "method": use.method, "name": use.name}
            await self._note(USED, permit, about)
            self.used_in_emergency += 1
            self._tell("used", permit)
        return use.at_us

    async def _flaw(self, permit: Permit) -> str:
        """Why those who approved it stand no more."""
        approvers = self.approving.approvers
        return approvers.flaw(await self._asked(approvers.found, permit.reviews))

    async def _is_live(self, command: IsPermitLive, _: Running) -> bool:
        permit = await self._asked(self.store.find, command.permit)
        # A use that was the last has ended it, and is still good.
        stands = permit is not None and permit.state in (PermitState.LIVE, PermitState.SPENT)
        return stands and permit is not None and permit.expires_at_us > self.approving.now_us()

    async def _note_unused(self, command: NoteUnused, running: Running) -> None:
        del running
        use = Use(
            permit=command.permit,
            call=command.call,
            session=SessionId(""),
            method="",
            name="",
            at_us=0,
            flaw=command.why,
        )
        await self._asked(self.store.note_flaw, use)

    # For people.

    async def request(self, asker: Grant, wanted: Wanted) -> Permit:
        """Ask for a permit.

        Raises:
            ClientError: it would cover nothing, or is not to be had.
            RecordError: it could not be made durable.
        """
        upstream, policy = self.upstreams.get(wanted.upstream), await self.policies.current()
        permit = asked_for(asker, wanted, self.terms, upstream, policy)
        now_us = self.approving.now_us()
        permit = replace(
            permit,
            id=self.fresh_id(),
            requested_at_us=now_us,
            expires_at_us=now_us + permit.expires_at_us,
        )
        return await self.approving.firmly(self._open(permit))

    async def _open(self, permit: Permit) -> Permit:
        # One after the other: of many at once, each is counted.
        async with self._opening:
            waiting = await self._asked(self.store.listed, OPEN, LISTED)
            if sum(1 for each in waiting if each.asked_by == permit.asked_by) >= MOST_OPEN:
                raise ClientError("permit_too_many", f"{MOST_OPEN} permits of yours are open already.")
            if not self.approving.asking.may_ask(f"permits {permit.asked_by}"):
                raise ClientError("permit_too_many", f"You have asked {OFTEN} times within 10 minutes.")
            return await self._opened(permit)

    async def _opened(self, permit: Permit) -> Permit:
        await self._note(REQUESTED, permit, about_permit(permit))
        await self._asked(self.store.open, permit)
        self._tell("requested", permit)
        return permit

    async def review(self, identifier: PermitId, grant: Grant, *, is_approval: bool, reason: str) -> Permit:
        """Decide about a permit that is asked for; one that is live already can only be revoked.

        Raises:
            ClientError: there is none of this id that is open, or this grant may not decide about it.
            RecordError: it could not be made durable.
        """
        reason = stated(reason)
        permit = await self.find(identifier)
        if permit.state is PermitState.LIVE and not is_approval:
            return await self.revoke(identifier, grant, reason)
        said = Review(
            by=grant.principal.name,
            grant=grant.id,
            is_approval=is_approval,
            reason=reason,
            at_us=self.approving.now_us(),
            groups=grant.principal.groups,
            roles=grant.roles,
        )
        return await self.approving.firmly(self._in_turn(permit.id, grant, said))

    async def _in_turn(self, identifier: PermitId, grant: Grant, said: Review) -> Permit:
        # One after the other: the second of two sees what the first has done, and is recorded after it.
        async with self._deciding:
            return await self._review(await self._known(identifier), grant, said)

    async def _review(self, permit: Permit, grant: Grant, said: Review) -> Permit:
        if permit.state is not PermitState.REQUESTED:
            raise ClientError("permit_over", f"{permit.id} is {permit.state.value} already.")
        flaw = flaw_of_approver(question_of(permit), grant, said.at_us)
        if not flaw and said.is_approval and (await self.policies.current()).version != permit.policy_version:
            flaw = "The policy has changed since it was asked for. Ask again."
        if flaw:
            await self._note(FORBIDDEN, permit, {"by": said.by, "by_grant": said.grant, "why": flaw})
            raise ClientError("approval_forbidden", flaw)
        reviews = (*permit.reviews, said)
        agreed = PermitTurn.OPEN if is_met(permit.demands, reviews) else PermitTurn.ENDORSE
        state = next_state(permit.state, agreed if said.is_approval else PermitTurn.REFUSE) or permit.state
        decided = replace(permit, state=state, reviews=reviews, turns=permit.turns + 1)
        if state is PermitState.LIVE:
            decided = replace(decided, expires_at_us=said.at_us + permit.span_us)
        await self._note(REVIEWED, permit, about_review(said, state.value))
        if state is PermitState.LIVE:
            about: JsonObject = {"expires_at_us": decided.expires_at_us, "approvers": decided.approvers}
            await self._note(OPENED, decided, about)
        if not await self._asked(self.store.change, permit, decided, said):
            await self._note(OUTRUN, permit, {"not": REVIEWED, "by": said.by})
            raise ClientError("approval_outrun", "It was changed meanwhile.", "Look again, then decide.")
        self._tell("opened" if state is PermitState.LIVE else "reviewed", decided)
        await self._look()
        return decided

    async def revoke(self, identifier: PermitId, grant: Grant, reason: str) -> Permit:
        """End a permit at once: whoever asked for it may, whom it is for, and whoever may approve it.

        Raises:
            ClientError: there is none of this id that is open, or this grant may not end it.
            RecordError: the store could not be changed.
        """
        permit = await self.find(identifier)
        if not permit.is_open:
            raise ClientError("permit_over", f"{permit.id} is {permit.state.value} already.")
        name = grant.principal.name
        is_theirs = name in {permit.asked_by, permit.principal, *permit.approvers}
        question = replace(question_of(permit), reviews=())
        if grant.principal.actors or not (
            is_theirs or not flaw_of_approver(question, grant, self.approving.now_us())
        ):
            raise ClientError("approval_forbidden", "Whoever asked for it or may approve it can revoke it.")
        reason = stated(reason)
        about: JsonObject = {"by": name, "by_grant": grant.id, "reason": reason}
        return await self._end(permit, PermitTurn.REVOKE, f"{name}: {reason}", about)

    async def revoke_where(self, holds: Callable[[Whom], bool], why: str) -> int:
        """Revoke every permit of whom something holds for, or who approved it; how many."""
        found = await self._asked(self.store.listed, OPEN, LISTED)
        meant = [each for each in found if holds(_whom(each)) or is_by(holds, each.reviews)]
        for permit in meant:
            await self._end(permit, PermitTurn.REVOKE, why, {"why": why})
        return len(meant)

    async def _end(self, permit: Permit, turn: PermitTurn, why: str, about: JsonObject) -> Permit:
        """Bring it to an end. A record that takes nothing must not keep it open."""
        return await self.approving.firmly(self._ended_once(permit, turn, why, about))

    async def _ended_once(self, permit: Permit, turn: PermitTurn, why: str, about: JsonObject) -> Permit:
        # One after the other: of two that end it, the second says nothing of an end that is not its own.
        async with self._deciding:
            permit = await self._known(permit.id)
            return await self._ended(permit, turn, why, about)

    async def _ended(self, permit: Permit, turn: PermitTurn, why: str, about: JsonObject) -> Permit:
        what = EXPIRED if turn is PermitTurn.EXPIRE else REVOKED
        if next_state(permit.state, turn) is None:
            return permit
        try:
            await self._note(what, permit, {**about, "used": permit.used})
        except RecordError as fault:
            log.warning("the end of %s is not in the record: %s", permit.id, fault.message)
        for _ in range(PERSISTENCE):
            state = next_state(permit.state, turn)
            if state is None:  # It has another end.
                with suppress(RecordError):
                    await self._note(OUTRUN, permit, {"not": what})
                return permit
            ended = replace(permit, state=state, ended_by=why)
            if await self._asked(self.store.change, permit, ended):
                self._tell(state.value, ended)
                await self._look()
                return ended
            permit = await self._known(permit.id)
        raise RecordError("permit_outrun", "It was changed meanwhile, again and again.")

    async def find(self, identifier: PermitId) -> Permit:
        """A permit as it stands now; expired, if its time is up.

        Raises:
            ClientError: there is none of this id.
        """
        permit = await self._known(identifier)
        if permit.is_open and permit.expires_at_us <= self.approving.now_us():
            return await self._end(permit, PermitTurn.EXPIRE, "Its time was up.", {})
        return permit

    async def _known(self, identifier: PermitId) -> Permit:
        permit = await self._asked(self.store.find, identifier)
        if permit is None:
            hint = "`firedoor permits list` shows those that are open."
            raise ClientError("permit_unknown", "There is no permit of this id.", hint)
        return permit

    async def listed(self, *, everything: bool = False) -> tuple[Permit, ...]:
        """Those that are open, the newest first; or all."""
        await self.expire()
        return await self._asked(self.store.listed, tuple(PermitState) if everything else OPEN, LISTED)

    async def expire(self) -> None:
        """End what is over, and note that the rest was seen: no clock that starts again goes behind that."""
        await self._asked(self.store.see, self.approving.now_us())
        for permit in await self._asked(self.store.listed, OPEN, LISTED):
            await self.find(permit.id)
        await self._look()

    async def _look(self) -> None:
        found = await self._asked(self.store.listed, (PermitState.LIVE,), LISTED)
        self.broken = tuple(each for each in found if each.kind is PermitKind.BREAK_GLASS)

    async def _note(self, what: str, permit: Permit, about: JsonObject) -> None:
        now_us, control = self.approving.now_us(), self.approving.recorder.control
        await self.approving.recorder.append(permit_entry(what, permit.id, control, now_us, about))

    def _tell(self, what: str, permit: Permit) -> None:
        self.approving.notifier.tell_permit(what, permit)
        if permit.kind is PermitKind.BREAK_GLASS:
            log.warning(
                "break-glass %s %s: %r on %r, asked for by %r, opened by %r",
                permit.id, what, permit.principal, permit.upstream, permit.asked_by, permit.approvers,
            )  # fmt: skip

    async def _asked(self, question: Callable[Q, T], *args: Q.args, **kwargs: Q.kwargs) -> T:
        return await self.approving.asked(question, *args, **kwargs)


class NoPermits:
    """No permits at all: what is held waits for people."""

    broken: tuple[Permit, ...] = ()
    used_in_emergency = 0

    @property
    def answers(self) -> Mapping[type, Callable[[Any, Running], Awaitable[Any]]]:
        """How the one question is answered."""
        return {FindPermits: self._find}

    async def _find(self, _: FindPermits, __: Running) -> Standing:
        return Standing(0)

    async def revoke_where(self, _: Callable[[Whom], bool], __: str) -> int:
        """There is none."""
        return 0

    async def expire(self) -> None:
        """There is none."""


def _whom(permit: Permit) -> Whom:
    """Who a permit is for, as locks see it. What a lock could name beside is not known."""
    return Whom(
        principal=permit.principal,
        groups=frozenset(),
        grant=NOBODY,
        token=TokenDigest(""),
        agents=permit.agents,
        peer=NOWHERE,
        upstream=permit.upstream,
    )
