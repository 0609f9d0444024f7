"""Whatever happens to a held call, in whatever order: once at most, never after a no, and one end of each."""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firedoor.core.pinned import FindDefinition
from firedoor.engine.running import Running
from firedoor.engine.upstreams.pins import NothingPinned
from firedoor.model.approval import Approval, ApprovalId, ApprovalState
from firedoor.model.definition import DefinitionState, Standing
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import ClientError, RecordError
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect, Risk
from tests.helpers.approvals import approver
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import grant, request

HOLD = Policy(
    version="sha256:" + "b" * 64,
    rules=(Rule(id="refunds", effect=Effect.HOLD, risk=Risk.HIGH, reason="Money leaves."),),
)
CANCEL = b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}'
AS_TASK = {"name": "add", "arguments": {"a": 1}, "task": {}}
ACTS = (
    "approve", "refuse", "expire", "cancel", "retry", "task", "policy", "rule", "definition", "accept",
    "revoke", "lock", "leave", "restart",
)  # fmt: skip
ENDS = {"expired", "withdrawn", "redeemed"}


class Pinned:
    """A tool whose definition can change, and be accepted again."""

    def __init__(self) -> None:
        self.standing = Standing(hash="first", state=DefinitionState.ACCEPTED)

    @property
    def answers(self) -> dict[type, object]:
        return {**NothingPinned().answers, FindDefinition: self._find}

    def listed(self, upstream: str, principal: str) -> dict[str, object]:
        return NothingPinned().listed(upstream, principal)

    def change(self, state: DefinitionState) -> None:
        self.standing = Standing(hash="second", state=state)

    async def _find(self, _: FindDefinition, __: Running) -> Standing:
        return self.standing


@dataclass
class World:
    """A gateway, those that it was before it was started again, and what they share."""

    pins: Pinned
    benches: list[Bench]

    @property
    def bench(self) -> Bench:
        return self.benches[-1]

    async def restart(self) -> None:
        """Another process over the same database, locks and upstream. The record is one of its own."""
        old = self.bench
        await old.engine.drain(5)
        bench = await Bench(policy=HOLD, pins=self.pins).opened()
        bench.recorder.pace = old.recorder.pace
        bench.clock.at_us = old.clock.at_us
        bench.approving.store = bench.approvals = old.approvals
        bench.holding._fresh_id = old.holding._fresh_id
        bench.policies.policy = old.policies.policy
        bench.directory.grants = old.directory.grants
        for each in old.locks.view().locks:
            bench.locks.create(each)
        self.benches.append(bench)

    def entries(self, kind: EntryKind) -> list[Entry]:
        return [entry for bench in self.benches for entry in bench.recorder.of_kind(kind)]

    def sends(self) -> int:
        every = [each for bench in self.benches for each in bench.upstreams.sent]
        return sum(each.message.method == "tools/call" for each in every)

    def unanswered(self) -> list[tuple[str, int, int]]:
        """The calls that have not exactly one end in the record."""
        found = []
        for bench in self.benches:
            numbers: Counter[str] = Counter()
            calls: dict[tuple[str, int], int] = {}
            for entry in (*bench.recorder.entries, *bench.recorder.queued):
                if entry.kind is EntryKind.INTENT:
                    calls[entry.session, numbers[entry.session]] = 0
                elif entry.kind is EntryKind.OUTCOME:
                    calls[entry.session, int(str(entry.envelope["call"]))] += 1
                numbers[entry.session] += 1
            found += [(*call, ends) for call, ends in calls.items() if ends != 1]
        return found


