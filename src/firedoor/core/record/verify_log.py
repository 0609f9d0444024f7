"""Verifies one log by itself: that its leaves give the root that is signed, and its tiles say the same.

Theory of operation. Everything is made again from the leaves: the tiles, the root, and the roots of all
earlier checkpoints. What is on disk must be equal to it, bit for bit. Where a bundle of leaves and the
tile above it disagree, the signed root says which of them was changed: the log is hashed with one, and
then with the other.

It does not look at frames. It believes no length and no name: what it reads is what somebody may have
written who wanted it to pass.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from firedoor.core.record.checkpoint import Checkpoint, checkpoint_in, open_checkpoint
from firedoor.core.record.leaf import (
    BEGIN_KIND,
    LEAF_BYTES,
    SESSION_AT,
    Beginning,
    read_beginning,
)
from firedoor.core.record.note import NoteKey, read_key, read_note
from firedoor.core.record.tiles import ENTRIES, HEIGHT, WIDTH, Tile, read_bundle, tile_at, tiles_of
from firedoor.core.record.tree import HASH_BYTES, Row, leaf_hash
from firedoor.core.record.verify import Fault, Level

KEY = "key"
CHECKPOINT = "checkpoint"
CONTINUES = "continues"
HISTORY = "checkpoints/"

_STEP = LEAF_BYTES + 2
"""Bytes of a leaf in a bundle."""


class LogFolder(Protocol):
    """The files of one log."""

    @property
    def place(self) -> str:
        """Where it is, below the data directory."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None if there is none."""
        ...

    def paths(self) -> Iterable[str]:
        """Name every file."""
        ...


