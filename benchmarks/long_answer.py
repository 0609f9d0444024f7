"""What one long answer costs: to record, to verify and to read it, each in a process of its own.

`python -m benchmarks.long_answer` prints a line for each, with the most memory that the process had.
"""

import argparse
import asyncio
import hashlib
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.log_ground import keeping, temporary
from benchmarks.record_log import verified
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.disk import RealDisk
from firedoor.edges.store.journal.reader import read_session
from firedoor.edges.store.journal.surroundings import Surroundings
from firedoor.edges.store.journal.writer import Journal
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

SESSION = SessionId("01a20848-978f-74e7-a499-000000000001")
MIB = 1 << 20


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mib", type=int, default=200)
    asked.add_argument("--part", choices=PARTS)
    asked.add_argument("--data-dir", type=Path)
    given = asked.parse_args()
    if given.part:
        began = resident()
        said = PARTS[given.part](given.data_dir, given.mib)
        print(f"{said}; {peak() - began} MiB of memory at most, beside {began} of the program itself")
        return
    with temporary() as folder:
        for part in PARTS:
            command = [sys.executable, "-m", "benchmarks.long_answer", "--part", part]
            subprocess.run([*command, "--mib", str(given.mib), "--data-dir", folder], check=True)


def record(data_dir: Path, mib: int) -> str:
    """Record an answer as the gateway does. It is the caller's: it counts too."""
    answer = hashlib.shake_128(b"noise").digest(MIB) * mib
    keeper = keeping(data_dir)
    # A gateway refuses what is not durable in two seconds; here the disk may take the time that it takes.
    patient = Surroundings(disk=RealDisk(), limit_s=60)
    ring = KeyRing.open(data_dir)
    journal = Journal.open(data_dir, keys=ring, on_durable_frames=keeper.note, around=patient)

    async def append() -> float:
        await journal.append(entry(EntryKind.OPEN, b""))
        began = time.perf_counter()
        await journal.append(entry(EntryKind.OUTCOME, answer))
        return time.perf_counter() - began

    took = asyncio.run(append())
    journal.put(entry(EntryKind.CLOSE, b""))
    journal.close()
    keeper.close()
    return f"an answer of {mib} MiB: recorded in {took:.2f} s"


def verify(data_dir: Path, mib: int) -> str:
    """Verify it, with its key."""
    found, took = verified(data_dir, SESSION)
    return f"an answer of {mib} MiB: verified in {took:.2f} s ({found})"


def read(data_dir: Path, mib: int) -> str:
    """Read it back. Its payload is what the reader asked for: it counts too."""
    began = time.perf_counter()
    most = max(len(each.payload) for each in read_session(data_dir, SESSION, keys=KeyRing.open(data_dir)))
    assert most == mib * MIB
    return f"an answer of {mib} MiB: read in {time.perf_counter() - began:.2f} s"


def entry(kind: EntryKind, payload: bytes) -> Entry:
    """One entry of the session."""
    at_us = time.time_ns() // 1000
    return Entry(kind=kind, session=SESSION, at_us=at_us, envelope={"call": 1}, payload=payload)


def resident() -> int:
    """MiB of memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // MIB


def peak() -> int:
    """MiB of memory that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


PARTS = {"record": record, "verify": verify, "read": read}

if __name__ == "__main__":
    main()
