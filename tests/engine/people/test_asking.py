"""How often somebody may ask people."""

from firedoor.engine.people import asking
from firedoor.engine.people.asking import OFTEN, SPAN_US, Asking
from tests.helpers.fakes import FakeClock


def test_so_many_questions_are_heard_within_the_span_and_then_again_as_they_grow_old() -> None:
    clock = FakeClock()
    asks = Asking(now_us=clock)
    assert [asks.may_ask("g_1") for _ in range(OFTEN + 2)] == [True] * OFTEN + [False] * 2
    assert asks.may_ask("g_2")
    clock.at_us += SPAN_US - 1
    assert not asks.may_ask("g_1")
    clock.at_us += 1
    assert asks.may_ask("g_1")


def test_who_asks_is_not_remembered_without_end() -> None:
    asks = Asking(now_us=FakeClock())
    for number in range(asking.ASKERS + 5):
        assert asks.may_ask(f"g_{number}")
    assert len(asks._asked) == asking.ASKERS
