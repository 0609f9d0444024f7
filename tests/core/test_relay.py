"""The way back, as playbooks: every message is durable before it is delivered, and every call is answered."""

import json

import pytest

from firedoor.core.commands import (
    Answer,
    AnswerUpstream,
    Append,
    BindSession,
    CancelUpstream,
    CloseSession,
    Deliver,
    EndStream,
    EndWith,
    ExpectResponse,
    Failure,
    FindForeign,
    KeepHandles,
    Notice,
    OpenStream,
    Put,
    Send,
)
from firedoor.core.forward.handles import Handle, HandleKind
from firedoor.core.forward.trace import Trace
from firedoor.core.kept_back import Next
from firedoor.core.mask.credentials import spellings
from firedoor.core.mask.messages.message import Around, Seen
from firedoor.core.relay import cut_short, relay
from firedoor.core.replayed import FindEnded
from firedoor.core.sight import Mask
from firedoor.core.tasks import ListTasks
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.forwarding import AnswerHead, Shape, UpstreamEvent
from firedoor.model.message import MessageKind
from firedoor.model.reply import Reply, StreamEvent
from firedoor.model.upstream import Transport, Upstream
from tests.helpers.calls import call
from tests.helpers.nouns import (
    INITIALIZE,
    MODERN,
    SESSION,
    TOKEN,
    head,
    message,
    modern_request,
    result,
    session,
    upstream,
)
from tests.helpers.playbook import Playbook

JSON = AnswerHead(status=200, shape=Shape.JSON)
STREAM = AnswerHead(status=200, shape=Shape.STREAM)
PROGRESS = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'
SAMPLING = b'{"jsonrpc":"2.0","id":"up-1","method":"sampling/createMessage","params":{}}'
BROKEN = Failure("upstream_protocol", "Broken.")
NOTICE = Notice(4401, "draining", "Stopping.")


def sent(**changes) -> Playbook:
    """A path that has sent its message and waits for the answer to begin."""
    play = Playbook(relay(call(**changes)))
    play.asks_a(Send)
    return play


def streaming(**changes) -> Playbook:
    """A path whose stream to the client is open, and that waits for the first message."""
    return sent(**changes).told(STREAM).asks(OpenStream(())).told(True)


def listening(**changes) -> Playbook:
    return streaming(message=message("", "", kind=MessageKind.LISTEN, body=b"", id=None), **changes)


def modern(**changes) -> dict:
    body = modern_request()
    given = message(era=Era.MODERN, revision=MODERN, body=body, params=json.loads(body)["params"])
    return {
        "message": given,
        "session": session(Era.MODERN),
        "head": head(version=MODERN, name="add"),
        **changes,
    }


def event(payload: bytes, **about) -> UpstreamEvent:
    return UpstreamEvent(payload=payload, **about)


def recorded(play: Playbook, kind: EntryKind, payload: bytes | None = None):
    entry = play.asks_a(Append).entry
    assert entry.kind is kind
    assert payload is None or entry.payload == payload
    assert entry.envelope["call"] == 3
    return entry


def failed(play: Playbook, code: str) -> Reply:
    entry = recorded(play, EntryKind.OUTCOME)
    assert (entry.envelope["result"], entry.envelope["code"]) == ("failed", code)
    reply = play.told(4).asks_a(Answer).reply
    assert reply.body == entry.payload
    play.told(True).ends()
    return reply


def ended(play: Playbook, code: str | None) -> None:
    entry = recorded(play, EntryKind.OUTCOME, b"")
    assert (entry.envelope["result"], entry.envelope.get("code")) == ("ended", code)
    play.told(4).asks(EndStream()).told().ends()


@pytest.mark.promise("PATH-1")
def test_each_message_of_a_stream_is_durable_before_it_is_delivered() -> None:
    play = streaming()
    play.asks(Next()).told(event(PROGRESS, event_id="e1", retry_ms=50))
    entry = recorded(play, EntryKind.EVENT, PROGRESS)
    assert entry.envelope["event_id"] == "e1"
    play.told(4).asks(Deliver(StreamEvent(payload=PROGRESS, event_id="e1", retry_ms=50))).told(True)
    play.asks(Next()).told(event(result()))
    recorded(play, EntryKind.OUTCOME, result())
    play.told(5).asks(Deliver(StreamEvent(payload=result()))).told(True)
    play.asks(Next()).told(None).asks(EndStream()).told().ends()


