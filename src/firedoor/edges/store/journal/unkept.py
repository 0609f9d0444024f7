"""Takes back what was sealed with a key for which a full disk has no room. Nothing else is refused for it.

Theory of operation. A key is durable before its first frame is written. Where there is no room for it, the
frames of its session from there on were handed to no disk: their session goes back to where it was, so that
the next frame has the number and the chain that a reader expects. Whoever waits for one of them is told.
What nobody waited for is durable no later than what is appended next: so the call that it belonged to, or of
the gateway's own session whatever comes next, is refused. The end of a session needs no new key, and stays.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from firedoor.core.record.seal import SessionSealer
from firedoor.edges.store.journal.backlog import Long
from firedoor.edges.store.journal.group import Queued
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError
from firedoor.model.ids import SessionId

if TYPE_CHECKING:
    from firedoor.model.json import Json


def no_room_for_key() -> RecordError:
    """Say why."""
    return RecordError("disk_full", "The disk is full: there is no room for a key.", "Make room on the disk.")


class Unkept:
    """What could not be kept, by session. Under the journal's gate."""

    def __init__(self) -> None:
        self._calls: dict[SessionId, set[Json]] = {}

    def take_back(self, group: list[Queued], queue: list[Queued], sessions: set[SessionId]) -> list[Queued]:
        """Take out of a group, and of what is queued behind it, all of some sessions from the first key on.

        Returns what was taken out. The end of a session is sealed anew, where it was.
        """
        sealers: dict[SessionId, SessionSealer] = {}
        refused: list[Queued] = []
        for those in (group, queue):
            left: list[Queued] = []
            for each in those:
                session = each.entry.session
                if session in sessions and each.undo is not None and session not in sealers:
                    sealers[session], mark = each.undo
                    sealers[session].go_back(mark)
                kept = self._anew(each, sealers.get(session))
                if kept is not None:
                    left.append(kept)
                else:
                    refused.append(each)
            those[:] = left
        self.note(refused)
        return refused

    def _anew(self, queued: Queued, sealer: SessionSealer | None) -> Queued | None:
        if sealer is None:
            return queued
        if queued.entry.kind is not EntryKind.CLOSE or not sealer.may_seal(queued.entry):
            return None
        return Queued(queued.entry, sealer.seal(queued.entry), queued.waiters, queued.future)

    def refuse(self, entry: Entry) -> None:
        """Refuse what goes on with what was lost.

        Raises:
            RecordError: it does.
        """
        lost = self._calls.get(entry.session)
        if not lost or entry.kind is EntryKind.CLOSE:
            return
        if _GATEWAYS_OWN in lost:
            lost.discard(_GATEWAYS_OWN)  # one act that was queued before, and the one that says so now
        elif entry.envelope.get("call") not in lost:
            return
        raise no_room_for_key()

    def forget(self, session: SessionId) -> None:
        """The session has ended."""
        self._calls.pop(session, None)

    def note(self, refused: Iterable[Queued | Long]) -> None:
        """Remember what nobody waited for: the next that belongs to it is refused."""
        for each in refused:
            if each.waiters is None and each.is_end and each.entry.kind is not EntryKind.CLOSE:
                lost = self._calls.setdefault(each.entry.session, set())
                lost.add(each.entry.envelope.get("call", _GATEWAYS_OWN))


_GATEWAYS_OWN = "of no call"
