"""Opens the frames of one session, in order. Never returns what does not verify.

A reader opens the layers that it asks for and has keys to. Frames of other keys are passed over: their
place in the chain is checked by the next frame that opens, their content is not seen.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection
from typing import TypeAlias

from cryptography.exceptions import InvalidTag

from firedoor.core.record.content import unpack
from firedoor.core.record.frame import (
    HEADER_BYTES,
    KNOWN_FLAGS,
    Header,
    session_bytes,
    unpack_header,
)
from firedoor.core.record.seal import FIRST_PREVIOUS, KEY_BYTES, OPENING_BYTES, SALT_BYTES, Derived, derive
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.model.json import Json

FindKey: TypeAlias = Callable[[Layer, int], bytes | None]
"""The key of a layer and epoch; None if there is none for this reader."""

_KINDS = {int(kind): kind for kind in EntryKind}
_VIEW_ONLY = frozenset({Layer.VIEW})


class SessionUnsealer:
    """Opens one session from its first frame on."""

    def __init__(self, session: SessionId, find_key: FindKey, layers: Collection[Layer] = _VIEW_ONLY) -> None:
        """`find_key` is asked once for each key of `layers` that the frames name."""
        self._session = session
        self._packed = session_bytes(session)
        self._find_key = find_key
        self._layers = layers
        self._begun: dict[tuple[Layer, int], Derived | None] = {}
        self._epoch = 0
        self._next = 0
        self._previous = FIRST_PREVIOUS
        self._below: Header | None = None
        """The raw frame that waits for its view."""
        self._raw: bytes | None = None

    def unseal(self, frame: bytes, *, is_wanted: bool = True) -> Entry | None:
        """Take the session's next frame; return its entry if that ends here and opens.

        A raw frame gives nothing: what it holds comes with the entry of the view frame that follows.
        One that is not wanted is not decrypted: the next one that is verifies its place in the chain.

        Raises:
            IntegrityError: this is not that frame, or not as it was sealed, or the key is another's.
        """
        header = unpack_header(frame)
        if header is None or HEADER_BYTES + header.body_bytes != len(frame):
            raise self._damaged("its header is damaged")
        kind = self._expect(header)
        opened = self._open(header, frame, is_wanted=is_wanted)
        self._next += 1
        self._previous = hashlib.sha256(frame).digest()
        if header.layer is Layer.RAW:
            self._below, self._raw = header, None if opened is None else opened[1]
            return None
        raw, self._below, self._raw = self._raw, None, None
        if opened is None:
            return None
        envelope, payload = opened
        return Entry(
            kind=kind, session=self._session, at_us=header.at_us, envelope=envelope, payload=payload, raw=raw
        )

    def _expect(self, header: Header) -> EntryKind:
        if header.session != self._packed:
            raise self._damaged("it belongs to another session")
        if header.sequence != self._next:
            raise self._damaged(f"in its place stands number {header.sequence}")
        kind = _KINDS.get(header.kind)
        if kind is None or (kind is EntryKind.OPEN) != (header.sequence == 0):
            raise self._damaged(f"kind {header.kind} is not known there")
        if header.flags & ~KNOWN_FLAGS:
            raise self._damaged("it has flags that this reader does not know")
        self._expect_layer(header)
        return kind

    def _expect_layer(self, header: Header) -> None:
        if header.layer is Layer.RAW and (self._below is not None or header.sequence == 0):
            raise self._damaged("a raw frame stands where a view belongs")
        if self._below is not None and header.kind != self._below.kind:
            raise self._damaged("it is not the view of the raw frame before it")
        is_next = header.epoch == self._epoch + 1
        if header.epoch != self._epoch and not (is_next and self._next):
            raise self._damaged(f"key epoch {header.epoch} does not follow {self._epoch}")

    def _open(self, header: Header, frame: bytes, *, is_wanted: bool) -> tuple[dict[str, Json], bytes] | None:
        """Decrypt a frame; None if there is no key to it. Its content is checked, or nothing is kept."""
        start = HEADER_BYTES
        which = (header.layer, header.epoch)
        if which not in self._begun:
            self._begun[which] = self._begin(header, frame[start : start + OPENING_BYTES])
            start += OPENING_BYTES
        self._epoch = header.epoch
        derived = self._begun[which]
        if derived is None or not is_wanted:
            return None
        try:
            content = derived.cipher.decrypt(
                derived.nonce(header.sequence), frame[start:], frame[:HEADER_BYTES] + self._previous
            )
        except InvalidTag:
            raise self._damaged("it or the frame before it was changed") from None
        return unpack(content, header.flags)

    def _begin(self, header: Header, opening: bytes) -> Derived | None:
        if len(opening) != OPENING_BYTES:
            raise self._damaged("it is too short for the first frame of a key")
        key = self._find_key(header.layer, header.epoch) if header.layer in self._layers else None
        if key is None:
            return None
        if len(key) != KEY_BYTES:
            raise IntegrityError(
                "key_damaged", f"The {header.layer} key of session {self._session} is not a session key."
            )
        derived = derive(key, opening[:SALT_BYTES], layer=header.layer, epoch=header.epoch)
        if not hmac.compare_digest(derived.commitment, opening[SALT_BYTES:]):
            raise IntegrityError(
                "key_of_another", f"The {header.layer} key is not the key of session {self._session}."
            )
        return derived

    def _damaged(self, why: str) -> IntegrityError:
        return IntegrityError(
            "frame_damaged", f"Frame {self._next} of session {self._session} does not verify: {why}."
        )
