import hashlib

from firedoor.core.record.frame import unpack_header
from firedoor.core.record.leaf import (
    LEAF_BYTES,
    Beginning,
    leaf_of,
    leaf_of_beginning,
    read_beginning,
    read_leaf,
)
from tests.core.record.sealed import frames

FRAME = frames()[1]
BEGINNING = Beginning(segment=3, continued=70, digest=hashlib.sha256(b"note").digest(), length=4)


def test_a_leaf_says_what_anyone_may_know_of_a_frame() -> None:
    header = unpack_header(FRAME)
    assert header is not None
    packed = leaf_of(FRAME, header)
    leaf = read_leaf(packed)
    assert len(packed) == LEAF_BYTES == 70
    assert leaf is not None
    assert (leaf.kind, leaf.session, leaf.sequence, leaf.at_us) == (
        header.kind, header.session, header.sequence, header.at_us
    )  # fmt: skip
    assert (leaf.digest, leaf.length) == (hashlib.sha256(FRAME).digest(), len(FRAME))


def test_the_first_leaf_says_where_its_log_begins_and_what_it_continues() -> None:
    assert read_beginning(leaf_of_beginning(BEGINNING)) == BEGINNING
    assert read_beginning(leaf_of_beginning(Beginning(segment=0))) == Beginning(segment=0)


def test_any_other_leaf_begins_no_log() -> None:
    header = unpack_header(FRAME)
    assert header is not None
    assert read_beginning(leaf_of(FRAME, header)) is None
    assert read_beginning(b"") is None
    odd = bytearray(leaf_of_beginning(BEGINNING))
    odd[2] = 1  # a segment number of more than 64 bits
    assert read_beginning(odd) is None
    odd = bytearray(leaf_of_beginning(BEGINNING))
    odd[30] = 1  # an instant, which it has not
    assert read_beginning(odd) is None


def test_what_is_no_leaf_is_not_read() -> None:
    assert read_leaf(bytes(LEAF_BYTES)) is None
    assert read_leaf(leaf_of_beginning(BEGINNING)[:-1]) is None
