"""A lock wins over an approval, whatever comes between: a held call, its approval and a lock, in every order.

The loop is the scheduler, and each run is repeatable: everything from outside takes a fixed number of its
turns. The lock falls into every turn of the call's life in turn, and is lifted after none, some or many.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from firedoor.model.approval import ApprovalState
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError
from firedoor.model.forwarding import Shape
from firedoor.model.lock import Lift, LockId, LockMode
from tests.helpers.approvals import approver
from tests.helpers.bench import Bench, settled
from tests.helpers.fakes import turns
from tests.helpers.holding import HOLD, entries, lock, sends
from tests.helpers.nouns import request, result
from tests.helpers.scenarios import PACE, Paced, PacedClient

pytestmark = pytest.mark.anyio

LONGEST = 75
"""Turns of such a life, and some in which it is over."""
STEP = max(1, int(os.environ.get("FIREDOOR_APPROVAL_STEP", "1")))
PAUSES = (0, 4)
"""Turns between the question and the yes."""
STAGES = ("arriving", "asked", "requested", "reviewed", "redeemed", "sent", "answered")


@dataclass(slots=True)
class Life:
    """One held call, and what had become of it when the lock fell."""

    bench: Bench
    client: PacedClient
    task: "asyncio.Task[None]"
    reviewing: "asyncio.Task[None]"
    stage: str = ""
    sent: int = 0
    is_known: bool = False

    def strike(self, mode: LockMode, *, is_seen: bool = True) -> None:
        """Lock; when this returns, the lock is effective. One that is not seen is found at the next door."""
        bench = self.bench
        running = bench.engine.under_way()
        self.is_known = bool(running) and running[0].whom is not None
        self.stage = stage_of(bench, self.task)
        bench.locks.create(lock(mode))
        if is_seen:
            bench.engine.containment.is_quiet()
        self.sent = sends(bench)

    def lift(self) -> None:
        self.bench.locks.lift(Lift(id=LockId("l_1"), by="kim", reason="Over.", at_us=2))
        self.bench.engine.containment.is_quiet()


def stage_of(bench: Bench, task: "asyncio.Task[None]") -> str:
    if task.done():
        return "answered"
    if sends(bench):
        return "sent"
    known = entries(bench)
    if known:
        return known[-1]
    return "asked" if len(bench.recorder.of_kind(EntryKind.INTENT)) > 1 else "arriving"


async def approve(bench: Bench, pause: int) -> None:
    """Say yes to what is asked, some turns after it is."""
    while not bench.approvals.listed((ApprovalState.REQUESTED,), 1):  # noqa: ASYNC110 - each turn counts
        await asyncio.sleep(0)
    [waiting] = bench.approvals.listed((ApprovalState.REQUESTED,), 1)
    await turns(pause)
    with suppress(ClientError):  # The lock has withdrawn it.
        await bench.approving.review(waiting.id, approver("sam"), is_approval=True, reason="Case 7.")


async def lived_until(turn: int, pause: int) -> Life:
    bench = await Bench(policy=HOLD).opened()
    bench.recorder.pace = PACE
    Paced(result()).into(bench, Shape.JSON)
    client = PacedClient(bench, request())
    life = Life(bench, client, bench.start(client), asyncio.create_task(approve(bench, pause)))
    await turns(turn)
    return life


async def over(life: Life) -> None:
    """Let it end, and look at what holds of every end."""
    await life.bench.enforcement.enforce()
    await life.task
    await settled()
    life.reviewing.cancel()
    await asyncio.wait([life.reviewing])
    await life.bench.approving.settled()
    assert len(life.client.replies) == 1
    assert life.client.too_early == []
    outcomes = life.bench.recorder.of_kind(EntryKind.OUTCOME)[1:]  # the first is that of `initialize`
    assert len(outcomes) + len(life.bench.recorder.of_kind(EntryKind.REFUSED)) == 1


async def stopped(
    turn: int, pause: int, mode: LockMode, lift_after: int | None = None, *, is_seen: bool = True
) -> str:
    life = await lived_until(turn, pause)
    life.strike(mode, is_seen=is_seen)
    if not is_seen:
        await turns(4 * PACE)
    if lift_after is not None:
        await turns(lift_after)
        life.lift()
    await over(life)
    where = (turn, pause, mode, lift_after, life.stage)
    answer = life.client.replies[0]
    if life.stage in {"sent", "answered"}:
        assert life.sent == sends(life.bench) == 1, where
    elif life.is_known or lift_after is None:
        assert sends(life.bench) == 0, where
        assert b'"result":{}' not in answer.body, where
    if lift_after is None and life.stage != "answered":
        await nobody_comes_back(life, mode)
    return life.stage


async def nobody_comes_back(life: Life, mode: LockMode) -> None:
    life.lift()
    if mode is LockMode.STOP:
        assert all(not each.is_open for each in life.bench.approvals.kept.values())
        again = await life.bench.run(request())
        assert again.replies[0].status == 404  # its session is over
    assert sends(life.bench) == life.sent


async def suspended(turn: int, pause: int, lift_after: int) -> str:
    life = await lived_until(turn, pause)
    life.strike(LockMode.SUSPEND)
    replied = len(life.client.replies)
    await turns(lift_after)
    where = (turn, pause, lift_after, life.stage)
    assert sends(life.bench) == life.sent, where
    assert len(life.client.replies) == replied, where
    life.lift()
    async with asyncio.timeout(20):
        await life.task
    await over(life)
    assert sends(life.bench) == 1, where
    assert b'"result":{}' in life.client.replies[0].body.replace(b" ", b""), where
    assert [each.state for each in life.bench.approvals.kept.values()] == [ApprovalState.DONE], where
    return life.stage


@pytest.mark.promise("APR-1", "LOCK-2", "PATH-2")
@pytest.mark.parametrize("mode", [LockMode.STOP, LockMode.READ_ONLY])
async def test_a_lock_wins_over_an_approval_in_every_order_and_what_it_ended_stays_ended(
    mode: LockMode, record_property: Callable[[str, object], None]
) -> None:
    seen = Counter[str]()
    for turn in range(0, LONGEST, STEP):
        for pause in PAUSES:
            for lift_after in (None, 0, 1, 3, 12):
                seen[await stopped(turn, pause, mode, lift_after)] += 1
            seen[await stopped(turn, pause, mode, is_seen=False)] += 1
    record_property("figure", f"{mode.value} at every turn of a held call's life, by stage: {dict(seen)}")
    assert set(seen) == set(STAGES)


@pytest.mark.promise("APR-1", "PATH-2")
async def test_a_suspended_call_loses_nothing_and_sends_nothing_before_the_lift(
    record_property: Callable[[str, object], None],
) -> None:
    seen = Counter[str]()
    for turn in range(0, LONGEST, STEP):
        for pause in PAUSES:
            for lift_after in (0, 2, 20):
                seen[await suspended(turn, pause, lift_after)] += 1
    record_property("figure", f"suspend at every turn of a held call's life, by stage: {dict(seen)}")
    assert set(seen) == set(STAGES)
