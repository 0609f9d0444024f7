"""Sessions that are over under a lock are closed: each once, so many at once, and after what was in them."""

import asyncio

import pytest

from firedoor.engine.ending.closing import AT_ONCE, GOODBYES
from firedoor.model.entry import EntryKind
from firedoor.model.errors import UpstreamError
from firedoor.model.lock import LockId, Target
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import INITIALIZE, arrival, request, result
from tests.helpers.under_way import lock, pending

pytestmark = pytest.mark.anyio


async def sessions(bench: Bench, count: int) -> None:
    for _ in range(count):
        bench.upstreams.will_answer(result(0))
        await bench.run(INITIALIZE, arrival())


async def test_thousands_are_closed_so_many_at_once_and_each_once() -> None:
    bench = Bench()
    await sessions(bench, AT_ONCE + 5)
    bench.locks.create(lock())
    first = asyncio.get_running_loop().create_task(bench.enforcement.enforce())
    bench.locks.create(lock(Target.UPSTREAM, "disk", id=LockId("l_2")))
    second = await bench.enforcement.enforce()
    assert (await first).is_complete
    assert second.is_complete
    assert len(bench.recorder.of_kind(EntryKind.CLOSE)) == AT_ONCE + 5
    assert len(set(bench.upstreams.ended)) == AT_ONCE + 5


async def test_a_session_ends_in_the_record_after_what_was_under_way_in_it() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    task = bench.start(bench.client(request()))
    await settled()
    bench.locks.create(lock())
    await bench.enforcement.enforce()
    await task
    kinds = [entry.kind for entry in (*bench.recorder.entries, *bench.recorder.queued)]
    assert kinds.index(EntryKind.CLOSE) > max(
        at for at, kind in enumerate(kinds) if kind is EntryKind.OUTCOME
    )


async def test_a_second_lock_waits_for_the_sessions_that_the_first_is_closing() -> None:
    bench = await Bench().opened()
    bench.locks.create(lock())
    bench.engine.containment.is_quiet()
    assert (await bench.enforcement.enforce()).is_complete
    await sessions(bench, 0)
    bench.locks.create(lock(Target.UPSTREAM, "disk", id=LockId("l_2")))
    assert (await bench.enforcement.enforce()).is_complete
    assert len(bench.sessions.live) == 0


async def with_sessions_upstream(bench: Bench, count: int) -> None:
    for number in range(count):
        bench.upstreams.will_answer(result(0), session=f"theirs-{number}")
        await bench.run(INITIALIZE, arrival())


def goodbyes(bench: Bench) -> int:
    return sum(each.verb == "DELETE" for each in bench.upstreams.sent)


async def test_of_many_goodbyes_none_is_waited_for_and_each_is_said() -> None:
    bench, many = Bench(), AT_ONCE + GOODBYES + 2
    await with_sessions_upstream(bench, many)
    deaf = pending()
    bench.upstreams.answers += [deaf] * GOODBYES
    bench.locks.create(lock())
    ended = await bench.enforcement.enforce()
    assert (len(ended.sessions), ended.is_complete) == (many, True)
    assert len(bench.recorder.of_kind(EntryKind.CLOSE)) == many
    assert goodbyes(bench) <= GOODBYES
    deaf.set_result(None)
    while goodbyes(bench) < many:
        await settled()
    assert goodbyes(bench) == many


async def test_that_an_upstream_did_not_hear_of_many_sessions_is_said_in_one_line(caplog) -> None:
    bench = Bench()
    await with_sessions_upstream(bench, 3)
    bench.upstreams.answers += [UpstreamError("upstream_gone", "Nobody is there.") for _ in range(3)]
    bench.locks.create(lock())
    assert (await bench.enforcement.enforce()).is_complete
    assert [record.message for record in caplog.records if "did not hear" in record.message] == [
        "upstream disk did not hear that 3 sessions are over"
    ]


async def test_a_session_whose_channel_cannot_be_ended_is_closed_all_the_same(caplog) -> None:
    bench = await Bench().opened()
    bench.upstreams.end_fails = True
    bench.locks.create(lock())
    assert (await bench.enforcement.enforce()).is_complete
    assert len(bench.sessions.live) == 0
    assert "what a locked session had alone may be left" in caplog.text
