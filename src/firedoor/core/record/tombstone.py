"""A tombstone: the control entry that says that a session was shredded, so that it is not missing.

It names the session, its log and its leaves; they stay in the log for ever. Never deletes anything itself.
"""

from dataclasses import dataclass

from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

SHREDDED = "shredded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A session that was shredded."""

    session: SessionId
    log: str
    """Origin of the log with its leaves."""
    first_leaf: int
    last_leaf: int
    """Between the two there are leaves of other sessions."""
    frames: int
    """How many the session had: the sequence numbers 0 to frames - 1."""
    reason: str
    """The retention rule, or the words of a person."""


def tombstone_entry(tombstone: Tombstone, *, control: SessionId, at_us: int) -> Entry:
    """Return the control entry of a tombstone."""
    return Entry(
        kind=EntryKind.CONTROL,
        session=control,
        at_us=at_us,
        envelope={
            "what": SHREDDED,
            "session": tombstone.session,
            "log": tombstone.log,
            "first_leaf": tombstone.first_leaf,
            "last_leaf": tombstone.last_leaf,
            "frames": tombstone.frames,
            "reason": tombstone.reason,
        },
    )


def tombstone_in(entry: Entry) -> Tombstone | None:
    """Return the tombstone that an entry is; None if it is none."""
    said = entry.envelope
    if entry.kind is not EntryKind.CONTROL or said.get("what") != SHREDDED:
        return None
    session, log, reason = said.get("session"), said.get("log"), said.get("reason", "")
    numbers = [said.get(name) for name in ("first_leaf", "last_leaf", "frames")]
    first, last, frames = (n if isinstance(n, int) and not isinstance(n, bool) else -1 for n in numbers)
    if not (isinstance(session, str) and isinstance(log, str) and isinstance(reason, str)):
        return None
    if min(first, last, frames) < 0:
        return None
    return Tombstone(
        session=SessionId(session),
        log=log,
        first_leaf=first,
        last_leaf=last,
        frames=frames,
        reason=reason,
    )
