"""Copies sessions that ended, tiles and checkpoints to a shelf, some seconds behind. Never holds a call.

It looks at the files that the log and the sealer leave behind, and at nothing else of theirs: whatever
happens to it or to the shelf, they go on. What is copied never changes: session files, `key`, `continues`,
tiles, and each checkpoint under `checkpoints/<size>`, after the tiles that it is over. `checkpoint`, which is
replaced, has no copy of that name. Keys have none at all: a copy can be verified, and whoever wants to read
it needs the keys that stay here. So a session that was shredded is unreadable in every copy.
"""

import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import msgspec

from firedoor.edges.store.copies.shelf import LARGE_BYTES, CopyDiffersError, Shelf
from firedoor.edges.store.journal.disk import put_file
from firedoor.edges.store.shredded import ShreddedFiles

log = logging.getLogger("firedoor")

LAST_S = 3.0
"""For what ended last, when the gateway ends. What is not copied then is copied after its next start."""
AT_ONCE = 8
STATE = "copies.json"
_SETTLED_NS = 2_000_000_000
"""A folder whose time of change is older does not get another file within the same tick of the clock."""
_COPIED = re.compile(
    r"sessions/[0-9]{4}/[0-9]{2}/[0-9a-f-]{36}\.fdrec|log/[^/]+/(key|continues|tile/.+|checkpoints/[0-9]+)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When it looks. Tests have a clock of their own."""

    step_s: float = 4.0
    """From the beginning of one look to that of the next. What comes just behind a look waits for this, or
    for the end of the look, and is there at the end of the next: within ten seconds, while a look takes five.
    """
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[Event, float], bool] = Event.wait
    """For so long, or until it is to end; whether it is."""


PACE = Pace()


class CopyState(msgspec.Struct, frozen=True, kw_only=True):
    """How the copies are, as anybody on this machine can read it."""

    at_us: int = 0
    waiting: tuple[str, ...] = ()
    """What is only here, the longest first."""
    since_us: int = 0
    """Since when the first of them waits; 0 if nothing does."""
    trouble: str = ""
    """Why the last look did not end well."""
    differing: tuple[str, ...] = ()
    """Names under which the shelf has something else."""
    kept: tuple[str, ...] = ()
    """Copies of shredded sessions that could not be removed."""


def read_state(data_dir: Path) -> CopyState | None:
    """Return what the gateway that runs, or the last one, noted; None if it never copied."""
    try:
        return msgspec.json.decode((data_dir / STATE).read_bytes(), type=CopyState)
    except (OSError, msgspec.DecodeError):
        return None


@dataclass(slots=True)
class _Folder:
    """What is known of a folder since it was looked at."""

    changed_ns: int
    folders: list[Path] = field(default_factory=list[Path])


