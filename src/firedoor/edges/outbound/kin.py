"""Finds and ends what a child process has started and what left its process group, as far as Linux tells.

Theory of operation. A child has a mark in its environment, which whatever it starts inherits. What began with
that mark is found in `/proc`, wherever it hangs; so is whatever descends from the child when its end begins,
mark or not, and what descends from either. Each is known by its number and its time of birth, and signalled
through a descriptor of exactly this process: a number that was given anew is never hit. One look at the table
of processes, in a thread, serves everybody who asked before it began.

Not found is what cleared its environment and lost its parents before the end began, what another user
started, and what a daemon of the system started on request, such as a container. Elsewhere than on Linux
nothing is found. Decides nothing: whoever asks says which child ends.
"""

import asyncio
import contextlib
import os
import secrets
import signal
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

MARK = "FIREDOOR_CHILD"
"""In the environment of a child."""
_MARK_BYTES = 16
_ROUNDS = 20
"""Looks at most until nothing is left. Stops what forks for ever from keeping us for ever."""
_PROC = Path("/proc")


def fresh_mark() -> str:
    """A mark that no other child has."""
    return secrets.token_hex(_MARK_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process, by its number and its birth in ticks since the machine started."""

    pid: int
    parent: int
    group: int
    session: int
    born: int
    mark: str = ""


@dataclass(slots=True)
class Table:
    """The processes of one moment, arranged by whose they are."""

    processes: dict[int, Process] = field(default_factory=dict[int, Process])
    _of: dict[tuple[str, int | str], list[Process]] = field(
        default_factory=lambda: defaultdict[tuple[str, int | str], list[Process]](list)
    )

    @classmethod
    def of(cls, processes: Iterable[Process]) -> "Table":
        """Arrange them."""
        table = cls({each.pid: each for each in processes})
        for each in table.processes.values():
            for key in (("parent", each.parent), ("group", each.group), ("session", each.session)):
                table._of[key].append(each)
            if each.mark:
                table._of["mark", each.mark].append(each)
        return table

    def kin(self, child: int, mark: str, seen: Iterable[Process] = ()) -> list[Process]:
        """All that is of a child, without it: by mark, group, session, descent, or since it was `seen`."""
        there = (self.processes.get(each.pid) for each in seen)
        known = {(each.pid, each.born) for each in seen}
        found = {each.pid: each for each in there if each is not None and (each.pid, each.born) in known}
        for key in (("mark", mark), ("group", child), ("session", child), ("parent", child)):
            found.update((each.pid, each) for each in self._of.get(key, ()))
        to_see = list(found)
        while to_see:
            for each in self._of.get(("parent", to_see.pop()), ()):
                if each.pid not in found:
                    found[each.pid] = each
                    to_see.append(each.pid)
        found.pop(child, None)
        return list(found.values())


class Kin:
    """Looks for all children of one upstream."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._now: asyncio.Task[Table] | None = None
        self._next: asyncio.Task[Table] | None = None

    async def seen(self, child: int, mark: str) -> list[Process]:
        """All that is of a child now."""
        return (await self._look()).kin(child, mark)

    async def kill(self, child: int, mark: str, seen: Iterable[Process] = ()) -> int:
        """End all that is of a child, but not the child. How many there were."""
        ended = set[tuple[int, int]]()
        for _ in range(_ROUNDS):
            left = (await self._look()).kin(child, mark, seen)
            if not left:
                break
            for each in left:
                end(each)
                ended.add((each.pid, each.born))
        return len(ended)

    def close(self) -> None:
        """Let go of the thread."""
        if self._thread is not None:
            self._thread.shutdown(wait=False)
            self._thread = None

    async def _look(self) -> Table:
        """A table of what there is from here on. One that is being made may have missed something."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_task(self._look_after(self._now))
        return await asyncio.shield(self._next)

    async def _look_after(self, before: "asyncio.Task[Table] | None") -> Table:
        if before is not None:
            await asyncio.wait([before])
        self._now, self._next = self._next, None
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "firedoor-kin")
        return await asyncio.get_running_loop().run_in_executor(self._thread, table)


def table() -> Table:
    """The processes that there are. Blocks."""
    own = _process(os.getpid(), 0)
    return Table() if own is None else Table.of(_living(own.born))


def _living(since: int) -> Iterator[Process]:
    with os.scandir(_PROC) as names:
        for name in names:
            if name.name.isdigit() and (found := _process(int(name.name), since)) is not None:
                yield found


def _process(pid: int, since: int) -> Process | None:
    """One process; None if it is gone, or dead and not yet taken note of."""
    try:
        # The name in brackets may have anything in it: what counts stands after the last one.
        said = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    if len(said) < _BORN + 1 or said[0] in {b"Z", b"X"}:
        return None
    parent, group, session, born = (int(said[place]) for place in (1, 2, 3, _BORN))
    # Nothing that is older than we are is of a child of ours.
    mark = _mark(pid) if 0 < since <= born else ""
    return Process(pid=pid, parent=parent, group=group, session=session, born=born, mark=mark)


_BORN = 19
"""Place of the time of birth in `/proc/PID/stat`, counted after the name (proc(5): field 22)."""


def _mark(pid: int) -> str:
    name = f"{MARK}=".encode()
    try:
        every = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""  # Of another user, or gone.
    return next((each[len(name) :].decode("ascii", "replace") for each in every if each.startswith(name)), "")


def end(process: Process) -> None:
    """Kill exactly this process. Not the one that has its number by now."""
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(process.pid)
        try:
            now = _process(process.pid, 0)
            if now is not None and now.born == process.born:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
