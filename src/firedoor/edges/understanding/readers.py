"""Texts → facts, with a deadline: short ones here, long ones in processes that can be ended.

A text of up to `SHORT` bytes costs at most some milliseconds whatever stands in it (`benchmarks/sql_guard.py`
measures the worst known ones), less than the way to a process and back. Longer ones wait for a process, and
what is not read within the deadline is unknown, never a read.
"""

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass, field

import msgspec

from firedoor.core.decide.sql.prescan import LARGEST_BYTES
from firedoor.core.decide.sql.understand import KEPT, understand_sql
from firedoor.edges.understanding.worker import LENGTH
from firedoor.model.sql import SqlEffect, SqlFacts

SHORT = 200
"""Characters that are read here. Some repetitions double the work of sqlglot every twenty characters."""
_STARTS_WITHIN_S = 30.0
_LARGEST_ANSWER = 4 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Readers:
    """A few processes that read, started when they are needed, and replaced when they are ended."""

    processes: int = 2
    deadline_s: float = 1.0
    """For one text, once a process has it; and as long again for a process to be free."""
    _idle: list[asyncio.subprocess.Process] = field(default_factory=list[asyncio.subprocess.Process])
    _free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Nothing runs yet."""
        self._free = asyncio.Semaphore(self.processes)

    async def understand(self, texts: tuple[str, ...], dialect: str) -> tuple[SqlFacts, ...]:
        """Return the facts of each text."""
        return tuple([await self._one(text, dialect) for text in texts])

    async def aclose(self) -> None:
        """End the processes."""
        while self._idle:
            await _ended(self._idle.pop())

    async def _one(self, text: str, dialect: str) -> SqlFacts:
        if len(text) <= SHORT or len(text) > LARGEST_BYTES:
            return understand_sql(text, dialect)
        facts = KEPT.of(text, dialect)
        if facts is None:
            facts = await self._elsewhere(text, dialect)
        return facts

    async def _elsewhere(self, text: str, dialect: str) -> SqlFacts:
        try:
            question = msgspec.json.encode([text, dialect])
        except (UnicodeEncodeError, msgspec.MsgspecError):
            return understand_sql(text, dialect)  # half of a character: refused before anything is read
        try:
            async with asyncio.timeout(self.deadline_s):
                await self._free.acquire()
        except TimeoutError:
            return _unknown(
                dialect, "Too many long statements are being read; a shorter one can be read now."
            )
        try:
            facts = await self._asked(question)
        finally:
            self._free.release()
        if facts is None:
            reason = f"It could not be read within {self.deadline_s:g} s; a shorter statement can be read."
            return _unknown(dialect, reason)
        KEPT.keep(text, dialect, facts)
        return facts

    async def _asked(self, question: bytes) -> SqlFacts | None:
        """Ask a process. None if it took too long or died; it is ended then, and the next one is new."""
        process = self._idle.pop() if self._idle else None
        is_whole = False
        try:
            if process is None or process.returncode is not None:
                process = await _started()
            async with asyncio.timeout(self.deadline_s):
                answer = await _answer(process, question)
            is_whole = True
        except (TimeoutError, OSError, EOFError):
            return None
        finally:
            if process is not None and is_whole:
                self._idle.append(process)
            elif process is not None:
                await asyncio.shield(_ended(process))
        return msgspec.json.decode(answer, type=SqlFacts)


async def _started() -> asyncio.subprocess.Process:
    """Start a process and wait until it is ready. It inherits no environment: it needs no secret of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "firedoor.edges.understanding.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    is_ready = False
    try:
        async with asyncio.timeout(_STARTS_WITHIN_S):
            await _frame(process)
        is_ready = True
    finally:
        if not is_ready:
            await asyncio.shield(_ended(process))
    return process


async def _answer(process: asyncio.subprocess.Process, question: bytes) -> bytes:
    if process.stdin is None:
        raise EOFError
    process.stdin.write(LENGTH.pack(len(question)) + question)
    await process.stdin.drain()
    return await _frame(process)


async def _frame(process: asyncio.subprocess.Process) -> bytes:
    if process.stdout is None:
        raise EOFError
    size = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))[0]
    if size > _LARGEST_ANSWER:
        raise EOFError
    return await process.stdout.readexactly(size)


async def _ended(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _unknown(dialect: str, reason: str) -> SqlFacts:
    return SqlFacts(effect=SqlEffect.UNKNOWN, dialect=dialect, reasons=(reason,))