@pytest.mark.promise("PATH-1")
@pytest.mark.parametrize("answer", [result(isError=True), result(), b'{"jsonrpc":"2.0","id":7,"error":{}}'])
def test_a_whole_answer_is_durable_before_it_is_delivered(answer: bytes) -> None:
    play = sent().told(JSON).asks(Next()).told(event(answer))
    recorded(play, EntryKind.OUTCOME, answer)
    play.told(4).asks(Answer(Reply(status=200, body=answer))).told(True).ends()


@pytest.mark.promise("MASK-1")
def test_a_message_of_a_stream_is_masked_with_what_the_ones_before_it_ended_with() -> None:
    masked = upstream(mask="on")
    play = streaming(message=message(), upstream=masked)
    play.asks(Next()).told(event(PROGRESS)).asks(Mask(("on",), PROGRESS))
    play.told(Seen(view=PROGRESS, raw=PROGRESS, ends={"message": "half a card"}))
    recorded(play, EntryKind.EVENT, PROGRESS)
    play.told(4).asks(Deliver(StreamEvent(payload=PROGRESS))).told(True)
    around = Around(before={"message": "half a card"})
    play.asks(Next()).told(event(PROGRESS)).asks(Mask(("on",), PROGRESS, around))


def test_an_event_without_a_message_is_passed_on_so_that_clients_can_resume() -> None:
    play = streaming().asks(Next()).told(event(b"", event_id="e0", retry_ms=10))
    recorded(play, EntryKind.EVENT, b"")
    play.told(4).asks(Deliver(StreamEvent(payload=b"", event_id="e0", retry_ms=10)))


def test_a_client_that_takes_no_stream_gets_the_response_alone() -> None:
    play = sent(head=head(may_stream=False)).told(STREAM).asks(Next()).told(event(PROGRESS))
    assert play.asks_a(Put).entry.payload == PROGRESS
    play.told(4).asks(Next()).told(event(result()))
    recorded(play, EntryKind.OUTCOME, result())
    play.told(5).asks(Answer(Reply(status=200, body=result()))).told(True).ends()


def test_an_upstream_that_asks_a_client_without_a_stream_is_told_no() -> None:
    play = sent(head=head(may_stream=False)).told(STREAM).asks(Next()).told(event(SAMPLING))
    assert recorded(play, EntryKind.EVENT).envelope["what"] == "declined"
    assert json.loads(play.told(4).asks_a(AnswerUpstream).forwarding.body)["error"]["code"] == -32601
    play.told().asks(Next())


def test_a_request_of_the_upstream_that_is_closed_is_answered_by_the_gateway() -> None:
    play = streaming().asks(Next()).told(event(SAMPLING))
    entry = recorded(play, EntryKind.EVENT, SAMPLING)
    assert entry.envelope["what"] == "declined"
    own = play.told(4).asks_a(AnswerUpstream).forwarding
    assert json.loads(own.body)["id"] == "up-1"
    assert dict(own.headers)["mcp-session-id"] == "u1"
    play.told().asks(Next())


def test_a_request_of_the_upstream_that_is_open_reaches_the_client_and_one_response_is_expected() -> None:
    play = streaming(upstream=upstream(may_sample=True)).asks(Next()).told(event(SAMPLING))
    play.asks(ExpectResponse(SESSION, "up-1")).told()
    recorded(play, EntryKind.EVENT, SAMPLING)
    play.told(4).asks(Deliver(StreamEvent(payload=SAMPLING))).told(True).asks(Next())


def test_a_stateless_upstream_may_ask_nothing() -> None:
    play = streaming(**modern(upstream=upstream(may_sample=True))).asks(Next()).told(event(SAMPLING))
    assert recorded(play, EntryKind.EVENT).envelope["what"] == "declined"
    play.told(4).asks(Next())


def test_nonsense_in_a_stream_is_recorded_and_not_delivered() -> None:
    play = streaming().asks(Next()).told(event(b"<html>"))
    entry = play.asks_a(Put).entry
    assert (entry.payload, entry.envelope["what"]) == (b"<html>", "nonsense")
    play.told(4).asks(Next())


