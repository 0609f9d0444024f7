import json
import random
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.content import MAX_CONTENT, MAX_PIECE, PIECE, ContentPacker
from firedoor.core.record.frame import (
    GOES_ON,
    HEADER_BYTES,
    Header,
    pack_header,
    session_bytes,
    unpack_header,
)
from firedoor.core.record.seal import SessionSealer
from firedoor.core.record.unseal import FindKey, SessionUnsealer
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from tests.core.record.sealed import (
    KEY,
    LONG,
    RECORDING,
    SALT,
    SESSION,
    derived,
    entry,
    frames,
    masked,
    sealer,
)

LAYERED = (RECORDING[0], masked(), RECORDING[1], masked(b"EMAIL_2", b"bob@example.com"), RECORDING[3])
LAYERS = json.loads((Path(__file__).parents[2] / "vectors" / "record_layers.json").read_text("utf-8"))
VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "record_frames.json").read_text("utf-8"))
OTHER = SessionId("0193f0aa-1122-7333-8444-000000000000")


def opened(
    given_frames: list[bytes],
    *,
    find: FindKey | None = None,
    session: SessionId = SESSION,
    layers: Collection[Layer] = (Layer.VIEW,),
) -> list[Entry]:
    unsealer = SessionUnsealer(session, find or only(KEY), layers)
    return [entry for frame in given_frames if (entry := unsealer.unseal(frame)) is not None]


def ring() -> FindKey:
    """Give the keys of a recording in which the raw key is the second that was made."""
    return lambda layer, epoch: (derived(KEY, 1) if layer is Layer.RAW else KEY) if not epoch else None


def only(view: bytes) -> FindKey:
    return lambda layer, epoch: view if (layer, epoch) == (Layer.VIEW, 0) else None


@given(
    st.lists(
        st.builds(
            Entry,
            kind=st.sampled_from([kind for kind in EntryKind if kind is not EntryKind.OPEN]),
            session=st.just(SESSION),
            at_us=st.integers(0, 2**63),
            envelope=st.dictionaries(st.text(), st.integers(-(2**53), 2**53) | st.text()),
            payload=st.binary(max_size=1500),
            raw=st.none() | st.binary(max_size=100),
        ),
        max_size=5,
    )
)
def test_what_was_sealed_is_opened_as_it_was(entries: list[Entry]) -> None:
    recording = [RECORDING[0], *entries]
    once = [each if each.is_layered else replace(each, raw=None) for each in recording]
    view = [replace(each, raw=None) for each in recording]
    assert opened(frames(recording), find=ring(), layers=set(Layer)) == once
    assert opened(frames(recording), find=ring()) == view


def test_the_vectors_are_sealed_to_the_same_bytes() -> None:
    sealing = sealer(key=bytes.fromhex(VECTORS["key"]), salt=bytes.fromhex(VECTORS["salt"]))
    for vector in VECTORS["frames"]:
        entry = Entry(
            kind=EntryKind(vector["kind"]),
            session=SessionId(VECTORS["session"]),
            at_us=vector["at_us"],
            envelope=vector["envelope"],
            payload=bytes.fromhex(vector["payload"]),
        )
        (frame,) = sealing.seal(entry).frames
        # What zstd makes of a content may differ from version to version; what it holds may not.
        if not vector["is_compressed"]:
            assert frame.hex() == vector["frame"]


def test_the_vectors_are_opened() -> None:
    unsealer = SessionUnsealer(SessionId(VECTORS["session"]), only(bytes.fromhex(VECTORS["key"])))
    for vector in VECTORS["frames"]:
        entry = unsealer.unseal(bytes.fromhex(vector["frame"]))
        assert entry is not None
        assert (entry.kind, entry.at_us) == (vector["kind"], vector["at_us"])
        assert (entry.envelope, entry.payload.hex()) == (vector["envelope"], vector["payload"])


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_the_damaged_vectors_are_refused(vector: dict[str, str]) -> None:
    unsealer = SessionUnsealer(SessionId(VECTORS["session"]), only(bytes.fromhex(VECTORS["key"])))
    with pytest.raises(IntegrityError) as caught:
        unsealer.unseal(bytes.fromhex(vector["frame"]))
    assert caught.value.code == vector["expect"]


@pytest.mark.promise("REC-2")
def test_one_flipped_bit_anywhere_is_refused_at_its_frame() -> None:
    whole = frames()
    places = [
        (f, byte, bit) for f, frame in enumerate(whole) for byte in range(len(frame)) for bit in range(8)
    ]
    tried = 0
    for at, byte, bit in random.Random(7).sample(places, 1000):  # noqa: S311
        damaged = bytearray(whole[at])
        damaged[byte] ^= 1 << bit
        unsealer = SessionUnsealer(SESSION, only(KEY))
        for frame in whole[:at]:
            unsealer.unseal(frame)
        with pytest.raises(IntegrityError):
            unsealer.unseal(bytes(damaged))
        tried += 1
    assert tried == 1000


