import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from firedoor.core.decide.sql.understand import KEPT
from firedoor.edges.understanding.readers import SHORT, Readers, _started
from firedoor.model.sql import SqlEffect

LONG = "".join(["SELECT id FROM orders WHERE id IN (", ", ".join(map(str, range(SHORT))), ")"])


def run(body: Callable[[Readers], Awaitable[None]], readers: Readers | None = None) -> None:
    async def whole() -> None:
        used = readers or Readers()
        try:
            await body(used)
        finally:
            await used.aclose()

    KEPT.forget()
    asyncio.run(whole())


async def started(readers: Readers) -> asyncio.subprocess.Process:
    """A process that waits for a text, as after one that was read."""
    process = await _started()
    readers._idle.append(process)
    return process


def test_short_and_long_texts_are_understood_alike_and_in_order() -> None:
    async def body(readers: Readers) -> None:
        facts = await readers.understand(
            (LONG, "DROP TABLE orders", LONG + "; DROP TABLE orders"), "postgres"
        )
        assert [one.effect for one in facts] == [SqlEffect.READ, SqlEffect.DESTRUCTIVE, SqlEffect.DESTRUCTIVE]
        assert facts[0].tables == ("orders",)

    run(body)


def test_a_long_text_is_read_once() -> None:
    async def body(readers: Readers) -> None:
        first = await readers.understand((LONG,), "postgres")
        await readers.aclose()
        again = await readers.understand((LONG,), "postgres")
        assert again[0] is KEPT.of(LONG, "postgres")
        assert again == first
        assert readers._idle == []

    run(body)


def test_what_is_not_read_within_the_deadline_is_unknown_and_the_process_is_ended() -> None:
    async def body(readers: Readers) -> None:
        process = await started(readers)
        os.kill(process.pid, signal.SIGSTOP)
        (facts,) = await readers.understand((LONG,), "postgres")
        assert facts.effect is SqlEffect.UNKNOWN
        assert "within 0.2 s" in facts.reasons[0]
        assert process.returncode is not None
        assert KEPT.of(LONG, "postgres") is None

    run(body, Readers(deadline_s=0.2))


def test_the_next_text_after_a_process_died_is_read_by_a_new_one() -> None:
    async def body(readers: Readers) -> None:
        process = await started(readers)
        process.kill()
        await process.wait()
        (facts,) = await readers.understand((LONG,), "postgres")
        assert facts.effect is SqlEffect.READ

    run(body)


def test_who_waits_too_long_for_a_process_is_told() -> None:
    async def body(readers: Readers) -> None:
        await readers._free.acquire()
        (facts,) = await readers.understand((LONG,), "postgres")
        assert facts.effect is SqlEffect.UNKNOWN
        assert "Too many" in facts.reasons[0]
        readers._free.release()

    run(body, Readers(processes=1, deadline_s=0.05))


def test_a_call_that_is_given_up_leaves_no_process_with_half_an_answer() -> None:
    async def body(readers: Readers) -> None:
        process = await started(readers)
        os.kill(process.pid, signal.SIGSTOP)
        task = asyncio.create_task(readers.understand((LONG,), "postgres"))
        await asyncio.sleep(0)  # it takes the process, and waits for its answer
        assert readers._idle == []
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert process.returncode is not None
        (facts,) = await readers.understand((LONG,), "postgres")
        assert facts.effect is SqlEffect.READ

    run(body)


def test_half_of_a_character_in_a_long_text_is_unknown() -> None:
    async def body(readers: Readers) -> None:
        (facts,) = await readers.understand((LONG + "\ud800",), "postgres")
        assert facts.effect is SqlEffect.UNKNOWN

    run(body)