def test_a_response_to_another_call_does_not_end_this_one() -> None:
    play = streaming().asks(Next()).told(event(result(8)))
    recorded(play, EntryKind.EVENT)
    play.told(4).asks_a(Deliver)
    play.told(True).asks(Next()).told(None)
    assert recorded(play, EntryKind.OUTCOME).envelope["code"] == "upstream_gone"


@pytest.mark.promise("PATH-7")
@pytest.mark.parametrize(("end", "code"), [(None, "upstream_gone"), (BROKEN, "upstream_protocol")])
def test_a_stream_that_ends_unanswered_is_answered_by_the_gateway(end, code) -> None:
    play = streaming().asks(Next()).told(end)
    entry = recorded(play, EntryKind.OUTCOME)
    assert entry.envelope["code"] == code
    delivered = play.told(4).asks_a(Deliver).event
    assert json.loads(delivered.payload)["id"] == 7
    assert delivered.payload == entry.payload
    play.told(True).asks(EndStream()).told().ends()


def test_a_stream_that_breaks_after_its_answer_just_ends() -> None:
    play = streaming().asks(Next()).told(event(result()))
    recorded(play, EntryKind.OUTCOME)
    play.told(4).asks_a(Deliver)
    play.told(True).asks(Next()).told(BROKEN).asks(EndStream()).told().ends()


def test_a_legacy_stream_that_can_be_resumed_may_end_unanswered() -> None:
    play = streaming().asks(Next()).told(event(PROGRESS, event_id="e1"))
    recorded(play, EntryKind.EVENT)
    play.told(4).asks_a(Deliver)
    ended(play.told(True).asks(Next()).told(None), "resumable")


@pytest.mark.parametrize(("last", "code"), [(None, None), (BROKEN, "upstream_protocol")])
def test_a_listening_stream_needs_no_answer_and_has_its_outcome(last, code) -> None:
    ended(listening().asks(Next()).told(last), code)


def test_a_second_answer_to_one_request_is_recorded_and_not_delivered() -> None:
    play = streaming().asks(Next()).told(event(result()))
    recorded(play, EntryKind.OUTCOME, result())
    play.told(4).asks_a(Deliver)
    second = play.told(True).asks(Next()).told(event(result(more=1))).asks_a(Put).entry
    assert (second.kind, second.envelope["what"]) == (EntryKind.EVENT, "second_answer")
    play.told(5).asks(Next()).told(None).asks(EndStream()).told().ends()


def test_an_answer_that_a_resumed_stream_has_for_a_call_that_was_ended_is_not_delivered() -> None:
    play = listening().asks(Next()).told(event(result()))
    assert play.asks_a(FindEnded).id == 7
    late = play.told(True).asks_a(Put).entry
    assert (late.kind, late.envelope["what"], late.payload) == (EntryKind.EVENT, "second_answer", result())
    play.told(5).asks(Next()).told(None)
    recorded(play, EntryKind.OUTCOME, b"")


def test_a_response_on_a_listening_stream_is_an_event_and_no_outcome() -> None:
    play = listening().asks(Next()).told(event(result()))
    play.asks_a(FindEnded)
    play.told(False)
    recorded(play, EntryKind.EVENT, result())
    play.told(4).asks_a(Deliver)


@pytest.mark.promise("PATH-7")
@pytest.mark.parametrize(
    ("said", "code"),
    [(BROKEN, "upstream_protocol"), (None, "upstream_protocol"), (event(b"x"), "upstream_protocol")],
)
def test_an_upstream_that_breaks_its_whole_answer_is_an_answer(said, code) -> None:
    reply = failed(sent().told(JSON).asks(Next()).told(said), code)
    assert (reply.status, json.loads(reply.body)["id"]) == (200, 7)


def test_a_failure_to_deliver_a_notification_is_an_http_failure() -> None:
    notification = message("notifications/initialized", "", kind=MessageKind.NOTIFICATION, id=None)
    assert failed(sent(message=notification).told(BROKEN), "upstream_protocol").status == 502


@pytest.mark.parametrize("status", [200, 202, 401, 500])
def test_a_status_without_a_body_is_no_answer_to_a_request(status: int) -> None:
    play = sent().told(AnswerHead(status=status, shape=Shape.EMPTY))
    assert failed(play, "upstream_protocol").status == 200


