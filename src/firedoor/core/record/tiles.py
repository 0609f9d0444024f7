"""The log as files: tiles of 256 hashes and bundles of 256 leaves, laid out as C2SP tlog-tiles has it.

Tile (L, N) holds the nodes of level 8·L from N·256 on: the roots of subtrees of 256^L leaves. A tile that
is not full yet is named after how much it has (`.p/17`); it is never changed, a fuller one is another file.
Never reads or writes a file. https://c2sp.org/tlog-tiles
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from firedoor.core.record.tree import HASH_BYTES, Nodes, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = -1
"""The level of bundles: below that of the hashes."""

_LENGTH = struct.Struct(">H")
_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)
_GROUP = 1000


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """Names a tile or a bundle, and how much is in it."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is below the log's folder."""
        rest, last = divmod(self.index, _GROUP)
        digits = f"{last:03d}"
        while rest:
            rest, group = divmod(rest, _GROUP)
            digits = f"x{group:03d}/{digits}"
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{digits}" + ("" if self.width == WIDTH else f".p/{self.width}")


def tile_at(path: str) -> Tile | None:
    """Return the tile of a path, or None if it is not written as a tile's path is."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level, digits, width = found.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(digits.replace("x", "").replace("/", "")),
        WIDTH if width is None else int(width),
    )
    return tile if tile.path == path else None


def tiles_of(size: int) -> Iterator[Tile]:
    """Name every tile and bundle of a log, partial ones at the right edge included."""
    for level in (ENTRIES, *range(HEIGHT)):
        count = size >> HEIGHT * max(level, 0)
        for index in range(count // WIDTH):
            yield Tile(level, index)
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)


def tile_with(level: int, index: int, size: int) -> Tile:
    """Name the tile that has a given node of a level of tiles, in a log of this size."""
    count = size >> HEIGHT * max(level, 0)
    number = index // WIDTH
    return Tile(level, number, min(WIDTH, count - number * WIDTH))


def pack_bundle(leaves: list[bytes]) -> bytes:
    """Return a bundle: each leaf with its length before it."""
    return b"".join(_LENGTH.pack(len(leaf)) + leaf for leaf in leaves)


def read_bundle(content: bytes) -> list[bytes] | None:
    """Return the leaves of a bundle, or None if it is none."""
    leaves: list[bytes] = []
    offset = 0
    while offset < len(content):
        start = offset + _LENGTH.size
        if start > len(content):
            return None
        offset = start + _LENGTH.unpack_from(content, start - _LENGTH.size)[0]
        if offset > len(content):
            return None
        leaves.append(content[start:offset])
    return leaves


def nodes_in(tiles: Callable[[Tile], bytes], size: int) -> Nodes:
    """Find the nodes of a log of this size in its tiles. `tiles` gives a tile's content, whole."""

    def node(level: int, index: int) -> bytes:
        height = level % HEIGHT
        first = index << height
        tile = tile_with(level // HEIGHT, first, size)
        content = tiles(tile)
        begin = first % WIDTH
        hashes = [
            content[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            for place in range(begin, begin + (1 << height))
        ]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
        return hashes[0]

    return node
