"""A load on one door, as a process of its own: closed (a connection calls again at once) or paced.

usage: load.py < PLAN    a `Plan` as JSON; prints a `Tally` as JSON

A paced call is timed from the moment it was due, so a slow answer cannot hide the calls that wait behind it.
It never counts an answer without the upstream's marker and its own id as good.
"""

import asyncio
import collections
import dataclasses
import itertools
import json
import sys
import time
from dataclasses import dataclass

import httptools
import meter
import uvloop
from answers import MARKER
from messages import FIRST_ID, Door, call

_MARKER = MARKER.encode()
_RECONNECT_AFTER_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a load does. `rate` is calls a second over all connections; 0 means closed."""

    door: Door
    tool: str
    sessions: list[str]
    connections: int
    warmup_s: float
    seconds: float
    rate: float = 0.0
    calls: int = 0
    """Stop after exactly this many calls instead of after `seconds`; then there is no warm-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a load saw between the end of its warm-up and its end."""

    calls: int
    errors: int
    first_error: str
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_us: float | None
    """CPU of the door's processes per call; None if the door has none."""
    load_busy: float
    """Share of the time in which this process was on a CPU: near 1, the load is the limit, not the door."""


class Load:
    """The state that all connections share."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ids = itertools.count(FIRST_ID)
        self.templates = itertools.cycle([call(plan.door, plan.tool, session) for session in plan.sessions])
        self.latencies_ns: list[int] = []
        self.errors = 0
        self.first_error = ""
        self.sent = 0
        self.due: collections.deque[int] = collections.deque()
        self.idle: list[Caller] = []
        self.is_over = False
        self.over = asyncio.Event()

    def fail(self, why: str) -> None:
        """Count a call that was not answered as it should be."""
        self.errors += 1
        self.first_error = self.first_error or why
        self.count_down()

    def count_down(self) -> None:
        """End a load of an exact number of calls after its last answer."""
        if self.plan.calls and len(self.latencies_ns) + self.errors >= self.plan.calls:
            self.finish()

    def finish(self) -> None:
        """No more calls; those that are open are not counted."""
        self.is_over = True
        self.over.set()

    def next_for(self, caller: "Caller") -> None:
        """Give a free connection its next call, or let it wait for one that is due."""
        if self.is_over or (self.plan.calls and self.sent >= self.plan.calls):
            return
        if not self.plan.rate:
            caller.send(time.perf_counter_ns())
        elif self.due:
            caller.send(self.due.popleft())
        else:
            self.idle.append(caller)

    async def pace(self) -> None:
        """Make calls due at an even rate."""
        interval_ns = int(1e9 / self.plan.rate)
        due = time.perf_counter_ns()
        while not self.is_over:
            due += interval_ns
            await asyncio.sleep(max(0.0, (due - time.perf_counter_ns()) / 1e9))
            if self.idle:
                self.idle.pop().send(due)
            else:
                self.due.append(due)


class Caller(asyncio.Protocol):
    """One connection: at most one open call."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._started_ns = 0
        self._id = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Call at once."""
        self._transport = transport
        self._load.next_for(self)

    def send(self, started_ns: int) -> None:
        """Send the next call; its time counts from `started_ns`."""
        load = self._load
        load.sent += 1
        self._id = b"%d" % next(load.ids)
        self._started_ns = started_ns
        self._transport.write(self._id.join(next(load.templates)))

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls the methods below."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._transport.abort()
            self._load.fail(f"not HTTP: {error}")

    def on_body(self, part: bytes) -> None:
        """Keep a part of the answer."""
        self._parts.append(part)

    def on_message_complete(self) -> None:
        """Judges the answer, and calls again."""
        now = time.perf_counter_ns()
        answered = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        status, load = self._parser.get_status_code(), self._load
        started, self._started_ns = self._started_ns, 0
        if status == 200 and _MARKER in answered and self._id in answered:
            load.latencies_ns.append(now - started)
            load.count_down()
        else:
            load.fail(f"HTTP {status}: {answered[:300].decode(errors='replace')}")
        if self._parser.should_keep_alive():
            load.next_for(self)
        else:
            self._transport.close()

    def connection_lost(self, _reason: Exception | None) -> None:
        """Count an open call as failed; a new connection takes this one's place."""
        load = self._load
        if load.is_over:
            return
        if self in load.idle:
            load.idle.remove(self)
        if self._started_ns:
            load.fail("connection lost before the answer")
        loop = asyncio.get_running_loop()
        loop.call_later(_RECONNECT_AFTER_S, lambda: loop.create_task(connect(load)))


async def connect(load: Load) -> None:
    """Open one connection; a door that refuses is asked again until the load is over."""
    while not load.is_over:
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: Caller(load), "127.0.0.1", load.plan.door.port
            )
        except OSError:
            await asyncio.sleep(_RECONNECT_AFTER_S)
        else:
            return


def _at(ordered: list[int], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1e6 if ordered else 0.0


async def run(plan: Plan) -> Tally:
    """Run the plan."""
    load = Load(plan)
    await asyncio.gather(*(connect(load) for _ in range(plan.connections)))
    pacing = asyncio.create_task(load.pace()) if plan.rate else None
    if not plan.calls:
        await asyncio.sleep(plan.warmup_s)
        load.latencies_ns.clear()
        load.errors, load.first_error = 0, ""
    cpu_before, busy_before, began = meter.cpu_ns(plan.door.pids), time.process_time(), time.perf_counter()
    if plan.calls:
        await load.over.wait()
    else:
        await asyncio.sleep(plan.seconds)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy_before
    cpu = meter.cpu_ns(plan.door.pids) - cpu_before
    calls, ordered = len(load.latencies_ns), sorted(load.latencies_ns)
    load.finish()
    if pacing:
        await pacing
    return Tally(
        calls=calls,
        errors=load.errors,
        first_error=load.first_error,
        seconds=seconds,
        p50_ms=_at(ordered, 0.50),
        p99_ms=_at(ordered, 0.99),
        cpu_us=cpu / 1e3 / calls if plan.door.pids and calls else None,
        load_busy=busy / seconds,
    )


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps(dataclasses.asdict(uvloop.run(run(Plan(**given | {"door": Door(**given["door"])}))))))
