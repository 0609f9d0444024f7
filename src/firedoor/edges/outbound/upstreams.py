"""All upstreams behind one port, whatever their transport.

It never looks at what a message means to the path, and it never decides.
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Protocol

from firedoor.edges.outbound.endpoint import Endpoint, HttpEndpoint
from firedoor.edges.outbound.pool import HttpLimits, Pool
from firedoor.edges.outbound.request import RequestText
from firedoor.edges.outbound.sse_transport import SseUpstream
from firedoor.edges.outbound.stdio import StdioUpstream
from firedoor.edges.outbound.streamable import StreamableHttp
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding, Shape
from firedoor.model.ids import SessionId
from firedoor.model.upstream import Transport
from firedoor.ports.upstreams import Answer, Passage

_NOT_THERE = frozenset({400, 404, 405})
"""What a server of 2024-11-05 answers to a POST where it expects a GET."""


class Way(Protocol):
    """One upstream, by its transport."""

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message."""
        ...

    def stop(self, session: SessionId) -> None:
        """Begin to end a process of the session alone."""
        ...

    async def end(self, session: SessionId) -> None:
        """Close what belongs to the session alone."""
        ...

    async def close(self) -> None:
        """Close everything."""
        ...


class AutoHttp:
    """Streamable HTTP first; HTTP+SSE for a session whose `initialize` is not understood there."""

    def __init__(self, streamable: StreamableHttp, old: SseUpstream) -> None:
        self._streamable = streamable
        self._old = old

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message the way of its session."""
        if self._old.has(forwarding.session):
            return await self._old.send(forwarding, passage)
        answer = await self._streamable.send(forwarding, passage)
        head, method = answer.head, forwarding.message.method
        is_refused = head.status in _NOT_THERE and head.shape is Shape.EMPTY
        if method != "initialize" or forwarding.message.era is not Era.LEGACY or not is_refused:
            return answer
        answer.abandon()
        return await self._old.send(forwarding, passage)

    def stop(self, session: SessionId) -> None:
        """Do nothing: there is no process."""

    async def end(self, session: SessionId) -> None:
        """Close the session's stream, if it has one."""
        await self._old.end(session)

    async def close(self) -> None:
        """Close all streams."""
        await self._old.close()


class OutboundUpstreams:
    """Implements the port `Upstreams`. Made, used and closed on one running event loop."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        *,
        limits: HttpLimits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls` verifies https upstreams; None takes the authorities that the machine trusts."""
        self._limits = limits or HttpLimits()
        self._tls = tls
        self._pools: list[Pool] = []
        self._ways: dict[str, Way] = {}
        for name, endpoint in endpoints.items():
            self._ways[name] = (
                self._http(endpoint) if isinstance(endpoint, HttpEndpoint) else StdioUpstream(endpoint)
            )

    def _http(self, endpoint: HttpEndpoint) -> Way:
        text = RequestText(endpoint)
        tls = None
        if text.origin.scheme == "https":
            # Reading the trusted authorities takes tens of milliseconds: once, for all.
            tls = self._tls = self._tls or ssl.create_default_context()
        pool = Pool(text.origin, self._limits, tls)
        self._pools.append(pool)
        if endpoint.transport is Transport.STREAMABLE_HTTP:
            return StreamableHttp(text, pool)
        old = SseUpstream(endpoint.url, text, pool)
        return old if endpoint.transport is Transport.SSE else AutoHttp(StreamableHttp(text, pool), old)

    async def send(self, forwarding: Forwarding, passage: Passage | None = None) -> Answer:
        """Send one message and return when the answer begins.

        Raises:
            UpstreamError: `upstream_unavailable`, `upstream_timeout`, `upstream_too_large`,
                `upstream_protocol` or `upstream_gone`.
        """
        way = self._ways.get(forwarding.upstream)
        if way is None:
            raise UpstreamError("upstream_unavailable", f"there is no upstream {forwarding.upstream!r}")
        return await way.send(forwarding, passage)

    def stop(self, upstream: str, session: SessionId) -> None:
        """Begin to end the child process of a session, and wake nobody: who waits for it learns at `end`."""
        way = self._ways.get(upstream)
        if way is not None:
            way.stop(session)

    async def end(self, upstream: str, session: SessionId) -> None:
        """Close what belongs to a session alone, and wait until it is closed: two seconds at most."""
        way = self._ways.get(upstream)
        if way is not None:
            await way.end(session)

    async def close(self) -> None:
        """Close everything. Requests that still wait fail."""
        await asyncio.gather(*(way.close() for way in self._ways.values()))
        await asyncio.gather(*(pool.close() for pool in self._pools))
