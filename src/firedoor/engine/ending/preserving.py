"""Keeps the recordings of what a lock holds for: a legal hold on each, named after the lock.

All of one lock are placed in one durable act, however many: it says all of them or none.
Never a condition of the lock: it holds first. What fails is tried again for as long as the process lives, and
at each start for locks that stand. Lifting the lock lifts none of them: that is for a person to decide.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from firedoor.engine.ending.effort import Attempt
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import FiredoorError
from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.json import JsonObject
from firedoor.model.lock import Lock, Target
from firedoor.model.retention import LegalHold
from firedoor.ports.directory import Directory
from firedoor.ports.holds import LegalHolds
from firedoor.ports.index import Index, SessionFilter
from firedoor.ports.recorder import Recorder

log = logging.getLogger("firedoor.locks")

PAST = 1000
"""Earlier recordings of whom a lock names that are kept, the newest first."""
EACH_ENTRY = 500
"""Sessions that one entry names, and one turn of the loop encodes: about a quarter of a millisecond."""


@dataclass(slots=True, kw_only=True)
class Preserving:
    """Places legal holds. Without a place for them, it places none."""

    recorder: Recorder
    now_us: Callable[[], int]
    holds: LegalHolds | None = None
    index: Index | None = None
    """Of earlier sessions; may be gone."""
    directory: Directory | None = None
    """Of tokens; may be gone."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def preserve(self, lock: Lock, sessions: Iterable[SessionId]) -> Attempt:
        """Hold these recordings, and earlier ones of whom the lock names. How many are held now, of all."""
        past = await self._past(lock)
        every = tuple(dict.fromkeys((*sessions, *(past or ()))))
        async with self._turn:
            attempt, placed = await asyncio.to_thread(self._place, lock, every)
        try:
            for start in range(0, len(placed), EACH_ENTRY):
                await self.recorder.append(self._entry(lock, placed[start : start + EACH_ENTRY]))
        except FiredoorError as fault:
            log.error("legal holds are placed and not in the record: %s", fault.code)  # noqa: TRY400 - no traceback
        return replace(attempt, is_all=attempt.is_all and past is not None)

    def _place(self, lock: Lock, every: tuple[SessionId, ...]) -> tuple[Attempt, Sequence[SessionId]]:
        """How many are held, and which of them were not before."""
        if self.holds is None or not every:
            return Attempt(), ()
        hold = LegalHold(
            session=every[0], name=lock.id, reason=lock.reason, by=lock.by, placed_at_us=self.now_us()
        )
        try:
            return Attempt(len(every)), self.holds.place_together(hold, every)
        except FiredoorError as fault:
            log.error("the recordings of %s are not held yet: %s", lock.id, fault.message)  # noqa: TRY400 - no traceback
            return Attempt(is_all=False), ()

    async def _past(self, lock: Lock) -> tuple[SessionId, ...] | None:
        """Earlier recordings; None if they cannot be looked up now."""
        try:
            wanted = past_of(lock, await self._grant_of(lock))
            if wanted is None or self.index is None:
                return ()
            return tuple(row.id for row in await asyncio.to_thread(self.index.sessions, wanted))
        except FiredoorError as fault:
            log.error("earlier recordings under lock %s are not held yet: %s", lock.id, fault.code)  # noqa: TRY400 - no traceback
            return None

    async def _grant_of(self, lock: Lock) -> GrantId | None:
        """Whose the token is that a lock names, if it names one: sessions know their grants, and no token."""
        digest = dict(lock.targets).get(Target.CREDENTIAL)
        if digest is None or self.directory is None:
            return None
        grant = await self.directory.grant_of(TokenDigest(digest))
        return None if grant is None else grant.id

    def _entry(self, lock: Lock, sessions: Sequence[SessionId]) -> Entry:
        return Entry(
            kind=EntryKind.CONTROL,
            session=self.recorder.control,
            at_us=self.now_us(),
            envelope=_placed(lock, sessions),
        )


def _placed(lock: Lock, sessions: Sequence[SessionId]) -> JsonObject:
    return {
        "what": "holds_placed",
        "lock": lock.id,
        "name": lock.id,
        "reason": lock.reason,
        "sessions": [*sessions],
    }


WHOSE = frozenset({Target.PRINCIPAL, Target.GRANT, Target.AGENT, Target.SESSION})
"""Targets that name whose an earlier session is."""


def past_of(lock: Lock, of_token: GrantId | None) -> SessionFilter | None:
    """Which earlier sessions a lock means; None where it names nobody whose they are.

    What narrows it and no session tells, a tool, a group or a network, is left aside: rather one too many.
    `of_token` is the grant of the token that it names.
    """
    named = dict(lock.targets)
    if of_token is None and not WHOSE & set(named):
        return None
    grant = named.get(Target.GRANT, of_token)
    return SessionFilter(
        session=named.get(Target.SESSION),
        principal=named.get(Target.PRINCIPAL),
        agent=named.get(Target.AGENT),
        upstream=named.get(Target.UPSTREAM),
        grant=None if grant is None else GrantId(grant),
        limit=PAST,
    )