def test_an_upstream_that_forgot_the_session_ends_it_visibly() -> None:
    play = sent().told(AnswerHead(status=404, shape=Shape.EMPTY))
    recorded(play, EntryKind.OUTCOME)
    reply = play.told(4).asks_a(Answer).reply
    assert (reply.status, json.loads(reply.body)["id"]) == (404, 7)
    play.told(True).asks(CloseSession(SESSION, "upstream_forgot")).told().ends()


def test_a_404_of_an_upstream_without_sessions_ends_nothing() -> None:
    play = sent(session=session(upstream_mcp_session=None)).told(AnswerHead(status=404, shape=Shape.EMPTY))
    recorded(play, EntryKind.OUTCOME)
    play.told(4).asks_a(Answer)
    play.told(True).ends()


@pytest.mark.parametrize("status", [401, 403, 407])
def test_the_upstreams_opinion_of_our_credential_is_not_shown_as_one_of_the_clients(status: int) -> None:
    answer = b'{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"who?"}}'
    play = sent().told(AnswerHead(status=status, shape=Shape.JSON)).asks(Next()).told(event(answer))
    assert recorded(play, EntryKind.OUTCOME, answer).envelope["status"] == 200
    assert play.told(4).asks_a(Answer).reply.status == 200


def opening(answer: bytes) -> Playbook:
    first = message("initialize", "", body=INITIALIZE, id=0, params=json.loads(INITIALIZE)["params"])
    play = Playbook(relay(call(message=first, session=session(upstream_mcp_session=None))))
    assert b"sampling" not in play.asks_a(Send).forwarding.body
    play.told(AnswerHead(status=200, shape=Shape.JSON, mcp_session="u9"))
    play.asks(BindSession(SESSION, "u9")).told().asks(Next()).told(event(answer))
    recorded(play, EntryKind.OUTCOME, answer)
    return play.told(4)


@pytest.mark.promise("PATH-6")
def test_a_session_that_opens_is_named_by_the_gateway_and_not_by_the_upstream() -> None:
    play = opening(result(0))
    play.asks(Answer(Reply(status=200, body=result(0), headers=(("Mcp-Session-Id", "m1"),)))).told(
        True
    ).ends()


def test_a_session_that_does_not_open_is_closed_and_not_named() -> None:
    answer = b'{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"no"}}'
    play = opening(answer).asks(Answer(Reply(status=200, body=answer))).told(True)
    play.asks(CloseSession(SESSION, "initialize_failed")).told().ends()


def test_a_session_whose_upstream_fails_at_once_is_closed() -> None:
    play = sent(message=message("initialize", "", body=INITIALIZE, id=0)).told(BROKEN)
    recorded(play, EntryKind.OUTCOME)
    play.told(4).asks_a(Answer)
    play.told(True).asks(CloseSession(SESSION, "initialize_failed")).told().ends()


def test_a_session_that_its_upstream_has_ended_is_closed_and_the_call_said_to_be_not_executed() -> None:
    play = sent().told(Failure("upstream_session_gone", "the upstream has ended the session"))
    recorded(play, EntryKind.OUTCOME)
    answered = play.told(4).asks_a(Answer).reply
    assert (answered.status, json.loads(answered.body)["error"]["message"]) == (
        200, "the upstream has ended the session. Not executed. Begin a new session.",
    )  # fmt: skip
    play.told(True).asks(CloseSession(SESSION, "upstream_gone")).told().ends()


def test_a_session_that_opens_over_a_stream_is_named_in_its_head() -> None:
    play = sent(message=message("initialize", "", body=INITIALIZE, id=0)).told(STREAM)
    play.asks(OpenStream((("Mcp-Session-Id", "m1"),)))


@pytest.mark.promise("PATH-6")
@pytest.mark.parametrize("changes", [{}, modern()], ids=["legacy", "modern"])
def test_nothing_that_is_sent_holds_the_token_of_the_client(changes: dict) -> None:
    play = Playbook(relay(call(**changes)))
    assert TOKEN in repr(call(**changes))
    assert TOKEN not in repr(play.asks_a(Send).forwarding)


