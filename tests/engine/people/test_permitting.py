"""Permits in one process: what passes without waiting, what does not, and that no use is taken twice."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from hypothesis import given as given_orders
from hypothesis import settings
from hypothesis import strategies as st

from firedoor.core.permitted import FindPermits
from firedoor.engine.people.permit_requests import PermitTerms
from firedoor.engine.people.permitting import NoPermits
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from firedoor.model.permit import Permit, PermitState
from firedoor.model.policy import Rule
from firedoor.model.verdict import Demand, Effect, Risk
from tests.helpers.approvals import approver
from tests.helpers.bench import Bench, settled
from tests.helpers.fakes import FakeClient
from tests.helpers.nouns import HIDE_ALL, grant, request, result
from tests.helpers.permits import MINUTE_US, FakePermits
from tests.helpers.permitting import DANA, HOLD, WHO, bench_of, call, emergency, given, said, sends, wanted

pytestmark = pytest.mark.anyio

TWO = replace(HOLD, version="sha256:" + "2" * 64, rules=(replace(HOLD.rules[0], demand=Demand(quorum=2)),))


def text(client: FakeClient) -> str:
    told = json.loads(client.replies[0].body)
    return json.dumps(told.get("error") or told["result"])


async def until(is_so: Callable[[], bool]) -> None:
    """Let others run until something is so."""
    for _ in range(10_000):
        if is_so():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never was")


async def test_what_a_permit_covers_passes_without_waiting_and_the_record_says_by_whose_word() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    assert permit.state is PermitState.LIVE
    await call(bench)
    assert sends(bench) == 1
    assert bench.approvals.kept == {}
    [intent] = [e for e in bench.recorder.of_kind(EntryKind.INTENT) if e.envelope["method"] == "tools/call"]
    verdict = intent.envelope["verdict"]
    assert isinstance(verdict, dict)
    assert (verdict["effect"], verdict["permit"], verdict["permitted_by"]) == ("hold", permit.id, ("sam",))
    assert said(bench) == ["permit_requested", "permit_reviewed", "permit_opened", "permit_used"]
    used = bench.recorder.of_kind(EntryKind.APPROVAL)[-1]
    assert used.session == intent.session
    assert used.envelope["approvers"] == ["sam"]
    [use] = bench.permits.uses_of(permit.id, 9)
    assert (use.name, use.flaw, used.envelope["call"]) == ("add", "", use.call)


async def test_the_use_is_durable_before_anything_is_sent() -> None:
    bench = await bench_of().opened()
    await given(bench)
    bench.recorder.pace = 3
    bench.story.clear()
    await call(bench)
    sent = next(place for place, (what, _) in enumerate(bench.story) if what == "sent")
    assert ("durable", EntryKind.APPROVAL) in bench.story[:sent]


@pytest.mark.parametrize(
    "changes",
    [
        {"principal": "eve"},
        {"agents": ()},
        {"agents": ("claw", "other")},
        {"tools": ("remove",)},
        {"tools": ("A*",)},
        {"conditions": ("args.amount <= 100",)},
        {"conditions": ('args.note == "x"', "args.amount < 1000")},
    ],
    ids=str,
)
async def test_what_it_does_not_cover_to_the_letter_waits_for_people(changes) -> None:
    bench = await bench_of().opened()
    await given(bench, wanted(**changes))
    await call(bench, arguments={"amount": 101})
    assert sends(bench) == 0
    assert len(bench.approvals.kept) == 1


async def test_a_condition_bounds_the_arguments() -> None:
    bench = await bench_of().opened()
    await given(bench, wanted(conditions=("args.amount <= 100",)))
    await call(bench, arguments={"amount": 100})
    assert sends(bench) == 1
    for amount in (101, "100", None, 100.5, 2**70):
        await call(bench, arguments={"amount": amount})
    await call(bench, arguments={})
    assert sends(bench) == 1


async def test_an_expired_permit_covers_nothing_and_a_new_clock_gives_it_no_more_time() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    bench.clock.pass_s(30 * 60)
    await call(bench)
    assert sends(bench) == 0
    await bench.permitting.expire()
    assert bench.permits.kept[permit.id].state is PermitState.EXPIRED
    assert bench.permits.latest_us() == bench.clock()
    assert said(bench)[-1] == "permit_expired"


async def test_a_permit_that_is_over_is_shown_as_it_ended_long_after_its_time() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    bench.clock.pass_s(30 * 60)
    await bench.permitting.expire()
    over = bench.permits.kept[permit.id]
    bench.clock.pass_s(30 * 60)
    assert await bench.permitting.find(permit.id) == over
    assert said(bench).count("permit_expired") == 1


async def test_ten_uses_are_ten_of_a_thousand_at_once() -> None:
    bench = await bench_of().opened()
    bench.engine.gate = replace(
        bench.engine.gate, limits=replace(bench.engine.gate.limits, concurrent_calls=2_000)
    )
    permit = await given(bench, wanted(uses=10))
    for _ in range(10):
        bench.upstreams.will_answer(result())
    tasks = [
        bench.start(bench.client(request(params={"name": "add", "arguments": {"n": n}}))) for n in range(1000)
    ]
    await asyncio.gather(*tasks)
    assert sends(bench) == 10
    assert bench.permits.kept[permit.id].state is PermitState.SPENT
    assert len(bench.permits.uses_of(permit.id, 99)) == 10
    assert said(bench).count("permit_used") == 10


async def test_revoked_it_lets_nothing_pass_and_this_is_recorded_first() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    await bench.permitting.revoke(permit.id, DANA, "Done.")
    assert said(bench)[-1] == "permit_revoked"
    await call(bench)
    assert sends(bench) == 0
    with pytest.raises(ClientError, match="revoked already"):
        await bench.permitting.revoke(permit.id, DANA, "Again.")


async def test_revoked_between_the_decision_and_the_sending_nothing_is_sent() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    bench.recorder.pace = 5
    bench.upstreams.will_answer(result())
    task = bench.start(client := bench.client(request()))
    await until(lambda: "permit_used" in said(bench))
    # Another gateway of the same database: nothing tells this one but the database.
    now = bench.permits.kept[permit.id]
    assert bench.permits.change(now, replace(now, state=PermitState.REVOKED))
    await task
    assert sends(bench) == 0
    assert "has ended" in text(client)
    assert said(bench)[-1] == "permit_unused"
    assert bench.permits.uses_of(permit.id, 9)[0].flaw == "The permit that let it pass has ended."


async def test_who_may_not_approve_may_not_revoke_and_who_may_can() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    nobody = grant("g_eve", principal=replace(WHO, name="eve"))
    for other in (nobody, grant()):
        with pytest.raises(ClientError, match="can revoke it"):
            await bench.permitting.revoke(permit.id, other, "No.")
    ended = await bench.permitting.review(permit.id, approver("kim"), is_approval=False, reason="No more.")
    assert (ended.state, ended.ended_by) == (PermitState.REVOKED, "kim: No more.")


@pytest.mark.promise("APR-2")
@pytest.mark.parametrize("by", ["dana", "DANA ", "claw"])
async def test_nobody_approves_a_permit_for_themselves_or_their_agent(by: str) -> None:
    bench = await bench_of().opened()
    permit = await bench.permitting.request(DANA, wanted())
    with pytest.raises(ClientError, match="Nobody approves"):
        await bench.permitting.review(permit.id, approver(by), is_approval=True, reason="Yes.")
    assert said(bench)[-1] == "permit_forbidden"


@pytest.mark.promise("APR-2")
async def test_who_asks_for_somebody_else_does_not_approve_it_and_neither_does_that_one() -> None:
    bench = await bench_of().opened()
    permit = await bench.permitting.request(approver("sam"), wanted())
    for by in ("sam", "dana"):
        with pytest.raises(ClientError, match="Nobody approves"):
            await bench.permitting.review(permit.id, approver(by), is_approval=True, reason="Yes.")
    through = replace(approver("kim"), id=permit.asked_through)
    with pytest.raises(ClientError, match="Nobody approves"):
        await bench.permitting.review(permit.id, through, is_approval=True, reason="Yes.")


@pytest.mark.promise("APR-2")
async def test_one_refusal_refuses_and_a_quorum_is_of_different_people() -> None:
    bench = await bench_of(TWO).opened()
    permit = await given(bench)
    assert permit.state is PermitState.REQUESTED
    with pytest.raises(ClientError, match="decided already"):
        await bench.permitting.review(permit.id, approver("sam"), is_approval=True, reason="Yes.")
    refused = await bench.permitting.review(permit.id, approver("kim"), is_approval=False, reason="No.")
    assert refused.state is PermitState.REFUSED
    permit = await given(bench, by=("sam", "kim"))
    assert permit.state is PermitState.LIVE


async def test_a_permit_is_no_cheaper_than_the_call_it_covers() -> None:
    """Approved by one, since the rule that needs two could not be seen to meet; the call needs two."""
    bench = await bench_of(TWO).opened()
    permit = await given(bench, by=("sam", "kim"))
    bench.permits.kept[permit.id] = replace(bench.permits.kept[permit.id], reviews=permit.reviews[:1])
    await call(bench)
    assert sends(bench) == 0


@pytest.mark.parametrize(
    ("rule", "ask"),
    [
        ({"permits": False}, "permit"),
        ({"risk": Risk.CRITICAL}, "permit"),
        ({"permits": False}, "break-glass"),
    ],
    ids=str,
)
async def test_what_takes_no_permit_waits_for_people(rule, ask: str) -> None:
    policy = replace(HOLD, rules=(*HOLD.rules, replace(HOLD.rules[0], id="never", tools=("add",), **rule)))
    bench = await bench_of(policy).opened()
    if ask == "permit":
        await given(bench)
    else:
        await given(bench, emergency(), by=("sam", "kim"))
    await call(bench)
    assert sends(bench) == 0
    await call(bench, name="all")
    assert sends(bench) == 1


async def test_a_rule_may_say_that_a_permit_covers_even_what_is_critical() -> None:
    policy = replace(HOLD, rules=(replace(HOLD.rules[0], risk=Risk.CRITICAL, permits=True),))
    bench = await bench_of(policy).opened()
    await given(bench, by=("sam", "kim"))
    await call(bench)
    assert sends(bench) == 1


async def test_a_permit_that_would_cover_nothing_is_not_asked_for() -> None:
    for rules in ((), (replace(HOLD.rules[0], permits=False),), (replace(HOLD.rules[0], tools=("x",)),)):
        bench = await bench_of(replace(HOLD, rules=rules)).opened()
        with pytest.raises(ClientError, match="takes a permit"):
            await bench.permitting.request(DANA, wanted(tools=("add",)))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"upstream": "none"}, "No upstream"),
        ({"span_us": 61 * MINUTE_US}, "at most 60 minutes"),
        ({"span_us": 0}, "at most 60 minutes"),
        ({"reason": " "}, "Give a reason"),
        ({"conditions": ("args.",)}, "The condition is unusable"),
        ({"conditions": ("1 == 1",)}, "always the same"),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_for_is_said(changes, why: str) -> None:
    bench = await bench_of().opened()
    with pytest.raises(ClientError, match=why):
        await bench.permitting.request(DANA, wanted(**changes))
    assert bench.permits.kept == {}


async def test_nobody_buries_approvers_in_requests() -> None:
    bench = await bench_of().opened()
    for _ in range(32):
        await bench.permitting.request(DANA, wanted())
    with pytest.raises(ClientError, match="open already"):
        await bench.permitting.request(DANA, wanted())


async def test_under_another_policy_it_covers_nothing_and_is_not_approved() -> None:
    bench = await bench_of().opened()
    await given(bench)
    waiting = await bench.permitting.request(DANA, wanted())
    bench.policies.policy = replace(HOLD, version="sha256:" + "c" * 64)
    await call(bench)
    assert sends(bench) == 0
    with pytest.raises(ClientError, match="policy has changed"):
        await bench.permitting.review(waiting.id, approver(), is_approval=True, reason="Yes.")


async def test_what_a_rule_denies_stays_denied_and_a_lock_wins() -> None:
    deny = replace(
        HOLD, rules=(*HOLD.rules, Rule(id="no", effect=Effect.DENY, tools=("add",), when="args.n == 1"))
    )
    bench = await bench_of(deny, opens_denied=True).opened()
    await given(bench)
    await given(bench, emergency(), by=("sam", "kim"))
    await call(bench, arguments={"n": 1})
    assert sends(bench) == 0
    await call(bench, arguments={"n": 2})
    assert sends(bench) == 1
    lock = Lock(
        id=LockId("l_1"),
        targets=((Target.PRINCIPAL, "dana"),),
        mode=LockMode.STOP,
        reason="Stolen.",
        by="kim",
        created_at_us=1,
    )
    bench.locks.create(lock)
    await call(bench, arguments={"n": 3})
    assert sends(bench) == 1
    await settled()
    assert {each.state for each in bench.permits.kept.values()} == {PermitState.REVOKED}


async def test_a_lock_between_taking_a_use_and_sending_wins() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    take, bench_take = bench.permits.take, []

    class Locking:
        """Somebody locks right after the use was taken."""

        def __getattr__(self, name: str):
            return getattr(bench.permits, name)

        def take(self, use, version):
            bench_take.append(use)
            bench.locks.create(
                Lock(
                    id=LockId("l_1"),
                    targets=((Target.ALL, ""),),
                    mode=LockMode.STOP,
                    reason="Now.",
                    by="kim",
                    created_at_us=1,
                )
            )
            return take(use, version)

    bench.permitting.store = Locking()
    await call(bench)
    assert (sends(bench), len(bench_take)) == (0, 1)
    assert bench.permits.kept[permit.id].used == 1


async def test_break_glass_takes_two_people_and_lets_pass_what_is_held_whatever_it_needs() -> None:
    policy = replace(HOLD, rules=(replace(HOLD.rules[0], demand=Demand(quorum=5)),))
    bench = await bench_of(policy).opened()
    permit = await given(bench, emergency())
    assert permit.state is PermitState.REQUESTED
    await call(bench)
    assert sends(bench) == 0
    permit = await bench.permitting.review(permit.id, approver("kim"), is_approval=True, reason="Yes.")
    await call(bench)
    await bench.run(request(method="resources/read", params={"uri": "file:///x"}))
    assert permit.state is PermitState.LIVE
    assert sends(bench) == 1


async def test_break_glass_is_loud(caplog: pytest.LogCaptureFixture) -> None:
    bench = await bench_of().opened()
    permit = await given(bench, emergency(), by=("sam", "kim"))
    await call(bench)
    assert bench.permitting.broken == (permit,)
    await bench.permitting.revoke(permit.id, DANA, "Over.")
    assert [what for what, _ in bench.notifier.told_permits] == [
        "requested", "reviewed", "opened", "used", "revoked",
    ]  # fmt: skip
    loud = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert [
        word in line
        for word, line in zip(("requested", "reviewed", "opened", "used", "revoked"), loud, strict=True)
    ]
    control = [e for e in bench.recorder.of_kind(EntryKind.APPROVAL) if e.session == bench.recorder.control]
    assert [e.envelope["what"] for e in control] == [
        "permit_requested", "permit_reviewed", "permit_reviewed", "permit_opened", "permit_used",
        "permit_revoked",
    ]  # fmt: skip
    assert (bench.permitting.used_in_emergency, bench.permitting.broken) == (1, ())


@pytest.mark.parametrize("opens", [True, False])
async def test_break_glass_opens_what_no_rule_allows_only_where_the_settings_say_so(opens: bool) -> None:
    bench = await bench_of(HIDE_ALL, opens_denied=opens).opened()
    await given(bench, emergency(), by=("sam", "kim"))
    client = await call(bench)
    assert sends(bench) == opens
    assert opens or "Unknown tool" in text(client)


async def test_a_record_that_takes_nothing_does_not_keep_a_permit_open() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    bench.recorder.fails_on = lambda _: True
    ended = await bench.permitting.revoke(permit.id, DANA, "Done.")
    assert ended.state is PermitState.REVOKED


async def test_a_permit_is_not_opened_unrecorded() -> None:
    bench = await bench_of().opened()
    permit = await bench.permitting.request(DANA, wanted())
    bench.recorder.fails_on = lambda _: True
    with pytest.raises(RecordError):
        await bench.permitting.review(permit.id, approver(), is_approval=True, reason="Yes.")
    assert bench.permits.kept[permit.id].state is PermitState.REQUESTED


async def test_nothing_is_known_where_there_are_no_permits() -> None:
    bench = await bench_of().opened()
    await call(bench)
    assert sends(bench) == 0
    with pytest.raises(ClientError, match="no permit of this id"):
        await bench.permitting.revoke("prm_9", DANA, "Why.")  # pyright: ignore[reportArgumentType]


def test_a_permit_is_live_for_an_hour_at_most_unless_the_settings_say_less() -> None:
    assert PermitTerms().longest_us == 60 * MINUTE_US


ACTS = (
    "approve",
    "refuse",
    "revoke",
    "expire",
    "policy",
    "policy back",
    "lock",
    "lift",
    "call",
    "call",
    "call",
)
STOLEN = Lock(
    id=LockId("l_1"),
    targets=((Target.PRINCIPAL, "dana"),),
    mode=LockMode.STOP,
    reason="Stolen.",
    by="kim",
    created_at_us=1,
)


@dataclass(slots=True)
class Orders:
    """One permit, what happens to it in some order, and what may pass then."""

    bench: Bench
    permit: Permit
    calls: int = 0
    is_live: bool = False
    is_locked: bool = False
    is_same: bool = True
    passed: int = 0

    async def do(self, act: str) -> None:
        if act in {"approve", "refuse", "revoke"}:
            await self.say(act)
        elif act == "expire":
            self.bench.clock.pass_s(31 * 60)
            self.is_live = False
        elif act.startswith("policy"):
            self.is_same = act == "policy back"
            version = HOLD.version if self.is_same else "sha256:" + "c" * 64
            self.bench.policies.policy = replace(HOLD, version=version)
        elif act == "call":
            await self.call()
        else:
            await self.contain(act)

    async def say(self, act: str) -> None:
        """What people say, where it can be said."""
        now = await self.bench.permitting.find(self.permit.id)
        if act == "revoke" and now.is_open:
            await self.bench.permitting.revoke(self.permit.id, DANA, "Over.")
            self.is_live = False
        elif now.state is PermitState.REQUESTED and (self.is_same or act == "refuse"):
            yes = act == "approve"
            await self.bench.permitting.review(self.permit.id, approver(), is_approval=yes, reason="So.")
            self.is_live = yes

    async def contain(self, act: str) -> None:
        if act == "lock" and not self.is_locked:
            self.is_locked, self.is_live = True, False
            self.bench.locks.create(STOLEN)
            await self.bench.permitting.revoke_where(lambda _: True, "A lock ended it.")
        elif act == "lift" and self.is_locked:
            self.is_locked = False
            self.bench.locks.lift(Lift(id=STOLEN.id, by="kim", reason="Found.", at_us=2))

    async def call(self) -> None:
        self.calls += 1
        before = sends(self.bench)
        await call(self.bench, arguments={"n": self.calls})
        may_pass = self.is_live and self.is_same and not self.is_locked
        assert sends(self.bench) - before == may_pass
        self.passed += may_pass
        self.is_live = self.is_live and self.passed < 2


@settings(max_examples=int(os.environ.get("FIREDOOR_ORDERS", "150")), deadline=None)
@given_orders(st.permutations(ACTS))
async def test_in_every_order_only_what_is_permitted_at_that_moment_passes(acts: list[str]) -> None:
    bench = await bench_of().opened()
    orders = Orders(bench, await bench.permitting.request(DANA, wanted(uses=2)))
    for act in acts:
        await orders.do(act)
    assert sends(bench) == orders.passed <= 2
    assert bench.permits.kept[orders.permit.id].used == orders.passed
    intents = [e for e in bench.recorder.of_kind(EntryKind.INTENT) if e.envelope["method"] == "tools/call"]
    ends = Counter(
        e.envelope["call"] for e in bench.recorder.of_kind(EntryKind.OUTCOME) if "call" in e.envelope
    )
    assert len(intents) == sum(ends[number] for number in ends) - 1  # and the one of `initialize`
    assert set(ends.values()) == {1}


@pytest.mark.parametrize("reason", ["", " ", "x" * 1001])
async def test_a_reason_is_needed_to_decide(reason: str) -> None:
    bench = await bench_of().opened()
    permit = await bench.permitting.request(DANA, wanted())
    with pytest.raises(ClientError, match="Give a reason"):
        await bench.permitting.review(permit.id, approver(), is_approval=True, reason=reason)


async def test_of_two_who_approve_at_once_the_second_is_told_that_it_is_live() -> None:
    bench = await bench_of().opened()
    bench.recorder.pace = 3
    permit = await bench.permitting.request(DANA, wanted())
    told = await asyncio.gather(
        *(
            bench.permitting.review(permit.id, approver(name), is_approval=True, reason="Yes.")
            for name in ("sam", "kim")
        ),
        return_exceptions=True,
    )
    assert [getattr(each, "code", "live") for each in told] == ["live", "permit_over"]
    assert said(bench).count("permit_opened") == 1


class Outrun(FakePermits):
    """Another gateway of the same database is quicker, so many times."""

    def __init__(self, times: int, state: PermitState | None = None) -> None:
        super().__init__()
        self.times = times
        self.state = state

    def change(self, seen, after, review=None) -> bool:
        if self.times:
            self.times -= 1
            now = self.kept[seen.id]
            self.kept[seen.id] = replace(now, state=self.state or now.state, turns=now.turns + 1)
        return super().change(seen, after, review)


def outrun(bench: Bench, times: int, state: PermitState | None = None) -> None:
    other = Outrun(times, state)
    other.kept = bench.permits.kept
    bench.permitting.store = bench.permits = other


async def test_who_is_outrun_looks_again_to_decide_and_revokes_all_the_same() -> None:
    bench = await bench_of().opened()
    permit = await bench.permitting.request(DANA, wanted())
    outrun(bench, 1)
    with pytest.raises(ClientError, match="changed meanwhile"):
        await bench.permitting.review(permit.id, approver(), is_approval=True, reason="Yes.")
    await bench.permitting.review(permit.id, approver(), is_approval=True, reason="Yes.")
    outrun(bench, 3)
    assert (await bench.permitting.revoke(permit.id, DANA, "Over.")).state is PermitState.REVOKED


async def test_what_has_another_end_meanwhile_keeps_it_and_what_never_rests_is_said() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    outrun(bench, 1, PermitState.SPENT)
    assert (await bench.permitting.revoke(permit.id, DANA, "Over.")).state is PermitState.SPENT
    again = await given(bench)
    outrun(bench, 99)
    with pytest.raises(RecordError, match="again and again"):
        await bench.permitting.revoke(again.id, DANA, "Over.")


async def test_a_list_has_what_is_open_and_all_of_it_where_that_is_asked_for() -> None:
    bench = await bench_of().opened()
    permit = await given(bench)
    assert [each.id for each in await bench.permitting.listed()] == [permit.id]
    bench.clock.pass_s(31 * 60)
    assert await bench.permitting.listed() == ()
    assert [each.state for each in await bench.permitting.listed(everything=True)] == [PermitState.EXPIRED]


async def test_without_permits_there_is_none() -> None:
    none = NoPermits()
    [answer] = none.answers.values()
    assert (await answer(FindPermits("dana", "disk", Effect.HOLD), None)).permits == ()
    assert await none.revoke_where(lambda _: True, "Locked.") == 0
    await none.expire()
    assert (none.broken, none.used_in_emergency) == ((), 0)
