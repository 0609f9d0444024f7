"""Streamable HTTP toward clients: one bare ASGI app over `/mcp/<upstream>`, both eras.

Turns ASGI into arrivals and replies into ASGI; decides nothing. A raw protocol can take its place:
all that the engine sees is `ports.client`.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from firedoor.engine.run import Engine
from firedoor.model.arrival import Arrival
from firedoor.model.reply import Reply, StreamEvent

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/mcp/"
KEEPALIVE_S = 15.0
"""The SDKs' own interval; load balancers cut idle connections after 60 s."""
WATCH_AFTER_S = 0.05
"""Most calls end sooner: only the others pay for a task that watches for the client's leaving."""

_JSON = (b"content-type", b"application/json")
_STREAM = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class McpEdge:
    """The ASGI app of the MCP addresses."""

    def __init__(self, engine: Engine, now_us: Callable[[], int]) -> None:
        self._engine = engine
        self._now_us = now_us

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one HTTP request."""
        peer = scope.get("client")
        arrival = Arrival(
            verb=scope["method"],
            upstream=scope["path"][len(PREFIX) :],
            headers=tuple(scope["headers"]),
            query=scope["query_string"],
            peer=peer[0] if peer else "",
            at_us=self._now_us(),
        )
        client = AsgiClient(receive, send)
        try:
            await self._engine.run(arrival, client)
        finally:
            client.stop()


class AsgiClient:
    """Implements `firedoor.ports.client.Client` over one ASGI request."""

    __slots__ = ("_gone", "_is_complete", "_is_gone", "_keepalive", "_receive", "_send", "_watch", "_watcher")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_gone = False
        self._is_complete = False
        self._gone: Callable[[], object] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._keepalive: asyncio.TimerHandle | None = None

    async def body(self, limit: int) -> bytes | None:
        """Read the whole body, at most `limit` bytes of it."""
        message = await self._receive()
        if message["type"] != "http.request":
            return None
        first: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            return first if len(first) <= limit else None
        parts, size = [first], len(first)
        while size <= limit:
            message = await self._receive()
            if message["type"] != "http.request":
                return None
            part: bytes = message.get("body", b"")
            parts.append(part)
            size += len(part)
            if not message.get("more_body", False):
                return b"".join(parts) if size <= limit else None
        return None

    async def reply(self, reply: Reply) -> bool:
        """Answer whole."""
        self._is_complete = True
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers]
        if reply.body:
            headers.append(_JSON)
        headers.append((b"content-length", b"%d" % len(reply.body)))
        await self._send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": reply.body})
        return not self._is_gone

    async def open_stream(self, headers: tuple[tuple[str, str], ...]) -> bool:
        """Begin the event stream, and keep it warm."""
        more = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
        await self._send({"type": "http.response.start", "status": 200, "headers": [*_STREAM, *more]})
        # Headers leave with the first bytes: clients time out on silent ones.
        await self._send({"type": "http.response.body", "body": b"", "more_body": True})
        self._keepalive = asyncio.get_running_loop().call_later(KEEPALIVE_S, self._keep_warm)
        return not self._is_gone

    async def deliver(self, event: StreamEvent) -> bool:
        """Deliver one event."""
        if self._is_gone or self._is_complete:
            return False
        await self._send({"type": "http.response.body", "body": encoded(event), "more_body": True})
        return not self._is_gone

    async def end_stream(self) -> None:
        """End the stream properly; ending it again does nothing."""
        if self._is_complete:
            return
        self._is_complete = True
        await self._send({"type": "http.response.body", "body": b""})

    def when_gone(self, callback: Callable[[], object]) -> None:
        """Call back when the client leaves before its answer is complete."""
        self._gone = callback
        self._watch = asyncio.get_running_loop().call_later(WATCH_AFTER_S, self._start_watching)

    def stop(self) -> None:
        """The exchange is over: watch no longer."""
        self._is_complete = True
        if self._watch is not None:
            self._watch.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._keepalive is not None:
            self._keepalive.cancel()

    def _start_watching(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        if not self._is_complete and self._gone is not None:
            self._gone()

    def _keep_warm(self) -> None:
        if self._is_complete or self._is_gone:
            return
        loop = asyncio.get_running_loop()
        comment = {"type": "http.response.body", "body": b": keepalive\n\n", "more_body": True}
        # The send does not wait unless the client is slow, and then it is not idle.
        self._keepalive = loop.call_later(KEEPALIVE_S, self._keep_warm)
        task = loop.create_task(_quietly(self._send(comment)))
        _BACKGROUND.add(task)
        task.add_done_callback(_BACKGROUND.discard)


_BACKGROUND: set["asyncio.Task[None]"] = set()
"""Keeps a reference to keepalives under way, which the loop does not."""


async def _quietly(sending: Awaitable[None]) -> None:
    try:
        await sending
    except (OSError, RuntimeError):
        return  # the client left; the watcher says so to whom it concerns


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
