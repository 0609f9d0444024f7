"""Goes through many things without keeping everybody else waiting: a few in each turn of the event loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")

EACH_TURN = 64
"""Things that take a few microseconds each."""
OTHERS = 3
"""Turns of the loop that everybody else has after one of ours: what one call does takes a dozen of them."""
NAP_S = 0.00001
"""How long the loop stands still after one of our turns, and what the clock of the system adds to it.

A loop that is never idle keeps the interpreter from the thread that writes, five milliseconds each time.
"""


class Pace:
    """The turns of something that takes long."""

    def __init__(
        self, each_turn: int = EACH_TURN, *, naps: bool = True, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        """`naps`: whether the loop stands still in between. Of those that go on together, one is enough."""
        self._each_turn, self._naps, self._sleep = each_turn, naps, sleep
        self._steps = 0

    async def step(self) -> None:
        """After a step: let the others have their turn, if so many were done."""
        self._steps += 1
        if self._steps % self._each_turn == 0:
            if self._naps:
                self._sleep(NAP_S)
            for _ in range(OTHERS):
                await asyncio.sleep(0)


async def in_turns(things: Iterable[Thing], each_turn: int = EACH_TURN) -> AsyncIterator[Thing]:
    """Give those that are there now, one after the other; what else is to be done is done in between."""
    for number, thing in enumerate(tuple(things), 1):
        yield thing
        if number % each_turn == 0:
            await asyncio.sleep(0)
