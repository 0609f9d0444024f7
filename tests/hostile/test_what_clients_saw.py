"""Calls of two grants and both eras while locks of every kind come and go, clients leave and upstreams fail.

The engine is real; its ports are fakes that take their time. Whatever happens, the record has exactly one end
of each call, and it is what the client saw. Once a lock was acknowledged, nothing that it holds for leaves.
"""

import asyncio
import itertools
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest

from firedoor.core.decide.locks import holds, whom_of
from firedoor.model.arrival import Arrival
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import AnswerHead, Forwarding, Shape, UpstreamEvent
from firedoor.model.grant import Grant
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target, Whom
from firedoor.model.principal import Principal, PrincipalKind
from firedoor.model.reply import Reply, StreamEvent
from firedoor.ports.upstreams import Passage
from tests.helpers.bench import DISCOVERED, Bench, other_token
from tests.helpers.fakes import FakeClient, FakeUpstreams, turns
from tests.helpers.nouns import (
    INITIALIZE,
    arrival,
    grant,
    in_session,
    modern_arrival,
    modern_request,
    request,
    result,
)
from tests.helpers.scenarios import PROGRESS

pytestmark = pytest.mark.anyio

CALLS = int(os.environ.get("FIREDOOR_SEEN_CALLS", "2000"))
SEED = int(os.environ.get("FIREDOOR_SEEN_SEED", "2026"))
AT_ONCE = 40
EACH_LOCK = 25
"""Calls for each lock, at most."""
FAREWELLS = {"notifications/cancelled", ""}
OTHER, OF_KIM = other_token("fd_dGhlLXRva2VuLW9mLXNvbWVib2R5LWVsc2U")
KIM = replace(OF_KIM, principal=Principal(name="kim", kind=PrincipalKind.PERSON))
TOOLS = ("add", "drop")
WORDS = (b"Terminated:", b"Suspended:", b"Only reading is open:", b"Session not found")


