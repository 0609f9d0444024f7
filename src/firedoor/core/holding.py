"""A call that waits for people: ask, wait, redeem, look at everything again, go on.

Used by `core.exchange` alone, between the durable intent and `core.relay`. Nothing is sent before an approval
was redeemed, and one is redeemed at most once: the engine's store says so. The client's patience is shorter
than people's: when it is up, the client gets a ticket, and the identical call finds it again.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

from firedoor.core.call import Call
from firedoor.core.commands import Answer, Append, Cancelled, Command, Deliver, Notice, OpenStream, Path, ask
from firedoor.core.decide.locks import whom_of
from firedoor.core.record.approvals import REDEEMED, about_redemption, approval_entry
from firedoor.core.record.entries import Told, event_entry, outcome_entry
from firedoor.core.reply.held import again, ended, pending, progress, unasked
from firedoor.core.sight import look
from firedoor.core.tasks import as_task
from firedoor.model.approval import Approval, ApprovalId, ApprovalState
from firedoor.model.frozen import frozen
from firedoor.model.ids import CallId
from firedoor.model.lock import Whom
from firedoor.model.message import Message
from firedoor.model.reply import Reply, StreamEvent
from firedoor.model.session import Session
from firedoor.model.verdict import Verdict

INSTANT_S = 1.0
"""How long a decision may take before the client's stream is opened for it."""
BEAT_S = 10.0
"""Between two signs of life."""
LOCKED = "locked"

Recheck = Callable[[int], Generator[Command[Any], Any, str]]
"""Everything that must still hold, at an instant: empty, or why it does not."""


@frozen(kw_only=True)
class HoldCall(Command["Held"]):
    """Ask people about this call, or find that they were asked. Answered when the request is durable."""

    call: CallId
    session: Session
    message: Message
    verdict: Verdict
    whom: Whom
    definition: str
    """Hash of the tool's definition."""
    shown: bytes
    """The message as approvers may see it."""
    may_stream: bool


@frozen(kw_only=True)
class Held:
    """Where a held call stands."""

    approval: Approval | None
    """None: nobody can be asked; `why` says why."""
    why: str = ""
    is_streamed: bool = False
    """Whether the client's stream is opened while it waits: its patience is longer than silence is safe."""
    answer: bytes | None = None
    """What its one execution was answered, where that could not be delivered."""


@frozen()
class AwaitReview(Command["Waited"]):
    """Wait until people have decided, for a beat, or until the client's patience is up."""

    approval: ApprovalId
    beat_s: float


@frozen()
class Waited:
    """What has become of an approval."""

    approval: Approval
    is_over: bool
    """The client waits no longer."""


@frozen()
class Redeem(Command[int | None]):
    """Take the one execution that an approval allows. The instant; None: there is none to take."""

    approval: ApprovalId


@frozen()
class WithdrawHold(Command[None]):
    """The approval can no longer be used: this is why."""

    approval: ApprovalId
    why: str


@frozen()
class LeaveHold(Command[None]):
    """The client waits no longer, and was told nothing. Withdrawn, unless it can know of the ticket."""

    approval: ApprovalId
    is_locked: bool


def hold(call: Call, verdict: Verdict, recheck: Recheck) -> Generator[Command[Any], Any, Call | None]:
    """Wait for people. The call, if it may be sent now; None: its client has its answer."""
    held = yield from _ask_people(call, verdict)
    if held.answer is not None:
        yield from _end(call, "result", again(held.answer, call.message.id))
        return None
    if held.approval is None:
        yield from _end(call, "denied", unasked(call.message, held.why, call.terms.call))
        return None
    approval = held.approval
    try:
        going_on = yield from as_task(call, approval)
        if going_on is None:
            return None
        approval, call = yield from _wait(going_on, held, approval)
    except Cancelled as cancelled:
        yield from ask(LeaveHold(approval.id, is_locked=_is_lock(cancelled.notice)))
        raise Cancelled(_not_executed(cancelled.notice)) from cancelled
    if approval.state is not ApprovalState.APPROVED:
        yield from _tell(call, approval)
        return None
    return (yield from _redeem(call, approval, recheck))


