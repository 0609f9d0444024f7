"""The last look before bytes leave: whom a lock holds for stands still, or is ended, and others pass."""

import asyncio

import pytest

from firedoor.engine.doors.door import Asking, Leaving
from firedoor.model.errors import IntegrityError, UpstreamError
from firedoor.model.lock import LockMode
from tests.helpers.doors import Doorway
from tests.helpers.fakes import turns

pytestmark = pytest.mark.anyio


async def passing(way: Doorway) -> "asyncio.Task[None]":
    task = asyncio.create_task(way.door.passed())
    await turns(5)
    return task


async def test_without_a_lock_everybody_passes_at_once() -> None:
    way = Doorway()
    assert way.door.is_open()
    assert (await passing(way)).done()


async def test_whom_no_lock_can_name_passes_and_whoever_says_their_last_words() -> None:
    unnamed, ended = Doorway(is_named=False), Doorway()
    for way in (unnamed, ended):
        way.lock()
    ended.running.is_cancelled = True
    assert unnamed.door.is_open()
    assert not ended.door.is_open()  # Nothing new is asked for it; what is left to say passes.
    assert (await passing(unnamed)).done()
    assert (await passing(ended)).done()


@pytest.mark.parametrize("mode", [LockMode.STOP, LockMode.SUSPEND])
async def test_who_is_locked_stands_still_until_the_lock_is_lifted(mode: LockMode) -> None:
    way = Doorway()
    way.lock(mode)
    assert not way.door.is_open()
    task = await passing(way)
    assert not task.done()
    way.lift()
    await task
    assert way.door.is_open()


async def test_a_lock_that_leaves_reading_open_lets_pass_what_was_let_in() -> None:
    way = Doorway()
    way.lock(LockMode.READ_ONLY)
    assert way.door.is_open()
    assert (await passing(way)).done()


async def test_who_is_suspended_once_a_stop_is_lifted_goes_on_waiting() -> None:
    way = Doorway()
    way.lock(LockMode.STOP)
    task = await passing(way)
    way.lock(LockMode.SUSPEND, "l_2")
    way.lift()
    await turns(5)
    assert not task.done()
    way.lift("l_2")
    await task


async def test_whom_a_lock_ends_at_the_door_does_not_pass() -> None:
    way = Doorway()

    def end() -> None:
        if way.containment.in_force().locks and way.running.task is not None:
            way.running.is_cancelled = True
            way.running.task.cancel()

    async def send() -> None:
        await way.door.passed()
        sent.append("bytes")

    sent = list[str]()
    way.containment.on_change = end
    way.running.task = asyncio.create_task(send())
    way.lock()
    await turns(5)
    assert way.running.task.cancelled()
    assert sent == []


async def test_whom_a_stop_ends_while_suspended_does_not_pass_though_both_are_lifted_at_once() -> None:
    way = Doorway()
    way.lock(LockMode.SUSPEND)
    task = way.running.task = await passing(way)
    way.running.is_cancelled = True
    task.cancel()
    way.lift()
    await turns(5)
    assert task.cancelled()


async def test_locks_that_cannot_be_read_let_nobody_pass() -> None:
    way = Doorway()
    way.locks.is_damaged = True
    with pytest.raises(IntegrityError):
        way.door.is_open()
    with pytest.raises(IntegrityError):
        await way.door.passed()


async def test_a_message_counts_as_sent_once_it_was_let_pass_at_its_connection_and_a_question_never() -> None:
    way = Doorway()
    way.lock(LockMode.SUSPEND)
    leaving, question = Leaving.of(way.containment, way.running), Leaving(way.door)
    assert not leaving.is_open()
    assert not way.running.is_sent
    way.lift()
    assert question.is_open()
    assert not way.running.is_sent
    assert leaving.is_open()
    assert way.running.is_sent


async def test_what_is_cancelled_while_it_connects_learns_of_that_before_it_asks_again() -> None:
    way = Doorway()
    leaving = Leaving.of(way.containment, way.running)
    task = asyncio.create_task(leaving.passed())
    way.running.is_cancelled = True
    task.cancel()
    await turns(3)
    assert task.cancelled()
    assert not leaving.is_open()


async def test_a_question_that_nobody_may_ask_is_not_waited_for() -> None:
    asking = Asking(lambda: False)
    assert not asking.is_open()
    with pytest.raises(UpstreamError, match="a lock holds"):
        await asking.passed()
