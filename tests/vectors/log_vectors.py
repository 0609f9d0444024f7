"""Makes `record_log.json`: `python -m tests.vectors.log_vectors` writes it again.

Other implementations of the record format are held to it. Everything is fixed: keys, salts, instants.
"""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

from firedoor.core.record.checkpoint import Checkpoint, sign_checkpoint
from firedoor.core.record.frame import unpack_header
from firedoor.core.record.leaf import Beginning, leaf_of, leaf_of_beginning
from firedoor.core.record.note import NoteSigner
from firedoor.core.record.segment import SegmentHeader, pack_group, pack_segment_header
from firedoor.core.record.session_file import SessionFileHeader, pack_session_header, session_path
from firedoor.core.record.tree import (
    Row,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
)
from firedoor.edges.store.log.folder import DiskLog
from firedoor.edges.store.log.growing import GrowingLog
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId
from tests.core.record.sealed import RECORDING, SESSION, frames, sealer

FILE = Path(__file__).parent / "record_log.json"
INSTANCE = "6b0440840dc8"
ORIGIN = f"gw.example/door/{INSTANCE}"
SEED = bytes(range(32))
SIGNER = NoteSigner(ORIGIN, SEED)
OTHER = "0193f0aa-1122-7333-8444-555566660001"
SEGMENT = "journal/00000000000000000000.seg"


def trees() -> list[dict[str, object]]:
    """Roots and proofs over leaves that are the numbers from 0 on, in four bytes."""
    found = []
    for size in (1, 2, 3, 7, 8, 300):
        row, nodes = Row(), {}
        roots = {}
        for index in range(size):
            for level, node in enumerate(row.append(leaf_hash(index.to_bytes(4)))):
                nodes[level, index >> level] = node
            roots[index + 1] = row.root()

        def node(level: int, index: int, nodes=nodes) -> bytes:
            return nodes[level, index]

        index, old = size // 2, max(1, size // 3)
        found.append(
            {
                "size": size,
                "root": row.root().hex(),
                "inclusion": {
                    "index": index,
                    "proof": [h.hex() for h in prove_inclusion(index, size, node)],
                },
                "consistency": {
                    "old": old,
                    "old_root": roots[old].hex(),
                    "proof": [h.hex() for h in prove_consistency(old, size, node)],
                },
            }
        )
    return found


def leaves() -> list[dict[str, str]]:
    found = [{"frame": frame.hex(), "leaf": leaf_bytes(frame).hex()} for frame in frames()]
    beginning = Beginning(segment=3, continued=70, digest=bytes(range(32)), length=211)
    return [*found, {"segment": "3", "continued": "70", "leaf": leaf_of_beginning(beginning).hex()}]


def leaf_bytes(frame: bytes) -> bytes:
    header = unpack_header(frame)
    assert header is not None
    return leaf_of(frame, header)


def other_frames() -> list[bytes]:
    """The 265 frames of another session."""
    intent = Entry(kind=EntryKind.INTENT, session=SessionId(OTHER), at_us=1, envelope={}, payload=b"{}")
    entries = [replace(RECORDING[0], session=SessionId(OTHER)), *[intent] * 264]
    sealing = sealer(entries[0])
    return [frame for entry in entries for frame in sealing.seal(entry).frames]


def directory() -> dict[str, bytes]:
    """A data directory: one session in its own file, one in the journal, and a log of 270 leaves."""
    moved, kept = frames(), other_frames()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        log = GrowingLog.begin(DiskLog(root, INSTANCE), SIGNER, Beginning(segment=0))
        for number, frame in enumerate([*moved, *kept]):
            log.append(leaf_bytes(frame))
            if number == 100:
                log.sign(is_kept=True)
        log.sign()
        files = {f.relative_to(root).as_posix(): f.read_bytes() for f in root.rglob("*") if f.is_file()}
    header = SegmentHeader(origin="firedoor", number=0, run=0, created_at_us=1000, previous=None)
    files[SEGMENT] = pack_segment_header(header) + b"".join(
        pack_group(b"".join(group), number=number, at_us=2000 + number)
        for number, group in enumerate(([*moved, *kept[:100]], kept[100:]))
    )
    session_header = pack_session_header(SessionFileHeader(origin=ORIGIN, session=SESSION))
    files[f"sessions/{session_path(SESSION)}"] = session_header + b"".join(moved)
    return dict(sorted(files.items()))


