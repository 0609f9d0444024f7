"""A session that its client ends: what is under way in it ends too, and the record says how."""

import json

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.bench import Bench, settled
from tests.helpers.holding import HOLD, sends
from tests.helpers.nouns import INITIALIZE, arrival, in_session, request, result

pytestmark = pytest.mark.anyio


async def end(bench: Bench) -> None:
    bench.upstreams.will_answer(shape="empty", status=204)
    await bench.run(b"", arrival(*in_session(), verb="DELETE"))


async def test_a_call_that_waits_for_approval_ends_with_its_session_and_before_it_in_the_record() -> None:
    bench = await Bench(policy=HOLD).opened()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    assert not task.done()
    await end(bench)
    assert task.done()
    told = json.loads(client.replies[0].body)["result"]
    assert told["isError"] and "The session has ended." in told["content"][0]["text"]
    *_, outcome, close = (*bench.recorder.entries, *bench.recorder.queued)
    assert (outcome.envelope["code"], close.kind) == ("session_ended", EntryKind.CLOSE)
    assert sends(bench) == 0


async def test_what_is_under_way_in_another_session_goes_on() -> None:
    bench = await Bench(policy=HOLD).opened()
    bench.upstreams.will_answer(result(0), session="u2")
    await bench.run(INITIALIZE, arrival())
    task = bench.start(bench.client(request()), arrival(*in_session("m2")))
    await settled()
    await end(bench)
    assert not task.done()
    task.cancel()
    await settled()
