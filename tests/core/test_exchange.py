"""The order of the path, as playbooks: what is asked of the outside world, one command after the other."""

import json
from dataclasses import replace

import pytest

from firedoor.core.accept.mirrored import Mirror
from firedoor.core.authenticate.token import digest_of
from firedoor.core.commands import (
    Answer,
    Append,
    AwaitLift,
    CloseSession,
    Failure,
    FindForeign,
    FindGrant,
    FindLock,
    FindMirrors,
    FindPolicy,
    JoinSession,
    ReadBody,
    Send,
    TakeExpected,
    UnderstandSql,
)
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.core.exchange import exchange
from firedoor.core.forward.handles import Handle, HandleKind
from firedoor.core.holding import Held, HoldCall, Redeem, WithdrawHold
from firedoor.core.kept_back import Next
from firedoor.core.mask.messages.reveal import Revealed
from firedoor.core.permitted import FindPermits, Standing, TakePermit
from firedoor.core.pinned import FindDefinition
from firedoor.core.sight import Reveal
from firedoor.model.approval import ApprovalState
from firedoor.model.definition import DefinitionState
from firedoor.model.definition import Standing as DefinitionStanding
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.forwarding import AnswerHead, Shape, UpstreamEvent
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.permit import PermitState
from firedoor.model.policy import Policy, Rule
from firedoor.model.reply import Refusal, Reply
from firedoor.model.upstream import Transport
from firedoor.model.verdict import Effect, PermitKind
from tests.helpers.approvals import approval, review
from tests.helpers.exchanges import LIMIT, WHOM, admitted, deciding_by, known, ruled, started, unlocked
from tests.helpers.nouns import (
    ALLOW_ALL,
    CONTROL,
    DENY_ALL,
    SESSION,
    TOKEN,
    arrival,
    gate,
    grant,
    in_session,
    modern_arrival,
    modern_request,
    request,
    result,
    session,
)
from tests.helpers.permits import permit
from tests.helpers.playbook import Playbook

JSON = AnswerHead(status=200, shape=Shape.JSON)


def recorded(play: Playbook, kind: EntryKind) -> Append:
    """The next command writes this entry durably: `Put` would not do."""
    command = play.asks_a(Append)
    assert command.entry.kind is kind
    return command


def refused(play: Playbook, reason: str) -> Reply:
    """The next two commands record the refusal and then say it; then the path is over."""
    assert recorded(play, EntryKind.REFUSED).entry.envelope["reason"] == reason
    answer = play.told(0).asks_a(Answer)
    play.told(True).ends()
    return answer.reply


@pytest.mark.promise("PATH-1")
def test_a_call_is_recorded_before_it_is_sent_and_its_outcome_before_it_is_answered() -> None:
    body, answer = request(), result(content=[])
    play = admitted(body)
    intent = recorded(play, EntryKind.INTENT).entry
    assert intent.payload == body
    assert intent.session == SESSION
    sent = play.told(3).asks_a(Send)
    assert sent.forwarding.body == body
    play.told(JSON).asks(Next()).told(UpstreamEvent(payload=answer))
    outcome = recorded(play, EntryKind.OUTCOME).entry
    assert (outcome.payload, outcome.envelope["call"], outcome.envelope["result"]) == (answer, 3, "result")
    play.told(4).asks(Answer(Reply(status=200, body=answer))).told(True).ends()


@pytest.mark.promise("PATH-2")
def test_a_denied_call_is_recorded_and_answered_and_nothing_is_sent() -> None:
    play = admitted(request(), policy=DENY_ALL)
    intent = recorded(play, EntryKind.INTENT).entry
    assert intent.envelope["verdict"] == {
        "effect": "deny",
        "rules": ("none",),
        "reasons": ("Closed.",),
        "policy": DENY_ALL.version,
    }
    outcome = recorded(play.told(3), EntryKind.OUTCOME).entry
    assert outcome.envelope == {"call": 3, "status": 200, "result": "denied"}
    answer = play.told(4).asks_a(Answer).reply
    assert answer.body == outcome.payload
    told = json.loads(answer.body)["result"]
    assert told["isError"] is True
    assert f"{SESSION}.3" in told["content"][0]["text"]
    play.told(True).ends()


