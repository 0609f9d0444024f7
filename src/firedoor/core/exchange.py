"""THE PATH: everything that happens to one message from a client, in order.

    accept → authenticate → decide → forward → mask → record → reply

This module alone knows the order. It does no I/O: it yields commands (`core.commands`) and is
resumed with their answers by the engine. Two sentences hold it together: a message is sent only
when its intent is durable, and an answer is delivered only when its outcome is. The one exception
stands in `core.spared`.
What comes back from an upstream goes on in `core.relay`.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from firedoor.core.accept.head import Head, accept_head
from firedoor.core.accept.message import accept_message, header_mismatch
from firedoor.core.accept.mirrored import disagreement
from firedoor.core.amend import Terms
from firedoor.core.authenticate.token import authenticate, digest_of
from firedoor.core.call import Call
from firedoor.core.commands import (
    Answer,
    Append,
    AwaitLift,
    CancelHeld,
    Cancelled,
    CloseSession,
    Command,
    FindCounts,
    FindForeign,
    FindGrant,
    FindLock,
    FindMirrors,
    FindPolicy,
    JoinSession,
    Path,
    ReadBody,
    TakeExpected,
    TakeRates,
    UnderstandSql,
    ask,
)
from firedoor.core.decide.evaluate import MOST_TEXTS, decide, needs_of, too_often
from firedoor.core.decide.locks import is_of_the_credential, whom_of
from firedoor.core.decide.reading import (
    facts_to_read,
    needs_facts,
    only_reads,
    passes_anyway,
    shut,
    understood,
)
from firedoor.core.decide.texts import shell_facts, sql_texts
from firedoor.core.forward.handles import used_by
from firedoor.core.forward.trace import trace_of
from firedoor.core.holding import hold
from firedoor.core.permitted import pass_by_permit, permitted, pinned_again
from firedoor.core.record.entries import Told, about_lock, intent_entry, outcome_entry, refused_entry
from firedoor.core.relay import cut_short, relay
from firedoor.core.reply.answer import denied, not_given, refused
from firedoor.core.reply.terminated import locked, locked_out, locked_result
from firedoor.core.sight import revealed
from firedoor.core.spared import spare
from firedoor.core.tasks import Asked, asked_about, head_of, tell_of
from firedoor.model.arrival import Arrival
from firedoor.model.entry import LATER
from firedoor.model.era import Era
from firedoor.model.facts import Facts, Need
from firedoor.model.frozen import frozen
from firedoor.model.gate import Gate
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId, call_id
from firedoor.model.json import Json, JsonObject
from firedoor.model.lock import Lock, LockMode
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy
from firedoor.model.reply import Refusal, Reply
from firedoor.model.session import Session
from firedoor.model.upstream import Transport, Upstream
from firedoor.model.verdict import NO_OBLIGATIONS, Effect, Verdict

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_ALLOW, _DENY, _MODERN = Effect.ALLOW, Effect.DENY, Era.MODERN
_RESPONSE, _END = MessageKind.RESPONSE, MessageKind.END
_SESSION, _SHELL, _SQL = Need.SESSION, Need.SHELL, Need.SQL


def exchange(arrival: Arrival, gate: Gate, control: SessionId) -> Path:
    """Carry one HTTP request to its answer. `control` is where refused input is recorded."""
    admitted = yield from _admit(arrival, gate)
    if isinstance(admitted, _Refused):
        entry = refused_entry(control, arrival, admitted.refusal, admitted.body, admitted.about)
        yield from ask(Append(entry))
        return (yield from _answer(admitted.reply or refused(admitted.refusal)))

    session, message, upstream = admitted.session, admitted.message, admitted.upstream
    policy = yield from ask(FindPolicy())
    asked = yield from asked_about(session, message)
    sent, kinds = yield from revealed(upstream, asked.message)
    facts = Facts(
        message=sent,
        upstream=upstream,
        principal=session.grant.principal,
        peer=arrival.peer,
        at_us=arrival.at_us,
    )
    facts, verdict = yield from _judge(admitted, asked, policy, facts)
    trace = trace_of(admitted.head.traceparent, admitted.head.tracestate, message)
    yield from spare(verdict, came=message, sent=sent)
    # The intent is durable before anything leaves: no record, no call.
    said = {**trace.facts(), **({"revealed": kinds} if kinds else {}), **_about(admitted.head, facts)}
    forwarded = sent.body if sent.body is not message.body else None
    sequence = yield from ask(Append(intent_entry(session, message, verdict, arrival.at_us, forwarded, said)))
    call = Call(
        session=session,
        head=head_of(asked, admitted.head),
        message=sent,
        upstream=upstream,
        sequence=sequence,
        trace=trace,
        at_us=LATER,
        withheld=gate.withheld.get(upstream.name, ()),
        terms=Terms(
            policy=policy,
            facts=facts,
            call=call_id(session.id, sequence),
            obligations=verdict.obligations if verdict.is_enforced else NO_OBLIGATIONS,
        ),
        alias=asked.alias,
    )
    try:
        yield from (tell_of(call, asked.found) if asked.is_ours else _carry(call, verdict))
    except Cancelled as cancelled:
        # The intent is in the record: so is how it ended, whoever let go.
        yield from cut_short(call, cancelled.notice)
        raise
    return None


def _judge(
    admitted: "_Admitted", asked: Asked, policy: Policy, facts: Facts
) -> Generator[Command[Any], Any, tuple[Facts, Verdict]]:
    """The verdict, and the facts with what it took. What the gateway answers itself needs no rule."""
    if asked.is_ours:
        return facts, Verdict(effect=_ALLOW, policy_version=policy.version)
    verdict = yield from _decide(policy, facts, admitted.lock)
    return (yield from permitted(policy, admitted.session, admitted.head, facts, verdict, _find))


def _about(head: Head, facts: Facts) -> JsonObject:
    said: dict[str, Json] = {"headers": dict(head.told)} if head.told else {}
    return {**said, "definition": facts.definition} if facts.definition else said


def _decide(policy: Policy, facts: Facts, lock: Lock | None = None) -> Generator[Command[Any], Any, Verdict]:
    """The verdict, once the facts are found that some rule or a lock looks at. A lock comes first."""
    needs = needs_of(policy, facts)
    if lock is not None or facts.upstream.may_go_unrecorded:
        needs |= facts_to_read(facts)
    facts = yield from _find(facts, needs)
    if lock is not None and not only_reads(policy, facts):
        return shut(lock, policy, facts)
    verdict = understood(policy, facts, decide(policy, facts))
    rates = verdict.obligations.rates
    if not rates or not verdict.is_enforced or verdict.effect is not _ALLOW:
        return verdict
    wait_s = yield from ask(TakeRates(rates))
    return verdict if wait_s == 0 else too_often(verdict, wait_s)


def _find(facts: Facts, needs: frozenset[Need]) -> Generator[Command[Any], Any, Facts]:
    if _SESSION in needs:
        facts = replace(facts, session=(yield from ask(FindCounts())))
    if _SHELL in needs:
        facts = replace(facts, shell=shell_facts(facts))
    if _SQL in needs:
        texts = sql_texts(facts)[: MOST_TEXTS + 1]
        found = (yield from ask(UnderstandSql(texts, facts.upstream.dialect))) if texts else ()
        facts = replace(facts, sql=found)
    return facts


def _carry(call: Call, verdict: Verdict) -> Path:
    """From the durable intent to the answer."""
    session, message = call.session, call.message
    if message.kind is _RESPONSE and not (yield from _is_expected(call)):
        return (yield from _end_here(call, Reply(status=202), "unexpected"))
    if verdict.effect is _DENY and verdict.is_enforced and not verdict.permit:
        return (yield from _deny(call, verdict))
    used = used_by(message)
    foreign = (yield from ask(FindForeign(session, used))) if used else ()
    if foreign:
        return (yield from _refuse_foreign(call, [handle.kind for handle in foreign]))
    if (yield from _cancels_held(call)):
        return (yield from _end_here(call, Reply(status=202), "accepted"))
    if verdict.stops:
        ready = yield from _let_pass(call, verdict)
        if ready is None:
            return None
        call = ready
    yield from relay(call)
    if message.kind is _END:
        yield from ask(CloseSession(session.id, "client"))
    return None


def _deny(call: Call, verdict: Verdict) -> Path:
    text = denied(call.message, verdict, call_id(call.session.id, call.sequence))
    return (yield from _end_here(call, Reply(status=200, body=text), "denied"))


def _let_pass(call: Call, verdict: Verdict) -> Generator[Command[Any], Any, Call | None]:
    """By a permit, or because people decide about it. The call; None: its client has its answer."""
    recheck = partial(_flaw_now, call, verdict)
    if verdict.permit:
        is_taken, is_passed = yield from pass_by_permit(call, verdict, recheck)
        if is_taken:
            return call if is_passed else None
    if verdict.effect is _DENY:
        yield from _deny(call, verdict)
        return None
    return (yield from hold(call, verdict, recheck))


def _flaw_now(call: Call, verdict: Verdict, at_us: int) -> Generator[Command[Any], Any, str]:
    """What no longer holds of a held call, at the moment it would be sent: grant, lock, or what rules say."""
    token, known = call.head.token, call.session.grant
    found = yield from ask(FindGrant(digest_of(token)))
    grant = authenticate(token, found, call.upstream.name, at_us)
    if isinstance(grant, Refusal) or grant.id != known.id:
        return "The token no longer opens this upstream."
    facts = replace(call.terms.facts, principal=grant.principal, at_us=at_us)
    message = facts.message
    tool = message.name if message.method == "tools/call" else ""
    whom = whom_of(grant, facts.peer, call.upstream.name, tool=tool, session=call.session.id)
    lock = yield from ask(FindLock(whom))
    if lock is not None and lock.mode is LockMode.SUSPEND:
        lock = yield from ask(AwaitLift(whom))
    if lock is not None:
        return f"Locked: {lock.reason}"
    now = yield from _decide((yield from ask(FindPolicy())), facts)
    seen, now = yield from pinned_again(call, facts, now, is_permitted=bool(verdict.permit))
    if seen.definition != call.terms.facts.definition:
        return "Its definition has changed since."
    rates = now.obligations.rates
    if rates and (yield from ask(TakeRates(rates))):
        return "A limit of its rules is reached."
    is_same = (now.policy_version, now.effect, now.rules) == (
        verdict.policy_version,
        verdict.effect,
        verdict.rules,
    )
    return "" if is_same else "What the rules say of it has changed since."


def _cancels_held(call: Call) -> Generator[Command[bool], bool, bool]:
    """Whether a notification cancels a call that waits for people: the upstream has never heard of it."""
    message = call.message
    if message.method != "notifications/cancelled":
        return False
    named = message.params.get("requestId")
    return isinstance(named, str | int) and (yield from ask(CancelHeld(call.session.id, named)))


@frozen(kw_only=True)
class _Admitted:
    head: Head
    message: Message
    session: Session
    upstream: Upstream
    lock: Lock | None
    """It leaves reading open."""


@dataclass(frozen=True, slots=True)
class _Refused:
    refusal: Refusal
    body: bytes = b""
    about: JsonObject = field(default_factory=dict[str, Json])
    reply: Reply | None = None
    """Given: the answer, in place of the refusal's own."""


