"""A call that people have let pass for a while: find the permit, take one use of it, look again, go on.

Used by `core.exchange` alone. A permit that covers a call is named in the intent. It is taken after the
intent is durable, by one statement of the store; then everything is looked at again, the use is made durable,
and the last question before the call is sent is whether the permit has been revoked meanwhile.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

from firedoor.core.accept.head import Head
from firedoor.core.call import Call
from firedoor.core.commands import Answer, Append, Command, ask
from firedoor.core.decide.permits import covers, needs_of
from firedoor.core.pinned import pinned
from firedoor.core.record.entries import Told, outcome_entry
from firedoor.core.record.permits import UNUSED, USED, about_use, permit_entry
from firedoor.core.reply.permit import not_passed
from firedoor.model.facts import Facts, Need
from firedoor.model.ids import CallId, SessionId
from firedoor.model.permit import Permit, PermitId
from firedoor.model.policy import Policy
from firedoor.model.reply import Reply
from firedoor.model.session import Session
from firedoor.model.verdict import Effect, PermitKind, Verdict

Find = Callable[[Facts, frozenset[Need]], Generator[Command[Any], Any, Facts]]
"""Finds facts that conditions look at."""
Recheck = Callable[[int], Generator[Command[Any], Any, str]]
"""Everything that must still hold, at an instant: empty, or why it does not."""
ENDED = "The permit that let it pass has ended."


@dataclass(frozen=True, slots=True)
class FindPermits(Command["Standing"]):
    """The permits that are live now for a principal on an upstream."""

    principal: str
    upstream: str
    effect: Effect
    """What would become of the call without one: the settings say what may be opened."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Permits as they stand at an instant."""

    now_us: int
    permits: tuple[Permit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePermit(Command[int | None]):
    """Use a permit once, for a call. The instant; None: there is no use to take."""

    permit: PermitId
    policy_version: str
    call: CallId
    session: SessionId
    method: str
    name: str


@dataclass(frozen=True, slots=True)
class IsPermitLive(Command[bool]):
    """Whether a permit still stands, at the last moment before a call is sent."""

    permit: PermitId


@dataclass(frozen=True, slots=True)
class NoteUnused(Command[None]):
    """The call that a use was taken for was not forwarded: this is why."""

    permit: PermitId
    call: CallId
    why: str


def permitted(
    policy: Policy, session: Session, head: Head, facts: Facts, verdict: Verdict, find: Find
) -> Generator[Command[Any], Any, tuple[Facts, Verdict]]:
    """The verdict once the definition was looked at, with the permit that lets the call pass, if one does."""
    facts, verdict = yield from pinned(session, head.version, facts, verdict)
    verdict = yield from _permit_for(policy, facts, verdict, find)
    if not verdict.permit or verdict.effect is not Effect.DENY:
        return facts, verdict
    return (yield from _pinned_all_the_same(session, head.version, facts, verdict))


def pinned_again(
    call: Call, facts: Facts, verdict: Verdict, *, is_permitted: bool
) -> Generator[Command[Any], Any, tuple[Facts, Verdict]]:
    """How the definition stands at the moment of forwarding."""
    session, version = call.session, call.head.version
    if is_permitted and verdict.effect is Effect.DENY and verdict.coverable:
        return (yield from _pinned_all_the_same(session, version, facts, verdict))
    return (yield from pinned(session, version, facts, verdict))


def _pinned_all_the_same(
    session: Session, version: str | None, facts: Facts, verdict: Verdict
) -> Generator[Command[Any], Any, tuple[Facts, Verdict]]:
    """What the rules deny is asked for no definition. What break-glass opens is."""
    facts, looked = yield from pinned(session, version, facts, replace(verdict, effect=Effect.HOLD))
    return facts, looked if looked.effect is Effect.DENY else verdict


def _permit_for(
    policy: Policy, facts: Facts, verdict: Verdict, find: Find
) -> Generator[Command[Any], Any, Verdict]:
    """The verdict, with the permit that lets the call pass, if one does."""
    if not verdict.coverable or not verdict.stops:
        return verdict
    found = yield from ask(FindPermits(facts.principal.name, facts.upstream.name, verdict.effect))
    if not found.permits:
        return verdict
    facts = yield from find(facts, needs_of(found.permits))
    # A permit was made for such calls; what was opened in an emergency is used last.
    for permit in sorted(found.permits, key=lambda each: each.kind is PermitKind.BREAK_GLASS):
        if covers(permit, verdict, policy, facts, found.now_us):
            return replace(verdict, permit=permit.id, permitted_by=permit.approvers)
    return verdict


def pass_by_permit(
    call: Call, verdict: Verdict, recheck: Recheck
) -> Generator[Command[Any], Any, tuple[bool, bool]]:
    """Use the permit: whether there was a use to take, and whether the call may be sent now.

    One that may not be sent although a use was taken has its answer.
    """
    permit, session, identifier = PermitId(verdict.permit), call.session.id, call.terms.call
    taking = TakePermit(
        permit=permit,
        policy_version=verdict.policy_version,
        call=identifier,
        session=session,
        method=call.message.method,
        name=call.message.name,
    )
    at_us = yield from ask(taking)
    if at_us is None:
        return False, False
    flaw = yield from recheck(at_us)
    if not flaw:
        about = about_use(identifier, verdict.permitted_by)
        yield from ask(Append(permit_entry(USED, permit, session, call.at_us, about)))
        if (yield from ask(IsPermitLive(permit))):
            return True, True
        flaw = ENDED
    yield from _refuse(call, permit, flaw)
    return True, False


def _refuse(call: Call, permit: PermitId, flaw: str) -> Generator[Command[Any], Any, None]:
    about = {"call": call.terms.call, "why": flaw}
    yield from ask(Append(permit_entry(UNUSED, permit, call.session.id, call.at_us, about)))
    yield from ask(NoteUnused(permit, call.terms.call, flaw))
    body = not_passed(call.message, flaw, call.terms.call)
    told = Told(status=200, result="denied")
    yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, body)))
    yield from ask(Answer(Reply(status=200, body=body)))
