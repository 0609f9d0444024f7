"""An exchange that is cut short at any of its commands: one end is recorded, and nothing leaves before."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from firedoor.engine.run import DRAINING, Engine
from firedoor.engine.running import Running
from firedoor.model.arrival import Arrival
from firedoor.model.entry import EntryKind
from firedoor.model.forwarding import Shape, UpstreamEvent
from firedoor.model.message import MessageKind
from firedoor.model.reply import Reply, StreamEvent
from tests.helpers.bench import Bench
from tests.helpers.fakes import FakeClient, idle, turns
from tests.helpers.nouns import (
    DENY_ALL,
    INITIALIZE,
    arrival,
    in_session,
    message,
    modern_arrival,
    modern_request,
    request,
    result,
)

pytestmark = pytest.mark.anyio

PROGRESS = b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'
ASKED = b'{"jsonrpc":"2.0","id":"up-1","method":"elicitation/create","params":{}}'
RESPONSE = b'{"jsonrpc":"2.0","id":"nobody","result":{}}'
PACE = 3
"""Turns of the loop that each answer from outside takes: a cancellation falls before, into and after it."""

Scenario = tuple[Bench, Arrival, bytes]


class PacedClient(FakeClient):
    """Takes its time, and notes what reached it before it was durable."""

    def __init__(self, bench: Bench, body: bytes) -> None:
        super().__init__(bench.story, body)
        self._durable = bench.recorder.entries
        self._intents_before = len(bench.recorder.of_kind(EntryKind.INTENT))
        self._bench = bench
        self.too_early: list[bytes] = []

    def _see(self, payload: bytes) -> None:
        became_a_call = len(self._bench.recorder.of_kind(EntryKind.INTENT)) > self._intents_before
        if became_a_call and all(entry.payload != payload for entry in self._durable):
            self.too_early.append(payload)

    async def body(self, limit: int) -> bytes | None:
        await turns(PACE)
        return await super().body(limit)

    async def reply(self, reply: Reply) -> bool:
        self._see(reply.body)
        await super().reply(reply)
        await turns(PACE)
        return not self.is_gone

    async def deliver(self, event: StreamEvent) -> bool:
        self._see(event.payload)
        await super().deliver(event)
        await turns(PACE)
        return not self.is_gone


class Paced:
    """A payload of an upstream that comes a few turns after it is asked for."""

    def __init__(self, *script: bytes | None) -> None:
        self.script = list(script)

    def into(self, bench: Bench, shape: Shape) -> None:
        loop = asyncio.get_running_loop()
        bench.upstreams.will_answer(*[loop.create_task(_late(said)) for said in self.script], shape=shape)


async def _late(said: bytes | None) -> UpstreamEvent | None:
    await turns(PACE)
    return None if said is None else UpstreamEvent(payload=said)


async def legacy_call() -> Scenario:
    bench = await Bench().opened()
    Paced(result()).into(bench, Shape.JSON)
    return bench, arrival(*in_session()), request()


async def legacy_stream() -> Scenario:
    bench = await Bench().opened()
    Paced(PROGRESS, ASKED, result(), result(twice=1), None).into(bench, Shape.STREAM)
    return bench, arrival(*in_session()), request()


async def modern_stream() -> Scenario:
    bench = await Bench().known_modern()
    Paced(PROGRESS, result(), None).into(bench, Shape.STREAM)
    return bench, modern_arrival(), modern_request()


async def denied() -> Scenario:
    bench = await Bench(policy=DENY_ALL).opened()
    return bench, arrival(*in_session()), request()


async def listening() -> Scenario:
    bench = await Bench().opened()
    Paced(PROGRESS, PROGRESS, None).into(bench, Shape.STREAM)
    return bench, arrival(*in_session(), verb="GET"), b""


async def opening() -> Scenario:
    bench = Bench()
    bench.upstreams.will_answer(result(0), session="u1")
    return bench, arrival(), INITIALIZE


async def ending() -> Scenario:
    return await Bench().opened(), arrival(*in_session(), verb="DELETE"), b""


async def unexpected() -> Scenario:
    return await Bench().opened(), arrival(*in_session()), RESPONSE


def client_leaves(engine: Engine, client: FakeClient, task: "asyncio.Task[None]") -> None:
    client.go()


def gateway_drains(engine: Engine, client: FakeClient, task: "asyncio.Task[None]") -> None:
    engine.is_draining = True
    for running in engine.under_way():
        engine.cancel(running, DRAINING)


def task_is_cancelled(engine: Engine, client: FakeClient, task: "asyncio.Task[None]") -> None:
    task.cancel()


def twice_at_once(engine: Engine, client: FakeClient, task: "asyncio.Task[None]") -> None:
    client.go()
    gateway_drains(engine, client, task)


async def cut_after(
    number: int, scenario: Scenario, cut: Callable[..., None]
) -> tuple[Bench, PacedClient, bool]:
    """Run it, cut it after so many turns of the loop; also whether it was still running then."""
    bench, at, body = scenario
    bench.recorder.pace = PACE
    client = PacedClient(bench, body)
    task = bench.start(client, at)
    await turns(number)
    was_running = not task.done()
    cut(bench.engine, client, task)
    await asyncio.gather(task, return_exceptions=True)
    await turns(5 * PACE)
    return bench, client, was_running


@pytest.mark.promise("PATH-1", "PATH-7")
@pytest.mark.parametrize("cut", [client_leaves, gateway_drains, task_is_cancelled, twice_at_once])
@pytest.mark.parametrize(
    "scenario",
    [legacy_call, legacy_stream, modern_stream, denied, listening, opening, ending, unexpected],
)
async def test_wherever_it_is_cut_each_intent_has_one_outcome_and_nothing_leaves_early(scenario, cut) -> None:
    number, was_running, seen = 0, True, Counter[str]()
    while was_running:
        bench, client, was_running = await cut_after(number, await scenario(), cut)
        ends = Counter((e.session, e.envelope["call"]) for e in bench.recorder.of_kind(EntryKind.OUTCOME))
        numbers = Counter[str]()
        intents = Counter()
        for entry in (*bench.recorder.entries, *bench.recorder.queued):
            if entry.kind is EntryKind.INTENT:
                intents[entry.session, numbers[entry.session]] += 1
            numbers[entry.session] += 1
        assert ends == intents, number
        assert client.too_early == [], number
        sent = [e for e in bench.story if e == ("sent", "tools/call")]
        assert len(sent) <= bench.story.count(("durable", EntryKind.INTENT)), number
        assert bool(client.opened) == client.has_ended or client.is_gone or cut is task_is_cancelled, number
        last = bench.recorder.of_kind(EntryKind.OUTCOME)
        seen[str(last[-1].envelope["result"]) if last else "none"] += 1
        number += 1
    assert number > PACE
    if cut is gateway_drains and scenario is not listening:
        assert seen["terminated"], seen


@pytest.mark.promise("PATH-7")
async def test_a_drain_answers_every_request_wherever_it_is() -> None:
    number, was_running = 0, True
    while was_running:
        _, client, was_running = await cut_after(number, await legacy_stream(), gateway_drains)
        answers = [reply.body for reply in client.replies]
        answers += [
            event.payload
            for event in client.events
            if b'"id": 7' in event.payload or b'"id":7' in event.payload
        ]
        assert len(answers) == 1 or number == 0, (number, answers)
        number += 1


def test_what_the_client_keeps_open_is_a_stream_and_no_call() -> None:
    def running(of: object) -> Running:
        return idle(message=of)

    assert not running(None).is_stream
    assert not running(message()).is_stream
    assert running(message("subscriptions/listen", "")).is_stream
    assert running(message("", "", kind=MessageKind.LISTEN, body=b"", id=None)).is_stream