@pytest.mark.promise("PATH-6")
def test_a_credential_that_an_upstream_repeats_reaches_neither_client_nor_record() -> None:
    secret = b"s3cr3t-key"
    play = streaming(withheld=(secret,)).asks(Next()).told(event(PROGRESS + secret, event_id="e-s3cr3t-key"))
    assert secret not in play.asks_a(Put).entry.payload
    play.told(4).asks(Next()).told(event(result(text="s3cr3t-key"), event_id="e-s3cr3t-key"))
    entry = recorded(play, EntryKind.OUTCOME)
    shown = play.told(5).asks_a(Deliver).event
    assert secret not in entry.payload + shown.payload + repr(shown.event_id).encode()
    play.told(True).asks(Next()).told(event(PROGRESS, event_id="e-s3cr3t-key"))
    assert "s3cr3t" not in repr(recorded(play, EntryKind.EVENT).envelope)


@pytest.mark.promise("PATH-6")
def test_a_failure_that_names_a_credential_does_not_say_it() -> None:
    said = Failure("upstream_unavailable", "https://s3cr3t-key@host refused")
    assert b"s3cr3t" not in failed(sent(withheld=(b"s3cr3t-key",)).told(said), "upstream_unavailable").body


def test_a_call_whose_client_left_says_so_in_the_record() -> None:
    play = Playbook(cut_short(call(), None))
    entry = recorded(play, EntryKind.OUTCOME, b"")
    assert entry.envelope == {"call": 3, "status": 499, "result": "cancelled"}
    play.told(4).ends()


@pytest.mark.promise("PATH-1", "PATH-7")
def test_a_call_that_the_gateway_cuts_short_is_answered_once_that_is_durable() -> None:
    play = Playbook(cut_short(call(), NOTICE))
    entry = recorded(play, EntryKind.OUTCOME)
    assert entry.envelope == {"call": 3, "status": 200, "result": "terminated", "code": "draining"}
    told = json.loads(entry.payload)
    assert (told["id"], told["result"]["isError"]) == (7, True)
    assert told["result"]["content"][0]["text"] == "Stopping."
    play.told(4).asks(EndWith(Reply(status=200, body=entry.payload))).told()
    cancellation = play.asks_a(CancelUpstream).forwarding
    assert json.loads(cancellation.body)["params"] == {"requestId": 7}
    assert cancellation.message.method == "notifications/cancelled"
    play.told().ends()


def test_a_request_that_is_no_call_of_a_tool_is_cut_short_with_an_error() -> None:
    play = Playbook(cut_short(call(message=message("prompts/get", "p")), NOTICE))
    told = json.loads(recorded(play, EntryKind.OUTCOME).payload)
    assert (told["id"], told["error"]["code"], told["error"]["message"]) == (7, 4401, "Stopping.")


def test_a_subscription_that_is_cut_short_ends_as_one_does() -> None:
    play = Playbook(
        cut_short(call(**modern(message=message("subscriptions/listen", "", era=Era.MODERN))), NOTICE)
    )
    entry = recorded(play, EntryKind.OUTCOME)
    assert json.loads(entry.payload)["result"]["resultType"] == "complete"
    play.told(4).asks_a(EndWith)
    play.told().ends()


def test_what_has_no_response_is_cut_short_without_a_body() -> None:
    silent = message("", "", kind=MessageKind.LISTEN, body=b"", id=None)
    play = Playbook(cut_short(call(message=silent), NOTICE))
    recorded(play, EntryKind.OUTCOME, b"")
    play.told(4).asks(EndWith(Reply(status=503))).told().ends()


@pytest.mark.parametrize(("transport", "status"), [(Transport.STDIO, 404), (Transport.STREAMABLE_HTTP, 200)])
def test_a_stateless_client_gets_the_status_that_its_revision_wants(transport, status) -> None:
    answer = b'{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no"}}'
    behind = Upstream(name="disk", transport=transport)
    play = sent(**modern(upstream=behind)).told(JSON).asks(Next()).told(event(answer))
    assert recorded(play, EntryKind.OUTCOME, answer).envelope["status"] == status
    assert play.told(4).asks_a(Answer).reply.status == status


