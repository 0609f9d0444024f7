"""Asking people and letting them decide, without any call that waits."""

import asyncio
from dataclasses import replace

import pytest

from firedoor.engine.people.approving import LISTED, MOST_OF_ONE, MOST_OPEN, too_many
from firedoor.engine.people.asking import OFTEN
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Shown, Turn
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.ids import GrantId
from tests.helpers.approvals import DEMAND, approval, approver
from tests.helpers.bench import Bench
from tests.helpers.nouns import CONTROL, SESSION

pytestmark = pytest.mark.anyio


async def asked(bench: Bench, **changes) -> Approval:
    made = await bench.approving.open(approval(**changes), Shown(params="{}"), approval().call, SESSION)
    assert isinstance(made, Approval), made
    return made


async def settle(bench: Bench, deciding: "asyncio.Task[Approval]") -> Approval:
    """Let a slow record take what it is given, until somebody has decided."""
    while not deciding.done():
        bench.recorder.flush()
        await asyncio.sleep(0)
    return await deciding


@pytest.mark.promise("APR-4")
async def test_people_are_told_at_once_of_what_is_asked_and_decided() -> None:
    bench = Bench()
    made = await asked(bench)
    await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    assert [(what, each.state.value) for what, each in bench.notifier.told] == [
        ("requested", "requested"), ("reviewed", "approved"),
    ]  # fmt: skip


@pytest.mark.promise("APR-2")
async def test_who_may_not_decide_changes_nothing_and_is_recorded() -> None:
    bench = Bench()
    made = await asked(bench)
    with pytest.raises(ClientError, match="Nobody approves what they"):
        await bench.approving.review(made.id, approver("dana"), is_approval=True, reason="Yes.")
    assert bench.approvals.find(made.id) == made
    last = bench.recorder.of_kind(EntryKind.APPROVAL)[-1].envelope
    assert (last["what"], last["by"]) == ("forbidden", "dana")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001, "\u202e\u200b", "x\0y"])
async def test_a_reason_is_needed(reason: str) -> None:
    bench = Bench()
    made = await asked(bench)
    with pytest.raises(ClientError, match="Give a reason"):
        await bench.approving.review(made.id, approver(), is_approval=True, reason=reason)


async def test_an_approval_that_nobody_knows_is_told_as_such_and_not_remembered() -> None:
    bench = Bench()
    with pytest.raises(ClientError, match="There is no approval"):
        await bench.approving.review(ApprovalId("apr_9"), approver(), is_approval=True, reason="Yes.")
    assert bench.approving.tickets == {}


async def test_what_is_not_seen_is_not_approved_and_may_be_refused() -> None:
    bench = Bench()
    bench.approvals.open(approval())
    with pytest.raises(ClientError, match="must repeat the call first"):
        await bench.approving.review(approval().id, approver(), is_approval=True, reason="Yes.")
    refused = await bench.approving.review(approval().id, approver(), is_approval=False, reason="No.")
    assert refused.state is ApprovalState.REFUSED


@pytest.mark.promise("APR-2")
async def test_an_approval_can_be_refused_until_it_is_used() -> None:
    bench = Bench()
    made = await asked(bench)
    await bench.approving.review(made.id, approver("sam"), is_approval=True, reason="Yes.")
    with pytest.raises(ClientError, match="approved already"):
        await bench.approving.review(made.id, approver("kim"), is_approval=True, reason="Me too.")
    refused = await bench.approving.review(made.id, approver("kim"), is_approval=False, reason="No.")
    assert refused.state is ApprovalState.REFUSED
    assert await bench.approving.take(made.id, 1) is None


async def test_who_was_outrun_by_another_process_is_told_to_look_again() -> None:
    bench = Bench()
    made = await asked(bench)
    bench.recorder.is_slow = True
    deciding = asyncio.create_task(
        bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    )
    for _ in range(9):
        await asyncio.sleep(0)
    assert bench.approvals.change(made, ApprovalState.REQUESTED)
    bench.recorder.flush()
    await asyncio.sleep(0)
    with pytest.raises(ClientError, match="changed meanwhile"):
        await settle(bench, deciding)
    last = bench.recorder.of_kind(EntryKind.APPROVAL)[-1].envelope
    assert (last["what"], last["not"], last["by"]) == ("outrun", "reviewed", "sam")