def _ask_people(call: Call, verdict: Verdict) -> Generator[Command[Any], Any, Held]:
    message = call.message
    seen = yield from look(call.terms, message.body)
    if seen.withheld:
        return Held(approval=None, why=f"It cannot be masked, and is not shown: {seen.withheld}.")
    whom = whom_of(
        call.session.grant,
        call.terms.facts.peer,
        call.upstream.name,
        tool=message.name if message.method == "tools/call" else "",
        session=call.session.id,
    )
    command = HoldCall(
        call=call.terms.call,
        session=call.session,
        message=message,
        verdict=verdict,
        whom=whom,
        definition=call.terms.facts.definition,
        shown=seen.view,
        may_stream=call.head.may_stream,
    )
    return (yield from ask(command))


def _wait(call: Call, held: Held, approval: Approval) -> Generator[Command[Any], Any, tuple[Approval, Call]]:
    """Until people have decided, or the client's patience is up."""
    beat, beat_s = 0, INSTANT_S
    while approval.state is ApprovalState.REQUESTED:
        waited = yield from ask(AwaitReview(approval.id, beat_s))
        if waited.is_over or waited.approval.state is not ApprovalState.REQUESTED:
            return waited.approval, call
        if held.is_streamed and call.head.may_stream and not call.is_on_stream:
            yield from ask(OpenStream(()))
            call = replace(call, is_on_stream=True)
        beat, beat_s = beat + 1, BEAT_S
        if call.is_on_stream and (token := _progress_token(call)) is not None:
            sign = progress(token, beat, approval)
            # Whatever a client gets is in the record first.
            yield from ask(
                Append(event_entry(call.session, call.sequence, {"what": "waiting"}, call.at_us, sign))
            )
            yield from ask(Deliver(StreamEvent(payload=sign)))
    return approval, call


def _redeem(call: Call, approval: Approval, recheck: Recheck) -> Generator[Command[Any], Any, Call | None]:
    """Take the execution, then look at everything again: what changed since people decided wins."""
    at_us = yield from ask(Redeem(approval.id))
    if at_us is None:
        # Somebody was quicker: another identical call, a refusal, the clock, a lock.
        waited = yield from ask(AwaitReview(approval.id, 0))
        yield from _tell(call, waited.approval)
        return None
    flaw = yield from recheck(at_us)
    if flaw:
        yield from ask(WithdrawHold(approval.id, flaw))
        withdrawn = replace(approval, state=ApprovalState.WITHDRAWN)
        yield from _end(call, "denied", ended(call.message, withdrawn, flaw, call.terms.call))
        return None
    about = about_redemption(approval, call.terms.call)
    yield from ask(Append(approval_entry(REDEEMED, approval, call.session.id, call.at_us, about)))
    return replace(call, approval=approval.id)


def _tell(call: Call, approval: Approval) -> Path:
    if approval.is_open:
        return (yield from _end(call, "pending", pending(call.message, approval, call.terms.call)))
    last = approval.reviews[-1] if approval.reviews else None
    why = last.reason if last is not None and not last.is_approval else ""
    if approval.state in (ApprovalState.EXECUTING, ApprovalState.DONE, ApprovalState.UNKNOWN):
        why = "An identical call has used the approval."
    yield from _end(call, "denied", ended(call.message, approval, why, call.terms.call))
    return None


def _end(call: Call, result: str, body: bytes) -> Path:
    told = Told(status=200, result=result)
    yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, body)))
    yield from ask(Answer(Reply(status=200, body=body)))


def _is_lock(notice: Notice | None) -> bool:
    return notice is not None and notice.reason == LOCKED


def _not_executed(notice: Notice | None) -> Notice | None:
    """A held call was not sent: its client is told so, whatever ended it."""
    if notice is None:
        return None
    text = notice.text.replace("The call may or may not have been executed.", "Not executed.")
    return replace(notice, text=text)


def _progress_token(call: Call) -> str | int | None:
    meta = call.message.params.get("_meta")
    token = meta.get("progressToken") if isinstance(meta, dict) else None
    return token if isinstance(token, str | int) and not isinstance(token, bool) else None
