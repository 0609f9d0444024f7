"""What excuses frames that are missing: tombstones and accepted gaps, in entries of control sessions.

An entry excuses only if its frame is the one of a leaf. Whoever may write to a copy can seal an entry for
readers whose public keys they know, and give it any instant: what no log has is nobody's word yet.
Never judges what is missing.
"""

from dataclasses import dataclass, field

from firedoor.core.record.gap import Lost, lost_in
from firedoor.core.record.tombstone import Tombstone, tombstone_in
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId


@dataclass(slots=True)
class Excuses:
    """All that were found."""

    tombstones: dict[SessionId, Tombstone] = field(default_factory=dict[SessionId, Tombstone])
    lost: list[Lost] = field(default_factory=list[Lost])
    """What people accepted as lost."""
    unproven: set[SessionId] = field(default_factory=set[SessionId])
    """Sessions that are named by an entry that is in no log."""
    _controls: set[SessionId] = field(default_factory=set[SessionId])

    def take(self, entry: Entry, *, is_proven: bool) -> bool:
        """Look at an entry. `is_proven`: its frame is that of its leaf, or there is no log at all.

        Whether it would excuse something if it were.
        """
        if entry.kind is EntryKind.OPEN and entry.envelope.get("control") is True:
            self._controls.add(entry.session)
        if entry.session not in self._controls:
            return False
        lost, tombstone = lost_in(entry), tombstone_in(entry)
        if not is_proven:
            self.unproven |= {each.session for each in lost}
            self.unproven |= set() if tombstone is None else {tombstone.session}
            return bool(lost or tombstone)
        self.lost += lost
        if tombstone is not None:
            self.tombstones[tombstone.session] = tombstone
        return False

    def covers(self, session: SessionId, frames: int) -> bool:
        """Whether a tombstone says that a session of so many frames was shredded."""
        tombstone = self.tombstones.get(session)
        return tombstone is not None and tombstone.frames >= frames

    def accepts(self, lost: Lost) -> bool:
        """Whether people accepted all of these as lost."""
        return any(each.covers(lost) for each in self.lost)