def cases(files: dict[str, bytes]) -> list[dict[str, object]]:
    """What is done to the directory, and what a verifier that opens no frame must say of it."""
    session = f"sessions/{session_path(SESSION)}"
    log = f"log/{INSTANCE}"
    other = Row()
    other.append(leaf_hash(b"other"))
    forked = sign_checkpoint(Checkpoint(origin=ORIGIN, size=1, root=other.root()), SIGNER).decode()
    newer = sign_checkpoint(Checkpoint(origin=ORIGIN, size=999, root=bytes(32)), SIGNER).decode()
    older = files[f"{log}/checkpoints/102"].decode()
    whole = {"keys": [str(SIGNER.key)], "held": [older]}
    flips = [
        (session, 70), (session, len(files[session]) * 4), (SEGMENT, 3), (SEGMENT, 700),
        (SEGMENT, len(files[SEGMENT]) * 8 - 1), (SEGMENT, len(files[SEGMENT]) * 4),
        (f"{log}/checkpoint", 9), (f"{log}/checkpoint", 900), (f"{log}/key", 30),
        (f"{log}/checkpoints/102", 400), (f"{log}/tile/0/000", 5000), (f"{log}/tile/0/001.p/14", 77),
        (f"{log}/tile/1/000.p/1", 8), (f"{log}/tile/entries/000", 999), (f"{log}/tile/entries/001.p/14", 999),
    ]  # fmt: skip
    return [
        {"do": {}, "given": whole, "expect": {"level": 3, "exit": 0}},
        {"do": {}, "given": {"keys": [str(SIGNER.key)]}, "expect": {"level": 2, "exit": 0}},
        {"do": {}, "given": {}, "expect": {"level": 1, "exit": 3}},
        {"do": {}, "given": {**whole, "held": [forked]}, "expect": {"level": 2, "exit": 1}},
        {"do": {}, "given": {**whole, "held": [newer]}, "expect": {"level": 2, "exit": 1}},
        *(
            {"do": {"flip": [path, bit]}, "given": whole, "expect": {"exit": 1, "names": path}}
            for path, bit in flips
        ),
        {"do": {"remove": session}, "given": whole, "expect": {"level": 3, "exit": 0}},
        {"do": {"remove": SEGMENT}, "given": whole, "expect": {"exit": 2}},
        {"do": {"cut": [session, 300]}, "given": whole, "expect": {"exit": 1, "names": session}},
        {"do": {"cut": [SEGMENT, 4000]}, "given": whole, "expect": {"exit": 1, "session": OTHER}},
        {"do": {"remove": f"{log}/tile/0/000"}, "given": whole, "expect": {"exit": 1}},
        {"do": {"remove": f"{log}/checkpoint"}, "given": whole, "expect": {"exit": 1}},
    ]


def made() -> dict[str, object]:
    files = directory()
    return {
        "about": (
            "The log of FDREC v1. Bytes in hexadecimal, notes as text. `cases` are done to a fresh copy "
            "of `directory`, one each: a bit is flipped (bit n is bit n mod 8, from the lowest, of byte "
            "n div 8), a file is removed, or cut to so many bytes. The verifier opens no frame: it has no "
            "session keys, and is told so. A fault names the file of `names` and the session of `session`."
        ),
        "seed": SEED.hex(),
        "key": str(SIGNER.key),
        "leaves": leaves(),
        "trees": trees(),
        "directory": {path: content.hex() for path, content in files.items()},
        "cases": cases(files),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), indent=1) + "\n", encoding="utf-8")
