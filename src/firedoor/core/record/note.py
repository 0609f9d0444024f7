"""Signed notes, as C2SP has them: a text that people can read, and signatures below it. Ed25519 alone.

    <text, ending in a newline>
    <empty line>
    — <name of the key> <base64 of 4 bytes that name the key, then the signature>

There is one way to write a note. A note whose bytes differ from it in any bit does not open.
https://c2sp.org/signed-note
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED_BYTES = 32
MAX_NOTE = 1 << 16
"""Bytes of a note at most: what is longer is none, and is not parsed."""
MAX_SIGNATURES = 100

_ED25519 = b"\x01"
_ID_BYTES = 4
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One line below the text. Not checked yet."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note, taken apart. Not checked yet."""

    text: str
    signatures: tuple[Signature, ...]


class NoteKey:
    """A public key that is trusted under a name: what an auditor pins."""

    def __init__(self, name: str, public: bytes) -> None:
        if not _is_name(name):
            raise ValueError("the name of a key has no white space and no plus")
        self.name = name
        self.public = public
        self.key_id = hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_ID_BYTES]
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def __str__(self) -> str:
        """Write it as verifiers take it: name, id, key."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def has_signed(self, note: Note) -> bool:
        """Whether one of the signatures is of this key, and none of its name and id is anything else."""
        own = [s for s in note.signatures if (s.name, s.key_id) == (self.name, self.key_id)]
        return bool(own) and all(self._verifies(note.text, s.signature) for s in own)

    def _verifies(self, text: str, signature: bytes) -> bool:
        try:
            self._key.verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class NoteSigner:
    """A private key under a name. Never shows it."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = NoteKey(name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        """Return the note of a text."""
        if not _is_text(text):
            raise ValueError("a note's text ends in a newline and has no control characters")
        signature = base64.b64encode(self.key.key_id + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.key.name} {signature}\n".encode()


def read_key(text: str) -> NoteKey | None:
    """Read a public key as `NoteKey` writes it; None if it is none, or is not Ed25519."""
    found = _KEY.fullmatch(text)
    packed = None if found is None else _decoded(found[3])
    if found is None or packed is None or packed[:1] != _ED25519 or len(packed) != 1 + SEED_BYTES:
        return None
    try:
        key = NoteKey(found[1], packed[1:])
    except ValueError:
        return None
    return key if key.key_id.hex() == found[2] else None


def read_note(content: bytes) -> Note | None:
    """Take a note apart; None if it is none."""
    try:
        whole = content.decode("utf-8") if len(content) <= MAX_NOTE else ""
    except UnicodeDecodeError:
        return None
    text, separator, below = whole.rpartition("\n\n")
    text += "\n"
    if not separator or not below.endswith("\n") or not _is_text(text):
        return None
    signatures = [_signature(line) for line in below[:-1].split("\n")]
    known = tuple(signature for signature in signatures if signature is not None)
    if len(known) != len(signatures) or len(known) > MAX_SIGNATURES:
        return None
    return Note(text=text, signatures=known)


def _signature(line: str) -> Signature | None:
    found = _LINE.fullmatch(line)
    packed = None if found is None else _decoded(found[2])
    if found is None or packed is None or len(packed) <= _ID_BYTES:
        return None
    return Signature(name=found[1], key_id=packed[:_ID_BYTES], signature=packed[_ID_BYTES:])


def _decoded(text: str) -> bytes | None:
    """Decode base64 that is written the one way there is: spare bits are zero."""
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return packed if base64.b64encode(packed).decode() == text else None


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def _is_text(text: str) -> bool:
    return text.endswith("\n") and not any(c < " " and c != "\n" for c in text)
