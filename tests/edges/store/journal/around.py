"""What a journal under test is surrounded by: keys in clear, and disks that wait, fail or forget."""

import os
import random
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from firedoor.core.record.frame import fresh_session_id
from firedoor.edges.store.journal.disk import Appended, RealDisk, RealFile
from firedoor.edges.store.journal.reader import RecordedEntry
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.ids import SessionId

SECTOR = 64
"""Small, so that small writes tear too."""


class ClearKeys:
    """Wraps nothing."""

    def wrap(self, key: bytes, layer: Layer) -> bytes:
        return b"clear:" + layer.value.encode() + key

    def unwrap(self, wrapped: bytes) -> bytes:
        return wrapped[-32:]


KEYS = ClearKeys()


def session(number: int) -> SessionId:
    return fresh_session_id(1_795_000_000_000_000 + number * 1000, number.to_bytes(10))


def entry(whose: SessionId, kind: EntryKind = EntryKind.INTENT, payload: bytes = b"") -> Entry:
    return Entry(kind=kind, session=whose, at_us=1, envelope={"method": "tools/call"}, payload=payload)


def seen(entries: Iterator[RecordedEntry]) -> list[tuple[SessionId, int, bytes]]:
    return [(each.session, each.sequence, each.payload) for each in entries]


class GatedFile:
    """A file whose sync waits at the gate of its disk, and may fail."""

    def __init__(self, file: Appended, disk: "GatedDisk") -> None:
        self._file, self._disk = file, disk

    def write(self, content: bytes) -> None:
        self._disk.writes += 1
        self._file.write(content)

    def reserve(self, size: int) -> None:
        self._file.reserve(size)

    def trim(self) -> None:
        self._file.trim()

    def sync(self) -> None:
        self._disk.is_syncing.set()
        if not self._disk.may_sync.wait(timeout=30):
            raise OSError("the test never opened the gate")
        self._disk.is_syncing.clear()
        if self._disk.fault is not None:
            raise self._disk.fault
        self._file.sync()
        self._disk.syncs += 1

    def close(self) -> None:
        self._file.close()


class GatedDisk(RealDisk):
    """A disk whose syncs wait until they may, and fail if they shall."""

    def __init__(self) -> None:
        self.may_sync = threading.Event()
        self.may_sync.set()
        self.is_syncing = threading.Event()
        self.fault: OSError | None = None
        self.syncs = self.writes = 0

    def create(self, file: Path) -> GatedFile:  # type: ignore[override]
        return GatedFile(super().create(file), self)


@dataclass
class Kept:
    """What a disk knows of the content of one file, whatever its name."""

    durable: bytes = b""
    written: bytes = b""
    end: int = 0
    """Where the next write goes: behind it there are only zeros."""

    def put(self, content: bytes, end: int) -> None:
        """Write at the end, over what is there."""
        self.written = self.written[: self.end] + content + self.written[self.end + len(content) :]
        self.end = end

    def cut(self, size: int) -> None:
        """Cut it off, durably."""
        self.written = self.durable = self.written[:size]
        self.end = min(self.end, size)


@dataclass
class State:
    """What would be on disk after a power loss now, and what might."""

    names: dict[Path, Kept | None] = field(default_factory=dict[Path, Kept | None])
    durable: dict[Path, Kept | None] = field(default_factory=dict[Path, Kept | None])
    """Names as of the last sync of their folder."""
    folders: dict[Path, bool] = field(default_factory=dict[Path, bool])

    def lose_power(self, into: Path, dice: random.Random) -> None:
        """Build one possible disk: un-synced sectors and names are there or not, each on its own."""
        gone = {folder for folder, is_named in self.folders.items() if not is_named and dice.random() < 0.5}
        for folder in self.folders:
            if not gone & {folder, *folder.parents}:
                (into / folder).mkdir(parents=True, exist_ok=True)
        for name, newest in self.names.items():
            before = self.durable.get(name)
            kept = before if newest is not before and dice.random() < 0.5 else newest
            if kept is not None and not gone & set(name.parents):
                (into / name).write_bytes(tear(kept, dice))


def tear(kept: Kept, dice: random.Random) -> bytes:
    """One thing that may be on disk: of each sector what was durable, or what was written since."""
    before, after = kept.durable, kept.written
    if before == after:
        return before
    content = bytearray(after[: dice.randint(min(len(before), len(after)), len(after))])
    is_only_short = dice.random() < 0.3
    if is_only_short and len(before) < len(after):
        return bytes(content)
    for start in range(0, len(content), SECTOR):
        end = min(start + SECTOR, len(content))
        if content[start:end] != before[start:end] and dice.random() < 0.5:
            content[start:end] = before[start:end].ljust(end - start, b"\0")
    return bytes(content)


