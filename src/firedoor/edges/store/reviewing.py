"""What people said, and whom that is asked of, as rows: of approvals and of permits alike.

Both are read with what was said of them, and changed by a statement that names what it saw. Never decides.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Update, insert, select

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


def with_reviews(
    connection: Connection,
    query: "Select[Any]",
) -> list[tuple[Mapping[str, Any], tuple[Review, ...]]]:
    """The rows of a query that have an `id`, each with what people said of it."""
    rows = [dict(row) for row in connection.execute(query).mappings()]
    said = reviews_of(connection, [row["id"] for row in rows])
    return [(row, said.get(row["id"], ())) for row in rows]


def change_reviewed(connection: Connection, change: Update, of: str, review: Review | None) -> bool:
    """Carry out a change that names what it saw, with what somebody said; False if that was no longer so."""
    if connection.execute(change).rowcount != 1:
        return False
    if review is not None:
        connection.execute(insert(reviews).values(review_row(of, review)))
    return True


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
