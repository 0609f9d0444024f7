"""A lock at every turn of the loop in the lives of calls and streams, of both eras.

The engine is real; its ports are fakes that take their time. After the lock has contained, an upstream hears
of nothing but the end, a client of nothing but its terminal answer, and the record has one end of each call.
"""

import asyncio
import json
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from firedoor.model.entry import EntryKind
from firedoor.model.lock import Lock, LockId, LockMode, Target
from tests.helpers.bench import DISCOVERED, Bench
from tests.helpers.fakes import turns
from tests.helpers.nouns import gate, modern_arrival, modern_request, result
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

POINTS = int(os.environ.get("FIREDOOR_LOCK_POINTS", "1000"))
LONGEST = 60
"""Turns of the longest of these lives, and some in which it is over."""
FAREWELLS = {"notifications/cancelled", ""}
"""What an upstream may still hear: that nobody waits any more, and DELETE."""


async def modern_probed() -> Scenario:
    """The upstream's era is not known yet: it is asked first."""
    bench = Bench()
    bench.upstreams.will_answer(DISCOVERED)
    bench.upstreams.will_answer(result())
    return bench, modern_arrival(), modern_request()


async def modern_listening() -> Scenario:
    bench = await Bench().known_modern()
    bench.upstreams.will_answer(asyncio.get_running_loop().create_future())
    body = modern_request("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    return bench, modern_arrival("subscriptions/listen", None), body


async def observed() -> Scenario:
    bench = await Bench(gate(is_observed=True)).opened()
    bench.upstreams.will_answer(result())
    return bench, (await legacy_call())[1], (await legacy_call())[2]


SHAPES: list[Callable[[], Awaitable[Scenario]]] = [
    legacy_call, legacy_stream, modern_stream, denied, listening, opening, ending, unexpected,
    modern_probed, modern_listening, observed,
]  # fmt: skip
TARGETS = [(Target.PRINCIPAL, "dana"), (Target.UPSTREAM, "disk"), (Target.ALL, ""), (Target.AGENT, "claw")]


async def locked_after(number: int, shape: Callable[[], Awaitable[Scenario]], target: tuple) -> str:
    """Run it, lock after so many turns; how it ended."""
    bench, at, body = await shape()
    bench.recorder.pace = PACE
    client = PacedClient(bench, body)
    ends_before = len(bench.recorder.of_kind(EntryKind.OUTCOME))
    task = bench.start(client, at)
    await turns(number)
    was_over = task.done()
    bench.locks.create(
        Lock(
            id=LockId("l_1"), targets=(target,), mode=LockMode.STOP, reason="Fire.", by="sam", created_at_us=1
        )
    )
    bench.engine.containment.is_quiet()
    sent, got = len(bench.upstreams.sent), _got(client)
    ended = await bench.enforcement.enforce()
    await task
    await turns(5 * PACE)
    where = (shape.__name__, number, target)
    assert ended.is_complete, where
    heard = [forwarding.message.method for forwarding in bench.upstreams.sent[sent:]]
    assert set(heard) <= FAREWELLS, (where, heard)
    told = _got(client)[len(got) :]
    assert len(told) <= 1, (where, told)
    assert all(b"Terminated: Fire." in each or _is_gentle(each) for each in told), (where, told)
    if not was_over:
        assert len(client.replies) + len(client.opened) == 1 or client.has_ended, where
    ends = bench.recorder.of_kind(EntryKind.OUTCOME)[ends_before:]
    refusals = bench.recorder.of_kind(EntryKind.REFUSED)
    assert len(ends) + len(refusals) == 1, (where, ends, refusals)
    assert client.too_early == [], where
    assert len(bench.sessions.live) == 0, where
    return str((ends or refusals)[0].envelope.get("result", "refused"))


def _got(client: PacedClient) -> list[bytes]:
    return [reply.body for reply in client.replies] + [event.payload for event in client.events]


def _is_gentle(answer: bytes) -> bool:
    """Streams that only listen end without a word, or with the end that their revision has."""
    return not answer or json.loads(answer).get("result", {}).get("resultType") == "complete"


@pytest.mark.promise("LOCK-1", "LOCK-2", "PATH-2", "PATH-7")
async def test_after_a_lock_nothing_passes_but_the_end(
    record_property: Callable[[str, object], None],
) -> None:
    dice = random.Random(2024)  # noqa: S311 - repeatable
    seen = Counter[str]()
    every = [(shape, number) for shape in SHAPES for number in range(LONGEST)]
    dice.shuffle(every)
    for point in range(POINTS):
        shape, number = every[point % len(every)]
        seen[await locked_after(number, shape, dice.choice(TARGETS))] += 1
    record_property(
        "figure", f"locks at {POINTS} points of calls' lives, and what became of them: {dict(seen)}"
    )
    assert seen["terminated"] > POINTS // 20
    assert seen["result"]