@frozen()
class _Known:
    head: Head
    grant: Grant
    upstream: Upstream


def _admit(arrival: Arrival, gate: Gate) -> Generator[Command[Any], Any, _Admitted | _Refused]:
    """Head, token, body, session: each is asked for only when what came before was accepted."""
    known = yield from _identify(arrival, gate)
    if isinstance(known, _Refused):
        return known
    head, grant, upstream = known.head, known.grant, known.upstream
    body = (yield from ask(ReadBody(gate.limits.body_bytes))) if head.verb == "POST" else b""
    message = _TOO_LARGE if body is None else accept_message(head, body, gate.limits.depth)
    if isinstance(message, Refusal):
        return _Refused(message, body or b"")
    lock = yield from _lock_on(grant, message, arrival.peer, upstream)
    if lock is not None and not (lock.mode is LockMode.READ_ONLY and needs_facts(message)):
        return _locked(lock, grant, message)
    session = yield from _join(grant, head, message, upstream)
    if isinstance(session, Refusal):
        return _Refused(session, message.body)
    return _Admitted(head=head, message=message, session=session, upstream=upstream, lock=lock)


def _identify(arrival: Arrival, gate: Gate) -> Generator[Command[Any], Any, _Known | _Refused]:
    """Who calls, and for which upstream. A dead credential goes no further."""
    head = accept_head(arrival, gate.limits)
    if isinstance(head, Refusal):
        return _Refused(head)
    found = (yield from ask(FindGrant(digest_of(head.token)))) if head.token else None
    grant = authenticate(head.token, found, head.upstream, arrival.at_us)
    if isinstance(grant, Refusal):
        return _Refused(grant)
    upstream = gate.upstreams.get(head.upstream)
    if upstream is None:
        return _Refused(_NO_UPSTREAM)
    lock = yield from ask(FindLock(whom_of(grant, arrival.peer, upstream.name)))
    if lock is not None and lock.mode is LockMode.STOP and is_of_the_credential(lock):
        return _Refused(locked_out(lock), about=about_lock(lock, grant))
    return _Known(head, grant, upstream)


