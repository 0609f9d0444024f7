"""What a lock found and ended is counted for it alone, and stays so when it is lifted."""

from dataclasses import replace

import pytest

from firedoor.engine.ending.preserving import Preserving
from firedoor.engine.ending.tolls import Found, Tolls, whom_in
from firedoor.model.approval import ApprovalState
from firedoor.model.errors import RecordError
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Target
from tests.helpers.approvals import approval, review
from tests.helpers.bench import Bench, settled
from tests.helpers.fakes import FakeApprovals, FakeClock
from tests.helpers.nouns import request
from tests.helpers.under_way import pending

pytestmark = pytest.mark.anyio

KIM = replace(approval().whom, principal="kim")


def lock(target: Target = Target.PRINCIPAL, value: str = "dana", name: str = "l_1", **changes) -> Lock:
    fields = {"id": LockId(name), "targets": ((target, value),), "mode": LockMode.STOP, "reason": "Stolen."}
    return Lock(**{**fields, "by": "sam", "created_at_us": 1, **changes})


async def test_a_session_is_found_by_itself_or_for_what_is_under_way_in_it() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    task = bench.start(bench.client(request()))
    await settled()
    [live] = bench.sessions.live
    tolls = Tolls(bench.engine, None)
    every = [lock(), lock(Target.TOOL, "add", "l_2"), lock(Target.TOOL, "other", "l_3")]
    found = [await toll.finding for toll in tolls.note(every, keep_lifted=False)]
    assert found == [Found(held=(live.session.id,)), Found(touched=(live.session.id,)), Found()]
    assert [toll.sessions() for toll in tolls.of(None)] == [(live.session.id,), (), ()]
    assert whom_in(live).session == live.session.id
    bench.engine.cancel(bench.engine.under_way()[0])
    await task


async def test_a_lock_that_is_noted_again_is_none_that_is_new_until_it_is_known_whose_session_it_is_on() -> (
    None
):
    bench = await Bench().opened()
    tolls = Tolls(bench.engine, None)
    [live] = bench.sessions.live
    on = lock(Target.SESSION, "elsewhere")
    assert len(tolls.note([on], keep_lifted=False)) == 1
    assert tolls.note([on], keep_lifted=False) == []
    tolls.count(LockId("l_1"), bench.door().running)
    whose = lock(Target.SESSION, "elsewhere", grant=live.session.grant.id, upstream="disk")
    [toll] = tolls.note([whose], keep_lifted=False)
    assert (await toll.finding).held == (live.session.id,)
    assert toll.calls == 1


async def test_what_a_lifted_lock_ended_is_known_as_long_as_its_crowd_is_being_told() -> None:
    tolls = Tolls(Bench().engine, None)
    tolls.note([lock()], keep_lifted=False)
    tolls.note([], keep_lifted=True)
    assert len(tolls.of(LockId("l_1"))) == 1
    tolls.note([], keep_lifted=False)
    assert tolls.of(LockId("l_1")) == []
    tolls.count(LockId("l_1"), Bench().door().running)
    assert await tolls.preserved(LockId("l_1"), 1) == 0


async def test_without_a_place_for_legal_holds_none_is_held() -> None:
    tolls = Tolls(Bench().engine, None)
    tolls.note([lock(Target.SESSION, SessionId("elsewhere"))], keep_lifted=False)
    assert await tolls.preserved(LockId("l_1"), 1) == 0


class GoneAtFirst(FakeApprovals):
    """A store that does not answer the first questions."""

    def __init__(self, fails: int) -> None:
        super().__init__()
        self.fails = fails

    def listed(self, states, limit: int):
        self.fails -= 1
        if self.fails >= 0:
            raise RecordError("store_unavailable", "The database is gone.")
        return super().listed(states, limit)


