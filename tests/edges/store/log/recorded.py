"""Data directories that a journal and its log wrote."""

import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Condition

from firedoor.core.record.verify_log import CHECKPOINT
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.signing import signing_seed
from firedoor.edges.store.journal.writer import Journal
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.keeper import LogKeeper
from firedoor.edges.store.log.starting import Nature
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from tests.edges.store.journal.around import entry, session

ORIGIN = "gw.example/door"
SESSIONS = tuple(session(number) for number in range(1, 9))


def nature(data_dir: Path, held: Callable[[], Iterable[bytes]] = tuple) -> Nature:
    return Nature(
        seed=signing_seed(data_dir),
        origin=ORIGIN,
        now_us=lambda: time.time_ns() // 1000,
        entropy=os.urandom,
        pause=lambda: None,
        held=held,
    )


class Running:
    """A journal and its keeper, as a gateway has them."""

    def __init__(self, data_dir: Path, held: Callable[[], Iterable[bytes]] = tuple) -> None:
        data_dir.mkdir(exist_ok=True)
        self.data_dir = data_dir
        self.ring = KeyRing.open(data_dir)
        self.keeper = LogKeeper(data_dir, nature(data_dir, held))
        self.durable = Condition()
        self.noted = 0
        self.put = 1  # the beginning of the control session
        self.journal = Journal.open(data_dir, keys=self.ring, on_durable_frames=self.note)

    def note(self, segment: int, offset: int, frames: list[bytes]) -> None:
        self.keeper.note(segment, offset, frames)
        with self.durable:
            self.noted += len(frames)
            self.durable.notify_all()

    def record(self, whose: SessionId, calls: int = 1, *, is_closed: bool = True) -> None:
        self.put += 1 + 2 * calls + is_closed
        self.journal.put(entry(whose, EntryKind.OPEN))
        for number in range(calls):
            self.journal.put(entry(whose, EntryKind.INTENT, b'{"id":%d}' % number))
            self.journal.put(entry(whose, EntryKind.OUTCOME, b'{"result":"yes"}'))
        if is_closed:
            self.journal.put(entry(whose, EntryKind.CLOSE))
            self.journal.forget(whose)

    def record_long(self, whose: SessionId) -> None:
        """Record a session with an answer of three frames, which compress to little."""
        self.put += 5
        self.journal.put(entry(whose, EntryKind.OPEN))
        self.journal.put(entry(whose, EntryKind.OUTCOME, b"row " * 300_000))
        self.journal.put(entry(whose, EntryKind.CLOSE))
        self.journal.forget(whose)

    def flush(self) -> None:
        """Wait until all that was put is durable."""
        with self.durable:
            assert self.durable.wait_for(lambda: self.noted >= self.put, 30)

    def settle(self) -> None:
        """Wait until it is signed too."""
        self.flush()
        assert self.keeper.settled(30)

    def close(self) -> None:
        self.journal.close()
        self.keeper.close()
        assert not self.keeper.is_failing

    def kill(self, copy: Path) -> Path:
        """Take the directory as it is now, and let the process end where nobody sees it."""
        # The log first: it is never ahead of the journal, and a copy must not be either.
        for name in ("log", "journal", "keys", "sessions"):
            if (self.data_dir / name).is_dir():
                shutil.copytree(self.data_dir / name, copy / name)
        self.close()
        return copy


def recorded(data_dir: Path, *, sessions: int = 2, calls: int = 1, runs: int = 1) -> Path:
    """Record some sessions and stop in order."""
    for run in range(runs):
        running = Running(data_dir)
        for each in SESSIONS[run * sessions : (run + 1) * sessions]:
            running.record(each, calls)
        running.close()
    return data_dir


def checkpoint_of(data_dir: Path) -> bytes:
    return logs_in(data_dir)[-1].read(CHECKPOINT) or b""


def evidence_files(data_dir: Path) -> list[Path]:
    """Every file that is part of the record, its log or its keys."""
    folders = [data_dir / name for name in ("journal", "sessions", "log", "keys")]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return sorted(file for file in files if not file.name.startswith("."))
