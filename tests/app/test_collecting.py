"""Everything is looked through while nobody calls, or once the process has grown; not when it is busy."""

import asyncio
import gc
from contextlib import suppress

import pytest

from firedoor.app.collecting import (
    GROWN_BYTES,
    LATEST_S,
    SELDOM_S,
    Collecting,
    collect_in_quiet,
    only_the_young,
    resident_bytes,
    uncollected,
)

pytestmark = pytest.mark.anyio


class Process:
    """A process that has served so many requests and is so large."""

    def __init__(self) -> None:
        self.served = self.size = self.collected = 0
        self.collecting = Collecting(lambda: self.served, lambda: self.size, self._collect)

    def _collect(self) -> None:
        self.collected += 1


def test_a_quiet_second_is_used_once_something_was_served_and_not_again_too_soon() -> None:
    process = Process()
    assert not process.collecting.look(SELDOM_S)
    process.served = 5
    assert not process.collecting.look(SELDOM_S + 1)
    assert process.collecting.look(SELDOM_S + 2)
    process.served = 6
    assert not process.collecting.look(SELDOM_S + 3)
    assert not process.collecting.look(SELDOM_S + 4)
    assert process.collecting.look(2 * SELDOM_S + 2)
    assert process.collected == 2


def test_while_somebody_calls_all_the_time_it_waits_for_an_hour() -> None:
    process = Process()
    for second in range(1, int(LATEST_S)):
        process.served += 1
        assert not process.collecting.look(float(second))
    process.served += 1
    assert process.collecting.look(LATEST_S)


def test_a_process_that_has_grown_much_does_not_wait_and_one_that_stays_large_is_not_looked_at_again() -> (
    None
):
    process = Process()
    process.served, process.size = 1, GROWN_BYTES
    assert not process.collecting.look(1.0)
    process.served, process.size = 2, GROWN_BYTES + 1
    assert process.collecting.look(2.0)
    process.served = 3
    assert not process.collecting.look(3.0)
    process.served, process.size = 4, 2 * GROWN_BYTES + 2
    assert process.collecting.look(4.0)


async def test_the_interpreter_goes_on_collecting_what_is_young_and_has_its_ways_back_afterwards() -> None:
    before = gc.get_threshold()
    task = asyncio.get_running_loop().create_task(collect_in_quiet(lambda: 0))
    await asyncio.sleep(0)
    young, middle, old = gc.get_threshold()
    assert (young, middle) == before[:2]
    assert old > 1_000_000
    task.cancel()
    await asyncio.wait([task])
    assert gc.get_threshold() == before
    with only_the_young():
        assert gc.get_threshold() != before
    assert gc.get_threshold() == before


def test_for_a_while_nothing_is_collected_whatever_happens_in_it() -> None:
    assert gc.isenabled()
    with suppress(LookupError), uncollected():
        assert not gc.isenabled()
        raise LookupError
    assert gc.isenabled()


def test_of_two_such_times_the_end_of_the_first_ends_both() -> None:
    first, second = uncollected(), uncollected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_the_size_of_a_process_is_that_of_its_memory() -> None:
    before = resident_bytes()
    held = bytearray(64 << 20)
    assert resident_bytes() - before > 32 << 20
    assert len(held) == 64 << 20
