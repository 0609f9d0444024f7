"""Makes `record_pieces.json`: `python -m tests.vectors.piece_vectors` writes it again.

A session with entries of several frames. The pieces are far shorter than ours: where a writer cuts is its own
affair, and a reader takes what it finds. Everything is fixed: keys, salts, instants.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from firedoor.core.record.content import ContentPacker
from firedoor.core.record.frame import GOES_ON, HEADER_BYTES, Header, pack_header, unpack_header
from firedoor.core.record.seal import SessionSealer
from firedoor.model.entry import Entry, EntryKind, Layer
from tests.core.record.sealed import KEY, RECORDING, SALT, SESSION, derived, entry, masked

FILE = Path(__file__).parent / "record_pieces.json"
RAW_KEY = derived(KEY, 1)
ENTRIES = (
    RECORDING[0],
    masked(b"EMAIL_1, EMAIL_2", b"ann@example.com, bob@example.com"),
    RECORDING[1],
    entry(EntryKind.EVENT, 4, b"one two three"),
    RECORDING[3],
)
OPEN, RAW, VIEW, INTENT, EVENT, CLOSE = range(6)


class Cutter(SessionSealer):
    """Writes the frames that it is told to."""

    def __init__(self) -> None:
        keys = iter((KEY, RAW_KEY))
        super().__init__(RECORDING[0], fresh=lambda: (next(keys), SALT), packer=ContentPacker())

    def cut(self, given: Entry, layer: Layer, *pieces: tuple[bytes, bytes]) -> list[bytes]:
        packer, frames = ContentPacker(), list[bytes]()
        for number, (envelope, payload) in enumerate(pieces, start=1):
            content, flags = packer.pack(envelope, payload)
            goes_on = GOES_ON if number < len(pieces) else 0
            frames.append(self._frame(given, layer, content, flags | goes_on)[0])
        return frames


def frames() -> list[list[bytes]]:
    """The frames of each layer of each entry."""
    cutter = Cutter()
    opening, answer, intent, event, close = ENTRIES
    raw = answer.raw or b""
    return [
        cutter.cut(opening, Layer.VIEW, (b'{"n":0}', b"")),
        cutter.cut(answer, Layer.RAW, (b"{}", raw[:9]), (b"", raw[9:10]), (b"", raw[10:])),
        cutter.cut(answer, Layer.VIEW, (b'{"n', b""), (b'":2}', b""), (b"", b""), (b"", answer.payload)),
        cutter.cut(intent, Layer.VIEW, (b'{"n":1}', intent.payload)),
        cutter.cut(event, Layer.VIEW, (b"", b"one "), (b'{"n":', b"two "), (b"4}", b"three")),
        cutter.cut(close, Layer.VIEW, (b'{"n":3}', b"")),
    ]


def changed(frame: bytes, change: Callable[[Header], Header]) -> bytes:
    header = unpack_header(frame)
    assert header is not None
    return pack_header(change(header)) + frame[HEADER_BYTES:]


def refused() -> dict[str, list[bytes]]:
    """What a reader with the view key refuses; all but the last three also one without a key."""
    whole = frames()
    before = [frame for part in whole[:EVENT] for frame in part]
    raw, (one, two, three) = whole[RAW], whole[EVENT]
    (close,) = whole[CLOSE]
    endless = changed(close, lambda header: replace(header, flags=header.flags | GOES_ON))
    return {
        "first-piece-left-out": [*before, two, three],
        "piece-left-out": [*before, one, three],
        "pieces-exchanged": [*before, two, one, three],
        "piece-twice": [*before, one, one, two, three],
        "piece-of-another-entry": [*before, one, whole[VIEW][1], three],
        "last-piece-left-out": [*before, one, two, close],
        "piece-of-another-kind": [*before, one, changed(two, lambda header: replace(header, kind=3))],
        "piece-of-another-instant": [*before, one, changed(two, lambda header: replace(header, at_us=9))],
        "piece-of-another-layer": [*before, one, changed(two, lambda header: replace(header, flags=6))],
        "end-that-goes-on": [*before, one, two, three, endless],
        "goes-on-no-more": [*before, one, changed(two, lambda header: replace(header, flags=0))],
        "goes-on-at-its-end": [*before, one, two, changed(three, lambda header: replace(header, flags=4))],
        "raw-piece-changed": [*whole[OPEN], raw[0], _flipped(raw[1]), raw[2], *whole[VIEW]],
    }


def _flipped(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 1])


def made() -> dict[str, object]:
    whole = [frame for part in frames() for frame in part]
    return {
        "about": (
            "A session with entries of several frames, FDREC v1. Bytes in hexadecimal. `expect` is what a "
            "reader with both keys gets from `frames`, each entry with the number of its last frame; with "
            "the view key alone every `raw` is null. `cut` says how many entries a reader gets from the "
            "first 1, 2, 3 ... frames. Each of `refused` is refused with the error `expect`."
        ),
        "session": SESSION,
        "keys": {"view-0": KEY.hex(), "raw-0": RAW_KEY.hex()},
        "salt": SALT.hex(),
        "frames": [frame.hex() for frame in whole],
        "expect": [
            {
                "sequence": sequence,
                "kind": int(each.kind),
                "at_us": each.at_us,
                "envelope": each.envelope,
                "payload": each.payload.hex(),
                "raw": None if each.raw is None else each.raw.hex(),
            }
            for sequence, each in zip((0, 7, 8, 11, 12), ENTRIES, strict=True)
        ],
        "cut": [1, 1, 1, 1, 1, 1, 1, 2, 3, 3, 3, 4, 5],
        "refused": [
            {"name": name, "frames": [frame.hex() for frame in those], "expect": "frame_damaged"}
            for name, those in refused().items()
        ],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), indent=1) + "\n", encoding="utf-8")
