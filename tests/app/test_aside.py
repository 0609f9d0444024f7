"""What derives from the record lets those go first who end a crowd."""

import gc
import threading
from contextlib import suppress

from firedoor.app.aside import AT_MOST_S, BREATH_S, GENTLY_S, Aside


class Clock:
    """A steady clock that stands until it is set."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now_s


def aside_of(clock: Clock) -> Aside:
    return Aside(clock, clock.slept.append)


def stands(aside: Aside) -> threading.Thread:
    """A thread that stands aside, given time to do so."""
    thread = threading.Thread(target=aside.stand, daemon=True)
    thread.start()
    thread.join(0.05)
    return thread


def test_where_nobody_goes_first_others_are_let_in_and_nothing_is_waited_for() -> None:
    clock = Clock()
    aside = aside_of(clock)
    aside.stand()
    aside.breathe()
    assert clock.slept == [0, 0]


def test_while_somebody_goes_first_the_index_waits_and_the_log_breathes() -> None:
    clock = Clock()
    aside = aside_of(clock)
    with aside.undisturbed():
        aside.breathe()
        assert clock.slept == [BREATH_S]
        thread = stands(aside)
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


def test_of_several_who_go_first_all_are_waited_for_whatever_ends_them() -> None:
    aside = aside_of(Clock())
    with aside.undisturbed():
        with suppress(LookupError), aside.undisturbed():
            raise LookupError
        thread = stands(aside)
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


def test_nobody_is_waited_for_without_end() -> None:
    clock = Clock()
    aside = aside_of(clock)
    with aside.undisturbed():
        clock.now_s += AT_MOST_S
        with aside.undisturbed():
            aside.stand()
    assert clock.slept == [BREATH_S]


def test_afterwards_both_go_on_a_little_at_a_time_for_a_while() -> None:
    clock = Clock()
    aside = aside_of(clock)
    with aside.undisturbed():
        clock.now_s += 1
    aside.stand()
    clock.now_s += GENTLY_S - 0.1
    aside.breathe()
    clock.now_s += 0.2
    aside.breathe()
    assert clock.slept == [BREATH_S, BREATH_S, 0]


def test_nothing_is_collected_while_somebody_goes_first() -> None:
    with Aside().undisturbed():
        assert not gc.isenabled()
    assert gc.isenabled()
