"""The way back: an upstream's answer, message by message: mask → record → deliver.

Used by `core.exchange` alone. Every message is durable in the record before it is delivered, and
every request gets an answer, whatever the upstream does.
"""

from collections.abc import Generator
from functools import partial
from typing import Any

from firedoor.core.amend import amended, asks_rightly
from firedoor.core.call import Call
from firedoor.core.commands import (
    Answer,
    AnswerUpstream,
    Append,
    BindSession,
    CancelUpstream,
    CloseSession,
    Command,
    Deliver,
    EndStream,
    EndWith,
    ExpectResponse,
    Failure,
    FindForeign,
    KeepAnswer,
    KeepHandles,
    Notice,
    OpenStream,
    Path,
    Put,
    Send,
    ask,
)
from firedoor.core.decide.reverse import closed_capabilities
from firedoor.core.forward.answer import Says, Spoken, shown_status, status_of, understand
from firedoor.core.forward.forwarding import cancelling, forwarding, legacy_headers, modern_headers
from firedoor.core.forward.handles import given_by, task_told_of, tasks_listed, without_tasks
from firedoor.core.forward.trace import trace_headers
from firedoor.core.kept_back import KeptBack
from firedoor.core.mask.credentials import without_credentials
from firedoor.core.mask.messages.message import Seen
from firedoor.core.mask.spread import Spread
from firedoor.core.pinned import accepted
from firedoor.core.record.entries import Told, event_entry, outcome_entry
from firedoor.core.replayed import is_answered_already
from firedoor.core.reply.answer import INTERNAL_ERROR, closed_to_upstream, error
from firedoor.core.reply.held import too_large
from firedoor.core.reply.terminated import last_word
from firedoor.core.sight import look, recorded
from firedoor.core.tasks import as_asked, with_own
from firedoor.model.approval import ApprovalId
from firedoor.model.entry import Layered
from firedoor.model.era import Era
from firedoor.model.forwarding import AnswerHead, Forwarding, Shape, UpstreamEvent
from firedoor.model.ids import call_id
from firedoor.model.json import Json
from firedoor.model.message import Message, MessageKind
from firedoor.model.reply import Reply, StreamEvent
from firedoor.model.upstream import Transport

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_STREAM, _EMPTY, _RESPONSE = Shape.STREAM, Shape.EMPTY, Says.RESPONSE
_REQUEST, _LISTEN = MessageKind.REQUEST, MessageKind.LISTEN
_MODERN, _LEGACY = Era.MODERN, Era.LEGACY

SESSION_HEADER = "Mcp-Session-Id"
_FAILED = 300
"""HTTP statuses from here on are failures: MCP knows no redirects."""
EVENT_BYTES = 1_000_000
"""Largest event of a stream that nobody but a wait has opened: SDK clients refuse one of 1 MiB."""
_GONE = 404
SESSION_GONE = "upstream_session_gone"
_UNKNOWN_FATE = "The call may or may not have been executed."
_FATES = {SESSION_GONE: "Not executed. Begin a new session."}
"""An upstream's word for a session it does not know."""


def relay(call: Call) -> Path:
    """Forward the message and bring its answer to the client. One outcome is written, on every way."""
    answer = yield from ask(Send(_outgoing(call), partial(cut_short, call)))
    if isinstance(answer, Failure):
        return (yield from _fail(call, answer))
    if call.message.method == "initialize" and answer.mcp_session is not None:
        yield from ask(BindSession(call.session.id, answer.mcp_session))
    if answer.shape is _STREAM and _wants_stream(call):
        yield from _stream(call)
    elif answer.shape is _EMPTY:
        yield from _status(call, answer)
    else:
        yield from _single(call, answer)
    return None


def cut_short(call: Call, notice: Notice | None) -> Path:
    """The call ends where it is: the record says so, and then the client, if it is still there."""
    if notice is None:
        return (yield from _end(call, Told(status=499, result="cancelled"), b""))
    is_request = call.message.kind is _REQUEST
    body = last_word(call.message, notice.code, notice.reason, notice.text)
    told = Told(status=200 if is_request else 503, result="terminated", code=notice.reason)
    yield from _end(call, told, body)
    yield from ask(EndWith(Reply(status=told.status, body=body)))
    if is_request and call.message.era is _LEGACY:
        # In the modern era letting go is the cancellation.
        cancellation = cancelling(call.message)
        headers = legacy_headers(
            call.session, cancellation, version=call.head.version, accept="", last_event_id=None
        )
        yield from ask(CancelUpstream(forwarding(call.session, cancellation, headers=headers)))
    return None


