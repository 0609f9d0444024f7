import asyncio
from collections.abc import Callable, Coroutine

import pytest

from firedoor.edges.store.journal.waiters import Limits, Waiters
from firedoor.model.errors import RecordError


def waiters_of(
    loop: asyncio.AbstractEventLoop,
    still_s: float,
    late: list[bool] | None = None,
    turns: list[int] | None = None,
) -> Waiters:
    late, turns = late if late is not None else [], turns if turns is not None else []
    limits = Limits(still_s=still_s, whole_s=10 * still_s)
    return Waiters(loop, limits, on_late=lambda: late.append(True), on_turn=lambda: turns.append(1))


class LoopOfAnHour(asyncio.SelectorEventLoop):
    """Its clock goes on when the test says so."""

    at_s = 100.0

    def time(self) -> float:
        return self.at_s

    async def go_on(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due."""
        self.at_s += seconds
        for _ in range(3):
            await asyncio.sleep(0)


def on_a_clock(wait: Callable[[LoopOfAnHour, Waiters], Coroutine[None, None, None]]) -> list[bool]:
    """Run it on a loop with a clock of its own; for each time that the disk stood still, True."""
    late: list[bool] = []
    with asyncio.Runner(loop_factory=LoopOfAnHour) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, LoopOfAnHour)
        runner.run(wait(loop, waiters_of(loop, 2.0, late)))
    return late


def test_a_turn_of_the_loop_is_told_once_at_its_end() -> None:
    turns: list[int] = []

    async def wait() -> None:
        waiters = waiters_of(asyncio.get_running_loop(), 60, turns=turns)
        for expected in (1, 2):
            for _ in range(3):
                waiters.at_end_of_turn()
            assert len(turns) == expected - 1
            await asyncio.sleep(0)
            assert len(turns) == expected

    asyncio.run(wait())
    assert turns == [1, 1]


def test_all_who_wait_are_woken_with_their_number() -> None:
    async def wait() -> list[int]:
        waiters = waiters_of(asyncio.get_running_loop(), 60)
        futures = [waiters.add() for _ in range(3)]
        waiters.settle_soon([(future, n) for n, future in enumerate(futures)], None)
        return await asyncio.gather(*futures)

    assert asyncio.run(wait()) == [0, 1, 2]


def test_who_waits_longer_than_the_limit_is_refused_and_the_others_are_not() -> None:
    late: list[bool] = []

    async def wait() -> tuple[int, bool]:
        waiters = waiters_of(asyncio.get_running_loop(), 0.02, late)
        early, slow = waiters.add(), waiters.add()
        waiters.settle_soon([(early, 5)], None)
        with pytest.raises(RecordError) as caught:
            await slow
        assert caught.value.code == "record_too_slow"
        waiters.settle_soon([(slow, 6)], None)
        later = waiters.add()
        waiters.settle_soon([(later, 8)], None)
        return await later, early.done()

    assert asyncio.run(wait()) == (8, True)
    assert late == [True]


def code_of(future: "asyncio.Future[int]") -> str:
    fault = future.exception()
    assert isinstance(fault, RecordError)
    return fault.code


def test_who_waits_for_a_long_entry_waits_as_long_as_the_disk_goes_on() -> None:
    async def wait(loop: LoopOfAnHour, waiters: Waiters) -> None:
        future = waiters.add(is_long=True)
        for _ in range(9):
            await loop.go_on(1.9)
            assert not future.done()
            waiters.moved()
        await loop.go_on(1.9)
        assert not future.done()
        await loop.go_on(0.2)
        assert code_of(future) == "record_too_slow"

    assert on_a_clock(wait) == [True]


def test_who_waits_for_a_long_entry_does_not_wait_without_end_and_the_disk_did_not_stand_still() -> None:
    async def wait(loop: LoopOfAnHour, waiters: Waiters) -> None:
        future = waiters.add(is_long=True)
        for _ in range(19):
            await loop.go_on(1.0)
            waiters.moved()
            assert not future.done()
        await loop.go_on(0.9)
        waiters.moved()
        await loop.go_on(0.2)
        assert code_of(future) == "record_overloaded"

    assert on_a_clock(wait) == []


def test_a_disk_that_has_much_to_do_is_none_that_stands_still() -> None:
    """Whoever sends enough at once must not look like a disk that fails: reads might go on unrecorded."""

    async def wait(loop: LoopOfAnHour, waiters: Waiters) -> None:
        busy, long = waiters.add(), waiters.add(is_long=True)
        await loop.go_on(1.9)
        waiters.moved()
        await loop.go_on(0.2)
        assert code_of(busy) == "record_overloaded"
        assert not long.done()
        still = waiters.add()
        await loop.go_on(2.1)
        assert (code_of(long), code_of(still)) == ("record_too_slow", "record_too_slow")

    assert on_a_clock(wait) == [True, True]


def test_who_is_cancelled_while_waiting_learns_of_it_when_the_entry_is_durable() -> None:
    async def wait() -> tuple[bool, int]:
        waiters = waiters_of(asyncio.get_running_loop(), 60)
        future = waiters.add()

        async def appended() -> int:
            return await future

        task = asyncio.get_running_loop().create_task(appended())
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        is_over_too_soon = task.done()
        waiters.settle_soon([(future, 5)], None)
        with pytest.raises(asyncio.CancelledError):
            await task
        return is_over_too_soon, future.result()

    assert asyncio.run(wait()) == (False, 5)


def test_a_failure_is_told_to_each_as_its_own_exception() -> None:
    async def wait() -> list[object]:
        waiters = waiters_of(asyncio.get_running_loop(), 60)
        futures = [waiters.add(), waiters.add()]
        waiters.settle_soon([(future, 0) for future in futures], RecordError("gone", "The disk is gone."))
        return list(await asyncio.gather(*futures, return_exceptions=True))

    one, two = asyncio.run(wait())
    assert isinstance(one, RecordError) and isinstance(two, RecordError)
    assert one.code == two.code == "gone"
    assert one is not two


def test_a_loop_that_is_closed_has_nobody_to_wake() -> None:
    loop = asyncio.new_event_loop()
    waiters = waiters_of(loop, 60)
    future = loop.create_future()
    loop.close()
    waiters.settle_soon([(future, 0)], None)
    assert not future.done()
