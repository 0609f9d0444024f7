"""Programs that tests start and stop: one process each, its own group, its errors in a file.

A program of ours says where it listens in the first line of its output, as `{"port": …}`. Never waits by
sleeping: it waits for that line, or for the process to end.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.guardian import MARK

STOP_S = 15

# What a child needs to run at all. The rest of the environment stays here: a developer's settings must not
# change what a test shows.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "PIP_CERT", MARK)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: the bare necessities, and what it is given."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **(extra or {})}


def free_port() -> int:
    """A port on loopback that nobody listens on, for programs that cannot choose one themselves.

    Below those that systems give to clients: no connection of another test takes it before the program does.
    """
    while True:
        # Not of `random`: it is seeded alike in every worker.
        port = 12_000 + secrets.randbelow(20_000)
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port


class Program:
    """A process that a test started."""

    def __init__(
        self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self.command = [str(word) for word in command]
        handle, name = (None, log) if log else tempfile.mkstemp(suffix=".log", prefix="firedoor-test-")
        if handle is not None:
            os.close(handle)
        self.log = Path(str(name))
        self._is_log_ours = log is None
        with self.log.open("wb") as errors:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(env),
                start_new_session=True,
            )

    def first_line(self) -> dict[str, int]:
        """The JSON object that the program prints when it is ready.

        Raises:
            RuntimeError: it ended instead; the message holds what it wrote to standard error.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError(f"{self.command} did not start:\n{self.errors()}")
        return json.loads(line)

    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to end, insist after a while, and clean up; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._is_log_ours:
            self.log.unlink(missing_ok=True)
