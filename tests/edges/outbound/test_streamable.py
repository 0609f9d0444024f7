"""Streamable HTTP over real sockets: the upstream's bytes are written by the test."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from firedoor.edges.outbound.endpoint import HttpEndpoint
from firedoor.edges.outbound.pool import HttpLimits
from firedoor.edges.outbound.upstreams import OutboundUpstreams
from firedoor.model.errors import IntegrityError, UpstreamError
from firedoor.model.forwarding import Shape, UpstreamEvent
from tests.edges.outbound.raw_upstream import (
    CALL,
    RESULT,
    Barrier,
    Connected,
    Script,
    answer_all,
    forwarding,
    raw_upstream,
)

pytestmark = pytest.mark.anyio

SECRET = "Bearer s3cret-of-the-upstream"


@asynccontextmanager
async def outbound(script: Script, limits: HttpLimits | None = None, *, has_credential: bool = True):
    async with raw_upstream(script) as upstream:
        own = (("Authorization", SECRET),) if has_credential else ()
        endpoint = HttpEndpoint(name="wiki", url=upstream.url, headers=own)
        upstreams = OutboundUpstreams({"wiki": endpoint}, limits=limits)
        try:
            yield upstream, upstreams
        finally:
            await upstreams.close()


def answering(text: bytes) -> Script:
    """An upstream that answers a first request with these bytes and closes."""

    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.write(text)

    return script


async def test_a_json_answer_arrives_whole_and_ends() -> None:
    async with outbound(answer_all) as (upstream, upstreams):
        answer = await upstreams.send(forwarding())
        assert (answer.head.status, answer.head.shape) == (200, Shape.JSON)
        assert await answer.next() == UpstreamEvent(payload=RESULT)
        assert await answer.next() is None
        assert upstream.requests[0].line == "POST /mcp HTTP/1.1"
        assert upstream.requests[0].body == CALL


@pytest.mark.promise("PATH-6")
@pytest.mark.parametrize("has_credential", [True, False])
async def test_the_upstream_gets_its_own_credential_and_never_the_clients(has_credential: bool) -> None:
    async with outbound(answer_all, has_credential=has_credential) as (upstream, upstreams):
        await upstreams.send(
            forwarding(
                headers=(
                    ("Authorization", "Bearer of-the-client"),
                    ("Cookie", "a=b"),
                    ("Host", "elsewhere"),
                    ("Mcp-Method", "tools/call"),
                )
            )
        )
        (request,) = upstream.requests
        assert [v for n, v in request.headers if n.lower() == "authorization"] == [SECRET] * has_credential
        assert [n for n, _ in request.headers if n.lower() in {"cookie", "host"}] == ["Host"]
        assert request.header("host") in upstream.url
        assert request.header("mcp-method") == "tools/call"
        assert request.header("accept-encoding") == "identity"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0b", "é"])
async def test_a_header_that_would_break_its_line_is_not_sent(value: str) -> None:
    async with outbound(answer_all) as (upstream, upstreams):
        with pytest.raises(UpstreamError, match="Mcp-Param-X"):
            await upstreams.send(forwarding(headers=(("Mcp-Param-X", value),)))
        assert upstream.requests == []


@pytest.mark.promise("PATH-6")
async def test_a_connection_is_used_again_by_the_same_principal_alone() -> None:
    async with outbound(answer_all) as (upstream, upstreams):
        for principal in ("ada", "ada", "bob", "ada"):
            await upstreams.send(forwarding(principal=principal))
        assert len(upstream.requests) == 4
        assert upstream.connections == 2


async def test_events_arrive_as_they_are_sent_with_ids_and_delays() -> None:
    gate = asyncio.Event()

    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.stream()
        await connected.chunk(b"id: 1\nretry: 250\ndata:\n\n: keepalive\n\n")
        await connected.chunk(b'event: message\ndata: {"a":\ndata: 1}\n\nevent: ping\ndata: x\n\n')
        await gate.wait()
        await connected.chunk(b"id: 2\ndata: {}\n\n")
        await connected.write(b"0\r\n\r\n")

    async with outbound(script) as (_, upstreams):
        answer = await upstreams.send(forwarding())
        assert answer.head.shape is Shape.STREAM
        assert await answer.next() == UpstreamEvent(payload=b"", event_id="1", retry_ms=250)
        assert await answer.next() == UpstreamEvent(payload=b'{"a":\n1}')
        gate.set()
        assert await answer.next() == UpstreamEvent(payload=b"{}", event_id="2")
        assert await answer.next() is None


async def test_a_stream_that_breaks_is_an_error_after_what_had_arrived() -> None:
    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.stream()
        await connected.chunk(b"data: {}\n\n")

    async with outbound(script) as (_, upstreams):
        answer = await upstreams.send(forwarding())
        assert await answer.next() == UpstreamEvent(payload=b"{}")
        with pytest.raises(UpstreamError) as caught:
            await answer.next()
        assert caught.value.code == "upstream_gone"


async def test_a_reader_that_is_slow_makes_the_upstream_wait() -> None:
    event = b"data: " + b"x" * 65536 + b"\n\n"
    count = 400
    written = 0
    is_full = asyncio.Event()

    async def script(connected: Connected) -> None:
        nonlocal written
        await connected.request()
        await connected.stream()
        for _ in range(count):
            await connected.chunk(event)
            written += 1
            if written > 20:
                is_full.set()
        await connected.write(b"0\r\n\r\n")

    async with outbound(script) as (_, upstreams):
        answer = await upstreams.send(forwarding())
        await is_full.wait()
        for _ in range(1000):
            await asyncio.sleep(0)
        assert written < count
        received = 0
        while await answer.next() is not None:
            received += 1
        assert received == count


async def test_the_session_id_of_the_upstream_is_told() -> None:
    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.json(headers=b"Mcp-Session-Id: abc\r\n")

    async with outbound(script) as (_, upstreams):
        assert (await upstreams.send(forwarding())).head.mcp_session == "abc"


@pytest.mark.parametrize(
    ("text", "status", "shape"),
    [
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", 202, Shape.EMPTY),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, Shape.EMPTY),
        (b"HTTP/1.1 405 No\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno", 405, Shape.EMPTY),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n", 200, Shape.EMPTY),
        (
            b"HTTP/1.1 400 B\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
            400,
            Shape.JSON,
        ),
        (b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}", 200, Shape.JSON),
        (
            b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
            200,
            Shape.JSON,
        ),
    ],
)
async def test_status_and_type_give_the_shape(text: bytes, status: int, shape: Shape) -> None:
    async with outbound(answering(text)) as (_, upstreams):
        answer = await upstreams.send(forwarding())
        assert (answer.head.status, answer.head.shape) == (status, shape)
        events = []
        while (event := await answer.next()) is not None:
            events.append(event.payload)
        assert events == ([b"{}"] if shape is Shape.JSON else [])


JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "upstream_gone"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "upstream_protocol"),
        (JSON_HEAD + b"Content-Length: 10\r\n\r\n{}", "upstream_gone"),
        (JSON_HEAD + b"Content-Length: 99999999\r\n\r\n" + b"x" * 2000, "upstream_too_large"),
        (JSON_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", "upstream_protocol"),
        (JSON_HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n", "upstream_protocol"),
        (JSON_HEAD + b"Content-Type: text/event-stream\r\n\r\n", "upstream_protocol"),
        (JSON_HEAD + b"Mcp-Session-Id: a b\r\nContent-Length: 2\r\n\r\n{}", "upstream_protocol"),
        (JSON_HEAD + b"Mcp-Session-Id: a\xe9b\r\nContent-Length: 2\r\n\r\n{}", "upstream_protocol"),
        (
            b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            "upstream_protocol",
        ),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "upstream_protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000, "upstream_too_large"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000, "upstream_too_large"),
    ],
)
async def test_what_cannot_be_an_answer_is_an_error(text: bytes, code: str) -> None:
    async with outbound(answering(text), HttpLimits(answer_bytes=1000)) as (_, upstreams):
        with pytest.raises(UpstreamError) as caught:
            await upstreams.send(forwarding())
        assert caught.value.code == code
        assert "s3cret" not in str(caught.value)


async def test_a_second_answer_behind_the_first_reaches_nobody() -> None:
    async def script(connected: Connected) -> None:
        await connected.request()
        one = JSON_HEAD + b"Content-Length: 2\r\n\r\n{}"
        await connected.write(one + one.replace(b"{}", b"[]"))
        await connected.request()
        await connected.json(b"[1]")

    async with outbound(script) as (upstream, upstreams):
        first = await upstreams.send(forwarding())
        second = await upstreams.send(forwarding(principal="ada"))
        assert (await first.next(), await second.next()) == (
            UpstreamEvent(payload=b"{}"),
            UpstreamEvent(payload=b"{}"),
        )
        assert upstream.connections == 2


async def test_an_upstream_that_does_not_answer_times_out() -> None:
    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.request()

    async with outbound(script, HttpLimits(answer_s=0.02)) as (_, upstreams):
        with pytest.raises(UpstreamError) as caught:
            await upstreams.send(forwarding())
        assert caught.value.code == "upstream_timeout"


async def test_nobody_at_the_address_is_said_without_the_credential() -> None:
    endpoint = HttpEndpoint(name="wiki", url="http://127.0.0.1:1/mcp", headers=(("Authorization", SECRET),))
    upstreams = OutboundUpstreams({"wiki": endpoint})
    with pytest.raises(UpstreamError) as caught:
        await upstreams.send(forwarding())
    assert caught.value.code == "upstream_unavailable"
    assert "s3cret" not in repr(endpoint) + str(caught.value)
    await upstreams.close()


async def test_a_connection_that_the_upstream_closed_is_not_written_to() -> None:
    """The first request would otherwise be lost, and sending it again could execute it twice."""

    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.json()
        connected.writer.close()

    async with outbound(script) as (upstream, upstreams):
        for _ in range(20):
            await upstreams.send(forwarding())
        assert len(upstream.requests) == 20
        assert upstream.connections == 20


async def test_a_request_that_was_written_is_never_sent_again() -> None:
    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.json()
        await connected.request()

    async with outbound(script) as (upstream, upstreams):
        await upstreams.send(forwarding())
        with pytest.raises(UpstreamError) as caught:
            await upstreams.send(forwarding())
        assert caught.value.code == "upstream_gone"
        assert len(upstream.requests) == 2


async def test_abandoning_a_stream_closes_its_connection() -> None:
    is_closed = asyncio.Event()

    async def script(connected: Connected) -> None:
        await connected.request()
        await connected.stream()
        await connected.chunk(b"data: {}\n\n")
        assert await connected.reader.read() == b""
        is_closed.set()

    async with outbound(script) as (_, upstreams):
        answer = await upstreams.send(forwarding())
        answer.abandon()
        await is_closed.wait()
        assert await answer.next() is None


async def test_a_cancelled_request_closes_its_connection() -> None:
    has_request, is_closed = asyncio.Event(), asyncio.Event()

    async def script(connected: Connected) -> None:
        await connected.request()
        has_request.set()
        assert await connected.reader.read() == b""
        is_closed.set()

    async with outbound(script) as (_, upstreams):
        sending = asyncio.create_task(upstreams.send(forwarding()))
        await has_request.wait()
        sending.cancel()
        await is_closed.wait()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_closing_fails_whoever_waits() -> None:
    has_request = asyncio.Event()

    async def script(connected: Connected) -> None:
        await connected.request()
        has_request.set()
        await connected.reader.read()

    async with outbound(script) as (_, upstreams):
        sending = asyncio.create_task(upstreams.send(forwarding()))
        await has_request.wait()
        await upstreams.close()
        with pytest.raises(UpstreamError, match="stopping"):
            await sending


async def test_an_unknown_upstream_is_an_error() -> None:
    upstreams = OutboundUpstreams({})
    with pytest.raises(UpstreamError, match="no upstream"):
        await upstreams.send(forwarding())


async def test_what_may_not_pass_once_it_is_connected_is_not_written_until_it_may() -> None:
    async with outbound(answer_all) as (upstream, upstreams):
        barrier = Barrier()
        sending = asyncio.create_task(upstreams.send(forwarding(), barrier))
        await barrier.has_asked.wait()
        await upstreams.send(forwarding())  # Its connection is not kept from others meanwhile.
        assert (len(upstream.requests), upstream.connections) == (1, 1)
        barrier.opened.set()
        assert (await sending).head.status == 200
        assert (len(upstream.requests), upstream.connections) == (2, 1)


async def test_whoever_cannot_be_told_to_pass_sends_nothing_and_leaves_the_connection_to_others() -> None:
    class Blind(Barrier):
        def is_open(self) -> bool:
            raise IntegrityError("locks_damaged", "Nobody passes.")

    async with outbound(answer_all) as (upstream, upstreams):
        with pytest.raises(IntegrityError):
            await upstreams.send(forwarding(), Blind())
        await upstreams.send(forwarding())
        assert (len(upstream.requests), upstream.connections) == (1, 1)
