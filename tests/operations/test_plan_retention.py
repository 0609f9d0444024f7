from dataclasses import replace

import pytest

from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold, Retention
from firedoor.operations.plan_retention import MAY_GO_ON_US, Fate, Stored, plan_retention, shortest_us

ONE = SessionId("0193f0aa-1122-7333-8444-000000000001")
TWO = SessionId("0193f0aa-1122-7333-8444-000000000002")
RETENTION = Retention(default_us=100, control_us=500, upstreams_us={"crm": 300, "safe": None})
CLOSED = Stored(session=ONE, last_at_us=1000, frames=3, is_closed=True)
HOLD = LegalHold(session=ONE, name="case-7", reason="r", by="ana", placed_at_us=1)


def due(stored: Stored, retention: Retention = RETENTION) -> tuple[str, int | None]:
    (planned,) = plan_retention([stored], retention, {}, now_us=0)
    return planned.rule, planned.due_at_us


@pytest.mark.parametrize(
    ("stored", "rule", "due_at_us"),
    [
        (CLOSED, "default", 1100),
        (replace(CLOSED, upstream="wiki"), "default", 1100),
        (replace(CLOSED, upstream="crm"), "upstream crm", 1300),
        (replace(CLOSED, upstream="safe"), "upstream safe", None),
        (replace(CLOSED, is_control=True), "control", 1500),
        (replace(CLOSED, is_known=False), "longest", None),
        (replace(CLOSED, is_closed=False), "default", 1100 + MAY_GO_ON_US),
    ],
)
def test_the_time_of_a_recording_counts_from_its_end_under_its_rule(
    stored: Stored, rule: str, due_at_us: int | None
) -> None:
    assert due(stored) == (rule, due_at_us)


def test_what_cannot_be_placed_is_kept_as_long_as_the_longest_rule_says() -> None:
    retention = Retention(default_us=100, control_us=200, upstreams_us={"crm": 300})
    assert due(replace(CLOSED, is_known=False), retention) == ("longest", 1300)


@pytest.mark.parametrize(("now_us", "fate"), [(1099, Fate.KEEP), (1100, Fate.DELETE), (9999, Fate.DELETE)])
def test_it_is_deleted_when_its_time_is_over_and_not_before(now_us: int, fate: Fate) -> None:
    (planned,) = plan_retention([CLOSED], RETENTION, {}, now_us=now_us)
    assert planned.fate is fate


def test_a_legal_hold_keeps_it_whatever_its_time() -> None:
    (planned,) = plan_retention([CLOSED], RETENTION, {ONE: [HOLD]}, now_us=9999)
    assert (planned.fate, planned.holds) == (Fate.HOLD, (HOLD,))
    (early,) = plan_retention([CLOSED], RETENTION, {ONE: [HOLD], TWO: []}, now_us=0)
    assert early.fate is Fate.KEEP


def test_what_goes_on_for_certain_is_kept() -> None:
    (planned,) = plan_retention([CLOSED], RETENTION, {}, now_us=9999, live=[ONE])
    assert planned.fate is Fate.KEEP


def test_plans_are_in_the_order_in_which_they_are_due() -> None:
    never = replace(CLOSED, session=TWO, upstream="safe")
    late = replace(CLOSED, session=TWO, last_at_us=2000)
    planned = plan_retention([never, late, CLOSED], RETENTION, {}, now_us=0)
    assert [each.due_at_us for each in planned] == [1100, 2100, None]


def test_the_shortest_time_is_that_of_any_rule() -> None:
    assert shortest_us(RETENTION) == 100
    assert shortest_us(Retention()) is None
    assert RETENTION.for_upstream(None) == 100
