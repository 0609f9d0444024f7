import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.tree import (
    EMPTY_ROOT,
    Row,
    leaf_hash,
    node_hash,
    perfect,
    prove_consistency,
    prove_inclusion,
    root_of,
    row_of,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots of Certificate Transparency's reference tests, which every log shares.
CT_LEAVES = [
    bytes.fromhex(h)
    for h in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    )
]  # fmt: skip
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Kept:
    """A tree that keeps every node."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.row = Row()
        for index, leaf in enumerate(leaves):
            for level, node in enumerate(self.row.append(leaf_hash(leaf))):
                self.nodes[level, index >> level] = node

    def __call__(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


def tree_of(size: int) -> Kept:
    return Kept([number.to_bytes(4) for number in range(size)])


def merkle(leaves: list[bytes]) -> bytes:
    """The tree hash, written as RFC 6962 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


def test_roots_are_those_of_certificate_transparency() -> None:
    row = Row()
    assert row.root() == EMPTY_ROOT
    for leaf, root in zip(CT_LEAVES, CT_ROOTS, strict=True):
        row.append(leaf_hash(leaf))
        assert row.root().hex() == root


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_growing_gives_the_root_that_the_definition_gives(leaves: list[bytes]) -> None:
    kept = Kept(leaves)
    assert kept.row.root() == merkle(leaves)
    assert root_of(len(leaves), kept) == merkle(leaves)


@given(st.integers(1, 70), st.data())
def test_the_root_of_every_earlier_size_can_be_made_again(size: int, data: st.DataObject) -> None:
    earlier = data.draw(st.integers(0, size))
    leaves = [number.to_bytes(4) for number in range(size)]
    assert root_of(earlier, Kept(leaves)) == merkle(leaves[:earlier])


@given(st.integers(1, 300), st.data())
def test_a_leaf_is_shown_to_be_in_its_tree_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    kept = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = prove_inclusion(index, size, kept), kept.row.root()
    leaf = leaf_hash(index.to_bytes(4))
    assert verify_inclusion(leaf, index, size, proof, root)
    other = data.draw(st.integers(0, size + 3))
    assert verify_inclusion(leaf, other, size, proof, root) == (other == index)
    assert not verify_inclusion(leaf_hash(b"x"), index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, [*proof, bytes(32)], root)
    assert not (proof and verify_inclusion(leaf, index, size, proof[:-1], root))


@given(st.integers(1, 300), st.data())
def test_a_tree_is_shown_to_begin_a_later_one_and_no_other_is(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    later, proof = tree_of(new), []
    proof = prove_consistency(old, new, later)
    roots = (tree_of(old).row.root(), later.row.root())
    assert verify_consistency(old, new, proof, roots)
    forked = Kept([b"forked", *(n.to_bytes(4) for n in range(1, old))]).row.root()
    assert not verify_consistency(old, new, proof, (forked, roots[1]))
    assert not verify_consistency(old, new, [*proof, bytes(32)], roots)
    assert not (proof and verify_consistency(old, new, proof[:-1], roots))


@given(st.integers(1, 200), st.data())
def test_a_proof_with_one_changed_bit_shows_nothing(size: int, data: st.DataObject) -> None:
    kept = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(index, size, kept)
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        proof[place] = (int.from_bytes(proof[place]) ^ (1 << bit)).to_bytes(32)
        assert not verify_inclusion(leaf_hash(index.to_bytes(4)), index, size, proof, kept.row.root())


def test_a_tree_goes_on_from_its_perfect_subtrees() -> None:
    kept = tree_of(100)
    row = row_of(77, kept)
    for number in range(77, 100):
        row.append(leaf_hash(number.to_bytes(4)))
    assert row.size == 100
    assert row.root() == kept.row.root()
    assert perfect(77) == [(6, 0), (3, 8), (2, 18), (0, 76)]


def test_what_cannot_be_is_refused() -> None:
    kept = tree_of(4)
    with pytest.raises(ValueError, match="no such leaf"):
        prove_inclusion(4, 4, kept)
    with pytest.raises(ValueError, match="at least one leaf"):
        prove_consistency(0, 4, kept)
    with pytest.raises(ValueError, match="one perfect subtree"):
        Row(3, [bytes(32)])
    assert not verify_consistency(0, 4, [], (EMPTY_ROOT, kept.row.root()))
    assert not verify_consistency(5, 4, [], (EMPTY_ROOT, kept.row.root()))


def test_a_node_cannot_be_shown_as_a_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
