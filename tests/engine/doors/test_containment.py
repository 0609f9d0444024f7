"""What the process knows of locks, and who waits for one to be lifted."""

import asyncio

import pytest

from firedoor.core.decide.locks import whom_of
from firedoor.engine.doors.containment import Containment
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from tests.helpers.bench import settled
from tests.helpers.fakes import FakeClock, FakeLocks
from tests.helpers.nouns import AT_US, grant

pytestmark = pytest.mark.anyio

WHOM = whom_of(grant(), "10.0.0.7", "disk")


def lock(mode: LockMode = LockMode.STOP, **changes) -> Lock:
    given = {"id": LockId("l_1"), "targets": ((Target.PRINCIPAL, "dana"),), "reason": "r", "by": "sam"}
    return Lock(**{**given, "created_at_us": 1, "mode": mode, **changes})


def around() -> tuple[Containment, FakeLocks, FakeClock]:
    locks, clock = FakeLocks(), FakeClock()
    return Containment(locks=locks, now_us=clock, wall_us=clock), locks, clock


async def test_a_lock_is_seen_by_whoever_asks_next() -> None:
    containment, locks, _ = around()
    assert containment.is_quiet()
    assert containment.stop_on(WHOM) is None
    locks.create(lock())
    assert not containment.is_quiet()
    assert containment.stop_on(WHOM) == lock()


async def test_a_lock_about_somebody_is_found_behind_an_older_one_on_everything_until_it_has_run_out() -> (
    None
):
    containment, locks, clock = around()
    locks.create(lock(id=LockId("l_0"), targets=((Target.ALL, ""),)))
    assert containment.lock_about(WHOM) is None
    locks.create(lock(LockMode.READ_ONLY, expires_at_us=clock() + 5))
    found = containment.lock_about(WHOM)
    assert found is not None
    assert found.id == "l_1"
    clock.at_us += 5
    assert containment.lock_about(WHOM) is None


async def test_only_a_lock_that_stops_ends_what_is_under_way() -> None:
    containment, locks, _ = around()
    locks.create(lock(LockMode.READ_ONLY))
    assert containment.lock_on(WHOM) is not None
    assert containment.stop_on(WHOM) is None


async def test_a_change_is_told_once() -> None:
    containment, locks, _ = around()
    told: list[int] = []
    containment.on_change = lambda: told.append(1)
    locks.create(lock())
    containment.is_quiet()
    containment.lock_on(WHOM)
    assert told == [1]


async def test_damaged_locks_let_nobody_pass() -> None:
    containment, locks, _ = around()
    locks.is_damaged = True
    with pytest.raises(IntegrityError):
        containment.lock_on(WHOM)


async def test_who_is_suspended_waits_until_the_lock_is_lifted() -> None:
    containment, locks, _ = around()
    locks.create(lock(LockMode.SUSPEND))
    waiting = asyncio.get_running_loop().create_task(containment.lifted(WHOM, None))
    await settled()
    assert not waiting.done()
    locks.lift(Lift(id=LockId("l_1"), by="kim", reason="over", at_us=2))
    containment.is_quiet()
    assert await waiting is None


async def test_who_waited_as_long_as_clients_wait_still_has_the_lock() -> None:
    containment, locks, _ = around()
    locks.create(lock(LockMode.SUSPEND))
    assert await containment.lifted(WHOM, 0) == lock(LockMode.SUSPEND)


async def test_a_stop_ends_the_waiting() -> None:
    containment, locks, _ = around()
    locks.create(lock(LockMode.SUSPEND))
    waiting = asyncio.get_running_loop().create_task(containment.lifted(WHOM, None))
    await settled()
    locks.create(lock(id=LockId("l_2")))
    containment.is_quiet()
    found = await waiting
    assert found is not None
    assert found.mode is LockMode.STOP


async def test_the_watch_sees_what_others_lock_and_what_runs_out() -> None:
    containment, locks, clock = around()
    seen = asyncio.Event()
    containment.on_change = seen.set
    watching = asyncio.get_running_loop().create_task(containment.watch())
    locks.create(lock(LockMode.SUSPEND, expires_at_us=AT_US + 1_000_000))
    await asyncio.wait_for(seen.wait(), 10)
    waiting = asyncio.get_running_loop().create_task(containment.lifted(WHOM, None))
    await settled()
    clock.pass_s(2)
    assert await asyncio.wait_for(waiting, 10) is None
    watching.cancel()