class Copier:
    """Copies as long as it runs. One thread, and some more for puts."""

    def __init__(
        self, data_dir: Path, shelf: Callable[[], Shelf], *, now_us: Callable[[], int], pace: Pace = PACE
    ) -> None:
        """Take how the shelf is opened: it may not be there yet."""
        self._data_dir, self._open, self._now_us, self._pace = data_dir, shelf, now_us, pace
        self._shelf: Shelf | None = None
        self._there: set[str] = set()
        self._waiting: dict[str, int] = {}
        self._folders: dict[Path, _Folder] = {}
        self._differing: set[str] = set()
        self._stop = Event()
        self._end_by = float("inf")
        self.state = CopyState()
        self._told: str | None = None
        self._thread = Thread(target=self.run, name="copies", daemon=True)

    def start(self) -> None:
        """Begin, on a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Look a last time, unless that was in vain before, and end. A shelf that hangs is left hanging."""
        self._end_by = self._pace.clock() + LAST_S
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(LAST_S)

    @property
    def is_failing(self) -> bool:
        """Whether the last look did not end well, or there will be no other."""
        return bool(self.state.trouble or self.state.differing) or not self._thread.is_alive()

    @property
    def behind_s(self) -> float:
        """For how long the first file waits that is only here."""
        since = self.state.since_us
        return (self._now_us() - since) / 1_000_000 if since else 0.0

    def run(self) -> None:
        """Look again and again until it is closed."""
        due = self._pace.clock() + self._pace.step_s
        while not self._pace.wait(self._stop, max(due - self._pace.clock(), 0.0)):
            due = self._pace.clock() + self._pace.step_s
            self.step()
        if not self.state.trouble:
            self.step()

    def step(self) -> None:
        """Copy what is new; note how it went."""
        trouble, kept = "", ()
        try:
            checkpoints = list(self._checkpoints())
            for name in self._new_files():
                if name not in self._there:
                    self._waiting.setdefault(name, self._now_us())
            for name, _ in checkpoints:
                self._waiting.setdefault(name, self._now_us())
            self._reach()
            self._copy(dict(checkpoints))
            kept = self._remove_shredded()
        except OSError as fault:
            trouble = str(fault) or type(fault).__name__
        self._note(trouble, kept)

    # What is here

    def _checkpoints(self) -> Iterator[tuple[str, bytes]]:
        """The newest checkpoint of each log, before its tiles are looked for: they are all there then."""
        for file in sorted(self._data_dir.glob("log/*/checkpoint")):
            note = file.read_bytes()
            size = b"".join(note.splitlines()[1:2])
            if size.isdigit():
                name = f"log/{file.parent.name}/checkpoints/{int(size)}"
                if name not in self._there:
                    yield name, note

    def _new_files(self) -> Iterator[str]:
        """Name the files in folders that changed since they were looked at."""
        pending = [self._data_dir / "sessions", self._data_dir / "log"]
        while pending:
            folder = pending.pop()
            known = self._folders.get(folder)
            try:
                changed_ns = folder.stat().st_mtime_ns
                if known is None or known.changed_ns != changed_ns:
                    known = _Folder(changed_ns)
                    yield from self._look(folder, known)
                    if time.time_ns() - changed_ns > _SETTLED_NS:
                        self._folders[folder] = known
            except FileNotFoundError:
                continue  # not made yet, or gone with a log that was made again
            pending += known.folders

    def _look(self, folder: Path, known: _Folder) -> Iterator[str]:
        with os.scandir(folder) as entries:
            for each in entries:
                if each.is_dir(follow_symlinks=False):
                    known.folders.append(Path(each.path))
                    continue
                name = Path(each.path).relative_to(self._data_dir).as_posix()
                if _COPIED.fullmatch(name) and not each.name.startswith(".new-"):
                    yield name

    # What is there

    def _reach(self) -> Shelf:
        """Open the shelf and list what it has, once."""
        if self._shelf is None:
            shelf = self._open()
            self._there.update(shelf.names("sessions"))
            self._there.update(shelf.names("log"))
            self._shelf = shelf
            for name in self._there & self._waiting.keys():
                del self._waiting[name]
        return self._shelf

    def _copy(self, notes: dict[str, bytes]) -> None:
        """Put what waits. A put that fails ends the look, and the rest is not tried in vain."""
        for batch in self._batches():
            if self._pace.clock() > self._end_by:
                return
            faults: list[OSError] = []
            # Threads that nobody waits for at the end of the process: a store may hang.
            puts = [
                Thread(target=self._try, args=(name, notes.get(name), faults), daemon=True) for name in batch
            ]
            for put in puts:
                put.start()
            for put in puts:
                put.join()
            if faults:
                raise faults[0]

    def _try(self, name: str, note: bytes | None, faults: list[OSError]) -> None:
        try:
            self._put(name, note)
        except OSError as fault:
            faults.append(fault)

    def _batches(self) -> list[list[str]]:
        """What is put at once: small files together, large ones alone, checkpoints last."""
        late = [name for name in self._waiting if "/checkpoints/" in name]
        first = [name for name in self._waiting if "/checkpoints/" not in name]
        large = [[name] for name in first if self._size(name) > LARGE_BYTES]
        alone = {name for (name,) in large}
        small = [name for name in first if name not in alone]
        return [*_cut(small), *large, *_cut(late)]

    def _size(self, name: str) -> int:
        try:
            return (self._data_dir / name).stat().st_size
        except FileNotFoundError:
            return 0

    def _put(self, name: str, content: bytes | None) -> None:
        try:
            content = (self._data_dir / name).read_bytes() if content is None else content
        except FileNotFoundError:  # a partial tile that is full by now, or a session that was shredded
            self._waiting.pop(name, None)
            return
        try:
            self._reach().put(name, content)
            self._there.add(name)
        except CopyDiffersError:
            self._differing.add(name)
        self._waiting.pop(name, None)

    def _remove_shredded(self) -> tuple[str, ...]:
        """Remove copies of what was shredded here; return those that stay."""
        shredded = set(ShreddedFiles(self._data_dir).all())
        names = [name for name in self._there if Path(name).stem in shredded] if shredded else []
        kept = remove(self._reach(), names)
        self._there.difference_update(set(names) - set(kept))
        return kept

    def _note(self, trouble: str, kept: tuple[str, ...]) -> None:
        waiting = sorted(self._waiting, key=lambda name: self._waiting[name])
        self.state = CopyState(
            at_us=self._now_us(),
            waiting=tuple(waiting),
            since_us=self._waiting[waiting[0]] if waiting else 0,
            trouble=trouble,
            differing=tuple(sorted(self._differing)),
            kept=kept,
        )
        self._tell(trouble)
        try:
            put_file(self._data_dir / STATE, msgspec.json.encode(self.state), is_durable=False)
        except OSError:
            return  # a full disk: metrics tell it, and the record has what room there is

    def _tell(self, trouble: str) -> None:
        """Once, and not at each look: a store may be away for days."""
        if trouble == self._told:
            return
        self._told = trouble
        if trouble:
            log.warning("copies of the record cannot be made, and wait: %s", trouble)
        else:
            log.info("copies of the record are made")


def _cut(names: list[str]) -> list[list[str]]:
    return [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]


def remove(shelf: Shelf, names: list[str]) -> tuple[str, ...]:
    """Remove copies; return those that cannot be removed."""
    kept: list[str] = []
    for name in names:
        try:
            shelf.remove(name)
        except OSError:
            kept.append(name)
    return tuple(kept)


def fetch(shelf: Shelf, place: Path) -> int:
    """Bring all copies into an empty folder, so that they can be verified; return how many there are.

    The largest checkpoint of each log becomes its `checkpoint`.

    Raises:
        OSError: the shelf cannot be reached, or the folder cannot be written or is not empty.
    """
    place.mkdir(parents=True, exist_ok=True)
    if any(place.iterdir()):
        raise FileExistsError(f"{place} is not empty")
    names = [name for part in ("sessions", "log") for name in shelf.names(part) if _COPIED.fullmatch(name)]
    for name in names:
        file = place / name
        if ".." in file.parts:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(shelf.read(name))
    for log in place.glob("log/*"):
        sizes = [int(file.name) for file in log.glob("checkpoints/*")]
        if sizes:
            (log / "checkpoint").write_bytes((log / "checkpoints" / str(max(sizes))).read_bytes())
    return len(names)
