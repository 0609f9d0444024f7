"""The standard error of a child process, on its way to the log.

Credentials are taken out first, then the line is cut, then what a terminal could obey is escaped.
It never shows the child's standard output: that is recorded, or is noise and counted.
"""

import logging
import time
from collections.abc import Callable

from firedoor.edges.outbound.endpoint import StdioEndpoint

_LINE_LIMIT = 4096
_WITHHELD = "[credential withheld]"
_SHORTEST = 6
"""Shorter values, such as `1` or `debug`, stand in every other line."""
_BURST = 256 * 1024
"""Bytes that a child may log at once: the traceback of its end, and the lines that led there."""
_PER_S = 16 * 1024
"""Bytes a second beyond that. Stops a child that fills the disk of the log, or drowns what others say."""
_LINE_COST = 100
"""What a line costs beside its text: time and level, written once for each."""


class ChildLog:
    """Logs lines under `firedoor.upstream.<name>`."""

    def __init__(self, endpoint: StdioEndpoint, now_s: Callable[[], float] = time.monotonic) -> None:
        self._logger = logging.getLogger(f"firedoor.upstream.{endpoint.name}")
        # A value of several lines appears one line at a time; longer ones first, as one may contain another.
        lines = {line.strip() for _, value in endpoint.env for line in value.splitlines()}
        self._secrets = sorted((s for s in lines if len(s) >= _SHORTEST), key=len, reverse=True)
        longest = max((len(secret.encode()) for secret in self._secrets), default=0)
        # Room for a credential that begins before the cut: half of one would not be found.
        self._room = _LINE_LIMIT + longest
        self._partial = b""
        self.noise_lines = 0
        self.dropped_lines = 0
        """Lines that were more than the log takes from one child."""
        self._untold = 0
        self._now_s = now_s
        self._budget, self._counted_at_s = float(_BURST), now_s()

    def feed(self, output: bytes) -> None:
        """Take some output; log the lines it completes."""
        *lines, rest = output.split(b"\n")
        for line in lines:
            self._log((self._partial + line)[: self._room])
            self._partial = b""
        self._partial = (self._partial + rest)[: self._room]

    def noise(self, length: int) -> None:
        """Count a line of standard output that is no message."""
        self.noise_lines += 1
        if self._may_log(0):
            self._logger.warning("dropped a line of %d bytes on standard output: it is no message", length)

    def _log(self, line: bytes) -> None:
        text = line.decode(errors="backslashreplace").rstrip("\r")
        for secret in self._secrets:
            text = text.replace(secret, _WITHHELD)
        if len(text) > _LINE_LIMIT:
            text = text[:_LINE_LIMIT] + "…"
        text = "".join(
            c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in text
        )
        if text and self._may_log(len(text)):
            self._logger.info("%s", text)

    def _may_log(self, length: int) -> bool:
        """Whether the child has room in the log for another line; what it lost is told once it has."""
        now_s = self._now_s()
        self._budget = min(float(_BURST), self._budget + (now_s - self._counted_at_s) * _PER_S)
        self._counted_at_s = now_s
        if self._budget < length + _LINE_COST:
            self.dropped_lines += 1
            self._untold += 1
            return False
        self._budget -= length + _LINE_COST
        if self._untold:
            self._logger.warning("dropped %d lines: more than the log takes from one upstream", self._untold)
            self._untold = 0
        return True
