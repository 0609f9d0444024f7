"""Seals the entries of one session into frames. A sequence number is never used twice.

Theory of operation. A session key is 32 random bytes, used by one process for one session and one layer,
and never again. From it and a 24-byte random salt, HKDF-SHA512 gives an AES-256 key, a base nonce and a
32-byte commitment. The nonce of a frame is the base nonce XOR its sequence number: two frames share a
nonce only if they share a number, so a number is spent before its frame exists anywhere. The commitment
stands in clear in the first frame; a wrong key is refused before it decrypts anything, and a ciphertext
that opens under two keys (AES-GCM allows that) is of no use.

Each frame authenticates its own header and the hash of the session's previous frame, so that frames can
be neither changed, nor moved, nor left out, except at the end.
"""

import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firedoor.core.record.content import ContentPacker
from firedoor.core.record.frame import Header, pack_header, session_bytes
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError

KEY_BYTES = 32
SALT_BYTES = 24
COMMITMENT_BYTES = 32
OPENING_BYTES = SALT_BYTES + COMMITMENT_BYTES
"""In clear before the ciphertext of a session's first frame: salt, commitment."""
TAG_BYTES = 16
FIRST_PREVIOUS = bytes(32)
"""Stands for the hash of the frame before the first."""
VIEW_LAYER = b"view"

_NONCE_BYTES = 12
_INFO = b"firedoor/fdrec/v1\x00AES-256-GCM\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What a session key and a salt give."""

    cipher: AESGCM
    base_nonce: int
    commitment: bytes

    def nonce(self, sequence: int) -> bytes:
        """Return the nonce of the frame with this number."""
        return (self.base_nonce ^ sequence).to_bytes(_NONCE_BYTES)


def derive(key: bytes, salt: bytes, *, layer: bytes = VIEW_LAYER, epoch: int = 0) -> Derived:
    """Everything that sealing and opening a session's frames takes."""
    if len(key) != KEY_BYTES or len(salt) != SALT_BYTES:
        raise ValueError("a session key has 32 bytes and its salt 24")
    info = _INFO + layer + b"\x00" + epoch.to_bytes(2)
    length = KEY_BYTES + _NONCE_BYTES + COMMITMENT_BYTES
    okm = HKDF(algorithm=SHA512(), length=length, salt=salt, info=info).derive(key)
    return Derived(
        cipher=AESGCM(okm[:KEY_BYTES]),
        base_nonce=int.from_bytes(okm[KEY_BYTES : KEY_BYTES + _NONCE_BYTES]),
        commitment=okm[KEY_BYTES + _NONCE_BYTES :],
    )


class SessionSealer:
    """Seals one session, in order. One thread at a time."""

    def __init__(self, opening: Entry, *, key: bytes, salt: bytes, packer: ContentPacker) -> None:
        if opening.kind is not EntryKind.OPEN:
            raise RecordError("session_not_open", "The first entry of a session opens it.")
        self._session = session_bytes(opening.session)
        self._derived = derive(key, salt)
        self._opening = salt + self._derived.commitment
        self._pack = packer.pack
        self._next = 0
        self._previous = FIRST_PREVIOUS

    def seal(self, entry: Entry) -> tuple[int, bytes]:
        """Spend a sequence number: return it and the frame.

        Raises:
            RecordError: the entry is too large or not JSON, or opens what is open. No number is spent.
        """
        sequence = self._next
        if (entry.kind is EntryKind.OPEN) != (sequence == 0):
            raise RecordError("session_already_open", "A session is opened once, by its first entry.")
        content, flags = self._pack(entry.envelope, entry.payload)
        opening = b"" if sequence else self._opening
        header = pack_header(
            Header(
                kind=entry.kind,
                body_bytes=len(opening) + len(content) + TAG_BYTES,
                session=self._session,
                sequence=sequence,
                at_us=entry.at_us,
                flags=flags,
            )
        )
        # Spent here: whatever happens from now on, no other frame gets this nonce.
        self._next = sequence + 1
        sealed = self._derived.cipher.encrypt(self._derived.nonce(sequence), content, header + self._previous)
        frame = b"".join((header, opening, sealed))
        self._previous = hashlib.sha256(frame).digest()
        return sequence, frame
