import json
import random
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.record.frame import Header, pack_header, session_bytes, unpack_header
from firedoor.core.record.unseal import FindKey, SessionUnsealer
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from tests.core.record.sealed import KEY, RECORDING, SALT, SESSION, derived, frames, masked, sealer

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
