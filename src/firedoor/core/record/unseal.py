"""Opens the frames of one session, in order. Never returns what does not verify."""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag

from firedoor.core.record.content import unpack
from firedoor.core.record.frame import HEADER_BYTES, ZSTD, Header, session_bytes, unpack_header
from firedoor.core.record.seal import FIRST_PREVIOUS, KEY_BYTES, OPENING_BYTES, SALT_BYTES, Derived, derive
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId

_KINDS = {int(kind): kind for kind in EntryKind}


class SessionUnsealer:
    """Opens one session from its first frame on."""

    def __init__(self, session: SessionId, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise IntegrityError("key_damaged", f"The key of session {session} is not a session key.")
        self._session = session
        self._packed = session_bytes(session)
        self._key = key
        self._derived: Derived | None = None
        self._next = 0
        self._previous = FIRST_PREVIOUS

    def unseal(self, frame: bytes) -> Entry:
        """Return the entry of the session's next frame.

        Raises:
            IntegrityError: this is not that frame, or not as it was sealed, or the key is another's.
        """
        header = unpack_header(frame)
        if header is None or HEADER_BYTES + header.body_bytes != len(frame):
            raise self._damaged("its header is damaged")
        kind = self._expect(header)
        start = HEADER_BYTES
        if header.sequence == 0:
            self._derived = self._begin(frame[start : start + OPENING_BYTES])
            start += OPENING_BYTES
        if self._derived is None:
            raise self._damaged("the session's first frame is missing")
        try:
            content = self._derived.cipher.decrypt(
                self._derived.nonce(header.sequence), frame[start:], frame[:HEADER_BYTES] + self._previous
            )
        except InvalidTag:
            raise self._damaged("it or the frame before it was changed") from None
        envelope, payload = unpack(content, header.flags)
        self._next += 1
        self._previous = hashlib.sha256(frame).digest()
        return Entry(kind=kind, session=self._session, at_us=header.at_us, envelope=envelope, payload=payload)

    def _expect(self, header: Header) -> EntryKind:
        if header.session != self._packed:
            raise self._damaged("it belongs to another session")
        if header.sequence != self._next:
            raise self._damaged(f"in its place stands number {header.sequence}")
        kind = _KINDS.get(header.kind)
        if kind is None or (kind is EntryKind.OPEN) != (header.sequence == 0):
            raise self._damaged(f"kind {header.kind} is not known there")
        if header.flags & ~ZSTD:
            raise self._damaged("it has flags that this reader does not know")
        return kind

    def _begin(self, opening: bytes) -> Derived:
        if len(opening) != OPENING_BYTES:
            raise self._damaged("it is too short for a first frame")
        derived = derive(self._key, opening[:SALT_BYTES])
        if not hmac.compare_digest(derived.commitment, opening[SALT_BYTES:]):
            raise IntegrityError("key_of_another", f"The key is not the key of session {self._session}.")
        return derived

    def _damaged(self, why: str) -> IntegrityError:
        return IntegrityError(
            "frame_damaged", f"Frame {self._next} of session {self._session} does not verify: {why}."
        )
