"""Whom something was asked of and what they said, as people and programs are told. Never what was asked."""

from collections.abc import Sequence

from firedoor.model.approval import Review
from firedoor.model.json import Json
from firedoor.model.verdict import Demand


def demand_objects(demands: Sequence[Demand]) -> list[Json]:
    """Whose approval is needed: of how many, with which role, of which group."""
    return [
        {"quorum": each.quorum, "roles": sorted(each.roles), "groups": sorted(each.groups)}
        for each in demands
    ]


def review_objects(reviews: Sequence[Review]) -> list[Json]:
    """What people said, the first first."""
    return [
        {"by": each.by, "decision": "approve" if each.is_approval else "refuse", "reason": each.reason,
         "at_us": each.at_us}
        for each in reviews
    ]  # fmt: skip
