"""Where nothing can be recorded, no stream stays open."""

import asyncio
import json

import pytest

from firedoor.core.reply.answer import RECORD_UNAVAILABLE
from firedoor.engine.recording import end_streams, watch_record
from firedoor.model.forwarding import Shape
from tests.engine.test_enforcement import pending
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import request

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
    assert end_streams(bench.engine) == 1
    assert end_streams(bench.engine) == 0
    await task
    assert json.loads(client.events[-1].payload)["error"]["code"] == RECORD_UNAVAILABLE


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
