"""Whom something was asked of and what they said, as people and programs are told."""

from firedoor.core.reply.reviewed import demand_objects, review_objects
from firedoor.model.verdict import Demand
from tests.helpers.approvals import review


def test_a_demand_names_its_roles_and_groups_in_one_order_and_not_how_long_it_may_take() -> None:
    demand = Demand(quorum=2, roles=frozenset("ba"), groups=frozenset("dc"), within_us=1)
    assert demand_objects([demand]) == [{"quorum": 2, "roles": ["a", "b"], "groups": ["c", "d"]}]


def test_a_review_says_who_decided_what_and_why_and_no_grant() -> None:
    yes, no = review(by="sam", at_us=1), review(by="kim", is_approval=False, reason="No.", at_us=2)
    assert review_objects([yes, no]) == [
        {"by": "sam", "decision": "approve", "reason": yes.reason, "at_us": 1},
        {"by": "kim", "decision": "refuse", "reason": "No.", "at_us": 2},
    ]
