"""A child process that speaks MCP on its standard streams, one message a line.

It runs in a process group of its own, without a shell, with an environment that says little more than where
programs are. When it ends, its group ends with it, and what left the group, as far as `kin` finds it.
It never inherits the gateway's environment, and its standard error reaches the log without credentials.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from collections.abc import Callable
from typing import cast

from firedoor.edges.outbound.child_log import ChildLog
from firedoor.edges.outbound.endpoint import StdioEndpoint
from firedoor.edges.outbound.kin import MARK, Kin, fresh_mark
from firedoor.model.errors import UpstreamError
from firedoor.ports.upstreams import Passage

log = logging.getLogger("firedoor.outbound")

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "USER", "SHELL", "LOGNAME")
LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one message, and of what the child has not read yet."""
_READS_WITHIN_S = 300.0
"""How long a message may wait for room. As long as for an answer."""
_STDIN, _STDOUT = 0, 1
_TERM_AFTER_S, _KILL_AFTER_S, _REAP_S = 0.5, 0.8, 0.4
"""After closing standard input; after SIGTERM; after SIGKILL."""
_KIN_S = 0.1
"""How long its end waits for a look at what it has started. Two seconds together at most."""


class Child(asyncio.SubprocessProtocol):
    """One process. `on_line` gets each line of its output and says whether it was a message."""

    def __init__(
        self,
        endpoint: StdioEndpoint,
        on_line: Callable[[bytes], bool],
        on_gone: Callable[[UpstreamError], None],
        kin: Kin,
    ) -> None:
        self._kin = kin
        self.mark = fresh_mark()
        """In its environment, and in that of whatever it starts."""
        self._log = ChildLog(endpoint)
        self._on_line = on_line
        self._on_gone = on_gone
        self._parts: list[bytes] = []
        self._size = 0
        self._is_gone = self._is_quiet = False
        self._transport: asyncio.SubprocessTransport
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when nothing of it is left."""
        self._exited = asyncio.Event()
        self._room = asyncio.Event()
        """Set while it has taken everything that was written."""
        self._room.set()
        self._waiting_bytes = 0
        self._ending: asyncio.Task[None] | None = None

    # --- as its channel sees it ----------------------------------------------------------------

    async def write(self, message: bytes, passage: Passage | None = None) -> None:
        """Send one message, once it can begin to leave and may.

        What the process has no room for waits with its caller, and is gone when that is: out of a buffer it
        would leave whoever was locked meanwhile.

        Raises:
            UpstreamError: the process has ended, or does not read.
        """
        while True:
            if not self._room.is_set():
                await self._has_room(len(message))
            if passage is None or passage.is_open():
                break
            await passage.passed()
        self.write_now(message)

    async def _has_room(self, size: int) -> None:
        if self._waiting_bytes + size > LINE_LIMIT:
            raise UpstreamError("upstream_unavailable", "the upstream's process does not read")
        self._waiting_bytes += size
        try:
            async with asyncio.timeout(_READS_WITHIN_S):
                while not self._room.is_set():
                    await self._room.wait()
        except TimeoutError:
            raise UpstreamError("upstream_timeout", "the upstream's process does not read") from None
        finally:
            self._waiting_bytes -= size

    def write_now(self, message: bytes) -> None:
        """Send one message without waiting.

        Raises:
            UpstreamError: it has ended, or does not read.
        """
        pipe = cast("asyncio.WriteTransport | None", self._transport.get_pipe_transport(_STDIN))
        if self._is_gone or pipe is None or pipe.is_closing():
            raise UpstreamError("upstream_gone", "the upstream's process has ended")
        if pipe.get_write_buffer_size() > LINE_LIMIT:
            raise UpstreamError("upstream_unavailable", "the upstream's process does not read")
        # Raw line breaks are blanks in JSON, and would end the message here.
        pipe.write(message.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n")

    def pause(self) -> None:
        """Stop reading its output."""
        pipe = cast("asyncio.ReadTransport | None", self._transport.get_pipe_transport(_STDOUT))
        if pipe is not None and not pipe.is_closing():
            pipe.pause_reading()

    def resume(self) -> None:
        """Read its output again."""
        pipe = cast("asyncio.ReadTransport | None", self._transport.get_pipe_transport(_STDOUT))
        if pipe is not None and not pipe.is_closing():
            pipe.resume_reading()

    def stop(self) -> None:
        """Begin to end it. Whoever waits for it learns of that when `end` is called, all at once then."""
        if self._ending is None:
            self._is_quiet = True
            self._ending = asyncio.get_running_loop().create_task(self._end())

    def tell_stopped(self) -> None:
        """Let whoever waits learn that it is being ended."""
        self._is_quiet = False
        if self._ending is not None:
            self._gone("it was ended")

    async def end(self) -> None:
        """End it: ask, tell, kill. Whoever waits for it fails at once."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end())
        self.tell_stopped()
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        # Before its input ends: what has lost its parent is not seen to descend from it any more.
        seeing = asyncio.get_running_loop().create_task(self._kin.seen(self.pid, self.mark))
        await asyncio.wait([seeing], timeout=_KIN_S)
        pipe = self._transport.get_pipe_transport(_STDIN)
        if pipe is not None:
            pipe.close()
        self.resume()
        if not await self._exits_within(_TERM_AFTER_S):
            self._signal(signal.SIGTERM)
            if not await self._exits_within(_KILL_AFTER_S):
                self._signal(signal.SIGKILL)
                await self._exits_within(_REAP_S)
        if escaped := await self._kin.kill(self.pid, self.mark, await seeing):
            log.warning("%d processes had left the group of a child, and are ended with it", escaped)
        self._transport.close()
        self.ended.set_result(None)

    async def _exits_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._exited.wait()
        return self._exited.is_set()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    # --- as the event loop sees it -------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Not every loop's transport is a subclass of asyncio's.
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()
        pipe = cast("asyncio.WriteTransport | None", self._transport.get_pipe_transport(_STDIN))
        if pipe is not None:
            pipe.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        """It has not taken everything: what comes next waits."""
        self._room.clear()

    def resume_writing(self) -> None:
        """It has."""
        self._room.set()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take output apart into lines."""
        if fd != _STDOUT:
            self._log.feed(data)
            return
        *lines, rest = data.split(b"\n")
        for line in lines:
            self._parts.append(line)
            self._line(b"".join(self._parts))
            self._parts.clear()
            self._size = 0
        self._size += len(rest)
        if self._size > LINE_LIMIT:
            # Whose answer it is cannot be known before its end.
            self._parts.clear()
            self._gone(f"it wrote a line of more than {LINE_LIMIT} bytes", "upstream_too_large")
            return
        if rest:
            self._parts.append(rest)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Without its input or its output it is of no use."""
        if fd in {_STDIN, _STDOUT}:
            self._gone("it closed its standard streams")

    def process_exited(self) -> None:
        """Take its group along, and tell whoever waits once its last output was read."""
        self._signal(signal.SIGKILL)
        self._exited.set()
        asyncio.get_running_loop().call_later(_REAP_S, self._gone, "it exited")

    def _line(self, line: bytes) -> None:
        line = line.strip()
        if line and not (self._is_gone or self._is_quiet) and not self._on_line(line):
            self._log.noise(len(line))

    def _gone(self, why: str, code: str = "upstream_gone") -> None:
        if self._is_gone or self._is_quiet:
            return
        self._is_gone = True
        self._room.set()  # Whoever waits for it is told.
        self._on_gone(UpstreamError(code, f"the upstream's process is gone: {why}"))
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end())


async def start(
    endpoint: StdioEndpoint,
    on_line: Callable[[bytes], bool],
    on_gone: Callable[[UpstreamError], None],
    kin: Kin,
) -> Child:
    """Start the process.

    Raises:
        UpstreamError: it cannot be started. Its arguments are not named: they may hold credentials.
    """
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ} | dict(endpoint.env)
    made = Child(endpoint, on_line, on_gone, kin)
    environment[MARK] = made.mark
    command = endpoint.command
    if os.sep not in command:
        command = shutil.which(command, path=environment.get("PATH")) or command
    try:
        _, child = await asyncio.get_running_loop().subprocess_exec(
            lambda: made,
            command,
            *endpoint.args,
            cwd=endpoint.cwd,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "an argument cannot be passed"
        raise UpstreamError(
            "upstream_unavailable", f"upstream {endpoint.name}: cannot start {endpoint.command!r}: {reason}"
        ) from None
    return child