def test_refused_input_is_recorded_with_its_bytes_before_the_client_is_told() -> None:
    play = started()
    unlocked(play).asks(ReadBody(LIMIT)).told(b'{"a":1,"a":2}')
    entry = recorded(play, EntryKind.REFUSED).entry
    assert (entry.session, entry.payload) == (CONTROL, b'{"a":1,"a":2}')
    reply = play.told(0).asks_a(Answer).reply
    assert (reply.status, json.loads(reply.body)["error"]["code"]) == (400, -32700)
    play.told(True).ends()


def test_a_head_that_is_refused_asks_for_no_token_and_no_body() -> None:
    assert refused(started(arrival((b"host", b"evil.test"))), "unknown_host").status == 421


def test_a_request_without_a_token_is_refused_and_the_store_is_not_asked() -> None:
    reply = refused(started(arrival((b"authorization", b"Basic eDp5"))), "no_token")
    assert (reply.status, reply.headers) == (401, (("WWW-Authenticate", 'Bearer realm="firedoor"'),))


@pytest.mark.promise("ID-2")
@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "token_unknown"),
        (grant(revoked_at_us=1), "token_revoked"),
        (grant(expires_at_us=1), "token_expired"),
        (grant(upstreams=frozenset({"other"})), "token_not_for_upstream"),
    ],
)
def test_a_token_that_opens_nothing_is_refused_before_its_body_is_read(found, reason) -> None:
    assert refused(started().asks(FindGrant(digest_of(TOKEN))).told(found), reason).status == 401


def test_an_unknown_upstream_is_told_only_to_those_who_are_known() -> None:
    at = arrival(*in_session(), to="nowhere")
    assert refused(started(at).asks(FindGrant(digest_of(TOKEN))).told(None), "token_unknown").status == 401
    known = started(at).asks(FindGrant(digest_of(TOKEN))).told(grant())
    assert refused(known, "unknown_upstream").status == 404


def test_a_body_that_is_too_large_or_cut_off_is_refused() -> None:
    play = unlocked(started()).asks(ReadBody(LIMIT)).told(None)
    assert refused(play, "body_too_large").status == 413


def test_a_message_that_fits_no_session_is_recorded_with_its_body() -> None:
    refusal = Refusal(status=404, code=-32600, reason="unknown_session", text="Session not found", id=7)
    play = admitted(request(), joined=refusal)
    entry = recorded(play, EntryKind.REFUSED).entry
    assert entry.payload == request()
    assert play.told(0).asks_a(Answer).reply.status == 404
    play.told(True).ends()


def test_a_stateless_request_takes_the_same_path() -> None:
    body = modern_request()
    play = admitted(body, at=modern_arrival(), joined=session(Era.MODERN))
    recorded(play, EntryKind.INTENT)
    sent = play.told(1).asks_a(Send).forwarding
    assert dict(sent.headers)["mcp-name"] == "add"
    assert sent.body == body


def test_a_response_that_was_never_asked_for_is_recorded_and_dropped() -> None:
    body = b'{"jsonrpc":"2.0","id":"up-1","result":{}}'
    play = admitted(body)
    recorded(play, EntryKind.INTENT)
    play.told(3).asks(TakeExpected(SESSION, "up-1")).told(False)
    assert recorded(play, EntryKind.OUTCOME).entry.envelope["result"] == "unexpected"
    play.told(4).asks(Answer(Reply(status=202))).told(True).ends()


def test_a_response_that_was_asked_for_goes_upstream() -> None:
    body = b'{"jsonrpc":"2.0","id":"up-1","result":{}}'
    play = admitted(body)
    recorded(play, EntryKind.INTENT)
    play.told(3).asks(TakeExpected(SESSION, "up-1")).told(True)
    assert play.asks_a(Send).forwarding.body == body
    play.told(AnswerHead(status=202, shape=Shape.EMPTY))
    recorded(play, EntryKind.OUTCOME)
    play.told(4).asks(Answer(Reply(status=202))).told(True).ends()


def test_a_session_that_its_client_ends_is_closed_once_the_upstream_was_told() -> None:
    play = unlocked(started(arrival(*in_session(), verb="DELETE")))
    play.asks_a(FindLock)
    play.told(None).asks_a(JoinSession)
    recorded(ruled(play.told(session())), EntryKind.INTENT)
    assert play.told(3).asks_a(Send).forwarding.verb == "DELETE"
    recorded(play.told(AnswerHead(status=204, shape=Shape.EMPTY)), EntryKind.OUTCOME)
    play.told(4).asks(Answer(Reply(status=204))).told(True)
    play.asks(CloseSession(SESSION, "client")).told().ends()


