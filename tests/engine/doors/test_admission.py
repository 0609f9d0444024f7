"""How much of one grant may be under way: calls and streams are counted apart, and given back.

And how much of it may wait for a lock to be lifted.
"""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from firedoor.core.decide.locks import whom_of
from firedoor.engine.doors.admission import OF_ONE_GRANT, WAITING_BYTES, Admission
from firedoor.engine.live import Live
from firedoor.model.limits import Limits
from firedoor.model.lock import Lock, LockMode
from tests.helpers.doors import Doorway
from tests.helpers.fakes import idle
from tests.helpers.nouns import grant, message, session

if TYPE_CHECKING:
    from firedoor.engine.running import Running

FEW = Limits(hosts=frozenset(), concurrent_calls=5, concurrent_streams=2)
GRANT, OTHER = grant().id, grant("g_2").id


def test_a_grant_with_too_much_under_way_is_told_when_to_come_back() -> None:
    admission = Admission(under_way=list)
    for _ in range(2):
        assert admission.refusal(GRANT, message(), FEW) is None
        admission.enter(GRANT)
    refusal = admission.refusal(GRANT, message(), FEW)
    assert refusal is not None
    assert (refusal.code, refusal.id, refusal.fields) == (4429, 7, {"retryAfterSeconds": 1})
    assert admission.refusal(OTHER, message(), FEW) is None


def test_what_ended_makes_room() -> None:
    admission = Admission(under_way=list)
    admission.enter(GRANT)
    admission.enter(GRANT)
    admission.leave(GRANT)
    assert admission.refusal(GRANT, message(), FEW) is None


class Waiting:
    """A gateway whose suspended principal sends messages of any size, of any grant."""

    def __init__(self) -> None:
        self.doorway = Doorway()
        self.doorway.lock(LockMode.SUSPEND)
        self.under_way: list[Running] = []
        self.admission = Admission(under_way=lambda: self.under_way)
        self.tasks: list[asyncio.Task[Lock | None]] = []

    async def comes(self, name: str = "g_1", size: int = 1, *, has_come_in: bool = False) -> bool:
        """Whether another message waits."""
        running = idle()
        running.message = replace(message(), body=bytes(size))
        whom = whom_of(grant(name), "127.0.0.1", "disk")
        if has_come_in:
            running.live = live(name)
        came = self.admission.lifted(running, whom, self.doorway.containment, FEW)
        self.tasks.append(asyncio.create_task(came))
        await asyncio.sleep(0)
        return not self.tasks[-1].done()

    async def told(self) -> list[LockMode | None]:
        """What everybody was told, once the lock is lifted."""
        self.doorway.lift()
        return [None if lock is None else lock.mode for lock in await asyncio.gather(*self.tasks)]


def live(name: str) -> Live:
    return Live(session=session(grant=grant(name)), last_at_us=0)


@pytest.mark.anyio
async def test_of_one_grant_so_many_wait_and_the_next_one_is_told_to_come_back() -> None:
    waiting = Waiting()
    assert [await waiting.comes() for _ in range(6)] == [True] * 5 + [False]
    assert await waiting.comes("g_2")
    assert await waiting.told() == [None] * 5 + [LockMode.SUSPEND, None]


@pytest.mark.anyio
async def test_what_is_under_way_counts_with_what_waits_and_what_has_come_in_waits_all_the_same() -> None:
    waiting = Waiting()
    for _ in range(4):
        waiting.under_way.append(idle())
        waiting.under_way[-1].live = live("g_1")
        waiting.admission.enter(grant("g_1").id)
    assert [await waiting.comes() for _ in range(2)] == [True, False]
    assert await waiting.comes(has_come_in=True)
    assert await waiting.told() == [None, LockMode.SUSPEND, None]


@pytest.mark.anyio
async def test_messages_that_wait_do_not_fill_the_memory_and_one_grant_does_not_take_all_of_it() -> None:
    waiting = Waiting()
    assert not await waiting.comes(size=OF_ONE_GRANT + 1)
    for number in range(WAITING_BYTES // OF_ONE_GRANT):
        assert await waiting.comes(f"g_{number}", OF_ONE_GRANT)
        assert not await waiting.comes(f"g_{number}")
    assert not await waiting.comes("g_last")
    await waiting.told()
    waiting.doorway.lock(LockMode.SUSPEND)
    assert await waiting.comes("g_last", OF_ONE_GRANT)
    await waiting.told()
