"""HTTP/1.1 of clients: requests of MCP go to the path, all others to an ASGI app.

Theory of operation. uvicorn accepts connections, starts and stops, and serves the ASGI app. A request to
`/mcp/…` never becomes ASGI: the parser's callbacks hand it to the path, and its answer is written to the
transport. Both share one connection, its order (a second request waits for the first answer) and its
bounds. A connection may be silent between requests for as long as keep-alive allows; once a request has
begun, its head and then its body must arrive in time, and the head within a size: drip-fed and endless
ones cost a connection for seconds, not for ever. One timer per connection looks after its silence: a
call costs none.

Never looks at what a request says, beyond its address.
"""

import asyncio
import re
import urllib.parse
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from firedoor.edges.inbound.connections import Connections
from firedoor.edges.inbound.streamable_http import PREFIX, HttpClient, McpEdge
from firedoor.model.arrival import Arrival

HEAD_S = 10.0
"""For a head to be whole. Stops slowloris."""
BODY_S = 60.0
"""For a body to be whole: the largest one at 0.6 Mbit/s. Stops drip-fed bodies."""
HEAD_BYTES = 64 * 1024
"""Of a head that is not whole yet; what is whole is measured by `core.accept`. Stops endless heads."""

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_NOT_HTTP = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_PLAIN = re.compile(rb"/mcp/[A-Za-z0-9._~-]+")
"""An address that says the same before and after it is parsed."""