async def test_what_has_run_out_is_told_once() -> None:
    containment, locks, clock = around()
    told: list[int] = []
    locks.create(lock(LockMode.SUSPEND, expires_at_us=AT_US + 1_000_000))
    containment.check(0, is_looking=False)
    containment.on_change = lambda: told.append(1)
    clock.pass_s(2)
    for _ in range(3):
        containment.check(0, is_looking=False)
    assert told == [1]


async def test_a_view_is_acknowledged_after_it_is_effective() -> None:
    containment, locks, _ = around()
    order: list[object] = []
    containment.on_change = lambda: order.append("contained")
    containment.acknowledge = order.append
    locks.create(lock())
    containment.is_quiet()
    assert order == ["contained", 1]


@pytest.mark.promise("LOCK-1")
async def test_who_cannot_see_the_locks_for_ten_seconds_closes_and_opens_once_they_can_be_seen() -> None:
    containment, locks, _ = around()
    closed: list[int] = []
    containment.on_blind = lambda: closed.append(1)
    containment.check(0, is_looking=True)
    assert not containment.is_blind
    locks.is_damaged = True
    containment.check(1, is_looking=True)
    assert containment.is_blind
    locks.is_damaged = False
    with pytest.raises(IntegrityError):
        containment.lock_on(WHOM)
    locks.is_damaged = True
    containment.check(10.9, is_looking=True)
    assert closed == []
    containment.check(11.0, is_looking=True)
    containment.check(12.0, is_looking=True)
    assert closed == [1]
    locks.is_damaged = False
    containment.check(13.0, is_looking=True)
    assert not containment.is_blind
    assert containment.lock_on(WHOM) is None


async def test_the_watch_goes_on_where_it_cannot_see() -> None:
    containment, locks, _ = around()
    locks.is_damaged = True
    locks.looked = asyncio.Event()
    watching = asyncio.get_running_loop().create_task(containment.watch())
    await asyncio.wait_for(locks.looked.wait(), 10)
    assert containment.is_blind
    locks.is_damaged, locks.looked = False, asyncio.Event()
    await asyncio.wait_for(locks.looked.wait(), 10)
    await settled()
    assert not containment.is_blind
    watching.cancel()


async def test_who_stands_still_for_a_stop_goes_on_when_it_is_lifted() -> None:
    containment, locks, _ = around()
    locks.create(lock())
    standing = asyncio.get_running_loop().create_task(containment.unstopped(WHOM))
    await settled()
    assert not standing.done()
    locks.lift(Lift(id=LockId("l_1"), by="kim", reason="over", at_us=2))
    containment.is_quiet()
    await standing


async def test_a_lock_runs_out_by_a_clock_that_nobody_sets() -> None:
    steady, wall, locks = FakeClock(5), FakeClock(), FakeLocks()
    containment = Containment(locks=locks, now_us=steady, wall_us=wall)
    locks.create(lock(created_at_us=AT_US, expires_at_us=AT_US + 60_000_000))
    assert containment.lock_on(WHOM) is not None
    wall.pass_s(86_400)
    assert containment.lock_on(WHOM) is not None
    steady.pass_s(59)
    locks.create(lock(id=LockId("l_2"), targets=((Target.PRINCIPAL, "sam"),)))
    assert containment.is_in_force(LockId("l_1"))
    wall.pass_s(-10 * 86_400)
    steady.pass_s(1)
    assert containment.lock_on(WHOM) is None
    assert not containment.is_in_force(LockId("l_1"))
    assert containment.is_in_force(LockId("l_2"))
    assert not containment.is_in_force(LockId("l_3"))


async def test_a_lock_holds_no_longer_than_its_time_where_the_clock_was_set_back_since() -> None:
    steady, wall, locks = FakeClock(5), FakeClock(AT_US - 10**12), FakeLocks()
    containment = Containment(locks=locks, now_us=steady, wall_us=wall)
    locks.create(lock(created_at_us=AT_US, expires_at_us=AT_US + 60_000_000))
    assert containment.lock_on(WHOM) is not None
    steady.pass_s(60)
    assert containment.lock_on(WHOM) is None


