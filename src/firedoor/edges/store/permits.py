"""Permits in the database. A use is one statement with a condition; a change names the turn that it saw.

Never holds arguments of a call. Ended permits stay: they are evidence.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, case, func, insert, or_, select, update

from firedoor.edges.store.database import Database
from firedoor.edges.store.faults import or_refused
from firedoor.edges.store.reviewing import change_reviewed, demand_from, demand_row, with_reviews
from firedoor.edges.store.tables import permit_uses, permits
from firedoor.model.approval import Review
from firedoor.model.ids import CallId, GrantId, SessionId
from firedoor.model.permit import Permit, PermitId, PermitState, Use
from firedoor.model.verdict import PermitKind, Risk

_LIVE = PermitState.LIVE.value
_UNABLE = "Permits cannot be kept"
"""Without them the call is not executed."""


class StoredPermits:
    """Implements the port `Permits`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, permit: Permit) -> None:
        """Keep a new one."""
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            connection.execute(insert(permits).values(_row(permit)))

    def find(self, permit: PermitId) -> Permit | None:
        """The permit of this id."""
        found = self._read(select(permits).where(permits.c.id == permit))
        return found[0] if found else None

    def listed(self, states: Collection[PermitState], limit: int) -> tuple[Permit, ...]:
        """Those in one of these states, the newest first."""
        query = select(permits).where(permits.c.state.in_([state.value for state in states]))
        return self._read(query.order_by(permits.c.requested_at_us.desc(), permits.c.id.desc()).limit(limit))

    def live_for(self, principal: str, upstream: str, now_us: int) -> tuple[Permit, ...]:
        """Those that are live for a principal on an upstream."""
        query = (
            select(permits)
            .where(permits.c.state == _LIVE, permits.c.expires_at_us > now_us)
            .where(permits.c.principal == principal, permits.c.upstream == upstream)
            .order_by(permits.c.expires_at_us, permits.c.id)
        )
        return self._read(query)

    def change(self, seen: Permit, after: Permit, review: Review | None = None) -> bool:
        """Bring it to another state, with what somebody said."""
        statement = (
            update(permits)
            .where(permits.c.id == seen.id, permits.c.turns == seen.turns)
            .where(permits.c.state == seen.state.value)
            .values(
                state=after.state.value,
                turns=seen.turns + 1,
                expires_at_us=after.expires_at_us,
                ended_by=after.ended_by,
            )
        )
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            return change_reviewed(connection, statement, seen.id, review)

    def take(self, use: Use, policy_version: str) -> bool:
        """Use it once."""
        is_last = permits.c.used + 1 >= permits.c.uses
        statement = (
            update(permits)
            .where(permits.c.id == use.permit, permits.c.state == _LIVE)
            .where(permits.c.expires_at_us > use.at_us, permits.c.policy_version == policy_version)
            .where(or_(permits.c.uses.is_(None), permits.c.used < permits.c.uses))
            .values(
                used=permits.c.used + 1,
                seen_at_us=use.at_us,
                state=case((is_last, PermitState.SPENT.value), else_=_LIVE),
            )
        )
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            if connection.execute(statement).rowcount != 1:
                return False
            connection.execute(insert(permit_uses).values(_use_row(use)))
        return True

    def note_flaw(self, use: Use) -> None:
        """Say that what a use was taken for was not forwarded."""
        statement = (
            update(permit_uses)
            .where(permit_uses.c.permit_id == use.permit, permit_uses.c.call_id == use.call)
            .values(flaw=use.flaw)
        )
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            connection.execute(statement)

    def uses_of(self, permit: PermitId, limit: int) -> tuple[Use, ...]:
        """What it was used for, the newest first."""
        query = (
            select(permit_uses)
            .where(permit_uses.c.permit_id == permit)
            .order_by(permit_uses.c.at_us.desc(), permit_uses.c.call_id.desc())
            .limit(limit)
        )
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return tuple(_use(dict(row)) for row in connection.execute(query).mappings())

    def see(self, now_us: int) -> None:
        """Note that what is live was seen at an instant."""
        statement = (
            update(permits)
            .where(permits.c.state == _LIVE, permits.c.seen_at_us < now_us)
            .values(seen_at_us=now_us)
        )
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            connection.execute(statement)

    def latest_us(self) -> int:
        """The latest instant that is known here."""
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            asked = connection.execute(select(func.max(permits.c.requested_at_us))).scalar()
            seen = connection.execute(select(func.max(permits.c.seen_at_us))).scalar()
        return max(asked or 0, seen or 0)

    def _read(self, query: "Select[Any]") -> tuple[Permit, ...]:
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return tuple(_permit(row, said) for row, said in with_reviews(connection, query))


def _row(permit: Permit) -> dict[str, object]:
    return {
        "id": permit.id,
        "kind": permit.kind.value,
        "state": permit.state.value,
        "turns": permit.turns,
        "principal": permit.principal,
        "agents": list(permit.agents),
        "upstream": permit.upstream,
        "tools": list(permit.tools),
        "conditions": list(permit.conditions),
        "uses": permit.uses,
        "used": permit.used,
        "span_us": permit.span_us,
        "asked_by": permit.asked_by,
        "asked_through": permit.asked_through,
        "reason": permit.reason,
        "case_id": permit.case,
        "policy_version": permit.policy_version,
        "risk": None if permit.risk is None else permit.risk.value,
        "demands": [demand_row(demand) for demand in permit.demands],
        "requested_at_us": permit.requested_at_us,
        "expires_at_us": permit.expires_at_us,
        "seen_at_us": permit.requested_at_us,
        "ended_by": permit.ended_by,
    }


def _use_row(use: Use) -> dict[str, object]:
    return {
        "permit_id": use.permit,
        "call_id": use.call,
        "session_id": use.session,
        "method": use.method,
        "name": use.name,
        "at_us": use.at_us,
        "flaw": use.flaw,
    }


def _use(row: Mapping[str, Any]) -> Use:
    return Use(
        permit=PermitId(row["permit_id"]),
        call=CallId(row["call_id"]),
        session=SessionId(row["session_id"]),
        method=row["method"],
        name=row["name"],
        at_us=row["at_us"],
        flaw=row["flaw"],
    )


def _permit(row: Mapping[str, Any], said: tuple[Review, ...]) -> Permit:
    return Permit(
        id=PermitId(row["id"]),
        kind=PermitKind(row["kind"]),
        state=PermitState(row["state"]),
        principal=row["principal"],
        agents=tuple(row["agents"]),
        upstream=row["upstream"],
        tools=tuple(row["tools"]),
        conditions=tuple(row["conditions"]),
        uses=row["uses"],
        used=row["used"],
        span_us=row["span_us"],
        asked_by=row["asked_by"],
        asked_through=GrantId(row["asked_through"]),
        reason=row["reason"],
        case=row["case_id"],
        policy_version=row["policy_version"],
        risk=None if row["risk"] is None else Risk(row["risk"]),
        demands=tuple(demand_from(each) for each in row["demands"]),
        requested_at_us=row["requested_at_us"],
        expires_at_us=row["expires_at_us"],
        reviews=said,
        turns=row["turns"],
        ended_by=row["ended_by"],
    )
