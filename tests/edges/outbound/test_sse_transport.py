"""HTTP+SSE over real sockets."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from firedoor.edges.outbound.endpoint import HttpEndpoint
from firedoor.edges.outbound.upstreams import OutboundUpstreams
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Shape, UpstreamEvent
from firedoor.model.ids import SessionId
from firedoor.model.message import MessageKind
from firedoor.model.upstream import Transport
from tests.edges.outbound.raw_upstream import RESULT, Barrier, Connected, forwarding, raw_upstream

pytestmark = pytest.mark.anyio
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
NOT_ALLOWED = b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n"


class OldServer:
    """A server of 2024-11-05. Each stream names an address of its own."""

    def __init__(self, endpoint: bytes = b"/messages?s=%d") -> None:
        self.endpoint = endpoint
        self.streams: list[Connected] = []
        self.closed = asyncio.Event()

    async def __call__(self, connected: Connected) -> None:
        while True:
            request = await connected.request()
            if request.line.startswith("GET"):
                await self.stream(connected)
            elif "/messages?s=" not in request.line:
                await connected.write(NOT_ALLOWED)
            else:
                await connected.write(ACCEPTED)
                number = int(request.line.split()[1].partition("=")[2])
                await self.streams[number].chunk(b"event: message\r\ndata: " + RESULT + b"\r\n\r\n")

    async def stream(self, connected: Connected) -> None:
        name = self.endpoint % len(self.streams) if b"%d" in self.endpoint else self.endpoint
        self.streams.append(connected)
        await connected.stream()
        await connected.chunk(b"event: endpoint\ndata: " + name + b"\n\n")
        await connected.reader.read()
        self.closed.set()


@asynccontextmanager
async def outbound(server: OldServer, transport: Transport | None = Transport.SSE):
    async with raw_upstream(server) as upstream:
        endpoint = HttpEndpoint(
            name="wiki", url=upstream.url, headers=(("X-Key", "s3cret"),), transport=transport
        )
        upstreams = OutboundUpstreams({"wiki": endpoint})
        try:
            yield upstream, upstreams
        finally:
            await upstreams.close()


@pytest.mark.parametrize("transport", [Transport.SSE, None])
async def test_answers_to_posts_come_on_the_sessions_stream(transport: Transport | None) -> None:
    async with outbound(OldServer(), transport) as (upstream, upstreams):
        for session in ("s-1", "s-2"):
            answer = await upstreams.send(forwarding(method="initialize", session=session))
            assert (answer.head.status, answer.head.shape) == (200, Shape.JSON)
            assert await answer.next() == UpstreamEvent(payload=RESULT)
        answer = await upstreams.send(forwarding(method="tools/call", session="s-1"))
        assert await answer.next() == UpstreamEvent(payload=RESULT)
        taken = [request.line.split()[1] for request in upstream.requests if "messages" in request.line]
        assert taken == ["/messages?s=0", "/messages?s=1", "/messages?s=0"]
        assert {request.header("x-key") for request in upstream.requests} == {"s3cret"}


@pytest.mark.parametrize(
    "endpoint", [b"http://127.0.0.1:1/messages?s=0", b"//127.0.0.2/m", b"http://u:p@127.0.0.1/", b"ftp://x/"]
)
async def test_an_address_of_another_origin_gets_no_credentials(endpoint: bytes) -> None:
    server = OldServer(endpoint)
    async with outbound(server) as (upstream, upstreams):
        with pytest.raises(UpstreamError, match="another origin"):
            await upstreams.send(forwarding(method="initialize"))
        await server.closed.wait()
        assert [request.line for request in upstream.requests] == ["GET /mcp HTTP/1.1"]


async def test_a_stream_that_ends_fails_whoever_waits_and_the_session_is_over() -> None:
    server = OldServer()
    async with outbound(server) as (_, upstreams):
        await upstreams.send(forwarding(method="initialize"))
        stream = await upstreams.send(forwarding(b"", verb="GET", kind=MessageKind.LISTEN, method=""))
        server.streams[0].writer.close()
        with pytest.raises(UpstreamError):
            await stream.next()
        with pytest.raises(UpstreamError) as caught:
            await upstreams.send(forwarding())
        assert caught.value.code == "upstream_session_gone"


async def test_the_end_of_a_session_closes_its_stream() -> None:
    server = OldServer()
    async with outbound(server) as (_, upstreams):
        await upstreams.send(forwarding(method="initialize"))
        await upstreams.end("wiki", SessionId("s-1"))
        await server.closed.wait()


async def test_a_message_that_the_upstream_refuses_is_an_error() -> None:
    async with outbound(OldServer(b"/elsewhere")) as (_, upstreams):
        with pytest.raises(UpstreamError, match="405"):
            await upstreams.send(forwarding(method="initialize"))


async def test_an_address_without_a_stream_is_an_error() -> None:
    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.json()

    async with raw_upstream(script) as upstream:
        endpoint = HttpEndpoint(name="wiki", url=upstream.url, transport=Transport.SSE)
        upstreams = OutboundUpstreams({"wiki": endpoint})
        with pytest.raises(UpstreamError, match="no stream"):
            await upstreams.send(forwarding(method="initialize"))
        await upstreams.close()


@pytest.mark.parametrize("method", ["initialize", "tools/call"])
async def test_what_may_not_pass_once_it_is_connected_is_not_posted_until_it_may(method: str) -> None:
    async with outbound(OldServer()) as (upstream, upstreams):
        if method != "initialize":
            await upstreams.send(forwarding(method="initialize"))
        barrier, before = Barrier(), len(upstream.requests)
        sending = asyncio.create_task(upstreams.send(forwarding(method=method), barrier))
        await barrier.has_asked.wait()
        assert len(upstream.requests) == before
        barrier.opened.set()
        assert (await sending).head.status == 200
