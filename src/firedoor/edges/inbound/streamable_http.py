"""Streamable HTTP toward clients: requests to `/mcp/<upstream>` and their answers, both eras.

Turns requests into arrivals and replies into HTTP/1.1; decides nothing. All that the engine sees is
`ports.client`. Nothing here is a task or an executor's hop: a call costs one task, the exchange's own.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from firedoor.engine.run import Engine
from firedoor.model.arrival import Arrival
from firedoor.model.reply import Reply, StreamEvent

PREFIX = "/mcp/"
KEEPALIVE_S = 15.0
"""The SDKs' own interval; load balancers cut idle connections after 60 s."""
UNASKED_BYTES = 64 * 1024
"""Of a body that nobody has asked for yet. Stops bodies of strangers from filling the memory."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_STREAM = (
    STATUS_LINE[200] + b"content-type: text/event-stream\r\n"
    b"cache-control: no-store\r\n"
    b"x-accel-buffering: no\r\n"
    b"transfer-encoding: chunked\r\n"
)
_UNANSWERED = STATUS_LINE[500] + b"connection: close\r\ncontent-length: 0\r\n\r\n"
_AT_ONCE = struct.pack("ii", 1, 0)
"""A close that sends nothing more."""
_FORBIDDEN = frozenset("\r\n\0")


class McpEdge:
    """Where the connections of clients hand their requests over."""

    def __init__(self, engine: Engine, now_us: Callable[[], int]) -> None:
        self._engine = engine
        self.now_us = now_us

    async def carry(self, arrival: Arrival, client: "HttpClient") -> None:
        """Carry one request to its answer."""
        try:
            await self._engine.run(arrival, client)
        finally:
            client.stop()


class Wire(Protocol):
    """The connection that a request came by."""

    @property
    def transport(self) -> asyncio.Transport:
        """Where bytes are written."""
        ...

    @property
    def flow(self) -> FlowControl:
        """Whether either side is to wait."""
        ...

    def on_response_complete(self) -> None:
        """The next request may be served."""
        ...


class HttpClient:
    """Implements `firedoor.ports.client.Client` over one request of a connection."""

    __slots__ = (
        "_allowed", "_expects", "_gone", "_has_begun", "_is_gone", "_is_whole", "_keepalive", "_parts",
        "_size", "_verb", "_waiter", "_wire", "keep_alive", "response_complete",
    )  # fmt: skip

    def __init__(self, wire: Wire, verb: str, *, keep_alive: bool, expects: bool = False) -> None:
        """`expects`: the client waits for a `100 Continue` before it sends its body."""
        self.keep_alive = keep_alive
        """Whether the connection may carry another request."""
        self.response_complete = False
        self._wire = wire
        self._verb = verb
        self._expects = expects
        self._parts: list[bytes] = []
        self._size = 0
        self._allowed = UNASKED_BYTES
        self._is_whole = False
        self._waiter: asyncio.Future[None] | None = None
        self._has_begun = False
        self._is_gone = False
        self._gone: Callable[[], object] | None = None
        self._keepalive: asyncio.TimerHandle | None = None

    # --- what the connection says --------------------------------------------------------------

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer was sent."""
        return self._has_begun

    def feed(self, part: bytes) -> None:
        """Take a part of the body; what comes after the answer is let go."""
        if self.response_complete:
            return
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._allowed:
            self._wire.flow.pause_reading()
        self._wake()

    def whole(self) -> None:
        """The body is whole."""
        self._is_whole = True
        self._wake()

    def lost(self) -> None:
        """The connection is gone."""
        if self._is_gone:
            return
        self._is_gone = True
        self._wake()
        self._stop_keepalive()
        if not self.response_complete and self._gone is not None:
            self._gone()

    # --- as the engine sees it -----------------------------------------------------------------

    async def body(self, limit: int) -> bytes | None:
        """Read the whole body, at most `limit` bytes of it."""
        if self._expects and not self._is_whole:
            self._expects = False
            self._wire.transport.write(_CONTINUE)
        self._allowed = limit
        while not self._is_whole and self._size <= limit and not self._is_gone:
            self._wire.flow.resume_reading()
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        parts, self._parts = self._parts, []
        if not self._is_whole or self._size > limit:
            return None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def reply(self, reply: Reply) -> bool:
        """Answer whole."""
        if not await self._may_write():
            return False
        self._has_begun = True
        lines = [STATUS_LINE[reply.status]]
        if reply.headers:
            lines.append(_lines(reply.headers))
        if reply.body:
            lines.append(b"content-type: application/json\r\n")
        lines.append(
            b"content-length: %d\r\n\r\n" % len(reply.body)
            if self.keep_alive
            else b"content-length: %d\r\nconnection: close\r\n\r\n" % len(reply.body)
        )
        if self._verb != "HEAD":
            lines.append(reply.body)
        self._wire.transport.write(b"".join(lines))
        self._complete()
        return True

    async def open_stream(self, headers: tuple[tuple[str, str], ...]) -> bool:
        """Begin the event stream, and keep it warm."""
        if not await self._may_write():
            return False
        self._has_begun = True
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        # Headers leave at once: clients time out on silent ones.
        self._wire.transport.write(_STREAM + _lines(headers) + end)
        self._keepalive = asyncio.get_running_loop().call_later(KEEPALIVE_S, self._keep_warm)
        return True

    async def deliver(self, event: StreamEvent) -> bool:
        """Deliver one event."""
        if not await self._may_write():
            return False
        self._wire.transport.write(_chunk(encoded(event)))
        return True

    async def end_stream(self) -> None:
        """End the stream properly; ending it again does nothing."""
        if await self._may_write():
            self._wire.transport.write(b"0\r\n\r\n")
            self._complete()

    def end_at_once(self, event: StreamEvent | None) -> bool:
        """End the stream with this event, in one write; False if the client is slow."""
        if self._is_gone or self.response_complete:
            return True
        if self._wire.flow.write_paused:
            return False
        last = b"" if event is None else _chunk(encoded(event))
        self._wire.transport.write(last + b"0\r\n\r\n")
        self._complete()
        return True

    async def drained(self) -> bool:
        """Wait while the client does not read. Whether that took any time."""
        flow, has_waited = self._wire.flow, False
        while flow.write_paused and not self._is_gone:
            has_waited = True
            await flow.drain()
        return has_waited

    def when_gone(self, callback: Callable[[], object]) -> None:
        """Call back when the client leaves before its answer is complete."""
        self._gone = callback
        if self._is_gone:
            asyncio.get_running_loop().call_soon(callback)

    def unsent(self) -> int:
        """How many bytes of what was written the client has not taken yet."""
        return 0 if self._is_gone else self._wire.transport.get_write_buffer_size()

    def cut(self) -> None:
        """Drop the connection at once, with what the client has not taken."""
        connection = self._wire.transport.get_extra_info("socket")
        if connection is not None:
            # Else the kernel goes on sending what it has, megabytes of it, to a client that reads late.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._wire.transport.abort()

    def stop(self) -> None:
        """The exchange is over. One that left its request unanswered costs the connection."""
        self._gone = None
        self._stop_keepalive()
        if self.response_complete or self._is_gone:
            return
        self.response_complete = True
        if not self._has_begun:
            self._wire.transport.write(_UNANSWERED)
        self._wire.transport.close()

    async def _may_write(self) -> bool:
        """Wait for a slow client; False if it is gone, or has its whole answer."""
        await self.drained()
        return not (self._is_gone or self.response_complete)

    def _complete(self) -> None:
        self.response_complete = True
        self._stop_keepalive()
        if not self.keep_alive:
            self._wire.transport.close()
        self._wire.on_response_complete()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _keep_warm(self) -> None:
        # A client that does not read what there is needs no reminder that there is nothing.
        if not self._wire.flow.write_paused:
            self._wire.transport.write(_chunk(b": keepalive\n\n"))
        self._keepalive = asyncio.get_running_loop().call_later(KEEPALIVE_S, self._keep_warm)

    def _stop_keepalive(self) -> None:
        if self._keepalive is not None:
            self._keepalive.cancel()
            self._keepalive = None


def _lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """Header lines. A value of more than one line would be an answer of somebody else's making."""
    lines: list[str] = []
    for name, value in headers:
        if not _FORBIDDEN.isdisjoint(value):
            raise ValueError(f"the header {name} is more than one line")
        lines.append(f"{name.lower()}: {value}\r\n")
    return "".join(lines).encode("latin-1")


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


def encoded(event: StreamEvent) -> bytes:
    """The bytes of one event. Line ends inside the payload become more data lines, as the format wants."""
    lines: list[bytes] = []
    if event.event_id is not None:
        lines.append(b"id: " + event.event_id.encode())
    if event.retry_ms is not None:
        lines.append(b"retry: %d" % event.retry_ms)
    if event.payload:
        lines.append(b"event: message")
    lines.extend(b"data: " + line for line in event.payload.splitlines() or [b""])
    return b"\n".join(lines) + b"\n\n"