@pytest.mark.parametrize("order", [[1], [0, 2], [0, 1, 1], [0, 1, 3], [0, 0], [0, 2, 1]], ids=str)
def test_a_frame_left_out_repeated_or_moved_is_refused(order: list[int]) -> None:
    whole = frames()
    with pytest.raises(IntegrityError) as caught:
        opened([whole[at] for at in order])
    assert caught.value.code == "frame_damaged"


def test_a_frame_after_another_frame_than_the_one_it_followed_is_refused() -> None:
    one = frames([RECORDING[0], RECORDING[1], RECORDING[3]])
    two = frames([RECORDING[0], RECORDING[2], RECORDING[3]])
    with pytest.raises(IntegrityError, match="the frame before it"):
        opened([one[0], one[1], two[2]])


def test_another_key_is_refused_by_its_commitment() -> None:
    with pytest.raises(IntegrityError) as caught:
        opened(frames(), find=only(bytes(32)))
    assert caught.value.code == "key_of_another"


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(IntegrityError) as caught:
        opened(frames(), find=only(KEY[:-1]))
    assert caught.value.code == "key_damaged"


def test_frames_of_another_session_are_refused() -> None:
    with pytest.raises(IntegrityError, match="another session"):
        opened(frames(), session=OTHER)


@pytest.mark.parametrize("cut", [0, 47, 48, 60, -1])
def test_a_frame_cut_short_is_refused(cut: int) -> None:
    with pytest.raises(IntegrityError):
        opened([frames()[0][:cut]])


def crafted(body: bytes = bytes(80), **fields: int) -> bytes:
    header = {"kind": 1, "sequence": 0, "at_us": 0, "flags": 0, **fields}
    return pack_header(Header(body_bytes=len(body), session=session_bytes(SESSION), **header)) + body


@pytest.mark.parametrize(
    "frame",
    [
        crafted(kind=2),
        crafted(kind=200),
        crafted(flags=2),
        crafted(flags=4),
        crafted(flags=8),
        crafted(flags=16),
        crafted(bytes(20)),
        crafted(SALT + bytes(32)),
    ],
)
def test_a_crafted_first_frame_is_refused(frame: bytes) -> None:
    assert unpack_header(frame) is not None
    with pytest.raises(IntegrityError):
        opened([frame])


def test_a_refusal_names_the_session_and_the_number() -> None:
    whole = frames()
    with pytest.raises(IntegrityError, match=f"Frame 2 of session {SESSION}"):
        opened([whole[0], whole[1], whole[2][:-1] + b"\x00"])


def test_the_view_key_opens_no_raw_frame() -> None:
    """Whoever asks for the raw layer with the view key is refused, and is not shown the view in its place."""
    with pytest.raises(IntegrityError) as caught:
        opened(frames(LAYERED), find=lambda layer, epoch: KEY, layers=set(Layer))
    assert caught.value.code == "key_of_another"
    assert [each.raw for each in opened(frames(LAYERED), layers=set(Layer))] == [None] * 5


def test_the_raw_key_opens_no_view() -> None:
    find = ring()
    given = SessionUnsealer(SESSION, lambda layer, epoch: find(layer, epoch) if layer is Layer.RAW else None)
    assert [given.unseal(frame) for frame in frames(LAYERED)] == [None] * 7


def test_a_raw_frame_is_checked_by_who_reads_the_view_alone() -> None:
    whole = frames(LAYERED)
    assert len(whole) == 7
    for at in range(48, len(whole[1])):
        damaged = bytearray(whole[1])
        damaged[at] ^= 1
        with pytest.raises(IntegrityError, match="Frame 2"):
            opened([whole[0], bytes(damaged), *whole[2:]])


def test_a_raw_frame_stands_before_its_view_and_nowhere_else() -> None:
    """Crafted by who has the keys, since nobody else could: the reader still says which side is which."""
    whole = frames(LAYERED)
    header = unpack_header(whole[1])
    assert header is not None
    second = pack_header(replace(header, sequence=2)) + whole[1][48:]
    with pytest.raises(IntegrityError, match="a raw frame stands where a view belongs"):
        opened([*whole[:2], second])
    other = pack_header(replace(header, kind=EntryKind.EVENT, flags=0, sequence=2)) + whole[1][48:]
    with pytest.raises(IntegrityError, match="not the view of the raw frame"):
        opened([*whole[:2], other])


def renewed() -> list[bytes]:
    """A recording whose keys were renewed once."""
    sealing = sealer()
    before = [frame for each in LAYERED[:3] for frame in sealing.seal(each).frames]
    sealing.renew()
    return before + [frame for each in LAYERED[3:] for frame in sealing.seal(each).frames]


