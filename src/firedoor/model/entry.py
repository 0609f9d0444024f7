"""One item of the record. Its bytes on disk: `core.record`."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from firedoor.model.frozen import frozen
from firedoor.model.ids import SessionId
from firedoor.model.json import Json, JsonObject


class EntryKind(IntEnum):
    """The kind byte of a frame. Numbers are part of the record format and never reused."""

    OPEN = 1
    """A session begins: principal, grant, upstream, client, policy version."""
    INTENT = 2
    """Before forwarding or denying: the exact request bytes, verdict, rules."""
    OUTCOME = 3
    """Before delivery: the exact answer, which ends the call."""
    EVENT = 4
    """Before delivery: one streamed message, or something that happened to the call."""
    APPROVAL = 5
    """A hold is requested, reviewed, redeemed, or expires."""
    CONTROL = 6
    """Something about the gateway itself: start, probe, lock, policy, view."""
    CLOSE = 7
    """A session ends: reason and counts."""
    RECOVERED = 8
    """After a crash: torn bytes, calls whose outcome is unknown."""
    REFUSED = 9
    """Input that never became a call: malformed, too large, unauthenticated."""


class Layer(StrEnum):
    """Which side of the mask a frame holds. Each layer of a session has keys of its own."""

    VIEW = "view"
    """What the client saw or sent."""
    RAW = "raw"
    """What the upstream sent or got, where that is something else."""


LATER = 0
"""An instant that the engine fills in when the entry is written: the path has no clock."""


@frozen(kw_only=True)
class Entry:
    """What is to be recorded. `envelope` says what it is, `payload` is the exact wire bytes of the view.

    `raw` is the exact bytes on the upstream's side, where masking made them others. None, or the same as
    `payload`: the message is stored once.
    """

    kind: EntryKind
    session: SessionId
    at_us: int
    envelope: JsonObject
    payload: bytes = b""
    raw: bytes | None = None

    def at(self, at_us: int) -> "Entry":
        """The same at this instant. Not `replace`, which takes three times as long: each call needs two."""
        return Entry(
            kind=self.kind,
            session=self.session,
            at_us=at_us,
            envelope=self.envelope,
            payload=self.payload,
            raw=self.raw,
        )

    @property
    def is_layered(self) -> bool:
        """Whether the raw bytes are stored apart from the view."""
        return self.raw is not None and self.raw != self.payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Layered:
    """A message that masking changed: both sides, and for the envelope what was masked where.

    `masked` holds kinds, places and tokens, never what was found: whoever has the view key reads it.
    """

    view: bytes
    raw: bytes
    masked: tuple[Json, ...] = ()
