import asyncio

import pytest

from firedoor.core.kept_back import Quiet
from firedoor.engine.turn import KEPT_S, Turn
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import AnswerHead, Shape, UpstreamEvent

EVENT = UpstreamEvent(payload=b"{}")


class Slow:
    """An answer whose messages come when the test says so."""

    head = AnswerHead(status=200, shape=Shape.STREAM)

    def __init__(self) -> None:
        self.said: asyncio.Queue[UpstreamEvent | UpstreamError | None] = asyncio.Queue()
        self.asked = self.cancelled = 0

    async def next(self) -> UpstreamEvent | None:
        self.asked += 1
        try:
            said = await self.said.get()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(said, UpstreamError):
            raise said
        return said

    def abandon(self) -> None:
        pass


def test_nothing_is_kept_back_and_the_answer_is_waited_for_as_long_as_it_takes() -> None:
    async def story() -> None:
        turn, answer = Turn(), Slow()
        answer.said.put_nowait(EVENT)
        assert await turn.event(answer) == EVENT

    asyncio.run(story())


def test_silence_is_told_and_the_message_that_comes_later_is_not_lost() -> None:
    async def story() -> None:
        turn, answer, clock = Turn(), Slow(), asyncio.get_running_loop().time
        began = clock()
        assert await turn.event(answer, (1,)) == Quiet()
        assert clock() - began >= KEPT_S * 0.9
        answer.said.put_nowait(EVENT)
        assert await turn.event(answer) == EVENT
        assert answer.asked == 1

    asyncio.run(story())


def test_a_message_that_comes_meanwhile_prolongs_no_wait() -> None:
    async def story() -> None:
        turn, answer, clock = Turn(), Slow(), asyncio.get_running_loop().time
        answer.said.put_nowait(EVENT)
        began = clock()
        assert await turn.event(answer, (1,)) == EVENT
        pieces = 0
        while await turn.event(answer, (1, 2 + pieces)) != Quiet():
            pieces += 1
        assert clock() - began >= KEPT_S * 0.9
        turn.drop()

    async def chatty() -> None:
        turn, answer = Turn(), Slow()
        for _ in range(100_000):
            answer.said.put_nowait(EVENT)
        while await turn.event(answer, (1,)) != Quiet():
            pass  # ends, though there is always another message
        turn.drop()

    asyncio.run(story())
    asyncio.run(asyncio.wait_for(chatty(), 20))


def test_what_the_answer_ends_with_comes_through() -> None:
    async def story() -> None:
        turn, answer = Turn(), Slow()
        answer.said.put_nowait(UpstreamError("upstream_gone", "gone"))
        with pytest.raises(UpstreamError):
            await turn.event(answer, (1,))
        answer.said.put_nowait(None)
        assert await turn.event(answer, (1,)) is None

    asyncio.run(story())


def test_whoever_lets_go_ends_the_waiting() -> None:
    async def story() -> None:
        turn, answer = Turn(), Slow()
        assert await turn.event(answer, (1,)) == Quiet()
        turn.drop()
        turn.drop()
        await asyncio.sleep(0)
        assert answer.cancelled == 1

    asyncio.run(story())