def _end(call: Call, told: Told, payload: bytes | Layered) -> Path:
    """Write the one outcome of the call."""
    yield from ask(Append(outcome_entry(call.session, call.sequence, told, call.at_us, payload)))


def _outgoing(call: Call) -> Forwarding:
    head, message = call.head, call.message
    if message.era is _MODERN:
        headers = modern_headers(message, accept=head.accept, name=head.name, mirrored=head.mirrored)
    else:
        headers = legacy_headers(
            call.session,
            message,
            version=head.version,
            accept=head.accept,
            last_event_id=head.last_event_id,
        )
    headers += trace_headers(call.trace, call_id(call.session.id, call.sequence))
    return forwarding(call.session, message, headers=headers, closed=closed_capabilities(call.upstream))


def _wants_stream(call: Call) -> bool:
    return call.head.may_stream or call.message.kind is _LISTEN


def _single(call: Call, answer: AnswerHead) -> Path:
    """One message, or a stream of which this client takes only the response."""
    kept, without = KeptBack(call.terms), partial(_without_credentials, call)
    while True:
        shown = yield from kept.following(without)
        if shown is None or isinstance(shown, Failure):
            failure = shown or Failure(
                "upstream_protocol", "The upstream ended its answer without a response."
            )
            return (yield from _fail(call, failure))
        seen = yield from _without_unaccepted(call, shown.seen)
        payload, spoken = seen.view, understand(seen.view)
        if _ends(call, spoken, answer.status):
            payload = amended(call.terms, payload)
            break
        if answer.shape is Shape.JSON:
            return (yield from _fail(call, Failure("upstream_protocol", "The upstream's answer is not MCP.")))
        if spoken.says is Says.REQUEST:
            # This client cannot be asked anything: an upstream left waiting would never answer.
            yield from _decline(call, spoken, recorded(seen, payload))
            continue
        about = _about(spoken, shown.event)
        yield from ask(
            Put(event_entry(call.session, call.sequence, about, call.at_us, recorded(seen, payload)))
        )
    payload = yield from _claimed(call, spoken, payload)
    spoken = spoken if payload is seen.view else understand(payload)
    if call.is_on_stream and call.approval is not None and len(payload) > EVENT_BYTES:
        yield from _keep(call, call.approval, recorded(seen, payload), payload)
        seen, payload = (
            Seen(view=b"", raw=b""),
            too_large(call.message, call.approval, len(payload), call.terms.call),
        )
    is_opening = call.message.method == "initialize" and spoken.result == "result"
    told = Told(status=_status_for(call, answer, spoken), result=spoken.result)
    # The outcome is durable before the client sees it.
    yield from _end(call, told, recorded(seen, payload))
    headers = _session_header(call) if is_opening else ()
    yield from ask(Answer(Reply(status=told.status, body=payload, headers=headers)))
    if call.message.method == "initialize" and not is_opening:
        yield from ask(CloseSession(call.session.id, "initialize_failed"))
    yield from _end_if_gone(call, answer.status)


def _keep(call: Call, approval: ApprovalId, whole: bytes | Layered, payload: bytes) -> Path:
    """What clients refuse as one event is kept for the identical call, which is answered without a stream."""
    yield from ask(Put(event_entry(call.session, call.sequence, {"what": "kept"}, call.at_us, whole)))
    yield from ask(KeepAnswer(approval, payload))


def _session_header(call: Call) -> tuple[tuple[str, str], ...]:
    mcp_session = call.session.mcp_session
    return ((SESSION_HEADER, mcp_session),) if mcp_session is not None else ()


def _ends(call: Call, spoken: Spoken, status: int) -> bool:
    """Whether this is the response to the call; errors about an unreadable request carry no id."""
    if spoken.says is not _RESPONSE:
        return False
    return spoken.id == call.message.id or (spoken.id is None and status >= _FAILED)


def _status_for(call: Call, answer: AnswerHead, spoken: Spoken) -> int:
    # Where the transport has no statuses, the gateway is the HTTP server that the client sees.
    if call.message.era is _MODERN and call.upstream.transport is Transport.STDIO:
        return status_of(spoken)
    return shown_status(answer.status, is_request=call.message.kind is _REQUEST)


