"""Exchanges of every kind whose answers take their time, so that something can cut them short at any turn."""

import asyncio

from firedoor.model.arrival import Arrival
from firedoor.model.entry import EntryKind
from firedoor.model.forwarding import Shape, UpstreamEvent
from firedoor.model.reply import Reply, StreamEvent
from tests.helpers.bench import Bench
from tests.helpers.fakes import FakeClient, turns
from tests.helpers.nouns import (
    DENY_ALL,
    INITIALIZE,
    arrival,
    in_session,
    modern_arrival,
    modern_request,
    request,
    result,
)

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
