"""What becomes of an entry once it is durable: everything but its payload, for the index.

The running gateway and a rebuild from the journal hand on the same row, so that both indexes say the same.
"""

from dataclasses import dataclass

from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """One durable entry, without its payload."""

    kind: EntryKind
    session: SessionId
    sequence: int
    at_us: int
    envelope: JsonObject


def facts(kind: EntryKind, session: SessionId, sequence: int, at_us: int, envelope: JsonObject) -> IndexRow:
    """Return the row of an entry."""
    return IndexRow(kind=kind, session=session, sequence=sequence, at_us=at_us, envelope=envelope)
