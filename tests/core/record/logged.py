"""A small log in memory, made of sealed frames."""

from dataclasses import dataclass, field

from firedoor.core.record.checkpoint import Checkpoint, sign_checkpoint
from firedoor.core.record.frame import Header, pack_header, session_bytes, unpack_header
from firedoor.core.record.leaf import Beginning, leaf_of, leaf_of_beginning
from firedoor.core.record.note import NoteSigner
from firedoor.core.record.tiles import ENTRIES, Tile, pack_bundle, tiles_of
from firedoor.core.record.tree import Row, leaf_hash
from firedoor.core.record.verify_frames import FoundFrame
from tests.core.record.sealed import SESSION

SIGNER = NoteSigner("gw.example/door/one", bytes(range(32)))


@dataclass
class Folder:
    """A log's files by their paths."""

    place: str = "log/one"
    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def paths(self) -> list[str]:
        return list(self.files)

    def flip(self, path: str, bit: int) -> None:
        content = bytearray(self.files[path])
        content[bit // 8] ^= 1 << bit % 8
        self.files[path] = bytes(content)


def plain_frames(count: int, session: str = SESSION) -> list[bytes]:
    """Frames that nobody opens: their header and a body."""
    return [
        pack_header(
            Header(kind=2, body_bytes=8, session=session_bytes(session), sequence=number, at_us=1000 + number)
        )
        + number.to_bytes(8)
        for number in range(count)
    ]


def leaves_of(frames: list[bytes]) -> list[bytes]:
    found = [leaf_of_beginning(Beginning(segment=0))]
    for frame in frames:
        header = unpack_header(frame)
        assert header is not None
        found.append(leaf_of(frame, header))
    return found


def log_of(leaves: list[bytes], signer: NoteSigner = SIGNER, history: tuple[int, ...] = ()) -> Folder:
    """Write a log down, its checkpoint and earlier ones included."""
    folder = Folder(place=f"log/{signer.key.name.rpartition('/')[2]}")
    row, levels = Row(), {ENTRIES: leaves}
    for index, leaf in enumerate(leaves, start=1):
        for level, node in enumerate(row.append(leaf_hash(leaf))):
            if level % 8 == 0:
                levels.setdefault(level // 8, []).append(node)
        if index in history:
            folder.files[f"checkpoints/{index}"] = note_of(row, signer)
    for tile in tiles_of(len(leaves)):
        folder.files[tile.path] = content_of(tile, levels)
    folder.files["checkpoint"] = note_of(row, signer)
    folder.files["key"] = f"{signer.key}\n".encode()
    return folder


def content_of(tile: Tile, levels: dict[int, list[bytes]]) -> bytes:
    part = levels[tile.level][tile.index * 256 : tile.index * 256 + tile.width]
    return pack_bundle(part) if tile.level == ENTRIES else b"".join(part)


def note_of(row: Row, signer: NoteSigner) -> bytes:
    return sign_checkpoint(Checkpoint(origin=signer.key.name, size=row.size, root=row.root()), signer)


def found_in_journal(frames: list[bytes]) -> list[FoundFrame]:
    found, offset = [], 100
    for frame in frames:
        header = unpack_header(frame)
        assert header is not None
        found.append(
            FoundFrame(content=frame, header=header, file="journal/0.seg", offset=offset, is_in_journal=True)
        )
        offset += len(frame)
    return found
