"""Where the record takes nothing: reads go on if the settings say so, and every message of theirs is told."""

import asyncio
import json
from dataclasses import replace

import pytest

from firedoor.engine.ending.recording import end_streams
from firedoor.engine.unrecorded import NAMED, Tally, Telling, tally_of
from firedoor.model.entry import EntryKind
from firedoor.model.forwarding import Shape, UpstreamEvent
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.model.policy import Confirmed
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import (
    ALLOW_ALL,
    AT_US,
    CONTROL,
    INITIALIZE,
    arrival,
    gate,
    modern_arrival,
    modern_request,
    request,
    result,
)

pytestmark = pytest.mark.anyio

READS = replace(ALLOW_ALL, confirmed=(Confirmed(tools=("add",), is_read_only=True),))
FIRE = Lock(
    id=LockId("lk_1"),
    targets=((Target.ALL, ""),),
    mode=LockMode.STOP,
    reason="Fire.",
    by="ann",
    created_at_us=AT_US,
)
WRITE = {"name": "remove", "arguments": {}}
SAMPLING = b'{"jsonrpc":"2.0","id":"up-1","method":"sampling/createMessage","params":{}}'


def sparing(**changes) -> Bench:
    bench = Bench(gate(may_go_unrecorded=True, **changes), policy=READS)
    bench.sessions.best_effort = frozenset({"disk"})
    return bench


def fails(bench: Bench, *kinds: EntryKind, code: str = "record_unavailable") -> None:
    bench.recorder.fails_on = lambda entry: not kinds or entry.kind in kinds
    bench.recorder.fails_with = code


def event(payload: bytes) -> UpstreamEvent:
    return UpstreamEvent(payload=payload)


def answer(client) -> dict:
    (reply,) = client.replies
    return json.loads(reply.body)


@pytest.mark.promise("PATH-1")
async def test_a_read_goes_on_unrecorded_and_is_counted_where_the_settings_say_so() -> None:
    bench = await sparing().opened()
    bench.upstreams.will_answer(result())
    fails(bench)
    client = await bench.run(request())
    assert "result" in answer(client)
    assert [each.message.method for each in bench.upstreams.sent] == ["initialize", "tools/call"]
    assert bench.engine.unrecorded.total == 2
    assert bench.engine.unrecorded.untold.said == {
        "messages": 2,
        "from_us": AT_US,
        "to_us": AT_US,
        "sessions": [
            {
                "session": "01999999-0000-7000-8000-000000000001",
                "principal": "dana",
                "upstream": "disk",
                "messages": 2,
            }
        ],
    }


@pytest.mark.promise("PATH-1")
@pytest.mark.parametrize("is_of_best_effort", [True, False])
async def test_a_write_is_refused_and_so_is_every_call_of_other_upstreams(is_of_best_effort: bool) -> None:
    bench = await (sparing() if is_of_best_effort else Bench(policy=READS)).opened()
    fails(bench)
    client = await bench.run(request(params=WRITE if is_of_best_effort else None))
    assert client.replies[0].status == 503
    assert len(bench.upstreams.sent) == 1
    assert bench.engine.unrecorded.total == 0


@pytest.mark.parametrize("code", ["record_overloaded", "entry_too_large", "session_not_open", "disk_low"])
async def test_what_is_refused_for_what_it_is_or_for_how_much_it_is_is_not_let_through(code: str) -> None:
    bench = await sparing().opened()
    fails(bench, code=code)
    assert (await bench.run(request())).replies[0].status == 503
    assert len(bench.upstreams.sent) == 1


@pytest.mark.parametrize("code", ["record_too_slow", "disk_full", "disk_nearly_full"])
async def test_an_answer_that_cannot_be_recorded_is_delivered_too(code: str) -> None:
    bench = await sparing().opened()
    bench.upstreams.will_answer(result())
    fails(bench, EntryKind.OUTCOME, code=code)
    assert "result" in answer(await bench.run(request()))
    assert bench.engine.unrecorded.total == 1
    kinds = [each.kind for each in bench.recorder.entries]
    assert kinds == [EntryKind.OPEN, EntryKind.INTENT, EntryKind.OUTCOME, EntryKind.INTENT]