@pytest.mark.promise("APR-1", "APR-2", "PATH-2")
@settings(
    max_examples=int(os.environ.get("FIREDOOR_HOLD_ORDERS", "250")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    acts=st.permutations(ACTS).flatmap(
        lambda order: st.integers(1, len(ACTS)).map(lambda n: tuple(order[:n]))
    ),
    turns=st.lists(st.integers(0, 40), min_size=len(ACTS), max_size=len(ACTS)),
    pace=st.integers(0, 3),
    is_task=st.booleans(),
)
def test_in_every_order_a_call_is_executed_at_most_once_for_each_approval(
    acts: tuple[str, ...], turns: list[int], pace: int, is_task: bool
) -> None:
    asyncio.run(asyncio.wait_for(in_this_order(acts, turns, pace, is_task=is_task), 30))


async def in_this_order(acts: tuple[str, ...], turns: list[int], pace: int, *, is_task: bool) -> None:
    pins = Pinned()
    world = World(pins, [await Bench(policy=HOLD, pins=pins).opened()])
    world.bench.recorder.pace = pace
    first = request(params=AS_TASK if is_task else None, identifier=7)
    tasks = [world.bench.start(world.bench.client(first))]
    for act, pause in zip(acts, turns, strict=False):
        for _ in range(pause):
            await asyncio.sleep(0)
        tasks += await play(world, act)
    await settled()
    for bench in world.benches:
        bench.clock.pass_s(10_000)
        await bench.approving.expire()
    await asyncio.gather(*tasks, return_exceptions=True)
    await settled()
    for bench in world.benches:
        await bench.approving.settled()
        assert bench.engine.under_way() == []
    check(world, acts, turns)


def check(world: World, acts: tuple[str, ...], turns: list[int]) -> None:
    """At most one execution for each approval, none without a yes or after a no, and one end of each."""
    ends: Counter[str] = Counter()
    redeemed: Counter[str] = Counter()
    for entry in world.entries(EntryKind.APPROVAL):
        said, approval = entry.envelope, str(entry.envelope["approval"])
        is_end = said["what"] in ENDS or (said["what"] == "reviewed" and said["state"] == "refused")
        ends[approval] += is_end
        redeemed[approval] += said["what"] == "redeemed"
    assert all(count == 1 for count in ends.values()), (acts, turns, ends)
    assert set(ends) >= set(world.bench.approvals.kept)
    assert world.sends() <= sum(redeemed.values())
    assert world.unanswered() == [], (acts, turns)
    for approval in world.bench.approvals.kept.values():
        assert not approval.is_open
        agreed = [review for review in approval.reviews if review.is_approval]
        assert redeemed[approval.id] <= bool(agreed)
        # What was executed is what people saw: the definition, too.
        assert not redeemed[approval.id] or approval.definition in ("first", "second")


async def play(world: World, act: str) -> list["asyncio.Task[None]"]:
    """Begin an act; what was begun."""
    bench = world.bench
    waiting = bench.approvals.listed((ApprovalState.REQUESTED, ApprovalState.APPROVED), 1)
    begun = {
        "approve": lambda: decide(bench, waiting, yes=True),
        "refuse": lambda: decide(bench, waiting, yes=False),
        "expire": bench.approving.expire,
        "cancel": lambda: bench.run(CANCEL),
        "retry": lambda: bench.run(request(identifier=8)),
        "task": lambda: bench.run(request(params=AS_TASK, identifier=9)),
        "lock": bench.enforcement.enforce,
    }
    change(world, act)
    if act == "restart":
        await world.restart()
    return [asyncio.get_running_loop().create_task(begun[act]())] if act in begun else []


def change(world: World, act: str) -> None:
    """What an act changes at once."""
    bench, policies = world.bench, world.bench.policies
    other = (Rule(id="other", effect=Effect.HOLD),)
    changes = {
        "expire": lambda: bench.clock.pass_s(700),
        "lock": lambda: bench.locks.create(LOCK),
        "policy": lambda: setattr(policies, "policy", replace(HOLD, version="sha256:" + "c" * 64)),
        "rule": lambda: setattr(policies, "policy", replace(policies.policy, rules=other)),
        "definition": lambda: world.pins.change(DefinitionState.CHANGED),
        "accept": lambda: world.pins.change(DefinitionState.ACCEPTED),
        "revoke": lambda: bench.directory.grants.update({grant().token_digest: grant(revoked_at_us=1)}),
        "leave": lambda: [bench.engine.cancel(running) for running in bench.engine.under_way()[:1]],
    }
    if act in changes:
        changes[act]()


LOCK = Lock(
    id=LockId("l_1"), targets=((Target.PRINCIPAL, "dana"),), mode=LockMode.STOP,
    reason="Stolen.", by="kim", created_at_us=1,
)  # fmt: skip


async def decide(bench: Bench, waiting: Sequence[Approval], *, yes: bool) -> None:
    for each in waiting:
        with contextlib.suppress(ClientError, RecordError):
            by = approver("sam" if yes else "kim")
            await bench.approving.review(ApprovalId(each.id), by, is_approval=yes, reason="So.")


@pytest.mark.anyio
@pytest.mark.promise("APR-1")
@pytest.mark.parametrize("state", [DefinitionState.CHANGED, DefinitionState.ACCEPTED, DefinitionState.NEW])
async def test_a_definition_that_changed_after_the_approval_was_asked_for_is_not_called(state) -> None:
    pins = Pinned()
    bench = await Bench(policy=HOLD, pins=pins).opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    pins.change(state)
    [waiting] = bench.approvals.listed((ApprovalState.REQUESTED,), 9)
    await bench.approving.review(waiting.id, approver(), is_approval=True, reason="Case 7.")
    await task
    assert b"Its definition has changed since." in client.replies[0].body
    assert [each.message.method for each in bench.upstreams.sent if each.message.method == "tools/call"] == []
    assert [each.state for each in bench.approvals.kept.values()] == [ApprovalState.WITHDRAWN]
