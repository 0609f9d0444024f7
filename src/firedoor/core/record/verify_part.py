"""Verifies the part of a log that one session is in, by proofs of inclusion: the rest is not read.

Theory of operation. A session's id says when it began, and leaves stand in the order of time, but for little:
where the session begins is found by halving. From there on whole bundles are read, until the session has
ended or could no longer go on. Each bundle is shown to be part of the signed tree by one proof, in which
every hash within the bundle is made from its leaves: so no leaf of it can be another, and none can be
hidden. Earlier checkpoints are shown to be beginnings of the tree by proofs of consistency.

It says yes or nothing. Whatever is not as expected is looked at by `verify_log`, which reads all.
"""

from array import array
from collections.abc import Iterable
from functools import lru_cache

from firedoor.core.record.leaf import BEGIN_KIND, LEAF_BYTES, Leaf, read_leaf
from firedoor.core.record.tiles import ENTRIES, WIDTH, Tile, nodes_in, read_bundle
from firedoor.core.record.tree import (
    HASH_BYTES,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from firedoor.core.record.verify_log import CheckedLog, LogFolder, check_beginning, read_tile
from firedoor.model.entry import EntryKind

SLACK_US = 15 * 60 * 1_000_000
"""How far leaves may stand from their place in time: entries are stamped before they are queued."""
LONGEST_US = 13 * 3600 * 1_000_000
"""No session of an agent goes on for longer."""


def check_part(log: CheckedLog, folder: LogFolder, session: bytes, sizes: Iterable[int] = ()) -> bool:
    """Verify the part with a session, and the roots at earlier sizes. False: all of the log is to be read."""
    part = _Part(log, folder)
    begin_us = int.from_bytes(session[:6]) * 1000
    if not log.checkpoint.size or not part.take(0):
        return False
    found = part.find(session, begin_us)
    if found is None or not part.keep_roots(size for size in sizes if size <= log.checkpoint.size):
        return False
    log.bundles = part.bundles
    check_beginning(log, folder)
    if log.faults:
        log.faults.clear()
        return False
    if found:
        log.sessions[session] = found
    return True


class _Part:
    """The bundles that were read, each shown to be part of the tree."""

    def __init__(self, log: CheckedLog, folder: LogFolder) -> None:
        self._log = log
        self._folder = folder
        self._size = log.checkpoint.size
        self._own: dict[int, bytes] = {}
        """Of each bundle the hashes of its leaves: what the tile above it must hold."""
        self._nodes = lru_cache(maxsize=1 << 16)(nodes_in(self._tile, self._size))
        self.bundles: dict[int, bytes] = {}
        self._count = (self._size + WIDTH - 1) // WIDTH

    def take(self, number: int) -> bool:
        """Read a bundle; whether it is part of the tree."""
        if number in self.bundles:
            return True
        leaves = self._leaves(number)
        if leaves is None:
            return False
        self._own[number] = b"".join(map(leaf_hash, leaves))
        self._nodes.cache_clear()  # nothing below this tile was made from the file
        try:
            proof = prove_inclusion(number * WIDTH, self._size, self._nodes)
        except ValueError:
            return False
        if not verify_inclusion(
            leaf_hash(leaves[0]), number * WIDTH, self._size, proof, self._log.checkpoint.root
        ):
            return False
        self.bundles[number] = self._read(number)
        return True

    def find(self, session: bytes, begin_us: int) -> "array[int] | None":
        """Find the leaves of a session, in the order of its numbers; None if they are not all in order."""
        found = array("Q")
        for number in range(self._first(begin_us - SLACK_US), self._count):
            if not self.take(number):
                return None
            leaves = [read_leaf(leaf) for leaf in self._leaves(number) or ()]
            has_ended = _gather(session, leaves, number * WIDTH, found)
            if has_ended is None or has_ended:
                return found if has_ended else None
            latest_us = begin_us + (LONGEST_US if found else SLACK_US)
            if all(leaf is not None and leaf.at_us > latest_us for leaf in leaves):
                break
        return found

    def keep_roots(self, sizes: Iterable[int]) -> bool:
        """Work out roots at earlier sizes; whether each is shown to be of a beginning of the tree."""
        for size in sizes:
            try:
                root = root_of(size, self._nodes)
                proof = prove_consistency(size, self._size, self._nodes)
            except ValueError:
                return False
            if not verify_consistency(size, self._size, proof, (root, self._log.checkpoint.root)):
                return False
            self._log.roots[size] = root
        return True

    def _first(self, at_us: int) -> int:
        """The last bundle that begins before an instant."""
        low, high = 0, self._count - 1
        while low < high:
            middle = (low + high + 1) // 2
            leaves = self._leaves(middle) or [b""]
            leaf = read_leaf(leaves[0])
            if leaf is None or leaf.at_us >= at_us:
                high = middle - 1
            else:
                low = middle
        return low

    def _leaves(self, number: int) -> list[bytes] | None:
        leaves = read_bundle(self._read(number))
        width = min(WIDTH, self._size - number * WIDTH)
        if leaves is None or len(leaves) != width or any(len(leaf) != LEAF_BYTES for leaf in leaves):
            return None
        return leaves

    def _read(self, number: int) -> bytes:
        width = min(WIDTH, self._size - number * WIDTH)
        return read_tile(self._folder, Tile(ENTRIES, number, width))[0] or b""

    def _tile(self, tile: Tile) -> bytes:
        if tile.level == 0 and tile.index in self._own:
            return self._own[tile.index][: tile.width * HASH_BYTES]
        content = read_tile(self._folder, tile)[0]
        if content is None or len(content) != tile.width * HASH_BYTES:
            raise ValueError("a tile is missing or damaged")
        return content


def _gather(session: bytes, leaves: list[Leaf | None], first: int, found: "array[int]") -> bool | None:
    """Add the leaves of a session; whether it has ended; None if its numbers are not in order."""
    for index, leaf in enumerate(leaves, first):
        if leaf is None or leaf.kind == BEGIN_KIND or leaf.session != session:
            continue
        if leaf.sequence != len(found):
            return None
        found.append(index)
        if leaf.kind == EntryKind.CLOSE:
            return True
    return False
