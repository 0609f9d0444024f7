"""The Merkle tree over the log's leaves, as in RFC 6962: appending, roots, and both proofs. Keeps no leaf.

Theory of operation. A tree of n leaves is a row of perfect subtrees, one for each bit that is set in n,
the largest on the left. Appending a leaf adds a subtree of one and merges equal neighbours, as adding 1
carries; so n hashes cost 2n, and the row (at most 64 hashes) is all that growing needs to know.

A node is named by its level and its index in that level: node (0, i) is the hash of leaf i, node (l, i)
covers the leaves from i·2^l to (i+1)·2^l - 1. A node never changes once its leaves are there. Proofs are
lists of nodes, or of hashes over ranges that are not perfect yet; `Nodes` finds the perfect ones.

Leaves are hashed with a 0 byte before them and nodes with a 1: a node can never be shown as a leaf.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Nodes = Callable[[int, int], bytes]
"""Level and index of a perfect subtree → its hash."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes into the one above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Row:
    """The perfect subtrees of a growing tree."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Begin with the subtrees of a tree that is there: their hashes, the largest first."""
        self._size = size
        self._hashes = list(hashes)
        if len(self._hashes) != size.bit_count():
            raise ValueError("a tree has one perfect subtree for each bit of its size")

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash; return the nodes that it completed, from its own (level 0) upward."""
        done = [leaf]
        carry = self._size
        while carry & 1:
            leaf = node_hash(self._hashes.pop(), leaf)
            done.append(leaf)
            carry >>= 1
        self._hashes.append(leaf)
        self._size += 1
        return done

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = node_hash(left, root)
        return root


def perfect(size: int) -> list[tuple[int, int]]:
    """Name the perfect subtrees of a tree, the largest first."""
    found: list[tuple[int, int]] = []
    begin = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, begin >> level))
            begin += 1 << level
    return found


def row_of(size: int, nodes: Nodes) -> Row:
    """Return the row of a tree whose nodes are kept."""
    return Row(size, [nodes(level, index) for level, index in perfect(size)])


def root_of(size: int, nodes: Nodes) -> bytes:
    """Return the root of the first `size` leaves of a tree whose nodes are kept."""
    return row_of(size, nodes).root()


def prove_inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Show that a leaf is in a tree: RFC 6962, 2.1.1, from the leaf upward."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of that size")
    return _path(index, 0, size, nodes)


def prove_consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Show that a tree is the beginning of a later one: RFC 6962, 2.1.2."""
    if not 0 < old <= new:
        raise ValueError("an older tree has at least one leaf, and no more than the later one")
    return [] if old == new else _subproof(old, 0, new, nodes, is_known=True)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf hash is in a tree: RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return not last and found == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], roots: tuple[bytes, bytes]) -> bool:
    """Whether a proof shows that a tree is the beginning of a later one: RFC 9162, 2.1.4.2.

    `roots`: of the older tree, then of the later one.
    """
    if not 0 < old <= new or old == new or not proof:
        return 0 < old == new and not proof and roots[0] == roots[1]
    place, last = old - 1, new - 1
    hashes = list(proof) if old & (old - 1) else [roots[0], *proof]
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return not last and (before, after) == roots


def _split(width: int) -> int:
    """The largest power of two below a width."""
    return 1 << (width - 1).bit_length() - 1


def _range(begin: int, end: int, nodes: Nodes) -> bytes:
    """The hash over leaves; `begin` is where a subtree of the tree begins."""
    width = end - begin
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return nodes(level, begin >> level)
    middle = begin + _split(width)
    return node_hash(_range(begin, middle, nodes), _range(middle, end, nodes))


def _path(index: int, begin: int, end: int, nodes: Nodes) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if index < middle:
        return [*_path(index, begin, middle, nodes), _range(middle, end, nodes)]
    return [*_path(index, middle, end, nodes), _range(begin, middle, nodes)]


def _subproof(old: int, begin: int, end: int, nodes: Nodes, *, is_known: bool) -> list[bytes]:
    """`is_known`: the verifier has the hash of the old tree itself."""
    if old == end:
        return [] if is_known else [_range(begin, end, nodes)]
    middle = begin + _split(end - begin)
    if old <= middle:
        return [*_subproof(old, begin, middle, nodes, is_known=is_known), _range(middle, end, nodes)]
    return [*_subproof(old, middle, end, nodes, is_known=False), _range(begin, middle, nodes)]