@pytest.mark.promise("PATH-7")
def test_an_upstream_that_cannot_be_reached_is_an_answer() -> None:
    play = admitted(request())
    recorded(play, EntryKind.INTENT)
    play.told(3).asks_a(Send)
    outcome = recorded(play.told(Failure("upstream_unavailable", "Refused.")), EntryKind.OUTCOME).entry
    assert outcome.envelope["code"] == "upstream_unavailable"
    reply = play.told(4).asks_a(Answer).reply
    assert (reply.status, json.loads(reply.body)["id"]) == (200, 7)
    play.told(True).ends()


def lock(*targets: tuple[Target, str], mode: LockMode = LockMode.STOP) -> Lock:
    return Lock(id=LockId("l_1"), targets=targets, mode=mode, reason="Stolen.", by="sam", created_at_us=1)


HOLDING = Policy(version="sha256:1", rules=(Rule(id="ask", effect=Effect.HOLD),))
KNOWN = DefinitionStanding(state=DefinitionState.ACCEPTED, hash="f" * 64)
BROKEN = permit(
    kind=PermitKind.BREAK_GLASS, tools=(), state=PermitState.LIVE, reviews=(review(), review("kim"))
)
GIVEN = approval(state=ApprovalState.APPROVED, reviews=(review(),), policy_version="sha256:1")


@pytest.mark.promise("APR-2", "PATH-2")
@pytest.mark.parametrize("is_suspended", [False, True])
def test_a_lock_wins_over_an_approval_that_was_redeemed_already(is_suspended: bool) -> None:
    play = admitted(request(), policy=HOLDING)
    play.asks_a(FindPermits)
    play.told(Standing(0, ()))
    recorded(play, EntryKind.INTENT)
    play.told(3).asks_a(HoldCall)
    play.told(Held(approval=GIVEN)).asks(Redeem(GIVEN.id)).told(5)
    play.asks(FindGrant(digest_of(TOKEN))).told(grant())
    whom = play.asks_a(FindLock).whom
    assert (whom.session, whom.tool) == (SESSION, "add")
    if is_suspended:
        play.told(lock((Target.ALL, ""), mode=LockMode.SUSPEND)).asks(AwaitLift(whom))
    play.told(lock((Target.ALL, "")))
    play.asks(WithdrawHold(GIVEN.id, "Locked: Stolen.")).told()
    assert recorded(play, EntryKind.OUTCOME).entry.envelope["result"] == "denied"
    assert b"Locked: Stolen." in play.told(4).asks_a(Answer).reply.body
    play.told(True).ends()


@pytest.mark.promise("APR-2", "PATH-2")
def test_what_was_approved_is_not_sent_once_its_definition_is_another() -> None:
    play = Playbook(exchange(arrival(*in_session()), gate(), CONTROL), tells_pins=True)
    ruled(known(play, request()).told(session()), HOLDING)
    for command, answer in (
        (FindDefinition, KNOWN),
        (FindPermits, Standing(0, ())),
        (Append, 3),
        (HoldCall, Held(approval=replace(GIVEN, definition=KNOWN.hash))),
        (Redeem, 5),
        (FindGrant, grant()),
        (FindLock, None),
        (FindPolicy, HOLDING),
        (FindDefinition, replace(KNOWN, hash="e" * 64)),
    ):
        play.asks_a(command)
        play.told(answer)
    play.asks(WithdrawHold(GIVEN.id, "Its definition has changed since.")).told()
    assert recorded(play, EntryKind.OUTCOME).entry.envelope["result"] == "denied"
    play.told(4).asks_a(Answer)
    play.told(True).ends()


@pytest.mark.promise("PATH-2")
def test_what_no_rule_allows_is_denied_when_the_last_use_of_break_glass_is_gone() -> None:
    policy = Policy(version=BROKEN.policy_version, rules=())
    play = admitted(request(), policy=policy)
    play.asks_a(FindPermits)
    play.told(Standing(BROKEN.requested_at_us, (BROKEN,)))
    assert recorded(play, EntryKind.INTENT).entry.envelope["verdict"]["permit"] == BROKEN.id
    assert play.told(3).asks_a(TakePermit).permit == BROKEN.id
    play.told(None)
    assert recorded(play, EntryKind.OUTCOME).entry.envelope["result"] == "denied"
    play.told(4).asks_a(Answer)
    play.told(True).ends()


