"""Seals the entries of one session into frames. A sequence number is never used twice.

Theory of operation. A layer key is 32 random bytes, used by one process for one session, one layer and
one epoch, and never again. From it and a 24-byte random salt, HKDF-SHA512 gives an AES-256 key, a base
nonce and a 32-byte commitment. The nonce of a frame is the base nonce XOR its sequence number: two frames
share a nonce only if they share a number, so a number is spent before its frame exists anywhere. The
commitment stands in clear in the first frame of each key; a wrong key is refused before it decrypts
anything, and a ciphertext that opens under two keys (AES-GCM allows that) is of no use.

Each frame authenticates its own header and the hash of the session's previous frame, so that frames can
be neither changed, nor moved, nor left out, except at the end. The hash is of the sealed frame: the chain
holds over frames that a reader has no key to.

A message that masking changed becomes two frames: the raw bytes under the raw key, then the view. In this
order, because the view's frame then authenticates the raw one, also for readers of the view alone.

An entry that is too long for one frame becomes several, which are sealed when they are written, and not all
at once: its numbers are spent here, and it is a `Plan` until then. So is what the session records behind it.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firedoor.core.record.content import PIECE, Content, ContentPacker, check_size, pieces
from firedoor.core.record.frame import (
    EPOCH_SHIFT,
    GOES_ON,
    LAST_EPOCH,
    RAW_LAYER,
    packed_header,
    session_bytes,
)
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import RecordError
from firedoor.model.frozen import frozen

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_VIEW, _RAW, _OPEN = Layer.VIEW, Layer.RAW, EntryKind.OPEN

KEY_BYTES = 32
SALT_BYTES = 24
COMMITMENT_BYTES = 32
OPENING_BYTES = SALT_BYTES + COMMITMENT_BYTES
"""In clear before the ciphertext of the first frame of each key: salt, commitment."""
TAG_BYTES = 16
FIRST_PREVIOUS = bytes(32)
"""Stands for the hash of the frame before the first."""

WHOLE_KINDS = frozenset({_OPEN, EntryKind.CLOSE})
"""What is one frame, always: whoever sees it knows without a key that a session has begun, or has ended."""

_NO_ENVELOPE = b"{}"
"""Of a raw frame: what there is to say is said in the view."""
_RAW_PIECE = PIECE - len(_NO_ENVELOPE)
_NONCE_BYTES = 12
_INFO = b"firedoor/fdrec/v1\x00AES-256-GCM\x00"


def chained(frame: bytes, before: bytes | None) -> bytes:
    """What the frame behind this one authenticates of it. `before`: the same of a frame that goes on in it.

    It is the hash of a frame; of one that goes on with an entry, it covers the whole entry up to there. The
    view is then bound to every piece of the raw layer, also for who cannot open that.
    """
    digest = hashlib.sha256(frame).digest()
    return digest if before is None else hashlib.sha256(before + digest).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What a layer key and a salt give."""

    cipher: AESGCM
    base_nonce: int
    commitment: bytes

    def nonce(self, sequence: int) -> bytes:
        """Return the nonce of the frame with this number."""
        return (self.base_nonce ^ sequence).to_bytes(_NONCE_BYTES)


