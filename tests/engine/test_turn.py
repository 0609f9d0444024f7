import asyncio
import selectors
from collections.abc import Coroutine

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


class Hurried(selectors.SelectSelector):
    """Waits for nothing: the clock of its loop goes on instead."""

    now_s = 0.0

    def select(self, timeout: float | None = None):
        assert timeout is not None, "nothing will ever happen"
        self.now_s += timeout
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """Its time passes when nobody has anything to do, and at no other time."""

    def __init__(self) -> None:
        self._hurried = Hurried()
        super().__init__(self._hurried)

    def time(self) -> float:
        return self._hurried.now_s


def run(story: Coroutine[None, None, None]) -> None:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(story)


def test_nothing_is_kept_back_and_the_answer_is_waited_for_as_long_as_it_takes() -> None:
    async def story() -> None:
        turn, answer = Turn(), Slow()
        answer.said.put_nowait(EVENT)
        assert await turn.event(answer) == EVENT

    run(story())


def test_silence_is_told_and_the_message_that_comes_later_is_not_lost() -> None:
    async def story() -> None:
        turn, answer, clock = Turn(), Slow(), asyncio.get_running_loop().time
        assert await turn.event(answer, (1,)) == Quiet()
        assert clock() == pytest.approx(KEPT_S)
        answer.said.put_nowait(EVENT)
        assert await turn.event(answer) == EVENT
        assert answer.asked == 1

    run(story())


def test_a_message_that_comes_meanwhile_prolongs_no_wait() -> None:
    async def story() -> None:
        turn, answer, loop = Turn(), Slow(), asyncio.get_running_loop()
        loop.call_later(0.1, answer.said.put_nowait, EVENT)
        assert await turn.event(answer, (1,)) == EVENT
        assert loop.time() == pytest.approx(0.1)
        assert await turn.event(answer, (1, 2)) == Quiet()
        assert loop.time() == pytest.approx(KEPT_S)
        assert await turn.event(answer, (2,)) == Quiet()
        assert loop.time() == pytest.approx(0.1 + KEPT_S)
        turn.drop()

    run(story())


def test_what_is_there_goes_before_silence_and_silence_is_then_told_at_once() -> None:
    """A gateway that has much to do takes out no end that the next message, which is there, would decide."""

    async def story() -> None:
        turn, answer, loop = Turn(), Slow(), asyncio.get_running_loop()
        assert await turn.event(answer, (1,)) == Quiet()
        answer.said.put_nowait(EVENT)
        answer.said.put_nowait(EVENT)
        assert [await turn.event(answer, (1,)) for _ in range(3)] == [EVENT, EVENT, Quiet()]
        assert loop.time() == pytest.approx(KEPT_S)
        turn.drop()

    run(story())


def test_what_the_answer_ends_with_comes_through() -> None:
    async def story() -> None:
        turn, answer = Turn(), Slow()
        answer.said.put_nowait(UpstreamError("upstream_gone", "gone"))
        with pytest.raises(UpstreamError):
            await turn.event(answer, (1,))
        answer.said.put_nowait(None)
        assert await turn.event(answer, (1,)) is None

    run(story())


def test_whoever_lets_go_ends_the_waiting() -> None:
    async def story() -> None:
        turn, answer = Turn(), Slow()
        assert await turn.event(answer, (1,)) == Quiet()
        turn.drop()
        turn.drop()
        await asyncio.sleep(0)
        assert answer.cancelled == 1

    run(story())
