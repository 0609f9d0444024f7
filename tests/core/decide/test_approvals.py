"""The machine of an approval, and who may move it."""

import itertools
from dataclasses import replace

import pytest

from firedoor.core.decide.approvals import (
    NEXT,
    TIERS,
    demands_of,
    flaw_of_approver,
    is_met,
    joined_demands,
    next_state,
    question_of,
    within_us,
)
from firedoor.model.approval import ApprovalState, Turn
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.verdict import Demand, Effect, Risk, Verdict
from tests.architecture.source import REPOSITORY
from tests.helpers.approvals import approval, approver, review
from tests.helpers.machines import diagram, ends_of
from tests.helpers.nouns import AT_US, grant

ENDS = {
    ApprovalState.REFUSED, ApprovalState.EXPIRED, ApprovalState.WITHDRAWN, ApprovalState.DONE,
    ApprovalState.UNKNOWN,
}  # fmt: skip
DBA = Demand(quorum=1, groups=frozenset({"dba"}))
SECURITY = Demand(quorum=1, groups=frozenset({"security"}))


def test_an_approval_ends_in_one_of_five_states_and_nothing_follows() -> None:
    assert ends_of(NEXT) == ENDS


def test_only_an_approved_call_is_executed_and_every_state_can_be_reached() -> None:
    assert [state for (state, turn) in NEXT if turn is Turn.REDEEM] == [ApprovalState.APPROVED]
    assert {ApprovalState.REQUESTED, *NEXT.values()} == set(ApprovalState)
    assert next_state(ApprovalState.REQUESTED, Turn.REDEEM) is None


def test_what_waits_or_is_approved_can_always_be_refused_withdrawn_and_expire() -> None:
    for state, turn in itertools.product(
        (ApprovalState.REQUESTED, ApprovalState.APPROVED), (Turn.REFUSE, Turn.WITHDRAW, Turn.EXPIRE)
    ):
        assert next_state(state, turn) in ENDS


def test_the_page_that_explains_it_shows_the_machine_as_it_is() -> None:
    page = (REPOSITORY / "docs" / "explain" / "approvals.md").read_text(encoding="utf-8")
    drawn = diagram("hold", ApprovalState.REQUESTED, NEXT)
    assert f"```mermaid\n{drawn}\n```" in page


@pytest.mark.promise("APR-2")
@pytest.mark.parametrize(
    ("who", "flaw"),
    [
        (approver("sam"), ""),
        (approver("dana"), "Nobody approves"),
        (approver(" Dana "), "Nobody approves"),
        (approver("\uff44\uff41na"), "Nobody approves"),
        (approver("da\u200bna"), "Nobody approves"),
        (approver("d ana\u00a0"), "Nobody approves"),
        (approver("claw"), "Nobody approves"),
        (replace(approver("sam"), id=grant().id), "Nobody approves"),
        (approver("sam", roles=frozenset()), "roles approver"),
        (approver("sam", roles=frozenset({"viewer"})), "roles approver"),
        (approver("sam", revoked_at_us=1), "revoked"),
        (approver("sam", expires_at_us=AT_US), "expired"),
        (approver("sam", upstreams=frozenset({"wiki"})), "not for this upstream"),
        (approver("sam", upstreams=frozenset({"disk"})), ""),
        (
            approver(
                "sam",
                principal=Principal(name="sam", kind=PrincipalKind.PERSON, actors=(Actor(name="bot"),)),
            ),
            "An agent never approves",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.principal.name,
)
def test_who_may_not_approve_is_told_why(who: object, flaw: str) -> None:
    said = flaw_of_approver(question_of(approval()), who, AT_US)
    assert flaw in said
    assert bool(said) is bool(flaw)


@pytest.mark.promise("APR-2")
def test_nobody_decides_twice() -> None:
    assert "already" in flaw_of_approver(
        question_of(approval(reviews=(review("sam"),))), approver("SAM"), AT_US
    )


def test_a_group_that_a_rule_names_is_needed_beside_the_role() -> None:
    asked = approval(demands=(DBA,))
    assert "group" in flaw_of_approver(question_of(asked), approver("sam"), AT_US)
    assert flaw_of_approver(question_of(asked), approver("sam", groups=frozenset({"dba"})), AT_US) == ""


@pytest.mark.promise("APR-2")
@pytest.mark.parametrize(
    ("people", "is_enough"),
    [
        ("dba", False),
        ("dba+security", False),
        ("dba dba", False),
        ("dba security", True),
        ("dba+security dba", True),
        ("dba+security security", True),
        ("other dba+security", False),
    ],
)
def test_one_person_in_two_groups_is_one_person(people: str, is_enough: bool) -> None:
    said = [review(f"p{n}", groups=frozenset(groups.split("+"))) for n, groups in enumerate(people.split())]
    assert is_met((DBA, SECURITY), said) is is_enough
    assert is_met((SECURITY, DBA), said) is is_enough


def test_a_refusal_is_nobody_who_agrees() -> None:
    two = (Demand(quorum=2),)
    assert not is_met(two, [review("a"), review("b", is_approval=False)])
    assert is_met(two, [review("a"), review("b"), review("c")])


def test_a_hold_asks_for_what_its_risk_says_unless_its_rule_names_people() -> None:
    held = Verdict(effect=Effect.HOLD)
    assert demands_of(held) == (TIERS[Risk.MEDIUM],)
    assert demands_of(replace(held, risk=Risk.CRITICAL))[0].quorum == 2
    assert demands_of(replace(held, risk=Risk.CRITICAL, demands=(DBA,))) == (DBA,)


def test_the_shortest_time_counts() -> None:
    assert within_us((DBA,), Risk.HIGH) == TIERS[Risk.HIGH].within_us
    assert within_us((DBA, replace(SECURITY, within_us=5)), Risk.HIGH) == 5
    assert within_us((DBA,), None) == TIERS[Risk.MEDIUM].within_us


def test_the_same_people_asked_for_by_two_rules_are_asked_once() -> None:
    assert joined_demands([DBA, replace(DBA, quorum=2, within_us=7), SECURITY]) == (
        replace(DBA, quorum=2, within_us=7),
        SECURITY,
    )