def test_that_tokens_were_put_in_clear_is_said_in_the_intent_and_otherwise_nothing_is() -> None:
    clear = Revealed(body=b"{}", params={"name": "add"}, kinds=("email",))
    for revealed, said in ((clear, ("email",)), (None, None)):
        play = admitted(request(), doors=gate(mask="on", reveals=True))
        play.asks_a(Reveal)
        play.told(revealed)
        assert recorded(play, EntryKind.INTENT).entry.envelope.get("revealed") == said


@pytest.mark.promise("PATH-2")
def test_a_locked_credential_is_dead_before_its_body_is_read() -> None:
    play = started()
    play.asks(FindGrant(digest_of(TOKEN))).told(grant()).asks(FindLock(WHOM))
    play.told(lock((Target.PRINCIPAL, "dana")))
    entry = recorded(play, EntryKind.REFUSED).entry
    assert entry.envelope["reason"] == "locked"
    assert (entry.envelope["lock"], entry.envelope["principal"]) == ("l_1", "dana")
    reply = play.told(0).asks_a(Answer).reply
    assert reply.status == 401
    assert 'error="invalid_token"' in dict(reply.headers)["WWW-Authenticate"]
    play.told(True).ends()


@pytest.mark.promise("PATH-2")
def test_a_call_that_a_lock_keeps_out_opens_no_session_and_sends_nothing() -> None:
    play = started()
    unlocked(play).asks(ReadBody(LIMIT)).told(request())
    assert play.asks_a(FindLock).whom.tool == "add"
    play.told(lock((Target.TOOL, "add")))
    assert recorded(play, EntryKind.REFUSED).entry.payload == request()
    reply = play.told(0).asks_a(Answer).reply
    told = json.loads(reply.body)["result"]
    assert (reply.status, told["isError"]) == (200, True)
    assert "Stolen." in told["content"][0]["text"]
    play.told(True).ends()


def test_who_is_suspended_waits_and_goes_on_when_the_lock_is_lifted() -> None:
    play = started()
    unlocked(play).asks(ReadBody(LIMIT)).told(request())
    whom = play.asks_a(FindLock).whom
    play.told(lock((Target.ALL, ""), mode=LockMode.SUSPEND)).asks(AwaitLift(whom))
    play.told(None).asks_a(JoinSession)


def test_who_is_suspended_for_too_long_is_told_to_come_back() -> None:
    play = started()
    unlocked(play).asks(ReadBody(LIMIT)).told(request())
    play.asks_a(FindLock)
    suspended = lock((Target.ALL, ""), mode=LockMode.SUSPEND)
    play.told(suspended).asks_a(AwaitLift)
    assert recorded(play.told(suspended), EntryKind.REFUSED).entry.envelope["reason"] == "suspended"
    reply = play.told(0).asks_a(Answer).reply
    assert "Not executed." in json.loads(reply.body)["result"]["content"][0]["text"]


RESPONSE = b'{"jsonrpc":"2.0","id":1,"result":{}}'


@pytest.mark.parametrize(("body", "passes"), [(request("tools/list"), True), (RESPONSE, False)])
def test_a_lock_that_leaves_reading_open_lets_descriptions_pass_and_no_answers_to_the_upstream(
    body: bytes, passes: bool
) -> None:
    play = started(arrival(*in_session()))
    unlocked(play).asks(ReadBody(LIMIT)).told(body)
    play.asks_a(FindLock)
    play.told(lock((Target.ALL, ""), mode=LockMode.READ_ONLY))
    play.asks_a(JoinSession if passes else Append)


