"""What the log costs: a log of a million leaves and its verification; a long session, replayed and verified.

`python -m benchmarks.record_log` prints one line for each figure, with the aim beside it.
"""

import argparse
import resource
import time
from pathlib import Path

from benchmarks import log_growth
from benchmarks.log_ground import ANSWER, REQUEST, keeping, temporary
from firedoor.app.verifying import checkpoints, pinned_keys, verify
from firedoor.core.record.verify import Ending
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import read_session
from firedoor.edges.store.journal.writer import Journal
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId
from firedoor.operations.replay_session import lines_of, replay_session
from firedoor.operations.verify_record import Asked

VERIFY_S = 60.0
SESSION_S = 5.0


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--leaves", type=int, default=1_000_000)
    asked.add_argument("--calls", type=int, default=10_000)
    given = asked.parse_args()
    with temporary() as data_dir:
        session = recorded(data_dir, 1, given.calls)[0]
        long_session(data_dir, session, given.calls)
    with temporary() as data_dir:
        calls = 500
        began = time.perf_counter(), cpu_s()
        recorded(data_dir, max(1, given.leaves // (2 * calls + 2)), calls)
        took = time.perf_counter() - began[0]
        print(
            f"recording and logging {given.leaves} entries: {took:.1f} s, "
            f"{cpu_s() - began[1]:.1f} s of CPU, {(cpu_s() - began[1]) / given.leaves * 1e6:.0f} us each"
        )
        whole_log(data_dir)
        with temporary() as empty:
            log_growth.compare(empty, data_dir)


def cpu_s() -> float:
    """Seconds of CPU that this process has had."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def long_session(data_dir: Path, session: SessionId, calls: int) -> None:
    """Replay and verify one session."""
    began = time.perf_counter()
    moments = replay_session(read_session(data_dir, session, keys=KeyRing.open(data_dir)))
    lines = sum(len(lines_of(moment)) for moment in moments)
    replayed = time.perf_counter() - began
    found, took = verified(data_dir, session)
    print(
        f"a session of {calls} calls: replayed in {replayed:.2f} s ({lines} lines), "
        f"verified in {took:.2f} s; together {replayed + took:.2f} s, aim {SESSION_S:.0f} s; {found}"
    )


def whole_log(data_dir: Path) -> None:
    """Verify everything."""
    found, took = verified(data_dir, None)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"a whole record verified in {took:.1f} s, aim {VERIFY_S:.0f} s; {memory} MiB at most; {found}")


def verified(data_dir: Path, session: SessionId | None) -> tuple[str, float]:
    """Verify against the log's own key; what came out, and the seconds it took."""
    keys = pinned_keys([key for key, _ in checkpoints(data_dir)])
    began = time.perf_counter()
    found = verify(data_dir, Asked(session=session, keys=keys), ring=KeyRing.open(data_dir))
    took = time.perf_counter() - began
    assert found.ending is Ending.VERIFIED, (found.faults[:3], found.open_questions)
    size = found.logs[0].size
    return f"L{found.level}, {found.frames} frames, {size} leaves", took


def recorded(data_dir: Path, sessions: int, calls: int) -> list[SessionId]:
    """Record sessions as a gateway does."""
    keeper = keeping(data_dir)
    journal = Journal.open(data_dir, keys=KeyRing.open(data_dir), on_durable_frames=keeper.note)
    named = [SessionId(f"01a20848-978f-74e7-a499-{number:012x}") for number in range(sessions)]
    for session in named:
        put = writer(journal, session)
        put(EntryKind.OPEN, b"")
        for _ in range(calls):
            put(EntryKind.INTENT, REQUEST)
            put(EntryKind.OUTCOME, ANSWER)
        put(EntryKind.CLOSE, b"")
        journal.forget(session)
        keeper.settled(60)
    journal.close()
    keeper.close()
    return named


def writer(journal: Journal, session: SessionId):  # noqa: ANN201 - a function of this file alone
    """Put entries of one session."""

    def put(kind: EntryKind, payload: bytes) -> None:
        envelope = {"method": "tools/call", "name": "read", "call": 1, "principal": "bench"}
        at_us = time.time_ns() // 1000
        journal.put(Entry(kind=kind, session=session, at_us=at_us, envelope=envelope, payload=payload))

    return put


if __name__ == "__main__":
    main()
