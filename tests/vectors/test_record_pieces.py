"""Our own reader and the verifier that shares no code with it agree with the vectors of long entries."""

import json
import struct

import pytest

from firedoor.core.record.frame import unpack_header
from firedoor.core.record.unseal import FindKey, SessionUnsealer
from firedoor.edges.export import verify_record as alone
from firedoor.model.entry import Entry, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from tests.vectors.piece_vectors import FILE, made

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
FRAMES = [bytes.fromhex(frame) for frame in VECTORS["frames"]]
NEEDS_A_KEY = {"goes-on-no-more", "goes-on-at-its-end", "raw-piece-changed"}
"""What frames say of themselves is in order there: only the seal tells, or the log."""


def keys(*layers: Layer) -> FindKey:
    found = {layer: bytes.fromhex(VECTORS["keys"][f"{layer.value}-0"]) for layer in layers}
    return lambda layer, epoch: found.get(layer) if epoch == 0 else None


def read(frames: list[bytes], *layers: Layer) -> list[tuple[int, Entry]]:
    unsealer = SessionUnsealer(SessionId(VECTORS["session"]), keys(*layers), layers)
    opened = [(number, unsealer.unseal(frame)) for number, frame in enumerate(frames)]
    return [(number, entry) for number, entry in opened if entry is not None]


def test_the_vectors_are_what_their_program_makes() -> None:
    assert json.loads(json.dumps(made())) == VECTORS


@pytest.mark.parametrize("layers", [(Layer.VIEW,), tuple(Layer)])
def test_long_entries_are_opened_as_the_vectors_say(layers: tuple[Layer, ...]) -> None:
    said = [
        {
            "sequence": number,
            "kind": entry.kind,
            "at_us": entry.at_us,
            "envelope": entry.envelope,
            "payload": entry.payload.hex(),
            "raw": None if entry.raw is None else entry.raw.hex(),
        }
        for number, entry in read(FRAMES, *layers)
    ]
    expected = [each if Layer.RAW in layers else {**each, "raw": None} for each in VECTORS["expect"]]
    assert said == expected


def test_an_entry_is_there_when_its_last_frame_is() -> None:
    counts = [len(read(FRAMES[: count + 1], Layer.VIEW)) for count in range(len(FRAMES))]
    assert counts == VECTORS["cut"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_what_was_done_to_pieces_is_refused(vector: dict) -> None:
    frames = [bytes.fromhex(frame) for frame in vector["frames"]]
    with pytest.raises(IntegrityError) as caught:
        read(frames, Layer.VIEW)
    assert caught.value.code == vector["expect"]
    if vector["name"] not in NEEDS_A_KEY:
        with pytest.raises(IntegrityError):
            read(frames)


def found(frame: bytes) -> alone.Found:
    header = alone.unpack(frame, 0)
    assert header is not None
    kind, _, sequence, at_us, flags = header
    place = ("", 0, kind, frame[8:24], sequence, at_us, flags, len(frame), alone.sha256(frame), frame)
    return alone.Found(*place)


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_the_verifier_without_a_key_sees_the_same(vector: dict) -> None:
    faults = list(alone.check_session([found(bytes.fromhex(frame)) for frame in vector["frames"]]))
    assert bool(faults) is (vector["name"] not in NEEDS_A_KEY)


def test_the_verifier_finds_nothing_wrong_with_the_vectors() -> None:
    assert list(alone.check_session([found(frame) for frame in FRAMES])) == []


def test_the_verifier_puts_envelopes_together() -> None:
    """Of an entry whose envelope is in three frames, each with a piece of it."""
    contents = [
        struct.pack(">II", len(envelope), len(payload)) + envelope + payload + bytes(40)
        for envelope, payload in ((b"", b"one "), (b'{"n":', b"two "), (b"4}", b"three"))
    ]
    assert alone.envelope_of(found(FRAMES[11]), contents) == {"n": 4}
    assert alone.envelope_of(found(FRAMES[11]), contents[:2]) is None


def test_flags_are_those_of_the_specification() -> None:
    flags = [header.flags for header in map(unpack_header, FRAMES) if header is not None]
    assert flags == [0, 6, 6, 2, 4, 4, 4, 0, 0, 4, 4, 0, 0]
