"""kill -9 at random points under load: what was forwarded and what was answered is in the record, always.

A child records as a gateway does and is killed; it tells over a pipe what it was told is durable. The next
child goes on in the same directory. Several directories go on side by side.
"""

import asyncio
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import read_all
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.model.entry import EntryKind
from firedoor.operations.verify_record import Asked, verify_record
from tests.edges.store.journal.around import QUICK

pytestmark = pytest.mark.anyio

KILLS = int(os.environ.get("FIREDOOR_KILLS", "200"))
SIDE_BY_SIDE = 4
CHILD = """
import asyncio, logging, os, sys, time
from pathlib import Path
from firedoor.core.record.frame import fresh_session_id
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.signing import signing_seed
from firedoor.edges.store.journal.disk import RealDisk
from firedoor.edges.store.journal.segments import Sizes
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.edges.store.log.starting import Nature
from firedoor.model.entry import Entry, EntryKind

logging.disable()
data_dir = Path(sys.argv[1])
ring = KeyRing.open(data_dir)
nature = Nature(seed=signing_seed(data_dir), origin="gw/kills", now_us=lambda: time.time_ns() // 1000,
                entropy=os.urandom, pause=lambda: time.sleep(0))

def run():
    keeper = LogKeeper(data_dir, nature)
    around = Surroundings(disk=RealDisk(), sizes=Sizes(largest=64 << 10, ahead=16 << 10), unwrap=ring)
    journal = Journal.open(data_dir, keys=ring, on_durable_frames=keeper.note, around=around)

    async def agent(number):
        while True:
            session = fresh_session_id(time.time_ns() // 1000, os.urandom(10))
            await put(Entry(kind=EntryKind.OPEN, session=session, at_us=1, envelope={"principal": "ci"}))
            for _ in range(5):
                intent = Entry(kind=EntryKind.INTENT, session=session, at_us=1, envelope={},
                               payload=os.urandom(200))
                call = await put(intent)
                await put(Entry(kind=EntryKind.OUTCOME, session=session, at_us=1, envelope={"call": call},
                                payload=os.urandom(900)))
            await put(Entry(kind=EntryKind.CLOSE, session=session, at_us=1, envelope={}))
            journal.forget(session)

    async def put(entry):
        sequence = await journal.append(entry)
        os.write(1, f"{entry.session} {sequence}\\n".encode())
        return sequence

    async def load():
        await asyncio.gather(*(agent(number) for number in range(16)))

    asyncio.run(load())

run_after = os.read(0, 1)
while run_after:
    child = os.fork()
    if child == 0:
        run()
    os.write(2, f"{child}\\n".encode())
    os.waitpid(child, 0)
    os.write(2, b"ended\\n")
    run_after = os.read(0, 1)
"""


async def killed_again_and_again(data_dir: Path, times: int, dice: random.Random) -> set[tuple[str, int]]:
    """Kill so many processes, one after the other; return what they were told is durable."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(data_dir),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told: set[tuple[str, int]] = set()

    async def listen() -> None:
        while line := await parent.stdout.readline():
            session, _, sequence = line.decode().partition(" ")
            told.add((session, int(sequence)))

    listening = asyncio.create_task(listen())
    for _ in range(times):
        parent.stdin.write(b"x")
        child = int(await parent.stderr.readline())
        # At an instant that chance picks, while it writes; at once if it has stopped.
        await asyncio.wait({listening}, timeout=dice.uniform(0.0, 0.2))
        os.kill(child, signal.SIGKILL)
        assert await parent.stderr.readline() == b"ended\n"
    parent.stdin.close()
    await parent.wait()
    await listening
    return told


@pytest.mark.promise("REC-1")
async def test_however_often_it_is_killed_everything_that_was_told_to_be_durable_is_there(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    shares = [KILLS // SIDE_BY_SIDE] * SIDE_BY_SIDE
    places = [tmp_path / f"data-{number}" for number in range(SIDE_BY_SIDE)]
    for place in places:
        place.mkdir()
    told = await asyncio.gather(
        *(
            killed_again_and_again(place, times, random.Random(2026 + number))  # noqa: S311
            for number, (place, times) in enumerate(zip(places, shares, strict=True))
        )
    )
    missing = unknown = 0
    for place, durable in zip(places, told, strict=True):
        ring = KeyRing.open(place)
        Journal.open(place, keys=ring, around=Surroundings(disk=QUICK, unwrap=ring)).close()
        entries = list(read_all(place, keys=ring))
        missing += len(durable - {(each.session, each.sequence) for each in entries})
        named = [each.envelope.get("left_open", []) for each in entries if each.kind is EntryKind.RECOVERED]
        unknown += sum(len(one.get("unknown", ())) for each in named for one in each)
        verified = verify_record(KeptEvidence(place, keys=ring), Asked(due_us=0))
        assert verified.faults == ()
        assert len(logs_in(place)) == 1
        shutil.rmtree(place)
    entries_told = sum(map(len, told))
    record_property(
        "figure",
        f"{sum(shares)} times kill -9 under load: {entries_told} entries acknowledged, {missing} missing, "
        f"{unknown} calls named as unknown",
    )
    assert missing == 0
    assert entries_told > KILLS // 10  # a machine under load comes to little between two kills
    assert unknown > 0
