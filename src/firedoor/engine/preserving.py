"""Keeps the recordings of what a lock holds for: a legal hold on each, named after the lock.

Never a condition of the lock: it holds first. Placed again at each start for locks that stand, so that a
crash in between loses nothing. Lifting the lock lifts none of them: that is for a person to decide.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from firedoor.engine.pacing import in_turns
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import FiredoorError
from firedoor.model.ids import GrantId, SessionId
from firedoor.model.lock import Lock, Target
from firedoor.model.retention import LegalHold
from firedoor.ports.holds import LegalHolds
from firedoor.ports.index import Index, SessionFilter
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.locks")

PAST = 1000
"""Earlier recordings of whom a lock names that are kept, the newest first."""
EACH_TURN = 8
"""Entries in one turn of the loop. Stops thousands of them from holding up everybody else's."""


@dataclass(slots=True, kw_only=True)
class Preserving:
    """Places legal holds. Without a place for them, it places none."""

    recorder: Recorder
    now_us: Callable[[], int]
    holds: LegalHolds | None = None
    index: Index | None = None
    """Of earlier sessions; may be gone."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def preserve(self, lock: Lock, sessions: Iterable[SessionId]) -> int:
        """Hold these recordings, and earlier ones of whom the lock names. How many are held now."""
        async with self._turn:
            found = await asyncio.to_thread(self._place, lock, tuple(sessions))
        placed = [session for session, is_new in found if is_new]
        try:
            async for session in in_turns(placed, EACH_TURN):
                self.recorder.put(self._entry(lock, session))
            if placed:
                await self.recorder.append(self._entry(lock, None, len(placed)))
        except FiredoorError as fault:
            log.error("legal holds are placed and not in the record: %s", fault.code)  # noqa: TRY400 - no traceback
        return len(found)

    def _place(self, lock: Lock, sessions: tuple[SessionId, ...]) -> list[tuple[SessionId, bool]]:
        if self.holds is None:
            return []
        found: list[tuple[SessionId, bool]] = []
        for session in dict.fromkeys((*sessions, *self._past(lock))):
            hold = LegalHold(
                session=session, name=lock.id, reason=lock.reason, by=lock.by, placed_at_us=self.now_us()
            )
            try:
                found.append((session, self.holds.place(hold)))
            except FiredoorError as fault:
                log.error("the recording of %s is not held: %s", session, fault.message)  # noqa: TRY400 - no traceback
        return found

    def _past(self, lock: Lock) -> tuple[SessionId, ...]:
        wanted = past_of(lock)
        if wanted is None or self.index is None:
            return ()
        try:
            return tuple(row.id for row in self.index.sessions(wanted))
        except FiredoorError as fault:
            log.error("earlier recordings under lock %s are not held: %s", lock.id, fault.code)  # noqa: TRY400 - no traceback
            return ()

    def _entry(self, lock: Lock, session: SessionId | None, count: int = 1) -> Entry:
        what = "hold_placed" if session is not None else "holds_placed"
        envelope = {"what": what, "lock": lock.id, "name": lock.id, "reason": lock.reason, "count": count}
        about = {**envelope, "session": session} if session is not None else envelope
        return Entry(
            kind=EntryKind.CONTROL, session=self.recorder.control, at_us=self.now_us(), envelope={**about}
        )


def past_of(lock: Lock) -> SessionFilter | None:
    """Which earlier sessions a lock means; None where it names nobody whose they are."""
    named = dict(lock.targets)
    if set(named) - {Target.PRINCIPAL, Target.GRANT, Target.AGENT, Target.SESSION, Target.UPSTREAM}:
        return None
    if not set(named) - {Target.UPSTREAM}:
        return None
    grant = named.get(Target.GRANT)
    return SessionFilter(
        session=named.get(Target.SESSION),
        principal=named.get(Target.PRINCIPAL),
        agent=named.get(Target.AGENT),
        upstream=named.get(Target.UPSTREAM),
        grant=None if grant is None else GrantId(grant),
        limit=PAST,
    )