async def test_a_lock_that_ran_out_while_nobody_was_there_holds_for_nobody() -> None:
    locks, steady, wall = FakeLocks(), FakeClock(0), FakeClock()
    containment = Containment(locks=locks, now_us=steady, wall_us=wall)
    locks.create(lock(created_at_us=1, expires_at_us=AT_US - 1))
    assert containment.lock_on(WHOM) is None
    wall.pass_s(-60)
    locks.create(lock(id=LockId("l_2"), targets=((Target.PRINCIPAL, "kim"),)))
    assert containment.lock_on(WHOM) is None  # Nor does another change of the locks bring it back.
    assert [each.id for each in containment.in_force().locks] == ["l_2"]


OF_A_SESSION = lock(targets=((Target.SESSION, "s_1"),))


async def test_a_lock_on_a_session_of_ours_is_completed_and_acknowledged_once_others_know_whose() -> None:
    containment, locks, _ = around()
    acknowledged, told = [], []
    containment.acknowledge, containment.tell_whose = acknowledged.append, told.append
    containment.whose = lambda session: (WHOM.grant, WHOM.upstream) if session == "s_1" else None
    locks.create(OF_A_SESSION)
    assert containment.stop_on(WHOM) is not None  # its grant may not begin anew
    assert acknowledged == []
    [completed] = told
    assert (completed.grant, completed.upstream) == (WHOM.grant, WHOM.upstream)
    locks.complete(completed.id, completed.grant, completed.upstream)
    assert containment.stop_on(WHOM) is not None
    assert (acknowledged, len(told)) == ([2], 1)


async def test_a_lock_on_a_session_of_somebody_else_is_left_as_it_is() -> None:
    containment, locks, _ = around()
    acknowledged = []
    containment.acknowledge = acknowledged.append
    locks.create(OF_A_SESSION)
    assert containment.stop_on(WHOM) is None
    assert containment.in_force().locks == (OF_A_SESSION,)
    assert acknowledged == [1]


async def test_who_shuts_everything_ends_it_at_once_and_it_stays_shut() -> None:
    containment, locks, _ = around()
    closed: list[int] = []
    containment.on_blind = lambda: closed.append(1)
    locks.is_damaged = True
    containment.check(1.0, is_looking=True)
    containment.shut(1.1)
    containment.check(30.0, is_looking=True)
    locks.is_damaged = False
    containment.check(31.0, is_looking=True)
    with pytest.raises(IntegrityError):
        containment.lock_on(WHOM)
    assert (closed, containment.is_blind) == ([1], True)


async def test_only_what_has_changed_is_looked_at_and_a_session_until_it_is_known_whose() -> None:
    asked: list[str] = []
    steady, wall, locks = FakeClock(5), FakeClock(), FakeLocks()

    def clock() -> int:
        asked.append("clock")
        return wall()

    def whose(session: SessionId) -> tuple[GrantId, str] | None:
        asked.append(session)
        return (GrantId("g_1"), "crm") if len(asked) > 3 else None

    containment = Containment(locks=locks, now_us=steady, wall_us=clock, whose=whose)
    locks.create(lock(created_at_us=AT_US, expires_at_us=AT_US + 60_000_000))
    locks.create(lock(id=LockId("l_2"), targets=((Target.SESSION, "s_1"),)))
    assert containment.lock_on(WHOM) is not None
    assert asked == ["clock", "s_1"]
    locks.create(lock(id=LockId("l_3"), targets=((Target.PRINCIPAL, "kim"),)))
    locks.lift(Lift(id=LockId("l_1"), by="kim", reason="over", at_us=2))
    assert containment.lock_on(WHOM) is None
    locks.create(lock(created_at_us=AT_US, expires_at_us=AT_US + 70_000_000))
    assert containment.lock_on(WHOM) is not None
    assert asked == ["clock", "s_1", "s_1", "s_1", "clock"]
    assert [each.grant for each in containment.in_force().locks] == ["g_1", None, None]


async def test_an_early_look_leaves_it_to_the_next_one_to_refuse_where_locks_cannot_be_read() -> None:
    containment, locks, _ = around()
    locks.create(lock())
    assert containment.early_lock_on(WHOM) == lock()
    locks.is_damaged = True
    assert containment.early_lock_on(WHOM) is None
    with pytest.raises(IntegrityError):
        containment.lock_on(WHOM)