class BoundedHttp(HttpToolsProtocol):
    """One connection of a client."""

    head_s = HEAD_S
    body_s = BODY_S
    edge: McpEdge | None = None
    room: Connections | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        """Begin between requests."""
        super().__init__(*args, **kwargs)
        self._is_in_head = False
        self._is_in_body = False
        self._has_asked = False
        self._head_bytes = 0
        self._allowed_s = 0.0
        self._overdue: asyncio.TimerHandle | None = None
        self._silent_since = 0.0
        self._peer = ""
        self._is_admitted = False
        self._serving: HttpClient | None = None
        """Whose answer is under way."""
        self._last: HttpClient | None = None
        """The request that was read last, if it is one of MCP; uvicorn's `cycle` is the same or its own."""
        self._waiting: dict[HttpClient, Arrival] = {}
        """Requests that wait in the pipeline."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Allow as much silence before the first request as between two."""
        super().connection_made(transport)
        self._peer = self.client[0] if self.client else ""
        if self.room is not None and not self.room.admit(self._peer):
            # Without a word: words to whoever floods us would be one more thing to wait for.
            transport.abort()
            return
        self._is_admitted = True
        self._be_silent()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the timers go, and tell whose answer is under way."""
        if self._is_admitted and self.room is not None:
            self.room.leave(self._peer)
        self._watch(0.0)
        self._unset_keepalive_if_required()
        if self._last is not None:
            self.cycle = None  # type: ignore[assignment] - as before the first request: it is told below
        super().connection_lost(exc)
        self._waiting.clear()
        if self._serving is not None:
            self._serving.lost()

    def data_received(self, data: bytes) -> None:
        """Count and time what is not whole; a request that arrives at once costs no timer."""
        was_in_head, parser = self._is_in_head, self.parser
        if parser is None:
            return
        try:
            parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(_NOT_HTTP)
            return
        except httptools.HttpParserUpgrade:
            pass  # There is nothing to upgrade to: it is served as what it is.
        if was_in_head and self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(_TOO_LARGE)
                return
        allowed_s = self.head_s if self._is_in_head else self.body_s if self._is_in_body else 0.0
        if allowed_s != self._allowed_s:
            self._watch(allowed_s)

    # --- what the parser says ------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A head begins."""
        self._is_in_head, self._is_in_body, self._head_bytes = True, False, 0
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """A body begins, perhaps an empty one."""
        is_free, edge, parser = self._is_answered(), self.edge, self.parser
        self._is_in_head, self._is_in_body, self._has_asked = False, True, True
        path, query = _target(self.url)
        if edge is None or parser is None or not path.startswith(PREFIX):
            self._begin_asgi()
            return
        verb = parser.get_method().decode("ascii")
        arrival = Arrival(
            verb=verb,
            upstream=path[len(PREFIX) :],
            headers=tuple(self.headers),
            query=query,
            peer=self._peer,
            at_us=edge.now_us(),
        )
        keep_alive = parser.get_http_version() != "1.0" and parser.should_keep_alive()
        client = HttpClient(self, verb, keep_alive=keep_alive, expects=self.expect_100_continue)
        self._last = self.cycle = client  # type: ignore[assignment] - it has what uvicorn asks for
        if is_free:
            self._serve(edge, arrival, client)
        else:
            self.flow.pause_reading()
            self._waiting[client] = arrival
            self.pipeline.appendleft((client, self.app))  # type: ignore[arg-type]

    def on_body(self, body: bytes) -> None:
        """Pass it on."""
        if self._last is not None:
            self._last.feed(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_in_body = False
        if self._last is not None:
            self._last.whole()
        else:
            super().on_message_complete()
        if self._is_answered():
            self._be_silent()  # The end of a body that was answered before it came.

    # --- one answer after the other ------------------------------------------------------------

    def _begin_asgi(self) -> None:
        self._last = None
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()

    def _serve(self, edge: McpEdge, arrival: Arrival, client: HttpClient) -> None:
        self._serving = client
        task = self.loop.create_task(edge.carry(arrival, client))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        """Serve what waited in the pipeline."""
        if isinstance(cycle, HttpClient):
            if self.edge is not None:
                self._serve(self.edge, self._waiting.pop(cycle), cycle)
            return
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Serve the next request that waits, or be silent."""
        self._serving = None
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._be_silent()

    # --- the bounds ----------------------------------------------------------------------------

    def _is_answered(self) -> bool:
        return not self._has_asked or self.cycle.response_complete

    def _be_silent(self) -> None:
        """Begin a silence. Its timer is set once and looks again: setting one for each call would cost."""
        self._silent_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def _look_again(self, in_s: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(in_s, self._on_silence)

    def _on_silence(self) -> None:
        self.timeout_keep_alive_task = None
        if self.transport.is_closing():
            return
        if not self._is_answered() or self._is_in_head or self._is_in_body:
            return  # Whoever ends that begins a silence.
        left_s = self._silent_since + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._look_again(left_s)
        else:
            self.transport.close()

    def _watch(self, allowed_s: float) -> None:
        self._allowed_s = allowed_s
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
        if allowed_s and not self.transport.is_closing():
            self._overdue = self.loop.call_later(allowed_s, self._on_overdue)

    def _on_overdue(self) -> None:
        if self.pipeline or not (self._is_answered() or self._is_in_body):
            # An answer to an earlier request is still under way: it is not this one's to cut.
            self._watch(self._allowed_s)
            return
        self._refuse(_TOO_SLOW)

    def _refuse(self, answer: bytes) -> None:
        """Close, and say why where that cuts into no answer. The exchange under way has nobody to tell."""
        serving = self._serving
        is_unanswered = serving is not None and serving is self._last and not serving.has_begun
        if is_unanswered or self._is_answered():
            self.transport.write(answer)
        if serving is not None:
            serving.lost()
        self.transport.close()


def protocol_of(edge: McpEdge, room: Connections | None = None) -> type[BoundedHttp]:
    """Return the protocol of connections whose requests of MCP go to this edge, as many as there may be."""

    class Serving(BoundedHttp):
        """One connection of a client of this gateway."""

    Serving.edge = edge
    Serving.room = room
    return Serving


def _target(url: bytes) -> tuple[str, bytes]:
    """The path, decoded, and the query of a request."""
    if _PLAIN.fullmatch(url):
        return url.decode("ascii"), b""
    parsed = httptools.parse_url(url)
    path = (parsed.path or b"").decode("ascii")
    return urllib.parse.unquote(path) if "%" in path else path, parsed.query or b""
