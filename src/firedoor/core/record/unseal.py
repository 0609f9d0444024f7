"""Opens the frames of one session, in order. Never returns what does not verify.

A reader opens the layers that it asks for and has keys to. Frames of other keys are passed over: their
place in the chain is checked by the next frame that opens, their content is not seen.

An entry that has several frames is given with its last one, if all of the layer opened. Where the frames of
a session end before that, it was being written when its process ended: nobody was told of it, and it is not
given.
"""

import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.exceptions import InvalidTag

from firedoor.core.record.content import MAX_CONTENT, MAX_PIECE, PADDING, read_envelope, unpack
from firedoor.core.record.frame import (
    HEADER_BYTES,
    KNOWN_FLAGS,
    Header,
    session_bytes,
    unpack_header,
)
from firedoor.core.record.seal import (
    FIRST_PREVIOUS,
    KEY_BYTES,
    OPENING_BYTES,
    SALT_BYTES,
    TAG_BYTES,
    WHOLE_KINDS,
    Derived,
    chained,
    derive,
)
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.model.json import Json

FindKey: TypeAlias = Callable[[Layer, int], bytes | None]
"""The key of a layer and epoch; None if there is none for this reader."""

_KINDS = {int(kind): kind for kind in EntryKind}
_VIEW_ONLY = frozenset({Layer.VIEW})
_PIECE_BODY = OPENING_BYTES + MAX_PIECE + PADDING + TAG_BYTES
"""What the body of one of several frames has at most."""


@dataclass(slots=True)
class _Gathered:
    """The pieces of one layer of an entry, so far."""

    envelope: list[bytes] = field(default_factory=list[bytes])
    payload: list[bytes] = field(default_factory=list[bytes])
    size: int = 0
    is_open: bool = True
    """Whether each of them was opened."""

    def add(self, opened: tuple[bytes, bytes] | None, *, keeps: bool) -> bool:
        """Take the next piece; False: they are more than an entry holds."""
        if opened is None:
            self.is_open = False
            return True
        self.size += len(opened[0]) + len(opened[1])
        self.envelope.append(opened[0])
        if keeps:
            self.payload.append(opened[1])
        return self.size <= MAX_CONTENT

    def joined(self) -> tuple[dict[str, Json], bytes] | None:
        """Return envelope and payload, and forget them; None if not all was opened."""
        if not self.is_open:
            return None
        payload = self.payload[0] if len(self.payload) == 1 else b"".join(self.payload)
        return read_envelope(b"".join(self.envelope)), payload


class SessionUnsealer:
    """Opens one session from its first frame on."""

    def __init__(
        self,
        session: SessionId,
        find_key: FindKey,
        layers: Collection[Layer] = _VIEW_ONLY,
        *,
        keeps_payloads: bool = True,
    ) -> None:
        """`find_key` is asked once for each key of `layers` that the frames name.

        Not `keeps_payloads`: each is opened and checked, frame by frame, and given as nothing.
        """
        self._session = session
        self._packed = session_bytes(session)
        self._find_key = find_key
        self._layers = layers
        self._begun: dict[tuple[Layer, int], Derived | None] = {}
        self._epoch = 0
        self._next = 0
        self._previous = FIRST_PREVIOUS
        self._keeps = keeps_payloads
        self._unended: Header | None = None
        """The frame before, if its entry goes on: it is raw, or one of several."""
        self._gathered = _Gathered()
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
        is_within = self._unended is not None and self._unended.goes_on
        self._previous = chained(frame, self._previous if is_within else None)
        return self._entry(kind, header, opened)

    def _entry(self, kind: EntryKind, header: Header, opened: tuple[bytes, bytes] | None) -> Entry | None:
        """Put together what the frames of an entry hold; the entry, if it ends with this one and opens."""
        if not self._gathered.add(opened, keeps=self._keeps):
            raise self._damaged("the frames of its entry hold more than any entry")
        self._unended = header if header.goes_on or header.layer is Layer.RAW else None
        if header.goes_on:
            return None
        gathered, self._gathered = self._gathered, _Gathered()
        whole = gathered.joined()
        if header.layer is Layer.RAW:
            self._raw = None if whole is None else whole[1]
            return None
        raw, self._raw = self._raw, None
        if whole is None:
            return None
        envelope, payload = whole
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
        before = self._unended
        if before is not None and before.goes_on:
            self._expect_piece(before, header)
        elif header.layer is Layer.RAW and (before is not None or header.sequence == 0):
            raise self._damaged("a raw frame stands where a view belongs")
        elif before is not None and header.kind != before.kind:
            raise self._damaged("it is not the view of the raw frame before it")
        if header.goes_on and header.kind in WHOLE_KINDS:
            raise self._damaged("what opens or closes a session has one frame")
        is_next = header.epoch == self._epoch + 1
        if header.epoch != self._epoch and not (is_next and self._next):
            raise self._damaged(f"key epoch {header.epoch} does not follow {self._epoch}")

    def _expect_piece(self, before: Header, header: Header) -> None:
        said = [(each.kind, each.layer, each.epoch, each.at_us) for each in (before, header)]
        if said[0] != said[1]:
            raise self._damaged("it is not the next piece of the entry before it")

    def _is_piece(self, header: Header) -> bool:
        return header.goes_on or (self._unended is not None and self._unended.goes_on)

    def _open(self, header: Header, frame: bytes, *, is_wanted: bool) -> tuple[bytes, bytes] | None:
        """Decrypt a frame; None if there is no key to it. Its content is checked, or nothing is kept."""
        is_piece = self._is_piece(header)
        if is_piece and header.body_bytes > _PIECE_BODY:
            raise self._damaged("it is longer than one of several frames may be")
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
        return unpack(content, header.flags, MAX_PIECE if is_piece else MAX_CONTENT)

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
