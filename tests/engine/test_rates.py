"""Limits count exactly: never more calls in any span, and those of one do not count for another."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.engine.rates import Rates
from firedoor.model.ids import SessionId
from firedoor.model.principal import Principal, PrincipalKind
from firedoor.model.verdict import Rate
from tests.helpers.fakes import FakeClock
from tests.helpers.nouns import grant, session

S = 1_000_000


def rate(calls: int = 2, span_s: int = 10, by: str = "principal", rule: str = "r") -> Rate:
    return Rate(rule=rule, calls=calls, span_us=span_s * S, by=by)


def test_a_call_above_the_limit_waits_until_the_first_one_is_over() -> None:
    clock = FakeClock()
    rates = Rates(now_us=clock)
    assert [rates.take([rate()], session()) for _ in range(3)] == [0, 0, 10]
    clock.pass_s(9.5)
    assert rates.take([rate()], session()) == 1
    clock.pass_s(0.5)
    assert rates.take([rate()], session()) == 0


@given(st.lists(st.integers(0, 5 * S), min_size=1, max_size=60), st.integers(1, 4))
def test_no_span_ever_has_more_calls_than_the_limit(pauses: list[int], calls: int) -> None:
    clock = FakeClock()
    rates = Rates(now_us=clock)
    taken = []
    for pause in pauses:
        clock.at_us += pause
        if rates.take([rate(calls, 10)], session()) == 0:
            taken.append(clock.at_us)
    for first in taken:
        assert sum(first <= at < first + 10 * S for at in taken) <= calls


@pytest.mark.parametrize(
    ("by", "shared"), [("principal", False), ("grant", False), ("session", False), ("all", True)]
)
def test_what_is_counted_together_is_what_the_limit_says(by: str, shared: bool) -> None:
    other = replace(
        session(grant=grant("g_2", principal=Principal(name="eve", kind=PrincipalKind.PERSON))),
        id=SessionId("01999999-9999-7999-8999-000000000000"),
    )
    rates = Rates(now_us=FakeClock())
    limit = [rate(1, by=by)]
    assert rates.take(limit, session()) == 0
    assert rates.take(limit, session()) > 0
    assert (rates.take(limit, other) > 0) is shared


def test_a_call_that_one_limit_refuses_is_counted_by_none() -> None:
    rates = Rates(now_us=FakeClock())
    assert rates.take([rate(1, rule="a")], session()) == 0
    assert rates.take([rate(1, rule="a"), rate(1, rule="b")], session()) > 0
    assert rates.take([rate(1, rule="b")], session()) == 0