def test_each_epoch_has_its_key_and_opens_without_the_others() -> None:
    keys = {(Layer.VIEW, 0): KEY, (Layer.RAW, 0): derived(KEY, 1),
            (Layer.RAW, 1): derived(KEY, 2), (Layer.VIEW, 1): derived(KEY, 3)}  # fmt: skip

    def find(layer: Layer, epoch: int) -> bytes | None:
        return keys.get((layer, epoch))

    assert opened(renewed(), find=find, layers=set(Layer)) == list(LAYERED)
    del keys[(Layer.VIEW, 0)], keys[(Layer.RAW, 0)]
    assert opened(renewed(), find=find, layers=set(Layer)) == list(LAYERED[3:])


def test_an_epoch_that_does_not_follow_is_refused() -> None:
    whole = renewed()
    back = unpack_header(whole[4])
    assert back is not None
    for epoch in (2, 0):
        frame = pack_header(replace(back, flags=back.flags & 15 | epoch << 4, sequence=7)) + whole[4][48:]
        with pytest.raises(IntegrityError, match="does not follow"):
            opened(
                [*whole, frame]
                if epoch == 0
                else [*whole[:4], pack_header(replace(back, flags=2 | epoch << 4)) + whole[4][48:]]
            )


def shared_keys(*layers: Layer) -> FindKey:
    """Give the keys of the shared vectors, of some layers."""
    return lambda layer, epoch: (
        bytes.fromhex(LAYERS["keys"][f"{layer.value}-{epoch}"]) if layer in layers else None
    )


@pytest.mark.parametrize("layers", [(Layer.VIEW,), tuple(Layer)])
def test_the_vectors_of_layers_are_opened(layers: tuple[Layer, ...]) -> None:
    read = opened(
        [bytes.fromhex(frame) for frame in LAYERS["frames"]], find=shared_keys(*layers), layers=layers
    )
    expected = [(each["payload"], each["raw"] if Layer.RAW in layers else None) for each in LAYERS["entries"]]
    assert [(each.payload.hex(), None if each.raw is None else each.raw.hex()) for each in read] == expected


def test_the_vectors_of_layers_are_sealed_to_the_same_bytes() -> None:
    assert [frame.hex() for frame in renewed()] == LAYERS["frames"]


@pytest.mark.parametrize("vector", LAYERS["refused"], ids=lambda vector: vector["name"])
def test_the_damaged_vectors_of_layers_are_refused(vector: dict[str, list[str]]) -> None:
    with pytest.raises(IntegrityError) as caught:
        opened([bytes.fromhex(frame) for frame in vector["frames"]], find=shared_keys(Layer.VIEW))
    assert caught.value.code == vector["expect"]


PIECED = (RECORDING[0], masked(LONG, LONG[::-1]), RECORDING[1], entry(EntryKind.EVENT, 4, LONG), RECORDING[3])
"""Frames 1 to 3 are raw and 4 to 6 the view of the same, 8 to 10 an entry of one layer."""


@pytest.mark.parametrize("layers", [(Layer.VIEW,), tuple(Layer)])
def test_an_entry_of_several_frames_is_given_whole_with_its_last(layers: tuple[Layer, ...]) -> None:
    expected = [each if Layer.RAW in layers else replace(each, raw=None) for each in PIECED]
    assert opened(frames(PIECED), find=ring(), layers=layers) == expected


def test_an_envelope_may_be_longer_than_a_piece() -> None:
    long = replace(RECORDING[1], envelope={"masked": ["x" * 100] * 7000, "n": 1})
    whole = frames([RECORDING[0], long])
    assert len(whole) == 3
    assert opened(whole)[1] == long


def test_an_entry_whose_last_frame_is_missing_is_not_given() -> None:
    whole = frames(PIECED)
    assert [len(opened(whole[:count])) for count in range(1, len(whole) + 1)] == [
        1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4, 5
    ]  # fmt: skip


@pytest.mark.parametrize(
    "order",
    [[9, 10], [8, 10], [8, 9, 11], [9, 8, 10], [8, 8, 9, 10], [8, 9, 9, 10], [8, 5, 10], [8, 9, 6], [8, 11]],
    ids=str,
)
@pytest.mark.parametrize("has_key", [True, False])
def test_a_piece_left_out_repeated_moved_or_of_another_entry_is_refused(
    order: list[int], has_key: bool
) -> None:
    """Also by who has no key: numbers and what frames say of themselves are enough."""
    whole = frames(PIECED)
    with pytest.raises(IntegrityError) as caught:
        opened([*whole[:8], *(whole[at] for at in order)], find=None if has_key else lambda *_: None)
    assert caught.value.code == "frame_damaged"


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": EntryKind.OUTCOME}, "not the next piece"),
        ({"at_us": 5}, "not the next piece"),
        ({"flags": 2}, "not the next piece"),
        ({"flags": 16}, "not the next piece"),
        ({"sequence": 10}, "in its place"),
    ],
)
def test_a_piece_says_the_same_of_itself_as_the_one_before(
    change: dict[str, int], why: str, has_key: bool
) -> None:
    whole = frames(PIECED)
    header = unpack_header(whole[9])
    assert header is not None
    assert header.goes_on
    other = pack_header(replace(header, **change)) + whole[9][HEADER_BYTES:]
    with pytest.raises(IntegrityError, match=why):
        opened([*whole[:9], other], find=None if has_key else lambda *_: None)