async def test_what_another_process_asked_meanwhile_is_found_and_the_own_request_ends() -> None:
    bench = Bench()
    bench.recorder.is_slow = True
    opening = asyncio.create_task(asked(bench))
    for _ in range(9):
        await asyncio.sleep(0)
    other = bench.approvals.open(approval(id=ApprovalId("apr_other")))
    bench.recorder.flush()
    for _ in range(9):
        await asyncio.sleep(0)
    bench.recorder.flush()
    assert await opening == other
    assert [e.envelope["what"] for e in bench.recorder.of_kind(EntryKind.APPROVAL)] == [
        "requested", "withdrawn",
    ]  # fmt: skip
    assert bench.approving.looks.of(other.id) is not None


async def test_what_happens_after_a_session_ended_stands_in_the_session_of_the_gateway() -> None:
    bench = Bench()
    await asked(bench)
    assert bench.recorder.of_kind(EntryKind.APPROVAL)[0].session == CONTROL


async def test_a_record_that_takes_nothing_does_not_keep_an_approval_open() -> None:
    bench = Bench()
    made = await asked(bench)
    bench.recorder.fails_on = lambda _: True
    with pytest.raises(RecordError):
        await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    assert await bench.approving.end(made.id, Turn.WITHDRAW, why="Locked.")
    found = bench.approvals.find(made.id)
    assert found is not None
    assert found.state is ApprovalState.WITHDRAWN


async def test_what_one_exchange_has_redeemed_no_other_ends() -> None:
    bench = Bench()
    made = await asked(bench)
    await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    assert await bench.approving.take(made.id, 1) == bench.clock()
    assert await bench.approving.withdraw_where(lambda _: True, "Locked.") == 0
    assert not await bench.approving.end(made.id, Turn.WITHDRAW, exchange=2)
    assert not await bench.approving.end(made.id, Turn.EXPIRE)
    assert await bench.approving.end(made.id, Turn.FINISH, exchange=1)
    assert bench.approving.tickets == {}


async def test_an_expiry_comes_not_before_its_time_and_then_once() -> None:
    bench = Bench()
    made = await asked(bench, expires_at_us=bench.clock() + 5_000_000)
    assert not await bench.approving.end(made.id, Turn.EXPIRE)
    bench.clock.pass_s(5)
    await asyncio.gather(*(bench.approving.current(made.id) for _ in range(9)))
    await bench.approving.expire()
    assert [e.envelope["what"] for e in bench.recorder.of_kind(EntryKind.APPROVAL)] == [
        "requested", "expired",
    ]  # fmt: skip
    assert await bench.approving.take(made.id, 1) is None


async def test_a_store_is_asked_beside_the_loop() -> None:
    bench = Bench()
    bench.approving.is_quick = False
    made = await asked(bench, demands=(DEMAND,))
    assert await bench.approving.current(made.id) == made


async def test_what_was_executed_when_the_last_process_ended_is_unknown_and_never_redeemed_again() -> None:
    bench = Bench()
    bench.approving.instance = "mine"
    made = await asked(bench)
    await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    assert await bench.approving.take(made.id, 1) is not None
    after = Bench()
    after.approving.instance, after.approving.store = "mine", bench.approvals
    assert await after.approving.recover() == 1
    found = bench.approvals.find(made.id)
    assert found is not None
    assert found.state is ApprovalState.UNKNOWN
    last = after.recorder.of_kind(EntryKind.APPROVAL)[-1]
    assert (last.envelope["what"], last.envelope["approval"], last.session) == ("unknown", made.id, CONTROL)
    assert [what for what, _ in after.notifier.told] == ["unknown"]
    assert await after.approving.take(made.id, 2) is None
    assert await after.approving.recover() == 0
    with pytest.raises(ClientError, match="unknown already"):
        await after.approving.review(made.id, approver("kim"), is_approval=False, reason="No.")


async def test_what_another_gateway_executes_is_left_alone() -> None:
    bench = Bench()
    bench.approving.instance = "other"
    made = await asked(bench)
    await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    assert await bench.approving.take(made.id, 1) is not None
    bench.approving.instance = "mine"
    assert await bench.approving.recover() == 0


