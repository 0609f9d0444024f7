"""Held calls in one process: what waits, what is executed, and that it is executed at most once."""

import asyncio
import json
import threading
from dataclasses import replace

import pytest

from firedoor.core.decide.patience import Patience
from firedoor.core.reply.answer import MARK
from firedoor.engine.people.holding import HoldTerms
from firedoor.model.approval import Approval, ApprovalId, ApprovalState
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.json import Json
from firedoor.model.lock import Lift, LockId, LockMode
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect, Obligations, Rate, Risk
from tests.helpers.approvals import approver
from tests.helpers.bench import Bench, settled
from tests.helpers.fakes import FakeApprovals, FakeClient
from tests.helpers.holding import HOLD, entries, lock, sends
from tests.helpers.nouns import (
    grant,
    modern_arrival,
    modern_request,
    request,
    result,
)

pytestmark = pytest.mark.anyio

TWO = replace(HOLD, rules=(Rule(id="wipes", effect=Effect.HOLD, risk=Risk.CRITICAL),))
ENDS = {"expired", "withdrawn", "redeemed"}


def holding(policy: Policy = HOLD) -> Bench:
    return Bench(policy=policy)


def impatient(bench: Bench) -> Bench:
    """Clients give up at once."""
    bench.holding._terms = HoldTerms(key=b"k" * 32, usual_s=0)
    return bench


def said(body: bytes) -> tuple[str, dict[str, Json]]:
    told = json.loads(body)["result"]
    return told["content"][0]["text"], told["_meta"][MARK]


async def approve(bench: Bench, *, yes: bool = True, by: str = "sam", reason: str = "Case 7.") -> None:
    [waiting] = bench.approvals.listed((ApprovalState.REQUESTED, ApprovalState.APPROVED), 9)
    await bench.approving.review(waiting.id, approver(by), is_approval=yes, reason=reason)


async def shown(client: FakeClient) -> None:
    """Wait until an event was delivered: the first comes after a second, by the loop's clock."""
    async with asyncio.timeout(10):
        await client.has_delivered.wait()


@pytest.mark.promise("APR-1")
async def test_nothing_is_sent_until_somebody_else_approves_and_then_once() -> None:
    bench = await holding().opened()
    bench.upstreams.will_answer(result())
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    assert (sends(bench), client.replies, client.opened) == (0, [], [])
    await approve(bench)
    await task
    assert sends(bench) == 1
    assert json.loads(client.replies[0].body)["result"] == {}
    assert entries(bench) == ["requested", "reviewed", "redeemed"]
    await bench.approving.settled()
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.DONE]


@pytest.mark.promise("APR-1")
async def test_each_entry_is_durable_before_it_takes_effect() -> None:
    bench = await holding().opened()
    bench.recorder.is_slow = True
    task = bench.start(bench.client(request()))
    await settled()
    bench.recorder.flush()
    await settled()
    assert bench.approvals.kept == {}
    bench.recorder.flush()
    await settled()
    assert len(bench.approvals.kept) == 1
    deciding = asyncio.create_task(approve(bench))
    await settled()
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.REQUESTED]
    bench.recorder.flush()
    await deciding
    await settled()
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.EXECUTING]
    assert sends(bench) == 0
    bench.recorder.flush()
    await settled()
    assert sends(bench) == 1
    while not task.done():
        bench.recorder.flush()
        await settled()


@pytest.mark.promise("APR-2")
async def test_one_refusal_refuses_and_the_client_reads_why() -> None:
    bench = await holding().opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    await approve(bench, yes=False, reason="Not without the customer's word.")
    await task
    text, mark = said(client.replies[0].body)
    assert text.startswith("Refused by an approver. Reason: Not without the customer's word. Not executed.")
    assert mark["decision"] == "refused"
    assert "sam" not in text
    assert sends(bench) == 0


