"""Starts what is measured: on its own core, in its own process group, and ends all of it again.

It never touches a process that it has not started.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = ROOT / ".cache" / "bench"


class Unavailable(Exception):
    """A contestant cannot run here; the text says why and is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cores:
    """Which core each part runs on; None where there is only one."""

    proxy: int | None
    load: int | None
    upstream: int | None
    last: int | None
    """For what is to be in nobody's way; the upstream's where there is no fourth."""

    @classmethod
    def here(cls) -> "Cores":
        """Proxy and load are never on one core if there are two; the upstream has a third if there is one."""
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) == 1:
            return cls(proxy=None, load=None, upstream=None, last=None)
        proxy, load, upstream, last = (cores + cores[-1:] * 2)[:4]
        return cls(proxy=proxy, load=load, upstream=upstream, last=last)


@contextlib.contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Start children on the core: a child inherits it at its birth, so no thread of it starts elsewhere."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A command and what it runs under."""

    command: Sequence[str | Path]
    log: Path
    core: int | None = None
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    ready_within_s: float = 90.0
    ends_within_s: float = 10.0
    """After SIGTERM; then it is killed."""


def _start(launch: Launch) -> subprocess.Popen[bytes]:
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    with launch.log.open("ab") as log, pinned(launch.core):
        return subprocess.Popen(
            [str(part) for part in launch.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=launch.cwd,
            env={**os.environ, **(launch.env or {})},
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes], within_s: float) -> None:
    """End the group that the process leads: politely, then not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within_s)


def _await_port(process: subprocess.Popen[bytes], port: int, launch: Launch) -> None:
    deadline = time.monotonic() + launch.ready_within_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unavailable(f"ended with {process.returncode} before it listened: {last_line(launch.log)}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise Unavailable(f"did not listen within {launch.ready_within_s:.0f} s: {last_line(launch.log)}")


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "no output")


@contextlib.contextmanager
def running(launch: Launch, port: int) -> Iterator[int]:
    """Run a command until the block ends; give its process id once it listens on the port."""
    process = _start(launch)
    try:
        _await_port(process, port, launch)
        yield process.pid
    finally:
        _stop(process, launch.ends_within_s)


@contextlib.contextmanager
def http_upstream(cores: Cores, log: Path, *, core: int | None = None) -> Iterator[int]:
    """Give the cheap HTTP upstream; give its port."""
    port = free_port()
    command = [sys.executable, HERE / "upstream.py", str(port)]
    with running(Launch(command=command, log=log, core=cores.upstream if core is None else core), port):
        yield port


def stdio_upstream(cores: Cores) -> list[str]:
    """Give the command of the cheap stdio upstream; it moves itself to the upstream's core."""
    command = [sys.executable, str(HERE / "upstream_stdio.py")]
    return command if cores.upstream is None else [*command, str(cores.upstream)]
