"""Goes through many things without keeping everybody else waiting: a few in each turn of the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")

EACH_TURN = 64
"""Things that take a few microseconds each."""


async def in_turns(things: Iterable[Thing], each_turn: int = EACH_TURN) -> AsyncIterator[Thing]:
    """Give those that are there now, one after the other; what else is to be done is done in between."""
    for number, thing in enumerate(tuple(things), 1):
        yield thing
        if number % each_turn == 0:
            await asyncio.sleep(0)
