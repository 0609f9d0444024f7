"""Approvals in the database. A change is one statement that names what it saw, so that only one can win.

Never holds arguments of a call. Ended approvals stay: they are evidence.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from firedoor.edges.store.database import Database
from firedoor.edges.store.faults import or_refused
from firedoor.edges.store.reviewing import change_reviewed, demand_from, demand_row, with_reviews
from firedoor.edges.store.tables import approvals, reviews
from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Review
from firedoor.model.ids import CallId, GrantId, SessionId, TokenDigest
from firedoor.model.lock import Whom
from firedoor.model.verdict import Risk

_OPEN = (ApprovalState.REQUESTED.value, ApprovalState.APPROVED.value)
_UNABLE = "Approvals cannot be kept"
"""Without them the call is not executed."""


class StoredApprovals:
    """Implements the port `Approvals`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, approval: Approval) -> Approval:
        """Keep a new one; or return the open one of the same digest."""
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            before = _found(connection, approvals.c.open_digest == approval.digest)
            if before is not None:
                return before
            try:
                with connection.begin_nested():
                    connection.execute(insert(approvals).values(_row(approval)))
            except IntegrityError:
                # PostgreSQL: somebody was quicker since we looked.
                before = _found(connection, approvals.c.open_digest == approval.digest)
                if before is None:
                    raise
                return before
        return approval

    def find(self, approval: ApprovalId) -> Approval | None:
        """The approval of this id."""
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return _found(connection, approvals.c.id == approval)

    def open_of(self, digest: str) -> Approval | None:
        """The open approval of this digest."""
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return _found(connection, approvals.c.open_digest == digest)

    def listed(self, states: Collection[ApprovalState], limit: int) -> tuple[Approval, ...]:
        """Those in one of these states, the newest first."""
        wanted = [state.value for state in states]
        query = (
            select(approvals)
            .where(approvals.c.state.in_(wanted))
            .order_by(approvals.c.requested_at_us.desc(), approvals.c.id.desc())
            .limit(limit)
        )
        return self._read(query)

    def executing_of(self, instance: str) -> tuple[Approval, ...]:
        """Those that an instance is executing, and those of which nobody knows whose they are."""
        whose = or_(approvals.c.executed_at == instance, approvals.c.executed_at.is_(None))
        query = select(approvals).where(approvals.c.state == ApprovalState.EXECUTING.value, whose)
        return self._read(query.order_by(approvals.c.requested_at_us, approvals.c.id))

    def _read(self, query: "Select[Any]") -> tuple[Approval, ...]:
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return tuple(_approval(row, said) for row, said in with_reviews(connection, query))

    def change(self, seen: Approval, state: ApprovalState, review: Review | None = None) -> bool:
        """Bring it to a state, with what somebody said."""
        statement = (
            update(approvals)
            .where(approvals.c.id == seen.id, approvals.c.turns == seen.turns)
            .where(approvals.c.state == seen.state.value)
            .values(
                state=state.value,
                turns=seen.turns + 1,
                open_digest=seen.digest if state.value in _OPEN else None,
            )
        )
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            return change_reviewed(connection, statement, seen.id, review)

    def redeem(self, approval: ApprovalId, digest: str, now_us: int, instance: str = "") -> bool:
        """Take the one execution that it allows."""
        statement = (
            update(approvals)
            .where(approvals.c.id == approval, approvals.c.open_digest == digest)
            .where(approvals.c.state == ApprovalState.APPROVED.value, approvals.c.expires_at_us > now_us)
            .values(
                state=ApprovalState.EXECUTING.value,
                turns=approvals.c.turns + 1,
                open_digest=None,
                executed_at=instance or None,
            )
        )
        with or_refused(_UNABLE), self._database.writing.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def reviews_since(self, since_us: int) -> dict[str, int]:
        """How often each person has decided since an instant."""
        query = (
            select(reviews.c.principal, func.count())
            .where(reviews.c.at_us >= since_us)
            .group_by(reviews.c.principal)
        )
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            return {str(who): int(times) for who, times in connection.execute(query)}

    def latest_us(self) -> int:
        """The latest instant that is known here."""
        with or_refused(_UNABLE), self._database.reading.connect() as connection:
            asked = connection.execute(select(func.max(approvals.c.requested_at_us))).scalar()
            said = connection.execute(select(func.max(reviews.c.at_us))).scalar()
        return max(asked or 0, said or 0)


def _found(connection: Connection, condition: Any) -> Approval | None:  # noqa: ANN401 - a clause of SQLAlchemy
    found = with_reviews(connection, select(approvals).where(condition))
    return _approval(*found[0]) if found else None


def _row(approval: Approval) -> dict[str, object]:
    whom = approval.whom
    return {
        "id": approval.id,
        "digest": approval.digest,
        "open_digest": approval.digest,
        "state": approval.state.value,
        "turns": approval.turns,
        "whom": {
            "principal": whom.principal,
            "groups": sorted(whom.groups),
            "grant": whom.grant,
            "token": whom.token,
            "agents": list(whom.agents),
            "peer": whom.peer,
            "upstream": whom.upstream,
            "tool": whom.tool,
        },
        "session_id": approval.session,
        "call_id": approval.call,
        "method": approval.method,
        "name": approval.name,
        "policy_version": approval.policy_version,
        "definition": approval.definition,
        "rules": list(approval.rules),
        "reasons": list(approval.reasons),
        "risk": None if approval.risk is None else approval.risk.value,
        "demands": [demand_row(demand) for demand in approval.demands],
        "requested_at_us": approval.requested_at_us,
        "expires_at_us": approval.expires_at_us,
    }


def _approval(row: Mapping[str, Any], said: tuple[Review, ...]) -> Approval:
    session = SessionId(row["session_id"])
    return Approval(
        id=ApprovalId(row["id"]),
        digest=row["digest"],
        state=ApprovalState(row["state"]),
        whom=_whom(row["whom"], session),
        session=session,
        call=CallId(row["call_id"]),
        method=row["method"],
        name=row["name"],
        policy_version=row["policy_version"],
        definition=row["definition"],
        rules=tuple(row["rules"]),
        reasons=tuple(row["reasons"]),
        risk=None if row["risk"] is None else Risk(row["risk"]),
        demands=tuple(demand_from(each) for each in row["demands"]),
        requested_at_us=row["requested_at_us"],
        expires_at_us=row["expires_at_us"],
        reviews=said,
        turns=row["turns"],
    )


def _whom(said: Mapping[str, Any], session: SessionId) -> Whom:
    return Whom(
        principal=said["principal"],
        groups=frozenset(said["groups"]),
        grant=GrantId(said["grant"]),
        token=TokenDigest(said["token"]),
        agents=tuple(said["agents"]),
        peer=said["peer"],
        upstream=said["upstream"],
        session=session,
        tool=said["tool"],
    )
