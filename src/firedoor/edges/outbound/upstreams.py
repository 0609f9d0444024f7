"""All upstreams behind one port, whatever their transport.

It never looks at what a message means to the path, and it never decides.
"""

import asyncio
import ssl
from collections.abc import Mapping

from firedoor.edges.outbound.endpoint import Endpoint, HttpEndpoint
from firedoor.edges.outbound.pool import HttpLimits, Pool
from firedoor.edges.outbound.request import RequestText
from firedoor.edges.outbound.stdio import StdioUpstream
from firedoor.edges.outbound.streamable import StreamableHttp
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Forwarding
from firedoor.model.ids import SessionId
from firedoor.ports.upstreams import Answer


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
        self._ways: dict[str, StreamableHttp | StdioUpstream] = {}
        for name, endpoint in endpoints.items():
            is_http = isinstance(endpoint, HttpEndpoint)
            self._ways[name] = self._http(endpoint) if is_http else StdioUpstream(endpoint)

    def _http(self, endpoint: HttpEndpoint) -> StreamableHttp:
        text = RequestText(endpoint)
        tls = None
        if text.origin.scheme == "https":
            # Reading the trusted authorities takes tens of milliseconds: once, for all.
            tls = self._tls = self._tls or ssl.create_default_context()
        pool = Pool(text.origin, self._limits, tls)
        self._pools.append(pool)
        return StreamableHttp(text, pool)

    async def send(self, forwarding: Forwarding) -> Answer:
        """Send one message and return when the answer begins.

        Raises:
            UpstreamError: `upstream_unavailable`, `upstream_timeout`, `upstream_too_large`,
                `upstream_protocol` or `upstream_gone`.
        """
        way = self._ways.get(forwarding.upstream)
        if way is None:
            raise UpstreamError("upstream_unavailable", f"there is no upstream {forwarding.upstream!r}")
        return await way.send(forwarding)

    async def end(self, upstream: str, session: SessionId) -> None:
        """Close what belongs to a session alone, and wait until it is closed: two seconds at most."""
        way = self._ways.get(upstream)
        if way is not None:
            await way.end(session)

    async def close(self) -> None:
        """Close everything. Requests that still wait fail."""
        await asyncio.gather(*(way.close() for way in self._ways.values()))
        await asyncio.gather(*(pool.close() for pool in self._pools))