@pytest.mark.parametrize("flags", [0, GOES_ON])
def test_whether_an_entry_goes_on_is_sealed(flags: int) -> None:
    whole = frames(PIECED)
    at = 9 if not flags else 10
    header = unpack_header(whole[at])
    assert header is not None
    other = pack_header(replace(header, flags=flags)) + whole[at][HEADER_BYTES:]
    with pytest.raises(IntegrityError, match="was changed"):
        opened([*whole[:at], other])


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("byte", [60, -1])
def test_every_raw_piece_is_checked_by_who_reads_the_view_alone(at: int, byte: int) -> None:
    """Though it cannot open the piece behind it: the view is bound to all of them."""
    damaged = [bytearray(frame) for frame in frames(PIECED)]
    damaged[at][byte] ^= 1
    with pytest.raises(IntegrityError, match="Frame 4"):
        opened([bytes(frame) for frame in damaged])


@pytest.mark.parametrize(("kind", "sequence"), [(EntryKind.OPEN, 0), (EntryKind.CLOSE, 1)])
def test_what_opens_or_closes_a_session_does_not_go_on(kind: EntryKind, sequence: int) -> None:
    before = frames()[:sequence]
    frame = crafted(kind=kind, sequence=sequence, flags=GOES_ON)
    with pytest.raises(IntegrityError, match="has one frame"):
        opened([*before, frame])


def test_a_piece_that_is_longer_than_a_piece_may_be_is_refused_before_it_is_opened() -> None:
    long = crafted(bytes(MAX_PIECE + 200), kind=2, sequence=1, flags=GOES_ON)
    with pytest.raises(IntegrityError, match="longer than"):
        opened([frames()[0], long])


def test_a_frame_that_is_the_only_one_of_its_layer_may_be_as_long_as_an_entry() -> None:
    """Such were written before entries had several frames."""
    old = Unpieced(RECORDING[0])
    long = entry(EntryKind.OUTCOME, 2, bytes(4 * MAX_PIECE))
    assert opened([old.only_frame(RECORDING[0]), old.only_frame(long)]) == [RECORDING[0], long]


def test_pieces_that_are_more_than_an_entry_together_are_refused_when_they_are() -> None:
    """Each is 1 KB and inflates to half a mebibyte: it is counted, and no size that is stated is believed."""
    crafter = Unpieced(RECORDING[0])
    unsealer = SessionUnsealer(SESSION, only(KEY), keeps_payloads=False)
    unsealer.unseal(crafter.only_frame(RECORDING[0]))
    endless = entry(EntryKind.OUTCOME, 2, bytes(PIECE))
    for _ in range(MAX_CONTENT // PIECE - 1):
        unsealer.unseal(crafter.only_frame(endless, GOES_ON))
    with pytest.raises(IntegrityError, match="more than any entry"):
        unsealer.unseal(crafter.only_frame(endless, GOES_ON))


def test_who_keeps_no_payloads_has_checked_them() -> None:
    whole = frames(PIECED)
    unsealer = SessionUnsealer(SESSION, ring(), tuple(Layer), keeps_payloads=False)
    read = [each for frame in whole if (each := unsealer.unseal(frame)) is not None]
    assert [(each.envelope, each.payload) for each in read] == [(each.envelope, b"") for each in PIECED]
    damaged = whole[9][:-1] + bytes([whole[9][-1] ^ 1])
    unsealer = SessionUnsealer(SESSION, ring(), tuple(Layer), keeps_payloads=False)
    with pytest.raises(IntegrityError, match="Frame 9"):
        for frame in [*whole[:9], damaged]:
            unsealer.unseal(frame)


class Unpieced(SessionSealer):
    """Writes frames of any length and with any flags, as none does."""

    def __init__(self, opening: Entry) -> None:
        super().__init__(opening, fresh=lambda: (KEY, SALT), packer=ContentPacker())

    def only_frame(self, given: Entry, flags: int = 0) -> bytes:
        packer = ContentPacker()
        content, packed = packer.pack(packer.encode(given.envelope), given.payload)
        return self._frame(given, Layer.VIEW, content, packed | flags)[0]
