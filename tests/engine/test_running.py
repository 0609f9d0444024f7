"""An exchange that is cut short at any of its commands: one end is recorded, and nothing leaves before."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from firedoor.engine.run import DRAINING, Engine
from firedoor.engine.running import Running
from firedoor.model.entry import EntryKind
from firedoor.model.message import MessageKind
from tests.helpers.bench import Bench
from tests.helpers.fakes import FakeClient, idle, turns
from tests.helpers.nouns import (
    message,
)
from tests.helpers.scenarios import (
    PACE,
    PacedClient,
    Scenario,
    denied,
    ending,
    legacy_call,
    legacy_stream,
    listening,
    modern_stream,
    opening,
    unexpected,
)

pytestmark = pytest.mark.anyio


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
