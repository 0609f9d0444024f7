"""Many things are gone through a few at a time, and everybody else has their turn in between."""

import asyncio

import pytest

from firedoor.engine.ending.pacing import NAP_S, OTHERS, Pace, in_turns

pytestmark = pytest.mark.anyio


async def test_others_have_their_turn_after_every_so_many() -> None:
    seen: list[object] = []

    async def other() -> None:
        for _ in range(2):
            seen.append("other")
            await asyncio.sleep(0)

    task = asyncio.get_running_loop().create_task(other())
    async for number in in_turns(range(5), each_turn=2):
        seen += [number]
    await task
    assert seen == [0, 1, "other", 2, 3, "other", 4]


async def test_what_comes_meanwhile_is_not_among_them() -> None:
    things = [1, 2]
    seen = []
    async for thing in in_turns(things):
        seen.append(thing)
        things.append(3)
    assert seen == [1, 2]


async def test_a_pace_lets_threads_run_and_gives_others_their_turns() -> None:
    seen: list[object] = []

    async def other() -> None:
        while True:
            seen.append("other")
            await asyncio.sleep(0)

    task = asyncio.get_running_loop().create_task(other())
    pace = Pace(each_turn=2, sleep=seen.append)
    await pace.step()
    assert seen == []
    for _ in range(2):
        await pace.step()
        assert seen == [NAP_S] + ["other"] * OTHERS
        seen.clear()
        await pace.step()
    of_several = Pace(each_turn=1, naps=False, sleep=seen.append)
    await of_several.step()
    assert seen == ["other"] * OTHERS
    task.cancel()
