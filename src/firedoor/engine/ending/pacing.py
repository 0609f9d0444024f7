"""Goes through many things without keeping everybody else waiting: a few in each turn of the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")

EACH_TURN = 64
"""Things that take a few microseconds each."""
OTHERS = 3
"""Turns of the loop that everybody else has after one of ours: what one call does takes a dozen of them."""
BREATH = 12
"""Of our turns between two pauses. A loop that is never idle keeps the thread that writes from writing."""
PAUSE_S = 0.001


class Pace:
    """The turns of something that takes long."""

    def __init__(self, each_turn: int = EACH_TURN) -> None:
        self._each_turn = each_turn
        self._steps = 0

    async def step(self) -> None:
        """After a step: let the others have their turn, if so many were done."""
        self._steps += 1
        if self._steps % self._each_turn == 0:
            turns = self._steps // self._each_turn
            await asyncio.sleep(0 if turns % BREATH else PAUSE_S)
            for _ in range(1, OTHERS):
                await asyncio.sleep(0)


async def in_turns(things: Iterable[Thing], each_turn: int = EACH_TURN) -> AsyncIterator[Thing]:
    """Give those that are there now, one after the other; what else is to be done is done in between."""
    for number, thing in enumerate(tuple(things), 1):
        yield thing
        if number % each_turn == 0:
            await asyncio.sleep(0)
