"""One HTTP/1.1 connection to an upstream. It carries one request at a time.

Theory of operation. Everything here is a callback of the event loop: no task, no timer and no context is
made per request. A `Receiver` gets the answer as it arrives. What could be read in two ways is refused,
because the next answer on this connection would then belong to somebody else: bytes nobody asked for, a
second message behind the first, repeated headers that frame or name a body, transfer codings other than
`chunked`. Encoded bodies are refused because they could not be inspected. Redirects are never followed:
credentials go to one origin.

A request is never sent twice. Whether the peer has closed an idle connection is asked of the kernel before
the request is written (`is_fresh`); once it is written, a lost connection is an error.
"""

import asyncio
import select
import socket
from typing import NoReturn, Protocol, cast

import httptools

from firedoor.model.errors import UpstreamError
from firedoor.model.frozen import frozen

_HEAD_LIMIT = 64 * 1024
"""Bytes that may pass without a byte of a body: an endless header, trailer or chunk extension."""
_KEPT = frozenset(
    {b"content-type", b"content-encoding", b"content-length", b"transfer-encoding", b"mcp-session-id"}
)
_FIRST_FINAL, _FIRST_REDIRECT, _FIRST_ERROR = 200, 300, 400
_SWITCHING = 101


@frozen()
class ResponseHead:
    """The beginning of an HTTP answer: its status, and the headers that mean something here."""

    status: int
    headers: dict[bytes, bytes]
    """By lower-case name; `Content-Type`, `Content-Length` and `Mcp-Session-Id` at most."""


class Receiver(Protocol):
    """Who waits for an answer. Any call may raise UpstreamError, which ends the connection."""

    def on_head(self, head: ResponseHead) -> None:
        """Take the beginning of the answer."""
        ...

    def on_body(self, part: bytes) -> None:
        """Take some bytes of the body."""
        ...

    def on_end(self) -> None:
        """Learn that the answer is complete."""
        ...

    def on_error(self, error: UpstreamError) -> None:
        """Learn that the answer will not be completed."""
        ...


class Home(Protocol):
    """Where a connection belongs."""

    def freed(self, connection: "Connection") -> None:
        """Take it back: the answer is complete, another request may be sent."""
        ...

    def lost(self, connection: "Connection") -> None:
        """Forget it: the connection is closed."""
        ...


class Connection(asyncio.Protocol):
    """Sends a request, and passes the answer to its receiver."""

    def __init__(self, home: Home, principal: str) -> None:
        self.principal = principal
        self.deadline = float("inf")
        """On the loop's clock. Past it the request has failed, or the idle connection is closed."""
        self._home = home
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._poll = select.poll()
        self._receiver: Receiver | None = None
        self._error: UpstreamError | None = None
        self._is_paused = False
        self._begin()

    def _begin(self) -> None:
        self._headers: dict[bytes, bytes] = {}
        self._has_head = self._is_complete = self._keeps_alive = self._is_interim = False
        self._quiet_bytes = 0

    # --- what the pool and the receiver do -----------------------------------------------------

    def send(self, receiver: Receiver, head: bytes, body: bytes) -> None:
        """Send a whole request; its answer goes to the receiver."""
        self._receiver = receiver
        self._begin()
        self._transport.write(head + body)

    def is_fresh(self) -> bool:
        """Whether the peer has neither closed nor said anything since the last answer."""
        return not self._transport.is_closing() and not self._poll.poll(0)

    def pause(self) -> None:
        """Stop reading: the receiver has enough for now."""
        if not self._is_paused and not self._transport.is_closing():
            self._is_paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self._is_paused and not self._transport.is_closing():
            self._is_paused = False
            self._transport.resume_reading()

    def abort(self, error: UpstreamError | None = None) -> None:
        """Close at once. A receiver that still waits is told, if there is an error to tell."""
        receiver, self._receiver = self._receiver, None
        self._transport.abort()
        if receiver is not None and error is not None:
            receiver.on_error(error)

    # --- what the event loop says --------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; let the kernel find out about a peer that vanished."""
        self._transport = cast("asyncio.Transport", transport)
        connected = transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._poll.register(connected.fileno(), select.POLLIN)

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        if self._receiver is None:
            self._transport.abort()  # Nobody asked: what follows could be taken for the next answer.
            return
        self._quiet_bytes += len(data)
        try:
            self._parser.feed_data(data)
            if self._quiet_bytes > _HEAD_LIMIT:
                self._refuse("upstream_too_large", "the head of the answer is too large")
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, UpstreamError):
            self._keeps_alive = False
            if not self._is_complete:
                self.abort(self._error or UpstreamError("upstream_protocol", "the answer is not HTTP/1.1"))
                return
        if self._is_complete:
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        """End a body that ends with the connection; fail any other."""
        receiver, self._receiver = self._receiver, None
        self._home.lost(self)
        if receiver is None:
            return
        is_framed = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if exc is None and self._has_head and not is_framed:
            receiver.on_end()
        else:
            receiver.on_error(UpstreamError("upstream_gone", "the upstream closed the connection"))

    # --- what the parser says ------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """One request has one answer."""
        if self._is_complete:
            self._refuse("upstream_protocol", "the upstream sent more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what means something, once."""
        name = name.lower()
        if name in _KEPT:
            if self._has_head or name in self._headers:
                self._refuse("upstream_protocol", f"the upstream repeats the header {name.decode()}")
            self._headers[name] = value

    def on_headers_complete(self) -> None:
        """Pass the head on, unless it is interim or says what cannot be served."""
        status = self._parser.get_status_code()
        if status < _FIRST_FINAL and status != _SWITCHING:
            self._is_interim = True
            return
        if status < _FIRST_FINAL or _FIRST_REDIRECT <= status < _FIRST_ERROR:
            self._refuse("upstream_protocol", f"the upstream answered {status}; redirects are not followed")
        if self._headers.get(b"content-encoding", b"identity").lower() != b"identity":
            self._refuse("upstream_protocol", "the upstream answered in an encoding that was not asked for")
        if self._headers.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
            self._refuse("upstream_protocol", "the upstream answered in a transfer coding that is not served")
        self._has_head = True
        self._keeps_alive = self._parser.should_keep_alive()
        if self._receiver is not None:
            try:
                self._receiver.on_head(ResponseHead(status, self._headers))
            except UpstreamError as error:
                self._error = error
                raise

    def on_body(self, part: bytes) -> None:
        """Pass it on."""
        self._quiet_bytes = 0
        if self._receiver is not None:
            try:
                self._receiver.on_body(part)
            except UpstreamError as error:
                self._error = error
                raise

    def on_message_complete(self) -> None:
        """Remember it. The rest of what was read must be seen before anybody else is served."""
        if self._is_interim:
            self._begin()
        else:
            self._is_complete = True

    def _refuse(self, code: str, message: str) -> NoReturn:
        # The parser replaces what a callback raises by an error of its own.
        self._error = UpstreamError(code, message)
        raise self._error

    def _finish(self) -> None:
        receiver, self._receiver = self._receiver, None
        self.resume()
        if self._keeps_alive and not self._transport.is_closing():
            self._home.freed(self)
        else:
            self._transport.close()
        if receiver is not None:
            receiver.on_end()