async def test_of_a_call_whose_intent_is_not_recorded_nothing_else_is() -> None:
    bench = await sparing().opened()
    coming = asyncio.get_running_loop().create_future()
    bench.upstreams.will_answer(coming)
    fails(bench)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.recorder.fails_on = lambda _: False
    before = len(bench.recorder.entries)
    coming.set_result(event(result()))
    await task
    assert "result" in answer(client)
    assert len(bench.recorder.entries) == before
    assert bench.engine.unrecorded.total == 2


async def test_an_upstream_that_asks_its_client_for_something_ends_an_unrecorded_call() -> None:
    bench = await sparing(may_sample=True).opened()
    bench.upstreams.will_answer(SAMPLING, result(), shape=Shape.STREAM)
    fails(bench)
    client = await bench.run(request())
    assert [b"sampling" in each.payload for each in client.events] == [False]
    assert json.loads(client.events[-1].payload)["error"]["message"] == "The call is not recorded."


async def test_an_answer_that_is_streamed_to_an_unrecorded_read_is_not_ended_and_a_listener_is() -> None:
    bench = await sparing().opened()
    coming = asyncio.get_running_loop().create_future()
    bench.upstreams.will_answer(coming, shape=Shape.STREAM)
    fails(bench)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    assert await end_streams(bench.engine) == 0
    coming.set_result(event(result()))
    await task
    assert json.loads(client.events[-1].payload)["result"] == json.loads(result())["result"]


async def test_a_lock_ends_an_unrecorded_call_and_its_answer_is_not_delivered() -> None:
    bench = await sparing().opened()
    bench.upstreams.will_answer(asyncio.get_running_loop().create_future())
    fails(bench)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(FIRE)
    await bench.enforcement.enforce()
    await task
    assert "Fire." in client.replies[0].body.decode()
    assert answer(client)["result"]["isError"] is True


async def test_a_lock_ends_a_streamed_answer_that_is_unrecorded_with_its_last_word() -> None:
    bench = await sparing().opened()
    bench.upstreams.will_answer(asyncio.get_running_loop().create_future(), shape=Shape.STREAM)
    fails(bench)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.recorder.fails_on = lambda _: False
    before = len(bench.recorder.entries)
    bench.locks.create(FIRE)
    await bench.enforcement.enforce()
    await task
    assert b"Fire." in client.events[-1].payload
    assert EntryKind.OUTCOME not in [each.kind for each in bench.recorder.entries[before:]]


async def test_a_session_begins_unrecorded_and_is_opened_once_the_record_is_well() -> None:
    bench = sparing()
    fails(bench, code="disk_nearly_full")
    bench.upstreams.will_answer(result(0), session="u1")
    opened = await bench.run(INITIALIZE, arrival())
    assert opened.replies[0].status == 200
    assert (await bench.run(request(params=WRITE))).replies[0].status == 503
    bench.upstreams.will_answer(result())
    assert "result" in answer(await bench.run(request()))
    assert bench.recorder.entries == []
    bench.recorder.fails_on = lambda _: False
    bench.upstreams.will_answer(result())
    assert "result" in answer(await bench.run(request()))
    first, *others = bench.recorder.entries
    assert (first.kind, first.envelope["unrecorded_before"]) == (EntryKind.OPEN, True)
    assert [each.kind for each in others] == [EntryKind.INTENT, EntryKind.OUTCOME]
    assert others[1].envelope["call"] == 1
    assert bench.engine.unrecorded.total == 4


async def test_a_session_that_was_never_recorded_ends_without_an_entry() -> None:
    bench = sparing()
    fails(bench)
    bench.upstreams.will_answer(result(0), session="u1")
    await bench.run(INITIALIZE, arrival())
    bench.recorder.fails_on = lambda _: False
    (live,) = bench.sessions.live
    await bench.sessions.close(live.session.id, "idle")
    assert bench.recorder.queued == []
    assert bench.upstreams.ended == [live.session.id]


