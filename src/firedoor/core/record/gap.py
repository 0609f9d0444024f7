"""An accepted gap: the entry that says which damage two people accepted as lost, and which frames that were.

Verification takes exactly these for accepted. Whatever else is missing is missing. Never decides who may.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Frames of one session, one after the other, that are in quarantine or nowhere."""

    session: SessionId
    first: int
    """Sequence number of the first."""
    last: int

    @property
    def said(self) -> dict[str, Json]:
        """For the entry."""
        return {"session": self.session, "first": self.first, "last": self.last}

    def covers(self, other: "Lost") -> bool:
        """Whether all of these are among them."""
        return self.session == other.session and self.first <= other.first and other.last <= self.last


def lost_in(entry: Entry) -> tuple[Lost, ...]:
    """Which frames an entry says that people accepted as lost."""
    said = entry.envelope
    if entry.kind is not EntryKind.RECOVERED or said.get("accepted_gap") is not True:
        return ()
    found = said.get("sessions")
    each = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
    return tuple(lost for named in each if (lost := _lost(named)) is not None)


def _lost(named: Json) -> Lost | None:
    match named:
        case {"session": str(session), "first": int(first), "last": int(last)} if 0 <= first <= last:
            return Lost(session=SessionId(session), first=first, last=last)
        case _:
            return None