def _status(call: Call, answer: AnswerHead) -> Path:
    """A status without a body."""
    status = answer.status
    if call.message.kind is _REQUEST and not (status == _GONE and call.message.era is _LEGACY):
        text = f"The upstream answered HTTP {status} without a response."
        return (yield from _fail(call, Failure("upstream_protocol", text)))
    shown = shown_status(status, is_request=call.message.kind is _REQUEST)
    told = Told(status=shown, result="accepted" if status < _FAILED else "failed")
    yield from _end(call, told, b"")
    body = (
        b"" if status < _FAILED else error(call.message.id, -32600, f"The upstream answered HTTP {status}.")
    )
    yield from ask(Answer(Reply(status=told.status, body=body)))
    yield from _end_if_gone(call, status)


def _end_if_gone(call: Call, status: int) -> Path:
    # An upstream that forgot a session says 404; the client must begin anew, visibly.
    has_session = call.session.upstream_mcp_session is not None
    if status == _GONE and call.message.era is _LEGACY and has_session:
        yield from ask(CloseSession(call.session.id, "upstream_forgot"))


def _stream(call: Call) -> Path:
    yield from ask(OpenStream(_session_header(call) if call.message.method == "initialize" else ()))
    is_answered = is_resumable = False
    failure: Failure | None = None
    kept, without = KeptBack(call.terms), partial(_without_credentials, call, spread=Spread(call.withheld))
    while True:
        shown = yield from kept.following(without)
        if shown is None:
            break
        if isinstance(shown, Failure):
            failure = shown
            break
        is_resumable = is_resumable or shown.event.event_id is not None
        seen = yield from _without_unaccepted(call, shown.seen)
        is_answered = (yield from _pass_on(call, seen, shown.event, is_answered)) or is_answered
    if not is_answered:
        yield from _end_unanswered(call, failure, is_resumable=is_resumable)
    yield from ask(EndStream())


def _end_unanswered(call: Call, failure: Failure | None, *, is_resumable: bool) -> Path:
    """The upstream's stream is over, and no response was on it."""
    if call.message.kind is _LISTEN:
        code = "" if failure is None else failure.code
        yield from _end(call, Told(status=200, result="ended", code=code), b"")
    elif failure is None and is_resumable and call.message.era is _LEGACY:
        # The client takes the response from the stream with which it resumes.
        yield from _end(call, Told(status=200, result="ended", code="resumable"), b"")
    else:
        gone = Failure("upstream_gone", "The upstream ended the stream unanswered.")
        yield from _fail_on_stream(call, failure or gone)


def _pass_on(
    call: Call, seen: Seen, event: UpstreamEvent, is_answered: bool
) -> Generator[Command[Any], Any, bool]:
    payload = seen.view
    spoken = understand(payload) if payload else Spoken(says=Says.NOTIFICATION)
    is_last = call.message.kind is _REQUEST and _ends(call, spoken, 200)
    is_second = (is_last and is_answered) or (yield from is_answered_already(call, spoken))
    if spoken.says is Says.NONSENSE or is_second:
        # A second answer to one request is none: the client has its answer, the record its outcome.
        about: dict[str, Json] = {"what": "second_answer" if is_second else "nonsense"}
        kept = recorded(seen, payload)
        yield from ask(Put(event_entry(call.session, call.sequence, about, call.at_us, kept)))
        return False
    if spoken.says is Says.NOTIFICATION and (yield from _is_about_others(call, payload)):
        return False
    payload = yield from _claimed(call, spoken, payload)
    if spoken.says is Says.REQUEST:
        is_closed = call.message.era is _MODERN or not asks_rightly(call.terms, spoken.method, payload)
        if is_closed or spoken.id is None:
            return (yield from _decline(call, spoken, recorded(seen, payload)))
        yield from ask(ExpectResponse(call.session.id, spoken.id))
    if spoken.says is _RESPONSE:
        payload = amended(call.terms, payload)
    if is_last:
        told = Told(status=200, result=understand(payload).result)
        entry = outcome_entry(call.session, call.sequence, told, call.at_us, recorded(seen, payload))
    else:
        about = _about(spoken, event)
        entry = event_entry(call.session, call.sequence, about, call.at_us, recorded(seen, payload))
    yield from ask(Append(entry))
    # What a rule takes out of the answer would come whole to a client that resumes on another stream.
    event_id = None if call.terms.obligations.trims else event.event_id
    shown = StreamEvent(payload=payload, event_id=event_id, retry_ms=event.retry_ms)
    yield from ask(Deliver(shown))
    return is_last