def _lock_on(
    grant: Grant, message: Message, peer: str, upstream: Upstream
) -> Generator[Command[Any], Any, Lock | None]:
    """The lock that keeps this message out. Who is suspended waits first."""
    tool = message.name if message.method == "tools/call" else ""
    whom = whom_of(grant, peer, upstream.name, tool=tool)
    lock = yield from ask(FindLock(whom, message))
    if lock is not None and lock.mode is LockMode.SUSPEND:
        lock = yield from ask(AwaitLift(whom))
    if lock is None or (lock.mode is LockMode.READ_ONLY and passes_anyway(message)):
        return None
    return lock


def _locked(lock: Lock, grant: Grant, message: Message) -> _Refused:
    refusal = locked(lock, message)
    result = locked_result(refusal, lock, message)
    reply = Reply(status=200, body=result) if result else None
    return _Refused(refusal, message.body, about_lock(lock, grant), reply)


def _join(
    grant: Grant, head: Head, message: Message, upstream: Upstream
) -> Generator[Command[Any], Any, Session | Refusal]:
    session = yield from ask(JoinSession(grant, head, message))
    if isinstance(session, Refusal) or not _is_mirrored(message, upstream):
        return session
    # A child process sees no headers: whoever trusts them must be able to trust this check.
    mirrors = yield from ask(FindMirrors(session, message.name))
    text = disagreement(mirrors, message.params.get("arguments"), head.mirrored)
    return session if text is None else header_mismatch(text, message.id)


def _is_mirrored(message: Message, upstream: Upstream) -> bool:
    is_call = message.era is _MODERN and message.method == "tools/call"
    return is_call and upstream.transport is Transport.STDIO


def _answer(reply: Reply) -> Path:
    yield from ask(Answer(reply))


def _is_expected(call: Call) -> Generator[Command[bool], bool, bool]:
    identifier = call.message.id
    return identifier is not None and (yield from ask(TakeExpected(call.session.id, identifier)))


def _refuse_foreign(call: Call, kinds: Sequence[str]) -> Path:
    reply = not_given(call.message, kinds)
    told = Told(status=reply.status, result="denied", code="foreign_handle")
    yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, reply.body)))
    yield from ask(Answer(reply))


def _end_here(call: Call, reply: Reply, result: str) -> Path:
    told = Told(status=reply.status, result=result)
    yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, reply.body)))
    yield from ask(Answer(reply))


_NO_UPSTREAM = Refusal(
    status=404, code=-32600, reason="unknown_upstream", text="No upstream of this name is configured."
)
_TOO_LARGE = Refusal(
    status=413, code=-32600, reason="body_too_large", text="The body is too large, or never arrived whole."
)