class CrashFile:
    def __init__(self, file: Appended, name: Path, disk: "CrashDisk") -> None:
        self._file, self._name, self._disk = file, name, disk

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self._disk.log.append(("write", self._name, content))

    def reserve(self, size: int) -> None:
        self._file.reserve(size)
        self._disk.log.append(("reserve", self._name, bytes(size)))

    def trim(self) -> None:
        self._file.trim()
        self._disk.log.append(("trim", self._name, b""))
        self._disk.note_sync(self._name)

    def sync(self) -> None:
        self._file.sync()
        self._disk.note_sync(self._name)

    def close(self) -> None:
        self._file.close()


class CrashDisk(RealDisk):
    """A disk that keeps a log of what was done to it, from which any crash can be built.

    A dishonest one forgets that it was told to sync, and says it did.
    """

    def __init__(self, root: Path, *, is_honest: bool) -> None:
        self.root, self.is_honest = root, is_honest
        self.log: list[tuple[str, Path, bytes]] = []

    def _note(self, act: str, file: Path, content: bytes = b"") -> Path:
        name = file.relative_to(self.root)
        self.log.append((act, name, content))
        return name

    def note_sync(self, name: Path) -> None:
        self.log.append(("sync" if self.is_honest else "nothing", name, b""))

    def make_folder(self, folder: Path) -> None:
        super().make_folder(folder)
        self._note("make_folder", folder)

    def create(self, file: Path) -> CrashFile:  # type: ignore[override]
        created = super().create(file)
        return CrashFile(created, self._note("create", file), self)

    def adopt(self, spare: Path, file: Path) -> CrashFile:  # type: ignore[override]
        adopted = super().adopt(spare, file)
        self._note("adopt", file, bytes(spare.relative_to(self.root)))
        return CrashFile(adopted, file.relative_to(self.root), self)

    def replace(self, new: Path, file: Path) -> None:
        super().replace(new, file)
        self._note("replace", file, bytes(new.relative_to(self.root)))

    def remove(self, file: Path) -> None:
        super().remove(file)
        self._note("remove", file)

    def truncate(self, file: Path, size: int) -> None:
        super().truncate(file, size)
        self._note("truncate", file, size.to_bytes(8))

    def sync_file(self, file: Path) -> None:
        super().sync_file(file)
        self.note_sync(file.relative_to(self.root))

    def sync_folder(self, folder: Path) -> None:
        if self.is_honest and folder != self.root.parent:
            self._note("sync_folder", folder)

    def states(self) -> Iterator[tuple[int, State]]:
        """Each moment between two acts: how many were done, and what would be on disk."""
        state = State()
        yield 0, state
        for done, (act, name, content) in enumerate(list(self.log), start=1):
            apply(state, act, name, content)
            yield done, state


def apply(state: State, act: str, name: Path, content: bytes) -> None:
    if act == "make_folder":
        state.folders = dict.fromkeys((*reversed(name.parents[:-1]), name), False) | state.folders
    elif act == "create":
        state.names[name] = Kept()
    elif act in {"replace", "adopt"}:
        move(state, Path(os.fsdecode(content)), name, is_begun_anew=act == "adopt")
    elif act == "remove":
        state.names[name] = None
    elif act == "sync_folder":
        inside = {each: kept for each, kept in state.names.items() if each.parent == name}
        state.durable |= inside
        for folder in state.folders:
            state.folders[folder] |= folder.parent == name
    elif act != "nothing":
        kept = state.names[name]
        assert kept is not None
        apply_to(kept, act, content)


def move(state: State, before: Path, after: Path, *, is_begun_anew: bool) -> None:
    moved = state.names[before]
    assert moved is not None
    state.names[after], state.names[before] = moved, None
    if is_begun_anew:
        moved.end = 0


def apply_to(kept: Kept, act: str, content: bytes) -> None:
    if act == "write":
        kept.put(content, kept.end + len(content))
    elif act == "reserve":
        kept.put(content, kept.end)
    elif act == "trim":
        kept.written = kept.written[: kept.end]
    elif act == "truncate":
        kept.cut(int.from_bytes(content))
    elif act == "sync":
        kept.durable = kept.written


class QuickDisk(RealDisk):
    """A real one that syncs nothing: for what a power loss is not simulated on any more."""

    def create(self, file: Path) -> RealFile:
        return RealFile(file)

    def truncate(self, file: Path, size: int) -> None:
        os.truncate(file, size)

    def sync_file(self, file: Path) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


QUICK = QuickDisk()


@contextmanager
def in_memory() -> Generator[Path]:
    """A folder for thousands of small files that no disk needs to see."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


def now_us() -> int:
    return time.time_ns() // 1000