def _without_unaccepted(call: Call, seen: Seen) -> Generator[Command[Any], Any, Seen]:
    return (yield from accepted(call.terms, call.session, call.head.version, seen))


def _claimed(call: Call, spoken: Spoken, payload: bytes) -> Generator[Command[Any], Any, bytes]:
    """Remember what the response gives this client to come back with. Tasks of others are not listed."""
    if spoken.says is not _RESPONSE:
        return payload
    method = call.message.method
    listed = tasks_listed(payload) if method in ("tasks/list", "") and b"taskId" in payload else ()
    foreign = (yield from ask(FindForeign(call.session, listed))) if listed else ()
    given = given_by(payload, method)
    if given:
        yield from ask(KeepHandles(call.session, given))
    payload = without_tasks(payload, foreign) if foreign else payload
    payload = yield from with_own(call, payload)
    return as_asked(payload, call.message.name, call.alias)


def _is_about_others(call: Call, payload: bytes) -> Generator[Command[Any], Any, bool]:
    """Whether it tells of a task of somebody else. On a call's own stream, the task may be just beginning."""
    task = task_told_of(payload) if call.message.method in ("", "subscriptions/listen") else None
    if task is None or not (yield from ask(FindForeign(call.session, (task,)))):
        return False
    about: dict[str, Json] = {"what": "withheld"}
    yield from ask(Put(event_entry(call.session, call.sequence, about, call.at_us, payload)))
    return True


def _without_credentials(call: Call, event: UpstreamEvent, spread: Spread | None = None) -> UpstreamEvent:
    payload = without_credentials(event.payload, call.withheld)
    payload = payload if spread is None else spread.without(payload)
    identifier = event.event_id
    if identifier is not None:
        identifier = without_credentials(identifier.encode(), call.withheld).decode()
    if payload is event.payload and identifier == event.event_id:
        return event
    return UpstreamEvent(payload=payload, event_id=identifier, retry_ms=event.retry_ms)


def _about(spoken: Spoken, event: UpstreamEvent) -> dict[str, Json]:
    about: dict[str, Json] = {"what": spoken.says.value, "method": spoken.method}
    if event.event_id is not None:
        about["event_id"] = event.event_id
    return about


def _decline(call: Call, spoken: Spoken, payload: bytes | Layered) -> Generator[Command[Any], Any, bool]:
    """The upstream asked the client for what it may not: the gateway answers in its place."""
    about: dict[str, Json] = {"what": "declined", "method": spoken.method}
    yield from ask(Append(event_entry(call.session, call.sequence, about, call.at_us, payload)))
    if call.message.era is _LEGACY:
        answer = Message(
            kind=MessageKind.RESPONSE,
            era=_LEGACY,
            body=closed_to_upstream(spoken.id, spoken.method),
            revision=call.message.revision,
            id=spoken.id,
        )
        headers = legacy_headers(
            call.session, answer, version=call.head.version, accept="", last_event_id=None
        )
        yield from ask(AnswerUpstream(forwarding(call.session, answer, headers=headers)))
    return False


def _fail(call: Call, failure: Failure) -> Path:
    """The upstream failed: the client still gets an answer."""
    told, failed = _failed(call, failure)
    body = (yield from look(call.terms, failed)).view
    yield from _end(call, told, body)
    status = 200 if call.message.kind is _REQUEST else 502
    yield from ask(Answer(Reply(status=status, body=body)))
    if call.message.method == "initialize":
        yield from ask(CloseSession(call.session.id, "initialize_failed"))
    elif failure.code == SESSION_GONE:
        # From now on the answer is 404: clients begin a new session at that, and at nothing else.
        yield from ask(CloseSession(call.session.id, "upstream_gone"))


def _fail_on_stream(call: Call, failure: Failure) -> Path:
    told, failed = _failed(call, failure)
    body = (yield from look(call.terms, failed)).view
    yield from _end(call, told, body)
    yield from ask(Deliver(StreamEvent(payload=body)))


def _failed(call: Call, failure: Failure) -> tuple[Told, bytes]:
    told = Told(status=502, result="failed", code=failure.code)
    text = f"{failure.text.removesuffix('.')}. {_FATES.get(failure.code, _UNKNOWN_FATE)}"
    fields: dict[str, Json] = {"reason": failure.code}
    body = error(call.message.id, INTERNAL_ERROR, text, fields)
    return told, without_credentials(body, call.withheld)
