import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    nodes_in,
    pack_bundle,
    read_bundle,
    tile_at,
    tile_with,
    tiles_of,
)
from firedoor.core.record.tree import Row, leaf_hash, root_of


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(1, 999, 17), "tile/1/999.p/17"),
        (Tile(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
        (Tile(63, 0), "tile/63/000"),
    ],
)
def test_paths_are_those_of_c2sp(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tile_at(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0", "tile/00/000", "tile/0/x000/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/64/000",
        "tile/0/000.p/01", "tile/entries/001/000", "tile/0/000/", "tile/a/000", "checkpoint",
    ],
)  # fmt: skip
def test_what_is_written_in_another_way_names_no_tile(path: str) -> None:
    assert tile_at(path) is None


@given(st.integers(0, 10**12), st.integers(0, 63), st.integers(1, WIDTH))
def test_every_path_names_its_tile(index: int, level: int, width: int) -> None:
    assert tile_at(Tile(level, index, width).path) == Tile(level, index, width)


@given(st.lists(st.binary(max_size=70)))
def test_a_bundle_gives_its_leaves(leaves: list[bytes]) -> None:
    assert read_bundle(pack_bundle(leaves)) == leaves


def test_a_bundle_that_is_cut_gives_none() -> None:
    whole = pack_bundle([b"leaf", b"next"])
    cut = [read_bundle(whole[:end]) for end in range(1, len(whole))]
    assert [leaves for leaves in cut if leaves is not None] == [[b"leaf"]]


def test_a_log_has_the_tiles_that_its_size_says() -> None:
    assert list(tiles_of(0)) == []
    assert [tile.path for tile in tiles_of(70_000) if tile.level > 0] == [
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert tile_with(0, 69_999, 70_000) == Tile(0, 273, 112)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600, 70_000])
def test_nodes_are_found_in_tiles(size: int) -> None:
    row = Row()
    levels: dict[int, list[bytes]] = {}
    roots: dict[int, bytes] = {}
    for number in range(size):
        for level, node in enumerate(row.append(leaf_hash(number.to_bytes(4)))):
            if level % 8 == 0:
                levels.setdefault(level // 8, []).append(node)
        if number + 1 in {1, 200, 256, 300, 65_537, size}:
            roots[number + 1] = row.root()

    def tile(wanted: Tile) -> bytes:
        begin = wanted.index * WIDTH
        assert wanted.width <= WIDTH
        return b"".join(levels[wanted.level][begin : begin + wanted.width])

    for earlier, root in roots.items():
        assert root_of(earlier, nodes_in(tile, size)) == root
