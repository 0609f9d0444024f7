import asyncio

import pytest

from firedoor.edges.store.journal.waiters import Waiters
from firedoor.model.errors import RecordError


def test_all_who_wait_are_woken_with_their_number() -> None:
    async def wait() -> list[int]:
        waiters = Waiters(asyncio.get_running_loop(), 60, lambda: None)
        futures = [waiters.add() for _ in range(3)]
        waiters.settle_soon([(future, n) for n, future in enumerate(futures)], None)
        return await asyncio.gather(*futures)

    assert asyncio.run(wait()) == [0, 1, 2]


def test_who_waits_longer_than_the_limit_is_refused_and_the_others_are_not() -> None:
    late: list[bool] = []

    async def wait() -> tuple[int, bool]:
        waiters = Waiters(asyncio.get_running_loop(), 0.02, lambda: late.append(True))
        early, slow, cancelled = waiters.add(), waiters.add(), waiters.add()
        cancelled.cancel()
        waiters.settle_soon([(early, 5)], None)
        with pytest.raises(RecordError) as caught:
            await slow
        assert caught.value.code == "record_too_slow"
        waiters.settle_soon([(slow, 6), (cancelled, 7)], None)
        later = waiters.add()
        waiters.settle_soon([(later, 8)], None)
        return await later, early.done()

    assert asyncio.run(wait()) == (8, True)
    assert late == [True]


def test_a_failure_is_told_to_each_as_its_own_exception() -> None:
    async def wait() -> list[object]:
        waiters = Waiters(asyncio.get_running_loop(), 60, lambda: None)
        futures = [waiters.add(), waiters.add()]
        waiters.settle_soon([(future, 0) for future in futures], RecordError("gone", "The disk is gone."))
        return list(await asyncio.gather(*futures, return_exceptions=True))

    one, two = asyncio.run(wait())
    assert isinstance(one, RecordError) and isinstance(two, RecordError)
    assert one.code == two.code == "gone"
    assert one is not two


def test_a_loop_that_is_closed_has_nobody_to_wake() -> None:
    loop = asyncio.new_event_loop()
    waiters = Waiters(loop, 60, lambda: None)
    future = loop.create_future()
    loop.close()
    waiters.settle_soon([(future, 0)], None)
    assert not future.done()
