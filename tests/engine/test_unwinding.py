"""An exchange that was cut short says its last words: nothing cuts those short, nothing else follows."""

import asyncio
import json

import pytest

from firedoor.model.entry import EntryKind
from firedoor.model.forwarding import Shape
from firedoor.model.lock import LockMode, Target
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import request, result
from tests.helpers.under_way import lock, pending, text_of

pytestmark = pytest.mark.anyio


async def test_a_client_that_leaves_while_it_is_told_does_not_keep_the_upstream_from_hearing() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.recorder.is_slow = True
    bench.locks.create(lock())
    enforcing = asyncio.get_running_loop().create_task(bench.enforcement.enforce())
    await settled()
    [running] = bench.engine.under_way()
    bench.engine.cancel(running)
    await settled()
    bench.recorder.flush()
    await enforcing
    await task
    assert "notifications/cancelled" in [each.message.method for each in bench.upstreams.sent]


@pytest.mark.promise("LOCK-3")
async def test_a_record_that_takes_no_entry_keeps_no_stream_open_and_no_process_alive(caplog) -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    [live] = bench.sessions.live
    bench.recorder.fails_on = lambda _: True
    bench.locks.create(lock())
    await bench.enforcement.enforce()
    await task
    assert live.session.id in bench.upstreams.ended
    assert len(bench.sessions.live) == 0
    answer = client.replies[0].body if client.replies else client.events[-1].payload
    assert json.loads(answer)["error"]["code"] == 4503
    assert "not recorded" in caplog.text


@pytest.mark.promise("LOCK-1")
async def test_an_answer_that_was_recorded_and_not_delivered_is_withheld_and_the_record_says_so() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(result(content=["the answer"]))
    bench.recorder.is_slow = True
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.recorder.flush()
    await settled()
    # Its outcome is on its way to the disk.
    bench.locks.create(lock())
    enforcing = asyncio.get_running_loop().create_task(bench.enforcement.enforce())
    for _ in range(4):
        await settled()
        bench.recorder.flush()
    await enforcing
    await task
    assert text_of(client.replies[0].body).startswith("Terminated")
    outcomes = [e for e in bench.recorder.of_kind(EntryKind.OUTCOME) if e.envelope["result"] == "result"]
    assert len(outcomes) == 2
    told = bench.recorder.of_kind(EntryKind.EVENT)[-1]
    assert (told.envelope["what"], told.payload) == ("withheld", client.replies[0].body)


@pytest.mark.parametrize("shape", [Shape.JSON, Shape.STREAM])
async def test_a_suspended_answer_is_never_delivered_once_its_client_is_locked_out(shape: Shape) -> None:
    bench = await Bench().opened()
    answer = pending()
    bench.upstreams.will_answer(answer, shape=shape)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(mode=LockMode.SUSPEND))
    answer.set_result(result(content=["the answer"]))
    await settled()
    bench.locks.create(lock(Target.ALL, ""))
    await bench.enforcement.enforce()
    await task
    [body] = [reply.body for reply in client.replies] or [event.payload for event in client.events]
    assert text_of(body).startswith("Terminated")
