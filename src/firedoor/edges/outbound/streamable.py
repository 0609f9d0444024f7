"""Streamable HTTP: one request, one answer, as JSON or as an event stream.

It never reads a message. Which answer belongs to which request is what HTTP says.
"""

import asyncio
import math

from firedoor.edges.outbound.connection import Connection, ResponseHead
from firedoor.edges.outbound.inbox import Inbox
from firedoor.edges.outbound.pool import HttpLimits, Pool
from firedoor.edges.outbound.request import RequestText
from firedoor.edges.outbound.sse import SseDecoder, SseEvent
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import AnswerHead, Forwarding, Shape, UpstreamEvent
from firedoor.model.ids import SessionId
from firedoor.ports.upstreams import Passage

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_JSON, _STREAM, _EMPTY = Shape.JSON, Shape.STREAM, Shape.EMPTY
_SESSION_LIMIT = 1024
_IGNORED_BYTES = 1024 * 1024
"""Of a body that nobody reads, such as an error page. Beyond it a new connection is cheaper."""
_NO_BODY = frozenset({202, 204, 205})


class StreamableHttp:
    """Sends messages to one upstream."""

    def __init__(self, text: RequestText, pool: Pool) -> None:
        self._text = text
        self._pool = pool

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> "HttpAnswer":
        """Send one message; return when its answer begins.

        Raises:
            UpstreamError: unreachable, timed out, too large, or not what MCP allows.
        """
        body = forwarding.body
        head = self._text.head(forwarding.verb, self._text.path, forwarding.headers, len(body))
        pool = self._pool
        connection = await pool.ready(forwarding.principal, passage)
        answer = HttpAnswer(connection, pool.limits)
        connection.send(answer, head, body)
        try:
            await answer.begun
        except asyncio.CancelledError:
            connection.abort()
            raise
        return answer

    def stop(self, session: SessionId) -> None:
        """Do nothing: there is no process."""

    async def end(self, session: SessionId) -> None:
        """Do nothing: nothing here belongs to a session alone."""

    async def close(self) -> None:
        """Do nothing: whoever made the pool closes it."""


class HttpAnswer:
    """One answer, filled by its connection and read by the path."""

    __slots__ = (
        "_connection", "_decoder", "_head", "_inbox", "_is_abandoned", "_limits", "_parts", "_size", "begun",
    )  # fmt: skip

    def __init__(self, connection: Connection, limits: HttpLimits) -> None:
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when `head` is known, and for JSON also all the rest."""
        self._connection = connection
        self._limits = limits
        self._head = AnswerHead(status=0, shape=_EMPTY)
        self._inbox = Inbox(connection.resume)
        self._decoder: SseDecoder | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._is_abandoned = False

    # --- as the path sees it -------------------------------------------------------------------

    @property
    def head(self) -> AnswerHead:
        """Status and shape."""
        return self._head

    async def next(self) -> UpstreamEvent | None:
        """Return the next message, or None at the end."""
        return await self._inbox.take()

    def abandon(self) -> None:
        """Close the connection, which in the modern era cancels the request."""
        self._is_abandoned = True
        if not self._inbox.is_ended:
            self._connection.abort()
        self._inbox.drop()

    # --- as the connection sees it -------------------------------------------------------------

    def on_head(self, head: ResponseHead) -> None:
        """Find out the shape."""
        kind = head.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
        shape = _EMPTY
        if kind == b"text/event-stream" and head.status not in _NO_BODY:
            shape, self._decoder = _STREAM, SseDecoder(self._limits.answer_bytes)
        elif kind == b"application/json" and head.status not in _NO_BODY:
            shape = _JSON
        self._head = AnswerHead(status=head.status, shape=shape, mcp_session=_mcp_session(head))
        now = asyncio.get_running_loop().time()
        self._connection.deadline = math.inf if shape is _STREAM else now + self._limits.answer_s
        if shape is not _JSON:
            self._begin()
        if shape is _EMPTY:
            self._inbox.end()

    def on_body(self, part: bytes) -> None:
        """Decode, keep or count it."""
        if self._decoder is not None:
            self._put(self._decoder.feed(part))
            return
        self._size += len(part)
        is_json = self._head.shape is _JSON
        limit = self._limits.answer_bytes if is_json else _IGNORED_BYTES
        if self._size > limit:
            raise UpstreamError("upstream_too_large", f"the answer is larger than {limit} bytes")
        if is_json:
            self._parts.append(part)

    def on_end(self) -> None:
        """Hand over what was kept."""
        if self._head.shape is _JSON:
            body = b"".join(self._parts)
            if body:
                self._inbox.put(UpstreamEvent(payload=body))
            else:
                head = self._head
                self._head = AnswerHead(status=head.status, shape=_EMPTY, mcp_session=head.mcp_session)
        self._inbox.end()
        self._begin()

    def on_error(self, error: UpstreamError) -> None:
        """Fail whoever waits: before the answer began, or in the middle of it."""
        self._inbox.end(error)
        if not self.begun.done():
            self.begun.set_exception(error)

    def _begin(self) -> None:
        if not self.begun.done():
            self.begun.set_result(None)

    def _put(self, events: list[SseEvent]) -> None:
        for event in events:
            # Clients ignore events of other names; passed on they would become messages.
            payload = event.data if event.name == "message" else b""
            if payload or event.id is not None or event.retry_ms is not None:
                self._inbox.put(UpstreamEvent(payload=payload, event_id=event.id, retry_ms=event.retry_ms))
        if self._inbox.is_full:
            self._connection.pause()


def _mcp_session(head: ResponseHead) -> str | None:
    """Return the upstream's session id. MCP allows visible ASCII; it will be sent back as a header."""
    value = head.headers.get(b"mcp-session-id")
    if value is None:
        return None
    session = value.decode("latin-1")
    is_visible = session.isascii() and session.isprintable() and " " not in session
    if not session or len(session) > _SESSION_LIMIT or not is_visible:
        raise UpstreamError("upstream_protocol", "the upstream's session id is not visible ASCII")
    return session
