"""A checkpoint: which log, how many leaves, which root, signed. Never signs what it did not format itself.

    <origin>
    <size, decimal>
    <base64 of the root>

Further lines may follow; they are kept and mean nothing here. https://c2sp.org/tlog-checkpoint
"""

import base64
import binascii
import re
from dataclasses import dataclass

from firedoor.core.record.note import Note, NoteKey, NoteSigner, read_note
from firedoor.core.record.tree import HASH_BYTES

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself."""

    origin: str
    size: int
    root: bytes


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> bytes:
    """Return the signed note of a checkpoint."""
    if "\n" in checkpoint.origin or not checkpoint.origin or len(checkpoint.root) != HASH_BYTES:
        raise ValueError("an origin is one line, and a root has 32 bytes")
    root = base64.b64encode(checkpoint.root).decode()
    return signer.sign(f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n")


def checkpoint_in(note: Note) -> Checkpoint | None:
    """Read the text of a note as a checkpoint; None if it is none. Says nothing of the signatures."""
    lines = note.text.split("\n")[:-1]
    if len(lines) < _LINES or not all(lines) or not _SIZE.fullmatch(lines[1]):
        return None
    try:
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error:
        return None
    if len(root) != HASH_BYTES or base64.b64encode(root).decode() != lines[2]:
        return None
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def open_checkpoint(content: bytes, key: NoteKey) -> Checkpoint | None:
    """Return the checkpoint of a signed note; None if it is none, or the key has not signed it."""
    note = read_note(content)
    if note is None or not key.has_signed(note):
        return None
    return checkpoint_in(note)
