"""What a lock found and ended is counted for it alone, and stays so when it is lifted."""

import pytest

from firedoor.engine.ending.tolls import Found, Tolls, whom_in
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lock, LockId, LockMode, Target
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import request
from tests.helpers.under_way import pending

pytestmark = pytest.mark.anyio


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