@pytest.mark.promise("LOCK-3")
async def test_approvals_that_could_not_be_withdrawn_are_as_soon_as_the_store_answers(caplog) -> None:
    bench = Bench()
    store = bench.approving.store = GoneAtFirst(2)
    asked = store.open(approval())
    tolls = Tolls(bench.engine, None, again_s=0)
    [toll] = tolls.note([lock()], keep_lifted=False)
    await toll.withdrawing.tried
    assert tolls.tried_again(LockId("l_1")) == ("approvals",)
    assert not toll.withdrawing.is_done
    while not toll.withdrawing.is_done:
        await settled()
    assert "not withdrawn yet" in caplog.text
    assert store.kept[asked.id].state is ApprovalState.WITHDRAWN
    assert tolls.tried_again(LockId("l_1")) == ()
    assert toll.withdrawing.count == 1
    assert bench.approving.owed == {}


@pytest.mark.promise("LOCK-3")
async def test_what_was_approved_before_a_lock_is_not_used_though_it_was_not_withdrawn_yet() -> None:
    bench = Bench()
    store = bench.approving.store = GoneAtFirst(1)
    asked = store.open(approval(state=ApprovalState.APPROVED, reviews=(review("sam"),)))
    other = store.open(approval(id="apr_2", digest="e" * 64, state=ApprovalState.APPROVED, whom=KIM))
    tolls = Tolls(bench.engine, None, again_s=3600)
    [toll] = tolls.note([lock()], keep_lifted=False)
    await toll.withdrawing.tried
    tolls.note([], keep_lifted=False)
    assert store.kept[asked.id].state is ApprovalState.APPROVED
    assert await bench.approving.take(asked.id, 1) is None
    assert store.kept[asked.id].state is ApprovalState.WITHDRAWN
    assert await bench.approving.take(other.id, 2) is not None


async def test_what_a_locked_person_approved_is_not_used_though_it_was_not_withdrawn_yet() -> None:
    bench = Bench()
    store = bench.approving.store = GoneAtFirst(1)
    asked = store.open(approval(state=ApprovalState.APPROVED, reviews=(review("sam"),)))
    tolls = Tolls(bench.engine, None, again_s=3600)
    [toll] = tolls.note([lock(value="sam")], keep_lifted=False)
    await toll.withdrawing.tried
    assert await bench.approving.take(asked.id, 1) is None


async def test_what_failed_under_a_lock_is_still_tried_once_it_is_known_whose_session_it_is_on() -> None:
    bench = Bench()
    bench.approving.store = GoneAtFirst(2)
    tolls = Tolls(bench.engine, None, again_s=3600)
    on = lock(Target.SESSION, "elsewhere")
    tolls.note([on], keep_lifted=False)
    [toll] = tolls.note([lock(Target.SESSION, "elsewhere", grant="g_1")], keep_lifted=False)
    await toll.withdrawing.tried
    assert tolls.tried_again(LockId("l_1")) == ("approvals",)


class FullAtFirst:
    """Legal holds on a disk that has no room for the first ones."""

    def __init__(self, fails: int) -> None:
        self.fails = fails
        self.held = list[SessionId]()

    def place_together(self, hold, sessions):
        self.fails -= 1
        if self.fails >= 0:
            raise RecordError("hold_not_durable", "The disk is full.")
        self.held += sessions
        return sessions


@pytest.mark.promise("LOCK-3")
async def test_recordings_that_could_not_be_held_are_once_the_disk_has_room() -> None:
    bench = await Bench().opened()
    [live] = bench.sessions.live
    holds = FullAtFirst(2)
    preserving = Preserving(recorder=bench.recorder, now_us=FakeClock(), holds=holds)
    tolls = Tolls(bench.engine, preserving, again_s=0)
    [toll] = tolls.note([lock()], keep_lifted=False)
    assert await tolls.preserved(LockId("l_1"), 5) == 0
    assert tolls.tried_again(LockId("l_1")) == ("legal_holds",)
    while not toll.preserving.is_done:
        await settled()
    assert holds.held == [live.session.id]
    assert tolls.tried_again(LockId("l_1")) == ()
    assert await tolls.preserved(LockId("l_1"), 5) == 1
    assert tolls.tried_again(LockId("l_2")) == ()
