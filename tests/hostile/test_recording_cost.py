"""What recording costs a call: how often it waits for the disk is counted, how long that takes is printed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import pytest

from firedoor.edges.store.journal import Journal
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.waiters import Limits
from firedoor.model.entry import EntryKind
from tests.edges.store.journal.around import KEYS, entry, session
from tests.edges.store.journal.stepped import SteppedDisk, settled

CALLS = 200
BODY = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}'


INTENT, OUTCOME = (entry(session(1), kind, BODY) for kind in (EntryKind.INTENT, EntryKind.OUTCOME))
"""What the path appends: one entry before a call is sent, one before it is answered."""


@pytest.mark.promise("REC-4")
@pytest.mark.parametrize("together", [1, 5, 50])
def test_a_call_waits_for_four_syncs_at_most_however_many_arrive_during_each(
    tmp_path: Path, together: int, record_property: Callable[[str, object], None]
) -> None:
    """A second's worth of calls at 200 calls/s, over a disk whose syncs end when the test says so.

    An entry that finds the disk at rest waits for one sync. One that comes while a sync is under way waits
    for that, and for the next, which it shares with all that came meanwhile.
    """
    disk = SteppedDisk()
    journal = Journal.open(tmp_path, keys=KEYS, around=Surroundings(disk=disk, limits=Limits(still_s=600.0)))
    waits: list[int] = []
    ended = 0

    async def counted(moved: asyncio.Event) -> None:
        before = ended
        for each in (INTENT, OUTCOME):
            await journal.append(each)
            moved.set()
        waits.append(ended - before)

    async def record() -> int:
        nonlocal ended
        await journal.append(entry(session(1), EntryKind.OPEN))
        disk.is_stepping = True
        moved, calls = asyncio.Event(), set[asyncio.Task[None]]()
        while len(waits) < CALLS:
            fresh = min(together, CALLS - len(calls))
            calls |= {asyncio.get_running_loop().create_task(counted(moved)) for _ in range(fresh)}
            await disk.arrives()
            ended += 1
            disk.let_through()
            await moved.wait()
            moved.clear()
            await settled()
        return ended

    groups = asyncio.run(record())
    disk.run_freely()
    journal.close()
    record_property(
        "figure",
        f"{CALLS} calls, {together} during each sync: {groups} syncs, a call waits for {max(waits)} at most",
    )
    assert len(waits) == CALLS
    assert max(waits) <= 4
    assert groups <= 2 * CALLS


def test_how_long_a_call_waits_for_this_disk_is_printed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    journal = Journal.open(tmp_path, keys=KEYS)
    took: list[float] = []

    async def record() -> None:
        await journal.append(entry(session(1), EntryKind.OPEN))
        for _ in range(CALLS):
            begun = perf_counter()
            for each in (INTENT, OUTCOME):
                await journal.append(each)
            took.append((perf_counter() - begun) * 1000)

    asyncio.run(record())
    journal.close()
    cuts = quantiles(took, n=100)
    record_property("figure", f"two durable entries here: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms")
    assert len(took) == CALLS
