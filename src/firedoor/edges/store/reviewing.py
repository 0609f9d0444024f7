"""What people said, and whom that is asked of, as rows: of approvals and of permits alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from firedoor.edges.store.tables import reviews
from firedoor.model.approval import Review
from firedoor.model.ids import GrantId
from firedoor.model.verdict import Demand


def reviews_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Review, ...]]:
    """What people said about each of these, the first first."""
    query = select(reviews).where(reviews.c.approval_id.in_(ids))
    query = query.order_by(reviews.c.at_us, reviews.c.principal)
    found: dict[str, tuple[Review, ...]] = {}
    for row in connection.execute(query).mappings() if ids else ():
        review = Review(
            by=row["principal"],
            grant=GrantId(row["grant_id"]),
            is_approval=row["is_approval"],
            reason=row["reason"],
            at_us=row["at_us"],
            groups=frozenset(row["groups"]),
            roles=frozenset(row["roles"]),
        )
        found[row["approval_id"]] = (*found.get(row["approval_id"], ()), review)
    return found


def demand_row(demand: Demand) -> dict[str, object]:
    """A demand as JSON."""
    return {
        "quorum": demand.quorum,
        "roles": sorted(demand.roles),
        "groups": sorted(demand.groups),
        "within_us": demand.within_us,
    }


def review_row(of: str, review: Review) -> dict[str, object]:
    """What one person said of an approval or a permit."""
    return {
        "approval_id": of,
        "principal": review.by,
        "grant_id": review.grant,
        "is_approval": review.is_approval,
        "reason": review.reason,
        "roles": sorted(review.roles),
        "groups": sorted(review.groups),
        "at_us": review.at_us,
    }


def demand_from(said: Mapping[str, Any]) -> Demand:
    """Read a demand."""
    return Demand(
        quorum=said["quorum"],
        roles=frozenset(said["roles"]),
        groups=frozenset(said["groups"]),
        within_us=said["within_us"],
    )
