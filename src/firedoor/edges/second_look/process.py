"""Asks a process for a second look, with a deadline. One that takes too long is ended, not waited for."""

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import TracebackType

import msgspec

from firedoor.edges.second_look.pieces import merged, moved, pieces_of
from firedoor.edges.second_look.worker import EXTRAS, LENGTH
from firedoor.model.errors import SettingsError
from firedoor.model.second_look import Sighting

STARTS_WITHIN_S = 120.0
"""The pack compiles its rules: four seconds on a quiet machine, eighteen have been seen on a busy one."""
DEADLINE_S = 30.0
"""For a piece. The model reads one in a second."""
LONGEST = 1_000_000
"""Characters of a text. A longer one is not looked through, which is said: it would take minutes."""
_LARGEST_ANSWER = 4 * 1024 * 1024
_HALVES = re.compile("[\ud800-\udfff]")
_SEEN = msgspec.json.Decoder(list[Sighting])


def installed() -> tuple[str, ...]:
    """The extras that are there."""
    return tuple(name for name, extra in EXTRAS.items() if extra.is_installed())


class FinderProcess:
    """Implements the port `Finder`. The process starts with the first text, and again after it was ended."""

    def __init__(
        self, extra: str, *, deadline_s: float = DEADLINE_S, command: Sequence[str] | None = None
    ) -> None:
        """Take the name of an extra. `command` is what is run in place of the worker."""
        self.extra = extra
        self._deadline_s = deadline_s
        self._command = command or (sys.executable, "-m", "firedoor.edges.second_look.worker", extra)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "FinderProcess":
        """Start, and prove that it finds what it must.

        Raises:
            SettingsError: it does not start, or is blind for its own sample.
        """
        try:
            self._prove()
        except SettingsError:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def find(self, text: str, field: str = "") -> tuple[Sighting, ...] | None:
        """Implement the port.

        Raises:
            SettingsError: it does not start any more.
        """
        if len(text) > LONGEST:
            return None
        whole = _HALVES.sub("\ufffd", text)
        found: list[Sighting] = []
        for at, piece in pieces_of(whole):
            answer = self._asked(piece, "" if at else _HALVES.sub("\ufffd", field))
            if answer is None:
                return None
            found += moved(answer, at)
        return merged(found)

    def close(self) -> None:
        """End the process. It can be asked again."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _prove(self) -> None:
        extra = EXTRAS[self.extra]
        found = self.find(extra.sample) or ()
        for kind, value in extra.seen:
            if not any(one.kind == kind and value in extra.sample[one.start : one.end] for one in found):
                text = f"firedoor[{self.extra}] does not find a {kind} in its own sample."
                hint = f"Install it again: pip install --force-reinstall 'firedoor[{self.extra}]'"
                raise SettingsError("second_look_silent", text, hint)

    def _asked(self, piece: str, field: str) -> list[Sighting] | None:
        process = self._process
        if process is None or process.poll() is not None:
            self.close()
            process = self._started()
        body = msgspec.json.encode([piece, field])
        answer = _talk(process, LENGTH.pack(len(body)) + body, self._deadline_s)
        if answer is None:
            self.close()
            return None
        return _SEEN.decode(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        """Start a process and wait until it is ready. It inherits no environment: it needs none."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        path = os.pathsep.join(each for each in sys.path if each)
        process = self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        ready = _talk(process, b"", STARTS_WITHIN_S)
        if ready != b"":
            self.close()
            why = "it ended, or took too long" if ready is None else ready.decode("utf-8", "replace")
            text = f"firedoor[{self.extra}] does not start: {why}."
            raise SettingsError("second_look_unusable", text, f"pip install 'firedoor[{self.extra}]'")
        return process


def _talk(process: subprocess.Popen[bytes], question: bytes, within_s: float) -> bytes | None:
    """Ask and wait. None: it ended, was ended at the deadline, or said what cannot be."""
    if process.stdin is None or process.stdout is None:
        return None
    timer = threading.Timer(within_s, process.kill)
    timer.daemon = True
    timer.start()
    try:
        process.stdin.write(question)
        process.stdin.flush()
        head = process.stdout.read(LENGTH.size)
        size = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else None
        if size is None or size > _LARGEST_ANSWER:
            return None
        answer = process.stdout.read(size)
    except OSError:
        return None
    finally:
        timer.cancel()
    return answer if len(answer) == size else None
