"""Where nothing can be recorded, no stream stays open."""

import asyncio
import json

import pytest

from firedoor.core.reply.answer import RECORD_UNAVAILABLE
from firedoor.engine.ending.recording import EACH_TURN, end_streams, watch_record
from firedoor.model.forwarding import Shape
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import request
from tests.helpers.under_way import lock, pending

pytestmark = pytest.mark.anyio


async def streaming(bench: Bench) -> tuple[object, "asyncio.Task[None]"]:
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    return client, task


async def test_a_stream_under_way_ends_with_an_answer_though_nothing_can_be_recorded() -> None:
    bench = await Bench().opened()
    client, task = await streaming(bench)
    bench.recorder.fails_on = lambda _: True
    assert await end_streams(bench.engine) == 1
    assert await end_streams(bench.engine) == 0
    await task
    assert json.loads(client.events[-1].payload)["error"]["code"] == RECORD_UNAVAILABLE


async def test_thousands_end_a_few_in_each_turn_and_each_once() -> None:
    bench = await Bench().opened()
    opened = [await streaming(bench) for _ in range(2 * EACH_TURN + 1)]
    bench.recorder.fails_on = lambda _: True
    turns = []

    async def other() -> None:
        while len(turns) < 2:
            turns.append(sum(running.is_cancelled for running in bench.engine.under_way()))
            await asyncio.sleep(0)

    beside = asyncio.get_running_loop().create_task(other())
    assert await end_streams(bench.engine) == len(opened)
    await asyncio.gather(beside, *(task for _, task in opened))
    assert turns[0] == EACH_TURN
    for client, _ in opened:
        assert json.loads(client.events[-1].payload)["error"]["code"] == RECORD_UNAVAILABLE


async def test_what_a_lock_ends_is_left_to_the_lock_and_ended_where_locks_cannot_be_read() -> None:
    bench = await Bench().opened()
    client, task = await streaming(bench)
    bench.locks.create(lock())
    assert await end_streams(bench.engine) == 0
    await task
    assert "Terminated" in client.events[-1].payload.decode()
    bench = await Bench().opened()
    client, task = await streaming(bench)
    bench.locks.is_damaged = True
    bench.engine.containment.check(0.0, is_looking=True)
    assert await end_streams(bench.engine) == 1
    await task


async def test_streams_stay_while_all_is_well_and_end_when_it_is_not() -> None:
    bench = await Bench().opened()
    _, task = await streaming(bench)
    looked, trouble = asyncio.Event(), ""

    def look() -> str:
        looked.set()
        return trouble

    watching = asyncio.get_running_loop().create_task(watch_record(bench.engine, look))
    await looked.wait()
    await settled()
    assert not task.done()
    trouble = "record_unavailable"
    async with asyncio.timeout(10):
        await task
    watching.cancel()