@pytest.mark.parametrize("status", [302, 401, 403, 407])
@pytest.mark.parametrize("kind", [MessageKind.LISTEN, MessageKind.NOTIFICATION, MessageKind.END])
def test_what_has_no_response_does_not_look_as_if_the_upstream_had_taken_it(kind, status) -> None:
    refused = AnswerHead(status=status, shape=Shape.EMPTY)
    play = sent(message=message("", "", kind=kind, body=b"", id=None)).told(refused)
    assert recorded(play, EntryKind.OUTCOME).envelope["status"] == 502
    assert play.told(4).asks_a(Answer).reply.status == 502


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_notification_with_a_body_is_a_bad_gateway_too(status) -> None:
    body = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"no"}}'
    quiet = message("notifications/initialized", "", kind=MessageKind.NOTIFICATION, id=None)
    play = (
        sent(message=quiet).told(AnswerHead(status=status, shape=Shape.JSON)).asks(Next()).told(event(body))
    )
    assert recorded(play, EntryKind.OUTCOME, body).envelope["status"] == 502
    assert play.told(4).asks_a(Answer).reply.status == 502


LIST = b'{"jsonrpc":"2.0","id":7,"result":{"tasks":[{"taskId":"mine"},{"taskId":"theirs"}]}}'
MINE, THEIRS = Handle(HandleKind.TASK, "mine"), Handle(HandleKind.TASK, "theirs")


def about_task(name: str) -> bytes:
    return b'{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"%s"}}' % name.encode()


@pytest.mark.parametrize("play", [sent().told(JSON), streaming()], ids=["json", "stream"])
def test_what_a_response_gives_is_remembered_before_it_is_delivered(play: Playbook) -> None:
    page = result(nextCursor="p2")
    play.asks(Next()).told(event(page)).asks(KeepHandles(session(), (Handle(HandleKind.CURSOR, "p2"),)))
    recorded(play.told(), EntryKind.OUTCOME, page)


def test_a_list_of_tasks_shows_none_of_others_and_gives_none() -> None:
    play = sent(message=message("tasks/list", "")).told(JSON).asks(Next()).told(event(LIST))
    play.asks(FindForeign(session(), (MINE, THEIRS))).told(frozenset({THEIRS}))
    play.asks(ListTasks(session())).told(())
    recorded(play, EntryKind.OUTCOME, LIST.replace(b',{"taskId":"theirs"}', b""))


def test_a_list_of_tasks_that_are_all_of_this_client_is_as_the_upstream_wrote_it() -> None:
    play = sent(message=message("tasks/list", "")).told(JSON).asks(Next()).told(event(LIST))
    play.asks(FindForeign(session(), (MINE, THEIRS))).told(frozenset())
    play.asks(ListTasks(session())).told(())
    assert recorded(play, EntryKind.OUTCOME).payload is LIST


def test_what_a_stream_tells_of_tasks_of_others_is_recorded_and_not_delivered() -> None:
    play = listening().asks(Next()).told(event(about_task("theirs")))
    play.asks(FindForeign(session(), (THEIRS,))).told(frozenset({THEIRS}))
    assert play.asks_a(Put).entry.envelope["what"] == "withheld"
    play.told(4).asks(Next()).told(event(about_task("mine")))
    play.asks(FindForeign(session(), (MINE,))).told(frozenset())
    recorded(play, EntryKind.EVENT, about_task("mine"))


def test_a_call_hears_of_its_own_task_before_it_knows_it() -> None:
    recorded(streaming().asks(Next()).told(event(about_task("new"))), EntryKind.EVENT, about_task("new"))


def test_a_credential_in_pieces_is_withheld_from_a_stream() -> None:
    def progress(text: str) -> bytes:
        params = {"progressToken": 1, "progress": 1, "message": text}
        return json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": params}).encode()

    play = (
        streaming(withheld=spellings(["sk-7Hq2Xw9ZbLt4"])).asks(Next()).told(event(progress("key sk-7Hq2")))
    )
    first = recorded(play, EntryKind.EVENT, progress("key [credential withheld]"))
    assert play.told(4).asks_a(Deliver).event.payload == first.payload
    play.told(True).asks(Next()).told(event(progress("Xw9ZbLt4!")))
    recorded(play, EntryKind.EVENT, progress("[credential withheld]!"))


def test_the_upstream_is_told_whose_trace_it_is() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    trace = Trace(parent=parent, state="a=b")
    headers = dict(Playbook(relay(call(trace=trace))).asks_a(Send).forwarding.headers)
    assert (headers["traceparent"], headers["tracestate"]) == (parent, "a=b")
    assert "traceparent" in dict(Playbook(relay(call())).asks_a(Send).forwarding.headers)