@dataclass(slots=True, kw_only=True)
class CheckedLog:
    """What is known of a log after it was verified."""

    place: str
    key: NoteKey
    checkpoint: Checkpoint
    beginning: Beginning | None = None
    continued: Checkpoint | None = None
    """The last checkpoint of the log that this one continues."""
    bundles: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """Those that were read, by number."""
    sessions: dict[bytes, "array[int]"] = field(default_factory=dict[bytes, "array[int]"])
    """The leaves of each session, in the order of its sequence numbers."""
    roots: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """The roots of those earlier sizes that were asked for."""
    faults: list[Fault] = field(default_factory=list[Fault])

    def leaf(self, index: int) -> bytes:
        """Return a leaf."""
        start = index % WIDTH * _STEP + 2
        return self.bundles[index // WIDTH][start : start + LEAF_BYTES]

    def blame(self, code: str, path: str, why: str, *, leaf: int | None = None) -> None:
        """Note a fault of a file of the log."""
        self.faults.append(Fault(code=code, file=f"{self.place}/{path}", why=why, leaf=leaf))


def open_log(folder: LogFolder, pinned: Iterable[NoteKey] = ()) -> CheckedLog | Fault:
    """Read a log's key and checkpoint, or say why they are none. A key pinned under its name must be it."""
    named = _named(folder, pinned)
    if isinstance(named, Fault):
        return named
    content = folder.read(CHECKPOINT)
    if content is None:
        return _unsigned(folder, CHECKPOINT, "checkpoint_missing", "there is no checkpoint")
    checkpoint = open_checkpoint(content, named)
    if checkpoint is None:
        return _unsigned(folder, CHECKPOINT, "checkpoint_damaged", "it is not signed by the key of the log")
    if checkpoint.origin != named.name:
        return _unsigned(folder, CHECKPOINT, "checkpoint_of_another", f"it is of {checkpoint.origin}")
    return CheckedLog(place=folder.place, key=named, checkpoint=checkpoint)


def _named(folder: LogFolder, pinned: Iterable[NoteKey]) -> NoteKey | Fault:
    named = read_key((folder.read(KEY) or b"").decode("ascii", "replace").removesuffix("\n"))
    if named is None or f"{named}\n".encode() != folder.read(KEY):
        return _unsigned(folder, KEY, "key_damaged", "the public key of the log is missing or damaged")
    for key in pinned:
        if key.name == named.name and str(key) != str(named):
            return _unsigned(folder, KEY, "key_not_pinned", "the log has another key than the one pinned")
    instance = named.name.rpartition("/")[2]
    if folder.place.rpartition("/")[2] != instance:
        # Two states of one log beside each other: what the older one has not would not be missed.
        return _unsigned(folder, KEY, "log_misplaced", f"it is the log {instance}, in another's folder")
    return named


def check_log(log: CheckedLog, folder: LogFolder, sizes: Iterable[int] = ()) -> None:
    """Verify everything in the log's folder; gather the roots at some earlier sizes."""
    size = log.checkpoint.size
    if size > WIDTH * sum(1 for _ in folder.paths()):
        # A size that somebody signed is no reason to count that far, or to make room.
        log.blame("bundle_damaged", CHECKPOINT, "there are not as many leaves as it is signed over")
        return
    history = {int(path.removeprefix(HISTORY)): path for path in folder.paths() if _is_history(path)}
    wanted = frozenset(s for s in (*sizes, *history) if s <= size)
    _Hashing(log, folder, wanted).run()
    _check_history(log, folder, history)
    check_beginning(log, folder)
    _gather_sessions(log)
    _check_others(log, folder)


def _unsigned(folder: LogFolder, path: str, code: str, why: str) -> Fault:
    # Without a checkpoint there is no tree that anything could be in.
    return Fault(code=code, file=f"{folder.place}/{path}", why=why, level=Level.LOGGED)


def read_tile(folder: LogFolder, tile: Tile) -> tuple[bytes | None, str]:
    """Read a tile or its beginning in the full one, which takes the place of the partial ones."""
    content = folder.read(tile.path)
    if content is not None or tile.width == WIDTH:
        return content, tile.path
    full = Tile(tile.level, tile.index)
    content = folder.read(full.path)
    if content is None:
        return None, tile.path
    step = HASH_BYTES if tile.level != ENTRIES else _STEP
    return content[: tile.width * step], full.path


@dataclass(slots=True)
class _Disagreement:
    """A bundle and a tile that do not say the same."""

    bundle: str
    tile: str
    first: int
    hashes: list[bytes]
    """As the tile has them."""


class _Hashing:
    """Makes the log again from its leaves."""

    def __init__(self, log: CheckedLog, folder: LogFolder, wanted: frozenset[int]) -> None:
        self._log = log
        self._folder = folder
        self._wanted = wanted
        self._disagreed: dict[int, _Disagreement] = {}
        self._upper: dict[int, list[bytes]] = {}

    def run(self) -> None:
        hashes = [self._bundle(tile) for tile in tiles_of(self._log.checkpoint.size) if tile.level == ENTRIES]
        root = self._grow(hashes)
        signed = self._log.checkpoint.root
        blamed = "tile"
        if root != signed and self._disagreed:
            theirs = [
                self._disagreed[n].hashes if n in self._disagreed else own for n, own in enumerate(hashes)
            ]
            if self._grow(theirs) == signed:
                root, blamed = signed, "bundle"
            else:
                self._grow(hashes)
        self._blame(blamed if root == signed else "both", hashes)
        if root != signed and not self._disagreed:
            self._log.blame("root_differs", CHECKPOINT, "the leaves do not give the root that is signed")
        self._compare_upper()

    def _bundle(self, tile: Tile) -> list[bytes]:
        content, path = read_tile(self._folder, tile)
        leaves = read_bundle(content or b"")
        above, above_path = read_tile(self._folder, Tile(0, tile.index, tile.width))
        theirs = [(above or b"")[i : i + HASH_BYTES] for i in range(0, len(above or b""), HASH_BYTES)]
        is_whole = (
            content is not None
            and leaves is not None
            and len(leaves) == tile.width
            and len(content) == tile.width * _STEP
            and all(len(leaf) == LEAF_BYTES for leaf in leaves)
        )
        if not is_whole:
            self._log.blame(
                "bundle_damaged", path, "it does not hold the leaves it should", leaf=tile.index * WIDTH
            )
        whole = content if is_whole and content is not None else bytes(tile.width * _STEP)
        self._log.bundles[tile.index] = whole
        own = [leaf_hash(leaf) for leaf in leaves or ()] if is_whole else theirs
        if own != theirs:
            self._disagreed[tile.index] = _Disagreement(path, above_path, tile.index * WIDTH, theirs)
        return own

    def _grow(self, hashes: list[list[bytes]]) -> bytes:
        row = Row()
        self._upper = {}
        roots = self._log.roots
        for bundle in hashes:
            for each in bundle:
                done = row.append(each)
                for level in range(HEIGHT, len(done), HEIGHT):
                    self._upper.setdefault(level // HEIGHT, []).append(done[level])
                if row.size in self._wanted:
                    roots[row.size] = row.root()
        if 0 in self._wanted:
            roots[0] = Row().root()
        return row.root()

    def _blame(self, blamed: str, hashes: list[list[bytes]]) -> None:
        for number, found in self._disagreed.items():
            own = hashes[number]
            leaf = found.first + next((i for i, h in enumerate(own) if found.hashes[i : i + 1] != [h]), 0)
            if blamed != "tile":
                self._log.blame(
                    "leaf_changed", found.bundle, f"leaf {leaf} is not the one that was logged", leaf=leaf
                )
            if blamed != "bundle":
                self._log.blame("tile_changed", found.tile, f"its hash of leaf {leaf} is another", leaf=leaf)

    def _compare_upper(self) -> None:
        for tile in tiles_of(self._log.checkpoint.size):
            if tile.level < 1:
                continue
            own = self._upper.get(tile.level, [])
            content, path = read_tile(self._folder, tile)
            if content != b"".join(own[tile.index * WIDTH : tile.index * WIDTH + tile.width]):
                self._log.blame("tile_changed", path, "it does not hold the hashes it should")


def _is_history(path: str) -> bool:
    size = path.removeprefix(HISTORY)
    return path.startswith(HISTORY) and size.isascii() and size.isdigit() and str(int(size)) == size


def _check_history(log: CheckedLog, folder: LogFolder, history: dict[int, str]) -> None:
    for size, path in history.items():
        found = open_checkpoint(folder.read(path) or b"", log.key)
        if found is None or (found.origin, found.size) != (log.checkpoint.origin, size):
            log.blame(
                "checkpoint_damaged", path, "it is not signed by the key of the log, or not of its size"
            )
        elif size > log.checkpoint.size and size > _newest(log, folder):
            log.blame("log_rolled_back", CHECKPOINT, f"a checkpoint of {size} leaves was signed before it")
        elif size <= log.checkpoint.size and log.roots.get(size) != found.root:
            log.blame("log_forked", path, "the leaves do not give the root that is signed")


def grown(folders: Iterable[LogFolder], before: Iterable[CheckedLog]) -> list[CheckedLog]:
    """Read logs once more. Only what continues, unchanged, what was verified before is taken."""
    found: list[CheckedLog] = []
    old = {log.checkpoint.origin: log for log in before}
    for folder in folders:
        log = open_log(folder)
        was = None if isinstance(log, Fault) else old.get(log.checkpoint.origin)
        if isinstance(log, Fault) or was is None or str(log.key) != str(was.key):
            continue
        check_log(log, folder, [was.checkpoint.size])
        if not log.faults and log.roots.get(was.checkpoint.size) == was.checkpoint.root:
            found.append(log)
    return found


def _newest(log: CheckedLog, folder: LogFolder) -> int:
    """The size that is signed now: a log that grows is read while another checkpoint is put."""
    newest = open_checkpoint(folder.read(CHECKPOINT) or b"", log.key)
    return 0 if newest is None or newest.origin != log.checkpoint.origin else newest.size


def check_beginning(log: CheckedLog, folder: LogFolder) -> None:
    """Read the first leaf, and what it says that the log continues."""
    if not log.bundles:
        return
    log.beginning = read_beginning(log.leaf(0))
    if log.beginning is None:
        log.blame("leaf_changed", Tile(ENTRIES, 0).path, "the first leaf does not begin a log", leaf=0)
        return
    note = folder.read(CONTINUES)
    if log.beginning.length == 0 and note is None:
        return
    if note is None or hashlib.sha256(note).digest() != log.beginning.digest:
        log.blame(
            "checkpoint_damaged", CONTINUES, "it is not the checkpoint that the first leaf names", leaf=0
        )
        return
    signed = read_note(note)
    log.continued = None if signed is None else checkpoint_in(signed)


def _gather_sessions(log: CheckedLog) -> None:
    """Put each leaf to its session; the numbers of a session have no gaps and no doubles."""
    is_whole = not log.faults  # a leaf that is damaged makes a gap: it is told once
    for index in range(1, log.checkpoint.size):
        leaf = log.leaf(index)
        if leaf[1] == BEGIN_KIND:
            if is_whole:
                log.blame("leaf_changed", _bundle_path(log, index), "a log begins once", leaf=index)
            continue
        session = leaf[SESSION_AT : SESSION_AT + 16]
        of_session = log.sessions.setdefault(session, array("Q"))
        if int.from_bytes(leaf[SESSION_AT + 16 : SESSION_AT + 24]) != len(of_session):
            if is_whole:
                log.blame("leaf_changed", _bundle_path(log, index), "its number is not the next", leaf=index)
            continue
        of_session.append(index)


def _bundle_path(log: CheckedLog, index: int) -> str:
    number = index // WIDTH
    return Tile(ENTRIES, number, min(WIDTH, log.checkpoint.size - number * WIDTH)).path


def _check_others(log: CheckedLog, folder: LogFolder) -> None:
    """Everything else in the folder: tiles that were not full yet, and what does not belong there."""
    size = log.checkpoint.size
    current = frozenset(tile.path for tile in tiles_of(size))
    known = {KEY, CHECKPOINT, CONTINUES}
    for path in folder.paths():
        if path in known or path in current or _is_history(path):
            continue
        tile = tile_at(path)
        if tile is None:
            log.blame("file_unknown", path, "no file of this name belongs to a log")
        elif (fault := _partial_fault(folder, tile, size)) is not None:
            log.blame("tile_changed", path, fault)


def _partial_fault(folder: LogFolder, tile: Tile, size: int) -> str | None:
    count = size >> HEIGHT * max(tile.level, 0)
    if tile.index * WIDTH + tile.width > count:
        return None  # written, not signed yet: nothing is claimed of it
    fuller = Tile(tile.level, tile.index, min(WIDTH, count - tile.index * WIDTH))
    whole, _ = read_tile(folder, fuller)
    content = folder.read(tile.path) or b""
    step = HASH_BYTES if tile.level != ENTRIES else _STEP
    is_its = len(content) == tile.width * step and (whole or b"").startswith(content)
    return None if is_its else "it is not the beginning of the fuller one"


def sessions_in(logs: Iterable[CheckedLog]) -> Iterator[tuple[bytes, CheckedLog]]:
    """Name the sessions that logs have leaves of."""
    for log in logs:
        for session in log.sessions:
            yield session, log