class Storm:
    """What is asked, what was locked, and what left."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - repeatable
        self.bench = Bench(None, grant(), KIM)
        self.upstream = Moody(self)
        self.bench.engine.upstreams = self.upstream
        self.bench.sessions.upstreams = self.upstream
        self.bench.engine.containment.patience_s = 0.01
        self.acknowledged: dict[LockId, Lock] = {}
        self.late: list[tuple[str, object]] = []
        """What left under a lock that was acknowledged."""
        self.clients: dict[str, Watched] = {}
        self.asked = self.locks = 0

    def look(self, whom: Whom, what: str, said: object) -> None:
        held = [lock for lock in self.acknowledged.values() if holds(lock, whom, 0)]
        if any(lock.mode is not LockMode.READ_ONLY for lock in held):
            self.late.append((what, said))

    async def some_turns(self, most: int) -> None:
        await turns(self.dice.randrange(most))


class Watched(FakeClient):
    """A client that leaves now and then, reads slowly now and then, and is watched."""

    def __init__(self, storm: Storm, body: bytes, whom: Whom) -> None:
        super().__init__(storm.bench.story, body)
        self.storm, self.whom = storm, whom

    async def reply(self, reply: Reply) -> bool:
        self._watch(reply.body)
        return await super().reply(reply)

    async def deliver(self, event: StreamEvent) -> bool:
        self._watch(event.payload)
        return await super().deliver(event)

    def end_at_once(self, event: StreamEvent | None) -> bool:
        if event is not None:
            self._watch(event.payload)
        return super().end_at_once(event)

    def _watch(self, payload: bytes) -> None:
        # What is said to a client that has gone reaches nobody.
        if payload and not self.is_gone and not any(word in payload for word in WORDS):
            self.storm.look(self.whom, "delivered", payload)

    @property
    def last(self) -> bytes | None:
        said = [event.payload for event in self.events] + [reply.body for reply in self.replies]
        return said[-1] if said else None


class Said:
    """An answer that comes in its own time, and now and then breaks off."""

    def __init__(self, storm: Storm, forwarding: Forwarding, shape: Shape) -> None:
        session = "u" if forwarding.message.method == "initialize" else None
        self.head = AnswerHead(status=200, shape=shape, mcp_session=session)
        self._storm, self._is_abandoned = storm, False
        self._script: list[object] = [UpstreamEvent(payload=result(forwarding.message.id, n=1))]
        if shape is Shape.STREAM:
            self._script[:0] = [UpstreamEvent(payload=PROGRESS)] * storm.dice.randrange(3)
        if storm.dice.random() < 0.05:
            self._script[-1] = UpstreamError("upstream_gone", "it broke off")

    async def next(self) -> UpstreamEvent | None:
        await self._storm.some_turns(12)
        said = self._script.pop(0) if self._script else None
        if isinstance(said, UpstreamError):
            raise said
        assert said is None or isinstance(said, UpstreamEvent)
        return said

    def abandon(self) -> None:
        self._is_abandoned = True


class Moody(FakeUpstreams):
    """It takes time to connect, looks at the locks, and is watched."""

    def __init__(self, storm: Storm) -> None:
        super().__init__(storm.bench.story)
        self.storm = storm

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Said:  # type: ignore[override]
        dice, message = self.storm.dice, forwarding.message
        await self.storm.some_turns(dice.choice((6, 6, 100)))
        while passage is not None and not passage.is_open():
            await passage.passed()
        if message.method not in FAREWELLS:
            who = next(each for each in (grant(), KIM) if each.principal.name == forwarding.principal)
            whom = whom_of(who, "10.0.0.7", "disk", tool=message.name, session=forwarding.session)
            self.storm.look(whom, "sent", message.method)
        if message.method == "tools/call" and dice.random() < 0.03:
            raise UpstreamError("upstream_unavailable", "nobody is there")
        is_streamed = message.method == "tools/call" and dice.random() < 0.5
        return Said(self.storm, forwarding, Shape.STREAM if is_streamed else Shape.JSON)


async def ask(storm: Storm, who: Grant, at: Callable[..., Arrival], body: bytes, tool: str) -> Watched:
    own = (OTHER,) if who is KIM else ()
    client = Watched(storm, body, whom_of(who, "10.0.0.7", "disk", tool=tool))
    client_at = at()
    more = tuple(pair for pair in client_at.headers if pair[0] != b"authorization") if own else ()
    if own:
        client_at = Arrival(
            verb=client_at.verb, upstream="disk", headers=(*more, *own), query=b"", peer="10.0.0.7",
            at_us=client_at.at_us,
        )  # fmt: skip
    task = storm.bench.start(client, client_at)
    if storm.dice.random() < 0.1:
        await storm.some_turns(30)
        if not task.done():
            client.go()
    elif storm.dice.random() < 0.03:
        client.reads.clear()
        client.behind = 1
        await storm.some_turns(40)
        client.behind = 0
        client.reads.set()
    await task
    if client.last is not None and any(word in client.last for word in WORDS):
        await storm.some_turns(200)  # Who is locked out does not ask again at once.
    return client


async def legacy(storm: Storm, who: Grant, numbers: "itertools.count[int]") -> None:
    opened = await ask(storm, who, arrival, INITIALIZE, "")
    name = dict(opened.replies[0].headers).get("Mcp-Session-Id") if opened.replies else None
    for number in itertools.islice(numbers, 5 if name else 0):
        tool = storm.dice.choice(TOOLS)
        body = request(params={"name": tool, "arguments": {}}, identifier=f"c{number}")
        storm.clients[f"c{number}"] = await ask(
            storm, who, lambda: arrival(*in_session(name or "")), body, tool
        )
        storm.asked += 1


async def modern(storm: Storm, who: Grant, numbers: "itertools.count[int]") -> None:
    number, tool = next(numbers), storm.dice.choice(TOOLS)
    body = modern_request(params={"name": tool, "arguments": {}}, identifier=f"c{number}")
    storm.clients[f"c{number}"] = await ask(storm, who, lambda: modern_arrival(name=tool), body, tool)
    storm.asked += 1


async def asking(storm: Storm, numbers: "itertools.count[int]") -> None:
    while storm.asked < CALLS:
        while storm.asked > EACH_LOCK * (storm.locks + 1):
            await turns(1)  # Those who lock are not to be left behind, however slow a machine is.
        way = storm.dice.choice((legacy, modern))
        await way(storm, storm.dice.choice((grant(), KIM)), numbers)


async def locking(storm: Storm) -> int:
    """Lock, let it be acknowledged or not, wait a while, lift; again and again. How often."""
    dice, locks, containment = storm.dice, storm.bench.locks, storm.bench.engine.containment
    targets = [(Target.PRINCIPAL, "dana"), (Target.PRINCIPAL, "kim"), (Target.TOOL, "drop"), (Target.ALL, ""),
               (Target.GRANT, KIM.id), (Target.NETWORK, "10.0.0.0/24"), (Target.AGENT, "claw")]  # fmt: skip
    standing: list[Lock] = []
    number = 0
    while storm.asked < CALLS:
        await storm.some_turns(15)
        number += 1
        storm.locks = number
        lock = Lock(
            id=LockId(f"l_{number}"), targets=(dice.choice(targets),),
            mode=dice.choice([*LockMode, LockMode.SUSPEND]), reason="Fire.", by="sam", created_at_us=1,
        )  # fmt: skip
        locks.create(lock)
        standing.append(lock)
        if dice.random() < 0.5:
            ended = await storm.bench.enforcement.enforce(lock.id)
            if ended.is_complete:  # On a machine that is busy with something else it may say that it is not.
                storm.acknowledged[lock.id] = lock
            await storm.some_turns(40)
        while standing and (len(standing) > 2 or dice.random() < 0.8):
            gone = standing.pop(dice.randrange(len(standing)))
            storm.acknowledged.pop(gone.id, None)
            locks.lift(Lift(id=gone.id, by="sam", reason="Over.", at_us=2))
            containment.is_quiet()
    for gone in standing:
        storm.acknowledged.pop(gone.id, None)
        locks.lift(Lift(id=gone.id, by="sam", reason="Over.", at_us=2))
    containment.is_quiet()
    return number


def by_call(entries: list[Entry]) -> dict[str, list[Entry]]:
    """What the record has of each call, by the id that its client gave it."""
    numbered: dict[tuple[SessionId, int], str] = {}
    found, seen = defaultdict[str, list[Entry]](list), Counter[SessionId]()
    for entry in entries:
        number = seen[entry.session]
        seen[entry.session] += 1
        if entry.kind is EntryKind.INTENT:
            numbered[entry.session, number] = str(entry.envelope["id"])
            found[str(entry.envelope["id"])].append(entry)
        elif (call := entry.envelope.get("call")) is not None and entry.kind is not EntryKind.CONTROL:
            assert isinstance(call, int)
            found[numbered[entry.session, call]].append(entry)
    return found


def ending_of(entries: list[Entry]) -> str:
    """How a call ended: once, and nothing but what was withheld follows."""
    kinds = [entry.kind for entry in entries]
    assert kinds.count(EntryKind.INTENT) == 1, entries
    assert kinds.count(EntryKind.OUTCOME) == 1, entries
    after = entries[kinds.index(EntryKind.OUTCOME) + 1 :]
    assert [entry.envelope.get("what") for entry in after] in ([], ["withheld"]), entries
    return "withheld" if after else str(entries[kinds.index(EntryKind.OUTCOME)].envelope["result"])


@pytest.mark.promise("LOCK-1", "LOCK-2", "PATH-2")
async def test_the_record_has_one_end_of_each_call_and_it_is_what_the_client_saw(
    record_property: Callable[[str, object], None],
) -> None:
    storm, numbers = Storm(SEED), itertools.count(1)
    storm.bench.upstreams.will_answer(DISCOVERED)
    assert await storm.bench.sessions.eras.is_modern("disk", storm.bench.door())
    storm.bench.recorder.pace = 2
    locks, *_ = await asyncio.gather(locking(storm), *(asking(storm, numbers) for _ in range(AT_ONCE)))
    await storm.bench.enforcement.enforce()
    assert storm.late == []
    recorder, ends = storm.bench.recorder, Counter[str]()
    found = by_call([*recorder.entries, *recorder.queued])
    assert set(found) - {"0"} <= set(storm.clients)
    refused = sum(identifier not in found for identifier in storm.clients)
    for identifier, client in storm.clients.items():
        if identifier not in found:
            assert client.last is None or any(word in client.last for word in WORDS), client.last
            continue
        ends[ending_of(found[identifier])] += 1
        said = [entry.payload for entry in found[identifier]]
        seen = [event.payload for event in client.events] + [
            reply.body for reply in client.replies if reply.body
        ]
        assert all(payload in said for payload in seen), (seen, said)
        if not client.is_gone:
            assert client.last == found[identifier][-1].payload
            assert json.loads(client.last or b"")["id"] == identifier
    record_property(
        "figure", f"{len(storm.clients)} calls under {locks} locks: {dict(ends)}, refused {refused}"
    )
    assert not storm.bench.engine.under_way()
    assert ends["terminated"] > CALLS // 200
    assert ends["result"] > CALLS // 20
