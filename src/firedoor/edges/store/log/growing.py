"""A log that grows: leaves in, tiles and signed checkpoints out. Never signs what would fork its last one.

What it continues is read from its own tiles, and must give the root of its last checkpoint. So whatever it
signs has that as its beginning: it cannot fork, whatever became of the journal.
"""

from dataclasses import dataclass

from firedoor.core.record.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from firedoor.core.record.leaf import LEAF_BYTES, Beginning, leaf_of_beginning, read_beginning
from firedoor.core.record.note import NoteSigner
from firedoor.core.record.tiles import ENTRIES, HEIGHT, WIDTH, Tile, nodes_in, pack_bundle, read_bundle
from firedoor.core.record.tree import HASH_BYTES, Row, leaf_hash, row_of
from firedoor.core.record.verify_log import CHECKPOINT, CONTINUES, HISTORY, KEY, read_tile
from firedoor.edges.store.log.folder import DiskLog
from firedoor.model.errors import IntegrityError


@dataclass(slots=True)
class _Edge:
    """What of a level is not in a full tile yet."""

    index: int
    content: list[bytes]
    written: int = 0
    """How many of them the last partial tile has."""


class GrowingLog:
    """One log, open for leaves."""

    def __init__(self, folder: DiskLog, signer: NoteSigner, beginning: Beginning) -> None:
        """Use `begin` or `resume`."""
        self.folder = folder
        self.beginning = beginning
        self._signer = signer
        self._row = Row()
        self._edges: dict[int, _Edge] = {}
        self._full: list[tuple[Tile, bytes]] = []
        self.signed = 0
        """How many leaves the last checkpoint is over."""

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self._signer.key.name

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._row.size

    @classmethod
    def begin(
        cls, folder: DiskLog, signer: NoteSigner, beginning: Beginning, continues: bytes = b""
    ) -> "GrowingLog":
        """Begin a log with its first leaf. `continues`: the last checkpoint of the one before it.

        Raises:
            OSError: its folder cannot be written.
        """
        folder.put(KEY, f"{signer.key}\n".encode(), is_durable=True)
        if continues:
            folder.put(CONTINUES, continues, is_durable=True)
        log = cls(folder, signer, beginning)
        log.append(leaf_of_beginning(beginning))
        return log

    @classmethod
    def resume(cls, folder: DiskLog, signer: NoteSigner) -> "GrowingLog":
        """Go on where the last checkpoint is.

        Raises:
            IntegrityError: there is none of this key, or the tiles do not give its root.
        """
        checkpoint = open_checkpoint(folder.read(CHECKPOINT) or b"", signer.key)
        if checkpoint is None or checkpoint.origin != signer.key.name or not checkpoint.size:
            raise _unfit(folder, "its last checkpoint is missing, damaged, or signed with another key")
        tiles: dict[Tile, bytes] = {}

        def tile(wanted: Tile) -> bytes:
            if wanted not in tiles:
                content, _ = read_tile(folder, wanted)
                if content is None or len(content) != wanted.width * HASH_BYTES:
                    raise _unfit(folder, f"{wanted.path} is missing or damaged")
                tiles[wanted] = content
            return tiles[wanted]

        row = row_of(checkpoint.size, nodes_in(tile, checkpoint.size))
        if row.root() != checkpoint.root:
            raise _unfit(folder, "its tiles do not give the root that was signed")
        beginning = read_beginning(leaf_in(folder, 0, checkpoint.size))
        if beginning is None:
            raise _unfit(folder, "its first leaf is damaged")
        log = cls(folder, signer, beginning)
        log._row, log.signed = row, checkpoint.size
        log._read_edges()
        return log

    def append(self, leaf: bytes) -> None:
        """Add a leaf. It is in no file yet."""
        self._add(ENTRIES, leaf)
        for level, node in enumerate(self._row.append(leaf_hash(leaf))):
            if level % HEIGHT == 0:
                self._add(level // HEIGHT, node)

    def sign(self, *, is_kept: bool = False) -> bytes:
        """Write what is new, then sign, put and return the checkpoint. `is_kept`: in the history too.

        Raises:
            OSError: something was not written; it can be asked for again.
        """
        self._write()
        self.folder.settle()
        checkpoint = Checkpoint(origin=self.origin, size=self._row.size, root=self._row.root())
        note = sign_checkpoint(checkpoint, self._signer)
        self.folder.put(CHECKPOINT, note, is_durable=True)
        if is_kept:  # after it: a history that is ahead of the newest checkpoint looks like a rollback
            self.folder.put(f"{HISTORY}{checkpoint.size}", note, is_durable=True)
        self.signed = checkpoint.size
        return note

    def _add(self, level: int, content: bytes) -> None:
        edge = self._edges.setdefault(level, _Edge(0, []))
        edge.content.append(content)
        if len(edge.content) == WIDTH:
            self._full.append((Tile(level, edge.index), _packed(level, edge.content)))
            self._edges[level] = _Edge(edge.index + 1, [])

    def _write(self) -> None:
        while self._full:
            tile, content = self._full[0]
            self.folder.put(tile.path, content)
            self.folder.drop_partial(tile.path)
            del self._full[0]
        for level, edge in self._edges.items():
            if len(edge.content) != edge.written:
                tile = Tile(level, edge.index, len(edge.content))
                self.folder.put(tile.path, _packed(level, edge.content))
                edge.written = len(edge.content)

    def _read_edges(self) -> None:
        for level in (ENTRIES, *range(HEIGHT)):
            count = self._row.size >> HEIGHT * max(level, 0)
            if not count:
                return
            tile = Tile(level, count // WIDTH, count % WIDTH)
            if not tile.width:
                self._edges[level] = _Edge(tile.index, [])
                continue
            content, _ = read_tile(self.folder, tile)
            parts = _parts(level, content or b"")
            if len(parts) != tile.width:
                raise _unfit(self.folder, f"{tile.path} is missing or damaged")
            self._edges[level] = _Edge(tile.index, parts, tile.width)
        # A bundle proves nothing by itself: its leaves must have the hashes that the tile has.
        if [leaf_hash(leaf) for leaf in self._edges[ENTRIES].content] != self._edges[0].content:
            raise _unfit(self.folder, "its last leaves are damaged")


def leaf_in(folder: DiskLog, index: int, size: int) -> bytes:
    """Read a leaf of a log of this size.

    Raises:
        IntegrityError: it is missing or damaged.
    """
    return leaves_in(folder, index, index + 1, size)[0]


def leaves_in(folder: DiskLog, begin: int, end: int, size: int) -> list[bytes]:
    """Read leaves of a log of this size, `end` not included.

    Raises:
        IntegrityError: one is missing or damaged.
    """
    found: list[bytes] = []
    for number in range(begin // WIDTH, (end + WIDTH - 1) // WIDTH):
        tile = Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH))
        leaves = _parts(ENTRIES, read_tile(folder, tile)[0] or b"")
        if len(leaves) < tile.width:
            raise _unfit(folder, f"{tile.path} is missing or damaged")
        first = number * WIDTH
        found += leaves[max(begin - first, 0) : max(end - first, 0)]
    return found


def _packed(level: int, content: list[bytes]) -> bytes:
    return pack_bundle(content) if level == ENTRIES else b"".join(content)


def _parts(level: int, content: bytes) -> list[bytes]:
    if level == ENTRIES:
        leaves = read_bundle(content) or []
        return leaves if all(len(leaf) == LEAF_BYTES for leaf in leaves) else []
    return [content[i : i + HASH_BYTES] for i in range(0, len(content), HASH_BYTES)]


def _unfit(folder: DiskLog, why: str) -> IntegrityError:
    return IntegrityError("log_damaged", f"The log {folder.place} cannot go on: {why}.")
