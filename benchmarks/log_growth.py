"""Whether a long log slows the path: records beside an empty log and beside a long one, turn by turn.

Both are open in one process, so that whatever else the machine does meets both. A turn is some calls, each an
intent and an outcome, waited for as the path does; its CPU time is that of the whole process, until the log
has signed what was recorded.
"""

import asyncio
import statistics
import time
from pathlib import Path

from benchmarks.log_ground import ANSWER, REQUEST, keeping
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.writer import Journal
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

CALLS = 200
TURNS = 24


class Side:
    """One data directory that is recorded to."""

    def __init__(self, data_dir: Path, number: int) -> None:
        began = time.perf_counter()
        self.session = SessionId(f"01a20848-978f-74e7-a4aa-{number:012x}")
        self.keeper = keeping(data_dir)
        self.journal = Journal.open(data_dir, keys=KeyRing.open(data_dir), on_durable_frames=self.keeper.note)
        assert self.keeper.settled(600)
        self.opened_s = time.perf_counter() - began
        self.leaves = self.keeper.size
        self.waited: list[float] = []
        self.cpu: list[float] = []

    async def append(self, kind: EntryKind, payload: bytes) -> None:
        """Record an entry and note how long that took."""
        envelope = {"method": "tools/call", "name": "read", "call": 1, "principal": "bench"}
        at_us = time.time_ns() // 1000
        began = time.perf_counter()
        await self.journal.append(
            Entry(kind=kind, session=self.session, at_us=at_us, envelope=envelope, payload=payload)
        )
        self.waited.append(time.perf_counter() - began)

    async def turn(self) -> None:
        """Record some calls."""
        began = time.process_time()
        for _ in range(CALLS):
            await self.append(EntryKind.INTENT, REQUEST)
            await self.append(EntryKind.OUTCOME, ANSWER)
        assert self.keeper.settled(60)
        self.cpu.append((time.process_time() - began) / (2 * CALLS))

    def close(self) -> None:
        """Stop."""
        self.journal.close()
        self.keeper.close()

    def figures(self) -> tuple[float, float, float]:
        """CPU for each record, and the median and the 99th percentile of waiting, in microseconds."""
        hundredths = statistics.quantiles(self.waited, n=100)
        return statistics.median(self.cpu) * 1e6, hundredths[49] * 1e6, hundredths[98] * 1e6


def compare(empty: Path, long: Path) -> None:
    """Record to both, turn by turn, and print what each takes."""
    sides = [Side(empty, 1), Side(long, 2)]
    asyncio.run(_record(sides))
    for side in sides:
        side.close()
    (cpu, p50, p99), (cpu_long, p50_long, p99_long) = [side.figures() for side in sides]
    for side, figures in zip(sides, ((cpu, p50, p99), (cpu_long, p50_long, p99_long)), strict=True):
        print(
            f"a record beside a log of {side.leaves} leaves: {figures[0]:.0f} us of CPU, "
            f"{figures[1]:.0f} us p50, {figures[2]:.0f} us p99 (opened in {side.opened_s:.2f} s)"
        )
    print(
        f"the long log beside the empty one: {cpu_long / cpu:.2f} times the CPU, "
        f"{p50_long / p50:.2f} the p50, {p99_long / p99:.2f} the p99"
    )


async def _record(sides: list[Side]) -> None:
    for side in sides:
        await side.append(EntryKind.OPEN, b"")
        await side.turn()
        side.waited.clear()
        side.cpu.clear()
    for number in range(TURNS):
        for side in sides if number % 2 else reversed(sides):
            await side.turn()
