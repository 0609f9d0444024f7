"""One item of the record. Its bytes on disk: `core.record`."""

from dataclasses import dataclass
from enum import IntEnum

from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject


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


LATER = 0
"""An instant that the engine fills in when the entry is written: the path has no clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be recorded. `envelope` says what it is, `payload` is the exact wire bytes."""

    kind: EntryKind
    session: SessionId
    at_us: int
    envelope: JsonObject
    payload: bytes = b""
