"""A crowd ends in turn: recorded, then told, then its tasks; whatever happens in between, once each."""

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from firedoor.core.reply.answer import RECORD_UNAVAILABLE
from firedoor.engine.ending.enforcement import AT_ONCE
from firedoor.engine.ending.last_words import EACH_TURN, GROUP, UNSETTLED, LastWords
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import IntegrityError
from firedoor.model.forwarding import Shape
from firedoor.model.lock import Target
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import LIMITS, arrival, gate, in_session, modern_arrival, modern_request, request
from tests.helpers.under_way import PROGRESS, lock, pending, text_of

if TYPE_CHECKING:
    from firedoor.engine.running import Running
    from tests.helpers.fakes import FakeClient

pytestmark = pytest.mark.anyio

CROWD = AT_ONCE + EACH_TURN + 3


class Crowd:
    """Calls whose streams are open, each waiting for its upstream."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.clients: list[FakeClient] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.said: list[asyncio.Future[object]] = []

    async def gather(self, *, is_modern: bool = False, count: int = CROWD) -> "Crowd":
        for number in range(count):
            event = pending()
            self.bench.upstreams.will_answer(event, shape=Shape.STREAM)
            body = modern_request(identifier=number) if is_modern else request(identifier=number)
            client = self.bench.client(body)
            self.said.append(event)
            self.clients.append(client)
            self.tasks.append(self.bench.start(client, modern_arrival() if is_modern else None))
            await settled()
        return self

    def enforce(self) -> "asyncio.Task[object]":
        self.bench.locks.create(lock())
        return asyncio.get_running_loop().create_task(self.bench.enforcement.enforce())

    def outcomes(self) -> list[str]:
        """Without that of `initialize`."""
        return [str(each.envelope["result"]) for each in self.bench.recorder.of_kind(EntryKind.OUTCOME)][1:]


async def crowd(*, is_modern: bool = False) -> Crowd:
    bench = await (Bench().known_modern() if is_modern else Bench().opened())
    return await Crowd(bench).gather(is_modern=is_modern)


@pytest.mark.promise("PATH-1")
async def test_of_a_crowd_nobody_is_told_before_the_end_is_durable() -> None:
    those = await crowd()
    those.bench.recorder.is_slow = True
    enforcing = those.enforce()
    await settled()
    assert [client.events for client in those.clients] == [[]] * CROWD
    while not enforcing.done():
        those.bench.recorder.flush()
        await settled()
    await asyncio.gather(*those.tasks)
    durable = [at for at, said in enumerate(those.bench.story) if said == ("durable", EntryKind.OUTCOME)]
    told = [at for at, said in enumerate(those.bench.story) if said[0] == "delivered"]
    assert all(first < second for first, second in zip(durable, told, strict=True))
    assert those.outcomes() == ["terminated"] * CROWD


@pytest.mark.parametrize("is_modern", [False, True])
async def test_of_a_crowd_each_has_one_end_and_one_last_word(is_modern: bool) -> None:
    those = await crowd(is_modern=is_modern)
    await those.enforce()
    await asyncio.gather(*those.tasks)
    assert those.bench.engine.under_way() == []
    for client in those.clients:
        [event] = client.events
        assert text_of(event.payload).startswith("Terminated: Stolen.")
        assert client.has_ended
    outcomes = [each.envelope for each in those.bench.recorder.of_kind(EntryKind.OUTCOME)][-CROWD:]
    assert len({each["call"] for each in outcomes}) == CROWD
    assert {each["result"] for each in outcomes} == {"terminated"}


@pytest.mark.promise("LOCK-2")
async def test_the_upstreams_of_a_legacy_crowd_are_told_one_by_one() -> None:
    those = await crowd()
    await those.enforce()
    await asyncio.gather(*those.tasks)
    methods = [each.message.method for each in those.bench.upstreams.sent]
    assert methods.count("notifications/cancelled") == CROWD


async def test_no_task_is_told_while_the_turn_of_others_has_not_come() -> None:
    many = UNSETTLED + 4 * GROUP
    bench = await Bench(gate(limits=replace(LIMITS, concurrent_calls=2 * many))).opened()
    those = await Crowd(bench).gather(count=many)
    bench.recorder.is_slow = True
    enforcing = those.enforce()
    while bench.recorder.waiting < UNSETTLED // GROUP:
        await settled()
    bench.recorder.flush(1)
    while bench.recorder.waiting < UNSETTLED // GROUP:  # Others have taken their place at the disk.
        await settled()
    await settled()
    assert sum(bool(client.events) for client in those.clients) == GROUP
    assert ("sent", "notifications/cancelled") not in bench.story
    bench.recorder.is_slow = False
    bench.recorder.flush()
    await enforcing
    await asyncio.gather(*those.tasks)
    assert bench.story.count(("sent", "notifications/cancelled")) == many


async def test_what_an_upstream_says_once_an_end_was_taken_is_dropped() -> None:
    those = await crowd()
    those.bench.recorder.is_slow = True
    enforcing = those.enforce()
    await settled()
    for event in those.said:
        event.set_result(PROGRESS)
    await settled()
    while not enforcing.done():
        those.bench.recorder.flush()
        await settled()
    await asyncio.gather(*those.tasks)
    assert all(len(client.events) == 1 for client in those.clients)
    assert those.outcomes() == ["terminated"] * CROWD


async def test_a_client_that_leaves_once_its_end_was_taken_keeps_nobody_waiting() -> None:
    those = await crowd(is_modern=True)
    those.bench.recorder.is_slow = True
    enforcing = those.enforce()
    await settled()
    for client in those.clients:
        client.go()
    await settled()
    while not enforcing.done():
        those.bench.recorder.flush()
        await settled()
    await asyncio.gather(*those.tasks)
    assert those.bench.engine.under_way() == []


async def test_a_task_that_is_cancelled_from_outside_once_its_end_was_taken_ends_without_a_word() -> None:
    those = await crowd()
    those.bench.recorder.is_slow = True
    enforcing = those.enforce()
    await settled()
    for task in those.tasks:
        task.cancel()
    await settled()
    while not enforcing.done():
        those.bench.recorder.flush()
        await settled()
    await asyncio.gather(*those.tasks, return_exceptions=True)
    assert those.outcomes() == ["terminated"] * CROWD
    assert those.bench.engine.under_way() == []


async def test_those_who_do_not_read_are_left_to_their_tasks_and_the_others_are_told_at_once() -> None:
    those = await crowd()
    slow, quick = those.clients[::2], those.clients[1::2]
    for client in slow:
        client.reads.clear()
    enforcing = those.enforce()
    for _ in range(CROWD):
        await settled()
    assert all(client.has_ended for client in quick)
    assert not any(client.events for client in slow)
    for client in slow:
        client.reads.set()
    await enforcing
    await asyncio.gather(*those.tasks)
    assert all(text_of(client.events[0].payload).startswith("Terminated") for client in slow)


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize("fails_after", [0, 2, GROUP - 1])
async def test_a_record_that_takes_no_more_entries_is_told_to_those_it_takes_none_of(
    fails_after: int,
) -> None:
    those = await crowd()
    taken = 0

    def fails(entry: object) -> bool:
        nonlocal taken
        taken += 1
        return taken > fails_after

    those.bench.recorder.fails_on = fails
    await those.enforce()
    await asyncio.gather(*those.tasks)
    codes = [json.loads(client.events[-1].payload)["error"]["code"] for client in those.clients]
    assert codes == [4503] * CROWD
    assert all(client.has_ended for client in those.clients)


async def test_listening_streams_of_a_crowd_end_without_a_word() -> None:
    bench = await Bench().opened()
    those = await Crowd(bench).gather(count=AT_ONCE)
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client()
    task = bench.start(client, arrival(*in_session(), verb="GET"))
    await settled()
    await those.enforce()
    await asyncio.gather(task, *those.tasks)
    assert client.events == []
    assert client.has_ended


async def test_others_of_a_crowd_go_on() -> None:
    those = await crowd()
    those.bench.locks.create(lock(Target.PRINCIPAL, "kim"))
    ended = await those.bench.enforcement.enforce()
    assert (ended.calls, ended.is_complete) == (0, True)
    assert len(those.bench.engine.under_way()) == CROWD
    await those.enforce()
    await asyncio.gather(*those.tasks)


async def test_while_who_is_locked_cannot_be_known_nobody_of_a_crowd_is_told() -> None:
    those = await crowd()
    those.bench.locks.create(lock())
    those.bench.engine.containment.is_quiet()
    those.bench.locks.is_damaged = True
    those.bench.engine.containment.check(0, is_looking=True)
    with pytest.raises(IntegrityError):
        those.bench.engine.containment.is_quiet()
    await settled()
    assert not any(client.events for client in those.clients)
    those.bench.engine.containment.check(10, is_looking=True)
    await asyncio.gather(*those.tasks)
    assert all(len(client.events) == 1 for client in those.clients)


@pytest.mark.promise("LOCK-2")
async def test_a_record_that_is_busy_for_a_moment_is_waited_for_and_everybody_is_told() -> None:
    many = await crowd()
    recorder, refused = many.bench.recorder, []

    def is_busy(entry) -> bool:
        is_refused = len(refused) < 3 and len(recorder.queued) + len(recorder.entries) > CROWD // 2
        refused.extend([entry] if is_refused else [])
        return is_refused

    recorder.fails_on, recorder.fails_with = is_busy, "record_too_slow"
    ended = await many.enforce()
    await asyncio.gather(*many.tasks)
    assert len(refused) == 3
    assert (ended.calls, ended.is_complete) == (CROWD, True)
    assert many.outcomes() == ["terminated"] * CROWD
    for client in many.clients:
        assert text_of(client.events[-1].payload).startswith("Terminated")


async def test_a_record_that_stays_busy_is_not_waited_for_without_end(caplog) -> None:
    many = await crowd()
    many.bench.enforcement._crowd.patience_s = 0.0
    many.bench.recorder.fails_on = lambda _: True
    many.bench.recorder.fails_with = "record_too_slow"
    many.enforce()
    await asyncio.gather(*many.tasks)
    assert many.outcomes() == []
    for client in many.clients:
        assert json.loads(client.events[-1].payload)["error"]["code"] == RECORD_UNAVAILABLE


async def test_the_process_of_a_crowd_begins_to_end_before_anybody_is_told_and_is_closed_after() -> None:
    many = await crowd()
    recorder = many.bench.recorder
    recorder.is_slow = True
    enforcing = many.enforce()
    while not many.bench.upstreams.stopped:
        await settled()
    assert not any(client.events for client in many.clients)
    assert many.bench.upstreams.ended == []
    recorder.is_slow = False
    recorder.flush()
    await enforcing
    await asyncio.gather(*many.tasks)
    assert set(many.bench.upstreams.ended) == set(many.bench.upstreams.stopped)
    assert many.outcomes() == ["terminated"] * CROWD


async def test_a_turn_wakes_as_many_tasks_as_it_may_and_none_where_it_may_none() -> None:
    those = await crowd()
    those.bench.recorder.fails_on = lambda _: True
    woken: list[Running] = []
    waiting = those.bench.engine.under_way()[:2]
    session = waiting[0].live.session.id
    words = LastWords(
        recorder=those.bench.recorder,
        unwinding=those.bench.enforcement._crowd.unwinding,
        begin=lambda _: Entry(kind=EntryKind.OUTCOME, session=session, at_us=1, envelope={}),
        wake=woken.append,
    )
    words.add(waiting)
    assert words.turn(0)
    assert not words.turn(0)
    assert (woken, words.size) == ([], 2)
    assert words.turn(1)
    assert (woken, words.size) == (waiting[:1], 1)
    assert words.turn(1)
    assert (woken, words.is_over) == (waiting, True)
    those.bench.recorder.fails_on = lambda _: False
    await those.enforce()
    await asyncio.gather(*those.tasks)