async def test_at_a_strict_upstream_no_session_begins_without_a_record() -> None:
    bench = Bench(policy=READS)
    fails(bench)
    assert (await bench.run(INITIALIZE, arrival())).replies[0].status == 503
    assert list(bench.sessions.live) == []


async def test_a_stateless_client_reads_on_too() -> None:
    bench = await sparing().known_modern()
    fails(bench)
    bench.upstreams.will_answer(result())
    client = await bench.run(modern_request(), modern_arrival())
    assert "result" in answer(client)


async def test_the_end_of_an_idle_session_that_cannot_be_recorded_stops_no_other() -> None:
    bench = await sparing().opened()
    fails(bench)
    bench.clock.pass_s(3600)
    await bench.sessions.close_over()
    assert list(bench.sessions.live) == []
    assert len(bench.upstreams.ended) == 1


class Kept:
    """The file, and how the record is."""

    def __init__(self, bench: Bench) -> None:
        self.said: list[dict] = []
        self.trouble = ""
        self.fault: OSError | None = None
        self.telling = Telling(
            unrecorded=bench.engine.unrecorded,
            recorder=bench.recorder,
            keep=self.keep,
            trouble=lambda: self.trouble,
        )

    def keep(self, said) -> None:
        if self.fault is not None:
            raise self.fault
        self.said.append(dict(said))


async def test_what_went_unrecorded_is_kept_and_told_once_the_record_takes_entries() -> None:
    bench = await sparing().opened()
    kept = Kept(bench)
    await kept.telling.look()
    assert kept.said == []
    fails(bench)
    bench.upstreams.will_answer(result())
    await bench.run(request())
    kept.trouble = "record_unavailable"
    await kept.telling.look()
    await kept.telling.look()
    assert [each["messages"] for each in kept.said] == [2]
    kept.trouble = ""  # it seems well, and is not
    await kept.telling.look()
    assert bench.engine.unrecorded.untold.messages == 2
    bench.recorder.fails_on = lambda _: False
    await kept.telling.look()
    told = bench.recorder.entries[-1]
    assert (told.kind, told.session) == (EntryKind.CONTROL, CONTROL)
    assert told.envelope == {"what": "unrecorded", **kept.said[0]}
    assert kept.said[1:] == [{}]
    assert not bench.engine.unrecorded.untold
    assert bench.engine.unrecorded.total == 2


async def test_a_count_that_can_be_kept_nowhere_is_told_all_the_same(caplog) -> None:
    bench = await sparing().opened()
    kept = Kept(bench)
    kept.fault = OSError(5, "broken")
    bench.engine.unrecorded.untold.note(("s", "p", "u"), 7)
    await kept.telling.look()
    assert bench.recorder.entries[-1].envelope["messages"] == 1
    assert "kept nowhere" in caplog.text


async def test_it_looks_again_and_again() -> None:
    bench = await sparing().opened()
    kept = Kept(bench)
    bench.engine.unrecorded.untold.note(("s", "p", "u"), 7)
    has_kept = asyncio.Event()
    loop = asyncio.get_running_loop()
    kept.telling.keep = lambda said: loop.call_soon_threadsafe(has_kept.set) if not said else None
    watching = loop.create_task(kept.telling.watch())
    async with asyncio.timeout(10):
        await has_kept.wait()
    watching.cancel()


def test_what_one_process_kept_another_goes_on_with() -> None:
    tally = Tally()
    for number in range(NAMED + 5):
        tally.note((f"s{number}", "p", "u"), 10 + number)
    tally.note(("s0", "p", "u"), 1)
    assert (tally.messages, tally.beyond, len(tally.by)) == (NAMED + 6, 5, NAMED)
    again = tally_of(tally.said)
    assert again.said == tally.said
    more = Tally()
    more.add(again)
    assert more.said == tally.said
    assert not Tally().said
    assert not tally_of({})


@pytest.mark.parametrize("said", [{"is_damaged": True}, {"sessions": [{"session": 1}], "messages": 1}])
def test_a_count_that_cannot_be_read_is_told_as_that(said) -> None:
    assert tally_of(said).said["is_damaged"] is True
