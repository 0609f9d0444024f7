"""HTTP+SSE of revision 2024-11-05: a standing GET brings every answer, a POST takes every message there.

The upstream names the address for the POSTs. Credentials go along, so it must be of the same origin.
It is never tried for the modern era, and a session whose stream broke is over.
"""

import asyncio
import math
from collections.abc import Callable
from urllib.parse import urljoin

from firedoor.edges.outbound.channel import ANSWER_S, Flow, Line, StatusAnswer
from firedoor.edges.outbound.channels import Dialled, Gone, SessionChannels
from firedoor.edges.outbound.connection import Connection, ResponseHead
from firedoor.edges.outbound.duplex import Duplex
from firedoor.edges.outbound.endpoint import split_url
from firedoor.edges.outbound.pool import Pool
from firedoor.edges.outbound.request import RequestText
from firedoor.edges.outbound.sse import SseDecoder
from firedoor.edges.outbound.streamable import HttpAnswer
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.ids import SessionId
from firedoor.ports.upstreams import Answer, Passage

_OK = range(200, 300)


class SseUpstream:
    """All sessions of one upstream, each with a stream of its own."""

    def __init__(self, url: str, text: RequestText, pool: Pool, *, answer_s: float = ANSWER_S) -> None:
        self._url = url
        self._text = text
        self._pool = pool
        self._sessions = SessionChannels(self._dial, answer_s)

    def has(self, session: SessionId) -> bool:
        """Whether the session speaks HTTP+SSE."""
        return self._sessions.has(session)

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message.

        Raises:
            UpstreamError: the stream cannot be opened, is gone, or brings no answer.
        """
        if forwarding.message.era is not Era.LEGACY:
            return StatusAnswer(400)
        return await self._sessions.send(forwarding, passage)

    async def _dial(self, call: Dialled, duplex: Duplex, flow: Flow, gone: Gone) -> Line:
        principal = call.forwarding.principal
        head = self._text.head("GET", self._text.path, (("Accept", "text/event-stream"),), 0)
        connection = await self._pool.ready(principal, call.passage, is_own=True)
        stream = _Stream(connection, duplex.receive, gone, self._pool.limits.answer_bytes)
        connection.send(stream, head, b"")
        connection.deadline = asyncio.get_running_loop().time() + self._pool.limits.connect_s
        flow.pause, flow.resume = connection.pause, connection.resume
        try:
            address = await stream.address
            path = self._path_of(address)
        except (UpstreamError, asyncio.CancelledError):
            connection.abort()
            raise
        connection.deadline = math.inf
        return _SsePair(self._text, self._pool, principal, path, stream)

    def _path_of(self, address: str) -> str:
        """Return where the POSTs go; another origin would get the credentials."""
        try:
            origin, path = split_url(urljoin(self._url, address))
        except ValueError:
            origin, path = None, ""
        if origin != self._text.origin:
            raise UpstreamError("upstream_protocol", "the upstream names an endpoint of another origin")
        return path

    def stop(self, session: SessionId) -> None:
        """Do nothing: there is no process."""

    async def end(self, session: SessionId) -> None:
        """Close the session's stream."""
        await self._sessions.end(session)

    async def close(self) -> None:
        """Close all streams."""
        await self._sessions.close()


class _Stream:
    """The standing GET of one session."""

    def __init__(
        self, connection: Connection, on_message: Callable[[bytes], bool], on_gone: Gone, limit: int
    ) -> None:
        self.connection = connection
        self.address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._on_message = on_message
        self._on_gone = on_gone
        self._decoder = SseDecoder(limit)

    def on_head(self, head: ResponseHead) -> None:
        """Refuse what is not a stream."""
        kind = head.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
        if head.status not in _OK or kind != b"text/event-stream":
            raise UpstreamError(
                "upstream_protocol", f"the upstream answered {head.status} and opened no stream"
            )

    def on_body(self, part: bytes) -> None:
        """Take the address first, then messages."""
        for event in self._decoder.feed(part):
            if event.name == "endpoint" and not self.address.done():
                self.address.set_result(event.data.decode("ascii", errors="replace"))
            elif event.name == "message" and event.data:
                self._on_message(event.data)

    def on_end(self) -> None:
        """Break the channel: the stream was to stand for as long as the session."""
        self.on_error(UpstreamError("upstream_gone", "the upstream ended the session's stream"))

    def on_error(self, error: UpstreamError) -> None:
        """Break the channel."""
        if not self.address.done():
            self.address.set_exception(error)
            self.address.exception()  # Nobody may be waiting any more; that is no fault to log.
        self._on_gone(error)


class _SsePair:
    """Carries one channel: the stream, and a POST for each message."""

    def __init__(self, text: RequestText, pool: Pool, principal: str, path: str, stream: _Stream) -> None:
        self._text = text
        self._pool = pool
        self._principal = principal
        self._path = path
        self._stream = stream

    async def write(self, message: bytes, passage: Passage | None = None) -> None:
        """POST one message. What the answer says comes on the stream."""
        head = self._text.head("POST", self._path, (), len(message))
        connection = await self._pool.ready(self._principal, passage)
        answer = HttpAnswer(connection, self._pool.limits)
        connection.send(answer, head, message)
        try:
            await answer.begun
        except asyncio.CancelledError:
            connection.abort()
            raise
        answer.abandon()
        status = answer.head.status
        if status not in _OK:
            raise UpstreamError("upstream_protocol", f"the upstream answered {status} to a message")

    def stop(self) -> None:
        """Do nothing: there is no process."""

    async def end(self) -> None:
        """Close the stream."""
        self._stream.connection.abort()