def derive(key: bytes, salt: bytes, *, layer: Layer = _VIEW, epoch: int = 0) -> Derived:
    """Everything that sealing and opening the frames of one key takes."""
    if len(key) != KEY_BYTES or len(salt) != SALT_BYTES:
        raise ValueError("a layer key has 32 bytes and its salt 24")
    info = _INFO + layer.value.encode() + b"\x00" + epoch.to_bytes(2)
    length = KEY_BYTES + _NONCE_BYTES + COMMITMENT_BYTES
    okm = HKDF(algorithm=SHA512(), length=length, salt=salt, info=info).derive(key)
    return Derived(
        cipher=AESGCM(okm[:KEY_BYTES]),
        base_nonce=int.from_bytes(okm[KEY_BYTES : KEY_BYTES + _NONCE_BYTES]),
        commitment=okm[KEY_BYTES + _NONCE_BYTES :],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerKey:
    """A key that was begun: to be wrapped, and durable before the first frame it sealed."""

    layer: Layer
    epoch: int
    key: bytes = field(repr=False)


@frozen(kw_only=True)
class Sealed:
    """An entry as frames, to be written together and in this order."""

    sequence: int
    """The number of the entry: that of its last frame, the view."""
    frames: tuple[bytes, ...]
    keys: tuple[LayerKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where a session was before an entry that begins a key."""

    sequence: int
    previous: bytes
    epoch: int
    derived: dict[Layer, Derived] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one frame is to hold."""

    layer: Layer
    envelope: Content
    payload: Content
    goes_on: bool


@dataclass(slots=True, kw_only=True)
class Plan:
    """An entry whose numbers are spent, and whose frames are to be sealed one after the other."""

    entry: Entry
    sequence: int
    """The number of the entry: that of its last frame."""
    epoch: int
    left: deque[Piece]


class SessionSealer:
    """Seals one session, in order. One thread at a time."""

    def __init__(
        self, opening: Entry, *, fresh: Callable[[], tuple[bytes, bytes]], packer: ContentPacker
    ) -> None:
        """Take where keys come from: `fresh` gives a key and a salt, random, never the same again."""
        if opening.kind is not _OPEN:
            raise RecordError("session_not_open", "The first entry of a session opens it.")
        self._session = session_bytes(opening.session)
        self._fresh = fresh
        self._packer = packer
        self._encode = packer.encode
        self._pack = packer.pack
        self._derived: dict[Layer, Derived] = {}
        self._epoch = 0
        self._sealing_epoch = 0
        """That of the newest frame."""
        self._taken_epoch = -1
        """That of the newest entry."""
        self._next: int = 0
        self._sealed: int = 0
        """Numbers whose frames exist: behind the other by what is planned."""
        self._previous = FIRST_PREVIOUS
        self._is_within = False
        """Whether the newest frame goes on in the next."""

    def renew(self) -> None:
        """Seal what comes under new keys, so that other people can be given them.

        Raises:
            RecordError: a session has no more than 4,096 epochs.
        """
        if self._epoch != self._taken_epoch:
            return  # nothing has this epoch yet: its keys are still to be made
        if self._epoch == LAST_EPOCH:
            raise RecordError("epochs_spent", "The session has had all its key epochs.")
        self._epoch += 1

    def mark(self) -> Mark:
        """Say where the session is now. What is planned is forgotten if it goes back there."""
        return Mark(
            sequence=self._sealed,
            previous=self._previous,
            epoch=self._sealing_epoch,
            derived=dict(self._derived),
        )

    def go_back(self, mark: Mark) -> None:
        """Take up a session where it was.

        Only for frames that no disk was ever given, and that nobody keeps: the room for a key was missing
        before them. Of a number that is sealed again, no other frame exists then.
        """
        self._next = self._sealed = mark.sequence
        self._previous, self._derived, self._is_within = mark.previous, dict(mark.derived), False
        # Who may read may have changed since: what was sealed before is then not gone on with.
        self._sealing_epoch = self._taken_epoch = mark.epoch
        self._epoch = min(self._epoch, mark.epoch + 1)

    def may_seal(self, entry: Entry) -> bool:
        """Whether this entry needs no key that is not begun."""
        if self._epoch != self._sealing_epoch or _VIEW not in self._derived:
            return False
        return not entry.is_layered or _RAW in self._derived

    def seal(self, entry: Entry) -> Sealed:
        """Spend a sequence number for each frame; return all its frames.

        Raises:
            RecordError: the entry is too large or not JSON, or opens what is open. No number is spent.
        """
        taken = self.take(entry)
        if isinstance(taken, Sealed):
            return taken
        parts = [self.seal_next(taken, self._packer) for _ in range(len(taken.left))]
        return Sealed(
            sequence=taken.sequence,
            frames=tuple(frame for part in parts for frame in part.frames),
            keys=tuple(key for part in parts for key in part.keys),
        )

    def take(self, entry: Entry, *, must_wait: bool = False) -> Sealed | Plan:
        """Spend the sequence numbers of an entry. It is sealed if it is short and nothing is before it.

        `must_wait`: what is before it is being sealed right now.

        Raises:
            RecordError: the entry is too large or not JSON, or opens what is open. No number is spent.
        """
        if (entry.kind is _OPEN) != (self._next == 0):
            raise RecordError("session_already_open", "A session is opened once, by its first entry.")
        encoded = self._encode(entry.envelope)
        raw = entry.raw if entry.raw is not None and entry.is_layered else None
        if raw is not None and self._next == 0:
            raise RecordError("opening_has_layers", "The first entry of a session holds no message.")
        is_short = len(encoded) + len(entry.payload) <= PIECE and (raw is None or len(raw) <= _RAW_PIECE)
        if not is_short or must_wait or self._sealed != self._next:
            return self._plan(entry, encoded, raw)
        content, flags = self._pack(encoded, entry.payload)
        below = None if raw is None else self._pack(_NO_ENVELOPE, raw)
        # Nothing is refused from here on: a frame that exists must be written, or the chain breaks.
        self._taken_epoch = self._epoch
        self._use(self._epoch)
        raw_frame, raw_key = (None, None) if below is None else self._frame(entry, _RAW, *below)
        frame, key = self._frame(entry, _VIEW, content, flags)
        self._next = self._sealed
        if raw_frame is None:
            return Sealed(sequence=self._next - 1, frames=(frame,), keys=(key,) if key else ())
        keys = tuple(each for each in (raw_key, key) if each is not None)
        return Sealed(sequence=self._next - 1, frames=(raw_frame, frame), keys=keys)

    def seal_next(self, plan: Plan, packer: ContentPacker) -> Sealed:
        """Seal the next frame of the oldest plan there is. `packer` is of the thread that does it."""
        piece = plan.left.popleft()
        self._use(plan.epoch)
        content, flags = packer.pack(piece.envelope, piece.payload)
        frame, key = self._frame(plan.entry, piece.layer, content, flags | GOES_ON * piece.goes_on)
        return Sealed(sequence=self._sealed - 1, frames=(frame,), keys=(key,) if key else ())

    def _plan(self, entry: Entry, encoded: bytes, raw: bytes | None) -> Plan:
        check_size(encoded, entry.payload)
        check_size(_NO_ENVELOPE, raw or b"")
        left = deque[Piece]()
        layers = [] if raw is None else [(_RAW, _NO_ENVELOPE, raw)]
        for layer, *whole in [*layers, (_VIEW, encoded, entry.payload)]:
            cut = [(whole[0], whole[1])] if entry.kind in WHOLE_KINDS else pieces(whole[0], whole[1])
            for envelope, payload in cut:
                left.append(Piece(layer=layer, envelope=envelope, payload=payload, goes_on=True))
            left.append(replace(left.pop(), goes_on=False))
        self._taken_epoch = self._epoch
        self._next += len(left)
        return Plan(entry=entry, sequence=self._next - 1, epoch=self._epoch, left=left)

    def _use(self, epoch: int) -> None:
        if epoch != self._sealing_epoch:
            self._derived.clear()
            self._sealing_epoch = epoch

    def _frame(self, entry: Entry, layer: Layer, content: bytes, flags: int) -> tuple[bytes, LayerKey | None]:
        sequence = self._sealed
        begun: LayerKey | None = None
        opening = b""
        derived = self._derived.get(layer)
        if derived is None:
            begun, derived, opening = self._begin(layer)
        layer_flag = RAW_LAYER if layer is _RAW else 0
        header = packed_header(
            kind=entry.kind,
            body_bytes=len(opening) + len(content) + TAG_BYTES,
            session=self._session,
            sequence=sequence,
            at_us=entry.at_us,
            flags=flags | layer_flag | self._sealing_epoch << EPOCH_SHIFT,
        )
        # Spent here: whatever happens from now on, no other frame gets this nonce.
        self._sealed = sequence + 1
        sealed = derived.cipher.encrypt(derived.nonce(sequence), content, header + self._previous)
        frame = b"".join((header, opening, sealed))
        self._previous = chained(frame, self._previous if self._is_within else None)
        self._is_within = bool(flags & GOES_ON)
        return frame, begun

    def _begin(self, layer: Layer) -> tuple[LayerKey, Derived, bytes]:
        key, salt = self._fresh()
        epoch = self._sealing_epoch
        derived = self._derived[layer] = derive(key, salt, layer=layer, epoch=epoch)
        return LayerKey(layer=layer, epoch=epoch, key=key), derived, salt + derived.commitment
