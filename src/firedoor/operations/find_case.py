"""The sessions that a case touched: those its locks held for, those they keep, those that used its permits.

A lock held for a session that was open while it stood. What it keeps as evidence came before: what a token
did until it was known to be stolen is what people ask for. What the index does not know of a session (groups,
tools, credentials) is taken to be as the lock says: of somebody whose data may have been seen, too many are
told rather than too few. Opens no recording.
"""

from dataclasses import dataclass, replace

from firedoor.core.decide.locks import holds, probe_of
from firedoor.model.errors import ClientError
from firedoor.model.grant import GrantId
from firedoor.model.ids import SessionId
from firedoor.model.lock import Lock
from firedoor.model.permit import Permit
from firedoor.ports.index import Index, SessionFilter, SessionRow
from firedoor.ports.permits import Permits

MOST = 100_000
"""Sessions, permits and uses that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touching:
    """What belongs to one case."""

    locks: tuple[tuple[Lock, int | None], ...]
    """Each with the instant at which it was lifted; None: it was not."""
    permits: tuple[Permit, ...]
    kept: tuple[SessionId, ...] = ()
    """Under a legal hold that has the name of the case, or of one of its locks."""


def touched_by(touching: Touching, index: Index, permits: Permits) -> tuple[SessionId, ...]:
    """The sessions, in no order, each once.

    Raises:
        ClientError: nothing belongs to the case.
        SettingsError: the index cannot be read.
    """
    if not touching.locks and not touching.permits and not touching.kept:
        what = "No lock, no permit and no legal hold belongs to this case."
        raise ClientError("case_unknown", what, "firedoor lock list")
    found = dict.fromkeys(touching.kept)
    found.update(
        (row.id, None)
        for row in index.sessions(SessionFilter(limit=MOST))
        if any(was_touched(row, lock, lifted_at_us) for lock, lifted_at_us in touching.locks)
    )
    for permit in touching.permits:
        found.update(dict.fromkeys(use.session for use in permits.uses_of(permit.id, MOST)))
    return tuple(found)


def was_touched(row: SessionRow, lock: Lock, lifted_at_us: int | None) -> bool:
    """Whether this lock held for this session while both were there."""
    ends = [instant for instant in (lifted_at_us, lock.expires_at_us) if instant is not None]
    is_later = bool(ends) and row.opened_at_us is not None and row.opened_at_us >= min(ends)
    is_earlier = row.closed_at_us is not None and row.closed_at_us < lock.created_at_us
    whom = replace(
        probe_of(lock),
        principal=row.principal or "",
        agents=() if row.agent is None else (row.agent,),
        grant=row.grant or GrantId(""),
        upstream=row.upstream or "",
        session=row.id,
        peer=row.peer or "",
    )
    return not is_later and not is_earlier and holds(lock, whom, lock.created_at_us)