@pytest.mark.promise("PATH-2")
def test_a_call_that_is_not_known_to_read_is_denied_under_such_a_lock_before_any_rule() -> None:
    play = started(arrival(*in_session()))
    unlocked(play).asks(ReadBody(LIMIT)).told(request())
    play.asks_a(FindLock)
    play.told(lock((Target.ALL, ""), mode=LockMode.READ_ONLY)).asks_a(JoinSession)
    play.told(session()).asks_a(FindPolicy)
    play.told(ALLOW_ALL)
    assert recorded(play, EntryKind.INTENT).entry.envelope["verdict"]["lock"]
    assert recorded(play.told(3), EntryKind.OUTCOME).entry.envelope["result"] == "denied"
    play.told(4).asks_a(Answer)
    play.told(True).ends()


CURSOR = Handle(HandleKind.CURSOR, "p2")
PAGE = request("tools/list", {"cursor": "p2"})


@pytest.mark.promise("PATH-2")
def test_what_somebody_else_was_given_is_refused_and_recorded_and_nothing_is_sent() -> None:
    play = admitted(PAGE)
    recorded(play, EntryKind.INTENT)
    play.told(3).asks(FindForeign(session(), (CURSOR,))).told(frozenset({CURSOR}))
    outcome = recorded(play, EntryKind.OUTCOME).entry
    assert (outcome.envelope["result"], outcome.envelope["code"]) == ("denied", "foreign_handle")
    assert json.loads(outcome.payload)["error"]["code"] == -32602
    play.told(4).asks(Answer(Reply(status=200, body=outcome.payload))).told(True).ends()


def test_what_this_client_was_given_goes_on() -> None:
    play = admitted(PAGE)
    recorded(play, EntryKind.INTENT)
    play.told(3).asks(FindForeign(session(), (CURSOR,))).told(frozenset()).asks_a(Send)


def test_the_clients_trace_is_in_the_intent() -> None:
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    play = admitted(request(), at=arrival(*in_session(), (b"traceparent", parent.encode())))
    assert recorded(play, EntryKind.INTENT).entry.envelope["traceparent"] == parent
    sent = play.told(3).asks_a(Send)
    assert dict(sent.forwarding.headers)["traceparent"] == parent


def test_what_a_statement_would_do_is_asked_for_before_the_intent_and_once() -> None:
    body = request("tools/call", {"name": "query", "arguments": {"query": "SELECT 1"}})
    doors = gate(kind="sql", dialect="sqlite")
    play = admitted(body, doors=doors, policy=deciding_by('sql.effect == "read"'))
    play.asks(UnderstandSql(("SELECT 1",), "sqlite")).told((understand_sql("SELECT 1", "sqlite"),))
    assert recorded(play, EntryKind.INTENT).entry.envelope["verdict"]["rules"] == ("r",)


def test_without_a_statement_nobody_is_asked_and_the_verdict_says_that_there_is_none() -> None:
    body = request("tools/call", {"name": "query", "arguments": {}})
    doors = gate(kind="sql", dialect="sqlite")
    play = admitted(body, doors=doors, policy=deciding_by('sql.effect == "read"'))
    play.asks_a(FindPermits)
    play.told(Standing(0, ()))
    verdict = recorded(play, EntryKind.INTENT).entry.envelope["verdict"]
    assert verdict["understood"] == ("No statement of SQL is in its arguments.",)


def test_what_a_command_line_would_do_is_understood_without_asking_anybody() -> None:
    body = request("tools/call", {"name": "run", "arguments": {"command": "ls -l"}})
    play = admitted(body, doors=gate(kind="shell"), policy=deciding_by("shell.allowed"))
    assert recorded(play, EntryKind.INTENT).entry.envelope["verdict"]["rules"] == ("r",)


@pytest.mark.parametrize(("header", "kind"), [(b"1", EntryKind.INTENT), (b"2", EntryKind.REFUSED)])
def test_what_a_header_says_of_an_argument_is_checked_where_no_upstream_can(
    header: bytes, kind: EntryKind
) -> None:
    child = replace(gate().upstreams["disk"], transport=Transport.STDIO)
    at = modern_arrival()
    at = replace(at, headers=(*at.headers, (b"mcp-param-a", header)))
    play = started(at, replace(gate(), upstreams={"disk": child}))
    unlocked(play).asks(ReadBody(LIMIT)).told(modern_request()).asks_a(FindLock)
    play.told(None).asks_a(JoinSession)
    play.told(session(era=Era.MODERN)).asks_a(FindMirrors)
    play.told((Mirror("mcp-param-a", ("a",)),))
    recorded(play if kind is EntryKind.REFUSED else ruled(play), kind)
