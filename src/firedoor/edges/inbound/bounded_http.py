"""HTTP/1.1 of clients, with the bounds on slowness and size that uvicorn's protocol lacks.

A connection may be silent between requests for as long as keep-alive allows. Once a request has begun,
its head and then its body must arrive in time, and the head within a size: drip-fed and endless ones cost
a connection for seconds, not for ever. Never looks at what a request says.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 10.0
"""For a head to be whole. Stops slowloris."""
BODY_S = 60.0
"""For a body to be whole: the largest one at 0.6 Mbit/s. Stops drip-fed bodies."""
HEAD_BYTES = 64 * 1024
"""Of a head that is not whole yet; what is whole is measured by `core.accept`. Stops endless heads."""

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """One connection of a client."""

    head_s = HEAD_S
    body_s = BODY_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own arguments
        """Begin between requests."""
        super().__init__(*args, **kwargs)
        self._is_in_head = False
        self._is_in_body = False
        self._has_asked = False
        self._head_bytes = 0
        self._allowed_s = 0.0
        self._overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Allow as much silence before the first request as between two."""
        super().connection_made(transport)
        self._keep_alive()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the timers go."""
        self._watch(0.0)
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count and time what is not whole; a request that arrives at once costs no timer."""
        was_in_head = self._is_in_head
        super().data_received(data)
        if was_in_head and self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(_TOO_LARGE)
                return
        allowed_s = self.head_s if self._is_in_head else self.body_s if self._is_in_body else 0.0
        if allowed_s != self._allowed_s:
            self._watch(allowed_s)
        if not allowed_s and self._is_answered():
            # The end of a body that was answered before it came, or line ends between requests.
            self._keep_alive()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._is_in_head, self._is_in_body, self._head_bytes = True, False, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A body begins, perhaps an empty one."""
        self._is_in_head, self._is_in_body, self._has_asked = False, True, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_in_body = False
        super().on_message_complete()

    def _is_answered(self) -> bool:
        return not self._has_asked or self.cycle.response_complete

    def _keep_alive(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

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
        if self._is_answered():
            self.transport.write(answer)
        self.transport.close()