@pytest.mark.promise("APR-3")
async def test_a_client_whose_patience_is_up_gets_a_ticket_and_the_identical_call_redeems_it() -> None:
    bench = impatient(await holding().opened())
    first = await bench.run(request(identifier=7))
    text, mark = said(first.replies[0].body)
    assert text.startswith("Waiting for approval (rule refunds): Money leaves. Not executed. Ticket apr_")
    assert mark["decision"] == "hold"
    again = await bench.run(request(identifier=8))
    assert said(again.replies[0].body)[1]["approval"] == mark["approval"]
    await approve(bench)
    assert sends(bench) == 0
    bench.upstreams.will_answer(result(9))
    last = await bench.run(request(identifier=9))
    assert json.loads(last.replies[0].body)["result"] == {}
    assert (sends(bench), entries(bench)) == (
        1,
        ["requested", "attached", "reviewed", "attached", "redeemed"],
    )
    after = await bench.run(request(identifier=10))
    assert said(after.replies[0].body)[1]["approval"] != mark["approval"]
    assert sends(bench) == 1


@pytest.mark.promise("APR-1")
@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ('{"a":1,"b":[2]}', '{"b":[2],"a":1}', True),
        ('{"a":"\\u00e9"}', '{"a":"\u00e9"}', True),
        ('{"a":"\u00e9"}', '{"a":"e\u0301"}', False),
        ('{"a":1}', '{"a":2}', False),
        ('{"a":1}', '{"a":1.0}', False),
        ('{"a":10}', '{"a":1e1}', False),
        ('{"a":1}', '{"a":"1"}', False),
        ('{"a":null}', "{}", False),
        ('{"a":[1,2]}', '{"a":[2,1]}', False),
    ],
    ids=["key order", "escape", "Unicode form", "value", "as written", "exponent", "type", "null", "order"],
)
async def test_what_is_the_same_call_finds_the_ticket_and_nothing_else_does(
    first: str, second: str, is_same: bool
) -> None:
    bench = impatient(await holding().opened())

    async def ticket(arguments: str) -> Json:
        params = f'{{"name":"add","arguments":{arguments}}}'
        body = f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}'
        return said((await bench.run(body.encode())).replies[0].body)[1]["approval"]

    assert (await ticket(first) == await ticket(second)) is is_same


async def test_another_try_with_its_own_progress_token_and_trace_is_the_same_call() -> None:
    bench = impatient(await holding().opened())
    tickets = set()
    for number in range(2):
        meta = {"progressToken": number, "traceparent": f"00-{number:032x}-{number:016x}-01"}
        client = await bench.run(request("tools/call", {"name": "add", "_meta": meta}, number))
        tickets.add(
            said(client.replies[-1].body if client.replies else client.events[-1].payload)[1]["approval"]
        )
    assert len(tickets) == 1
    meta = {"confirmed": True}
    other = await bench.run(request("tools/call", {"name": "add", "_meta": meta}, 3))
    assert said(other.replies[0].body)[1]["approval"] not in tickets


@pytest.mark.promise("APR-2")
async def test_what_nobody_approves_in_time_expires_and_an_approval_too() -> None:
    bench = impatient(await holding().opened())
    await bench.run(request())
    bench.clock.pass_s(601)
    with pytest.raises(ClientError, match="expired already"):
        await approve_the_first(bench)
    await bench.run(request())
    await approve(bench)
    bench.clock.pass_s(601)
    client = await bench.run(request())
    assert "Waiting for approval" in said(client.replies[0].body)[0]
    assert sends(bench) == 0
    assert entries(bench) == ["requested", "expired", "requested", "reviewed", "expired", "requested"]


async def approve_the_first(bench: Bench) -> None:
    first = next(iter(bench.approvals.kept))
    await bench.approving.review(first, approver(), is_approval=True, reason="Yes.")


@pytest.mark.promise("APR-2")
async def test_who_waits_past_the_expiry_is_told_so() -> None:
    bench = await holding().opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.clock.pass_s(601)
    await bench.approving.expire()
    await task
    text, mark = said(client.replies[0].body)
    assert text.startswith("Nobody approved it in time. Not executed. Repeating it asks again.")
    assert mark["decision"] == "expired"