async def test_what_cannot_be_recorded_stays_as_it_is_and_is_tried_again() -> None:
    bench = Bench()
    made = await asked(bench)
    await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    assert await bench.approving.take(made.id, 1) is not None
    bench.recorder.fails_on = lambda _: True
    with pytest.raises(RecordError):
        await bench.approving.recover()
    bench.recorder.fails_on = lambda _: False
    assert await bench.approving.recover() == 1


async def test_a_look_is_recorded_once_for_each_person_and_call_before_it_is_shown() -> None:
    bench = Bench()
    made = await asked(bench)
    for who in (approver("sam"), approver("sam"), approver("kim")):
        await bench.approving.look(made, who, "memory")
    looks = [e.envelope for e in bench.recorder.of_kind(EntryKind.CONTROL)]
    assert [(e["what"], e["by"], e["approval"], e["source"]) for e in looks] == [
        ("approval_viewed", {"name": name, "grant": f"g_{name}"}, made.id, "memory")
        for name in ("sam", "kim")
    ]
    bench.recorder.fails_on = lambda _: True
    with pytest.raises(RecordError):
        await bench.approving.look(made, approver("ana"), "memory")
    bench.recorder.fails_on = lambda _: False
    for number in range(10_001):
        bench.approving.viewed.add(("g", str(number)))
    await bench.approving.look(made, approver("ana"), "memory")
    assert len(bench.approving.viewed) == 1


async def test_many_who_ask_at_once_about_what_nobody_knows_are_all_told_so() -> None:
    bench = Bench()
    asking = [
        bench.approving.review(ApprovalId("apr_9"), approver(), is_approval=True, reason="Yes.")
        for _ in range(9)
    ]
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in told} == {ClientError}
    assert bench.approving.tickets == {}


async def test_who_asks_withdraws_and_asks_again_is_not_heard_for_ever_and_others_are() -> None:
    bench = Bench()
    for number in range(OFTEN):
        made = await asked(bench, id=ApprovalId(f"apr_{number}"), digest=f"{number}")
        await bench.approving.end(made.id, Turn.WITHDRAW)
    again = await bench.approving.open(
        approval(id=ApprovalId("apr_more"), digest="more"), Shown(params="{}"), approval().call, SESSION
    )
    assert again == f"Whoever asks has asked {OFTEN} times within 10 minutes."
    other = replace(approval().whom, grant=GrantId("g_other"), principal="kim")
    assert isinstance(await asked(bench, digest="other", whom=other), Approval)


async def test_an_end_that_another_process_outran_is_told_to_nobody_and_the_record_says_so() -> None:
    bench = Bench()
    made = await asked(bench)
    await bench.approving.review(made.id, approver(), is_approval=True, reason="Yes.")
    told = len(bench.notifier.told)
    bench.recorder.is_slow = True
    ending = asyncio.create_task(bench.approving.end(made.id, Turn.WITHDRAW, why="Locked."))
    for _ in range(9):
        await asyncio.sleep(0)
    assert bench.approvals.redeem(made.id, made.digest, bench.clock())
    while not ending.done():
        bench.recorder.flush()
        await asyncio.sleep(0)
    assert not await ending
    assert len(bench.notifier.told) == told
    said = [entry.envelope for entry in bench.recorder.of_kind(EntryKind.APPROVAL)]
    assert [each["what"] for each in said[-2:]] == ["withdrawn", "outrun"]
    assert said[-1]["not"] == "withdrawn"


def test_neither_a_grant_nor_a_principal_nor_all_together_wait_without_end() -> None:
    def those(count: int, **of: object) -> list[Approval]:
        return [approval(whom=replace(approval().whom, **of)) for _ in range(count)]

    elsewhere = {"principal": "kim", "grant": GrantId("g_kim")}
    assert too_many(approval(), [*those(MOST_OPEN - 1), *those(500, **elsewhere)]) == ""
    assert too_many(approval(), those(MOST_OPEN)) == f"{MOST_OPEN} calls of this grant wait already."
    other_grant = those(MOST_OF_ONE, grant=GrantId("g_2"))
    assert too_many(approval(), other_grant[1:]) == ""
    assert too_many(approval(), other_grant) == f"{MOST_OF_ONE} calls of this principal wait already."
    assert too_many(approval(), those(LISTED, **elsewhere)) == f"{LISTED} calls wait already, of everybody."
