"""What a lock has to do is attempted until it is done."""

import asyncio

import pytest

from firedoor.engine.ending.effort import Attempt, Effort

pytestmark = pytest.mark.anyio


async def test_what_fails_is_tried_again_until_nothing_is_left() -> None:
    outcomes = [Attempt(is_all=False), Attempt(1, is_all=False), Attempt(3)]
    made: list[tuple[int, bool, bool]] = []

    async def attempt() -> Attempt:
        made.append((effort.count, effort.is_done, effort.is_failing))
        return outcomes[len(made) - 1]

    effort = Effort(attempt, again_s=0)
    await effort.go()
    assert made == [(0, False, False), (0, False, True), (1, False, True)]
    assert (effort.count, effort.is_done, effort.is_failing) == (3, True, False)


async def test_the_first_attempt_is_told_of_while_the_next_is_awaited() -> None:
    async def attempt() -> Attempt:
        return Attempt(is_all=False)

    effort = Effort(attempt, again_s=3600)
    going = asyncio.create_task(effort.go())
    await effort.tried
    assert effort.is_failing
    assert not going.done()
    going.cancel()