@pytest.mark.promise("APR-2", "LOCK-2")
@pytest.mark.parametrize("mode", [LockMode.STOP, LockMode.READ_ONLY])
async def test_a_lock_withdraws_what_waits_and_what_is_approved(mode: LockMode) -> None:
    bench = impatient(await holding().opened())
    await bench.run(request())
    await approve(bench)
    bench.locks.create(lock(mode))
    assert (await bench.enforcement.enforce()).approvals == 1
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.WITHDRAWN]
    bench.locks.lift(Lift(id=LockId("l_1"), by="kim", reason="Over.", at_us=2))
    if mode is LockMode.READ_ONLY:
        assert said((await bench.run(request())).replies[0].body)[1]["decision"] == "hold"
    assert sends(bench) == 0


@pytest.mark.promise("APR-2", "LOCK-2")
async def test_a_lock_ends_a_call_that_waits_and_says_that_it_was_not_executed() -> None:
    bench = await holding().opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock())
    ended = await bench.enforcement.enforce()
    await task
    text, _ = said(client.replies[0].body)
    assert text.startswith("Terminated: Stolen.")
    assert text.endswith("Not executed.")
    assert (ended.calls, sends(bench)) == (1, 0)
    assert entries(bench) == ["requested", "withdrawn"]


class Standing(FakeApprovals):
    """A store that stands still for as long as it is told to, or that is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()
        self.is_gone = False

    def find(self, approval: ApprovalId) -> Approval | None:
        self.goes_on.wait()
        if self.is_gone:
            raise RecordError("store_unavailable", "The database is gone.")
        return super().find(approval)


@pytest.mark.promise("PATH-7", "LOCK-2")
@pytest.mark.parametrize("is_gone", [False, True])
async def test_a_call_that_waits_is_told_that_a_lock_ended_it_whatever_the_store_does(is_gone: bool) -> None:
    bench = await holding().opened()
    store = bench.approving.store = Standing()
    store.goes_on.set()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    store.is_gone, bench.approving.is_quick = is_gone, is_gone
    if not is_gone:
        store.goes_on.clear()
    bench.locks.create(lock())
    bench.engine.containment.is_quiet()
    await task
    assert said(client.replies[0].body)[0].startswith("Terminated: Stolen.")
    assert sends(bench) == 0
    store.is_gone = False
    store.goes_on.set()
    await bench.approving.settled()


@pytest.mark.promise("APR-1")
async def test_what_changed_since_people_decided_wins() -> None:
    changes = {
        "policy": lambda b: setattr(b.policies, "policy", replace(HOLD, version="sha256:" + "c" * 64)),
        "revoked": lambda b: b.directory.grants.update({grant().token_digest: grant(revoked_at_us=1)}),
        "denied": lambda b: setattr(b.policies, "policy", Policy(version=HOLD.version)),
    }
    for name, change in changes.items():
        bench = await holding().opened()
        client = bench.client(request())
        task = bench.start(client)
        await settled()
        change(bench)
        await approve(bench)
        await settled()
        await task
        text, mark = said(client.replies[0].body)
        assert (name, sends(bench), mark["decision"]) == (name, 0, "withdrawn")
        assert "Not executed." in text
        assert entries(bench) == ["requested", "reviewed", "withdrawn"]


async def test_who_is_suspended_after_the_approval_waits_for_the_lift_and_loses_nothing() -> None:
    bench = await holding().opened()
    bench.upstreams.will_answer(result())
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(LockMode.SUSPEND))
    await approve(bench)
    await settled()
    assert (sends(bench), client.replies) == (0, [])
    bench.locks.lift(Lift(id=LockId("l_1"), by="kim", reason="Over.", at_us=2))
    bench.engine.containment.is_quiet()
    await task
    assert sends(bench) == 1
    assert entries(bench) == ["requested", "reviewed", "redeemed"]


@pytest.mark.promise("APR-2")
async def test_who_is_suspended_for_longer_than_clients_wait_is_told_and_asks_anew() -> None:
    bench = await holding().opened()
    bench.engine.containment.patience_s = 0
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(LockMode.SUSPEND))
    await approve(bench)
    await task
    assert (sends(bench), said(client.replies[0].body)[1]["decision"]) == (0, "withdrawn")


@pytest.mark.parametrize("is_locked", [True, False])
async def test_what_is_being_asked_when_its_call_is_cut_short_is_withdrawn(is_locked: bool) -> None:
    bench = await holding().opened()
    bench.recorder.is_slow = True
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.recorder.flush()
    await settled()  # That people are asked is being recorded.
    if is_locked:
        bench.locks.create(lock())
        bench.engine.containment.is_quiet()
    else:
        task.cancel()
    await settled()
    bench.recorder.is_slow = False
    bench.recorder.flush()
    await asyncio.wait([task])
    await bench.approving.settled()
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.WITHDRAWN]
    assert sends(bench) == 0


async def test_a_held_call_that_its_client_cancels_is_withdrawn_and_the_upstream_hears_nothing() -> None:
    bench = await holding().opened()
    client = bench.client(request(identifier=7))
    task = bench.start(client)
    await settled()
    sent = len(bench.upstreams.sent)
    body = b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}'
    cancelling = await bench.run(body)
    await task
    await bench.approving.settled()
    assert [reply.status for reply in cancelling.replies] == [202]
    assert len(bench.upstreams.sent) == sent
    assert entries(bench) == ["requested", "withdrawn"]


async def test_a_cancellation_of_what_does_not_wait_goes_to_the_upstream() -> None:
    bench = await holding().opened()
    sent = len(bench.upstreams.sent)
    await bench.run(b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}')
    assert len(bench.upstreams.sent) == sent + 1


async def test_a_stateless_client_that_leaves_before_it_knows_of_the_ticket_withdraws_it() -> None:
    bench = await holding().known_modern()
    client = bench.client(modern_request())
    task = bench.start(client, modern_arrival())
    await settled()
    client.go()
    await task
    await bench.approving.settled()
    assert entries(bench) == ["requested", "withdrawn"]


@pytest.mark.promise("APR-3")
async def test_a_stateless_client_that_knows_of_the_ticket_may_leave_and_come_back() -> None:
    bench = impatient(await holding().known_modern())
    await bench.ask_modern(modern_request())
    bench.holding._terms = HoldTerms(key=b"k" * 32)
    client = bench.client(modern_request())
    task = bench.start(client, modern_arrival())
    await settled()
    client.go()
    await task
    await bench.approving.settled()
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.REQUESTED]


async def test_a_shutdown_lets_the_client_go_with_its_ticket() -> None:
    bench = await holding().opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    await bench.engine.drain(5)
    await task
    assert said(client.replies[0].body)[1]["decision"] == "hold"
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.REQUESTED]


async def test_signs_of_life_are_recorded_before_they_are_shown_and_the_answer_ends_the_stream() -> None:
    bench = await holding().opened()
    bench.upstreams.will_answer(result(7, content=[]))
    client = bench.client(request("tools/call", {"name": "add", "_meta": {"progressToken": "p"}}, 7))
    task = bench.start(client)
    await shown(client)
    sign = json.loads(client.events[0].payload)
    assert sign["method"] == "notifications/progress"
    assert sign["params"]["progressToken"] == "p"
    assert 0 < sign["params"]["progress"] < 1
    assert client.events[0].payload in [entry.payload for entry in bench.recorder.of_kind(EntryKind.EVENT)]
    await approve(bench)
    await task
    assert json.loads(client.events[-1].payload)["result"] == {"content": []}
    assert (client.has_ended, client.replies) == (True, [])


async def test_an_answer_too_large_for_the_stream_is_kept_for_the_identical_call() -> None:
    bench = await holding().opened()
    large = result(7, content=[{"type": "text", "text": "x" * 1_500_000}])
    bench.upstreams.will_answer(large)
    params = {"name": "add", "_meta": {"progressToken": "p"}}
    client = bench.client(request("tools/call", params, 7))
    task = bench.start(client)
    await shown(client)
    await approve(bench)
    await task
    text, mark = said(client.events[-1].payload)
    assert text.startswith("The call was approved and executed once. Its answer of 1500")
    assert mark["decision"] == "executed"
    assert large in [entry.payload for entry in bench.recorder.of_kind(EntryKind.EVENT)]
    again = await bench.run(request("tools/call", params, 8))
    assert json.loads(again.replies[0].body) == {**json.loads(large), "id": 8}
    assert sends(bench) == 1
    bench.clock.pass_s(601)
    impatient(bench)
    assert (
        said((await bench.run(request("tools/call", {"name": "add"}, 7))).replies[0].body)[1]["decision"]
        == "hold"
    )


async def test_a_grant_that_asks_for_too_much_is_not_heard() -> None:
    bench = impatient(await holding().opened())
    for number in range(32):
        await bench.run(request("tools/call", {"name": "add", "arguments": {"n": number}}))
    client = await bench.run(request("tools/call", {"name": "add", "arguments": {"n": 99}}))
    assert "32 calls of this grant wait already" in said(client.replies[0].body)[0]
    assert len(bench.approvals.kept) == 32


async def test_what_nobody_can_read_is_not_asked() -> None:
    bench = await holding().opened()
    client = await bench.run(request("tools/call", {"name": "add", "arguments": {"n": "x" * 70_000}}))
    assert "which nobody can review" in said(client.replies[0].body)[0]
    assert bench.approvals.kept == {}


async def test_other_methods_are_answered_with_an_error_of_their_own() -> None:
    bench = impatient(await holding().opened())
    client = await bench.run(request("resources/read", {"uri": "file:///x"}))
    error = json.loads(client.replies[0].body)["error"]
    assert (error["code"], error["data"][MARK]["decision"]) == (4403, "hold")


@pytest.mark.parametrize("method", ["tools/list", "ping", "resources/list"])
async def test_what_only_describes_is_never_held(method: str) -> None:
    bench = await holding().opened()
    bench.upstreams.will_answer(result())
    client = await bench.run(request(method, {}))
    assert "result" in json.loads(client.replies[0].body)


async def test_a_record_that_takes_nothing_holds_back_the_request_too() -> None:
    bench = await holding().opened()
    bench.recorder.fails_on = lambda entry: entry.kind is EntryKind.APPROVAL
    client = await bench.run(request())
    assert client.replies[0].status == 503
    assert (bench.approvals.kept, sends(bench)) == ({}, 0)


async def test_an_approval_that_vanished_from_the_store_executes_nothing() -> None:
    bench = await holding().opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    ticket = bench.approving.ticket(next(iter(bench.approvals.kept)))
    bench.approvals.kept.clear()
    ticket.wake()
    await task
    assert (client.replies[0].status, sends(bench)) == (503, 0)


async def test_a_limit_of_the_rules_counts_what_was_approved() -> None:
    once = Obligations(rates=(Rate(rule="refunds", calls=1, span_us=60_000_000, by="principal"),))
    limited = replace(HOLD, rules=(replace(HOLD.rules[0], obligations=once),))
    bench = impatient(await holding(limited).opened())
    for number in range(2):
        body = request("tools/call", {"name": "add", "arguments": {"n": number}})
        await bench.run(body)
        await approve(bench)
        client = await bench.run(body)
    assert "A limit of its rules is reached. Not executed." in said(client.replies[0].body)[0]
    assert sends(bench) == 1


@pytest.mark.promise("APR-2")
async def test_two_people_are_two_people() -> None:
    bench = impatient(await holding(TWO).opened())
    await bench.run(request())
    await approve(bench, by="sam")
    with pytest.raises(ClientError, match="decided already"):
        await approve(bench, by="Sam")
    assert said((await bench.run(request())).replies[0].body)[1]["decision"] == "hold"
    await approve(bench, by="kim")
    await bench.run(request())
    assert sends(bench) == 1


async def test_a_client_that_the_settings_name_waits_as_long_as_they_say() -> None:
    bench = await holding().opened()
    bench.holding._terms = HoldTerms(
        key=b"k" * 32, clients=(Patience(names=("probe",), silent_s=0, shown_s=0),)
    )
    client = await bench.run(request())
    assert said(client.replies[0].body)[1]["decision"] == "hold"
