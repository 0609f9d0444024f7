import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from firedoor.edges.inbound.bounded_http import HEAD_BYTES, BoundedHttp
from tests.helpers.raw_http import ask, head, post, wire

pytestmark = pytest.mark.anyio


class Quick(BoundedHttp):
    head_s = 0.3
    body_s = 0.3


class Slow(BoundedHttp):
    head_s = 60.0
    body_s = 60.0


class Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


async def reads_all(scope, receive, send) -> None:
    """Answers `/early` at once, and everything else with the size of its body."""
    size = 0
    if scope["path"] != "/early":
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            size += len(event["body"])
            if not event["more_body"]:
                break
    body = b"%d" % size
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(protocol: type[BoundedHttp], keep_alive_s: int = 60) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        reads_all, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False,
        timeout_keep_alive=keep_alive_s,
    )  # fmt: skip
    server = Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def test_a_head_that_does_not_end_is_answered_and_its_connection_closed() -> None:
    async with served(Quick) as port, wire(port) as slow:
        await slow.send(b"POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        assert (await slow.rest()).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_does_not_end_loses_its_connection() -> None:
    async with served(Quick) as port, wire(port) as slow:
        await slow.send(head("POST", "/", port, {"Content-Length": "10"}) + b"abc")
        assert b"200 OK" not in await slow.rest()


async def test_a_body_that_was_answered_early_must_end_too() -> None:
    async with served(Quick) as port, wire(port) as slow:
        await slow.send(head("POST", "/early", port, {"Content-Length": "10"}) + b"abc")
        assert (await slow.answer()).status == 200
        assert (await slow.rest()).startswith(b"HTTP/1.1 408 ")


async def test_a_head_without_end_is_cut_at_its_size() -> None:
    async with served(Slow) as port, wire(port) as endless:
        await endless.send(b"POST / HTTP/1.1\r\nHost: a\r\nX-Long: ")
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                await endless.send(b"a" * 65536)
            assert (await endless.rest()).startswith(b"HTTP/1.1 431 ")


async def test_requests_in_pieces_are_whole_in_the_end() -> None:
    async with served(Slow) as port, wire(port) as connection:
        for _ in range(3):
            request = post("/", port, {}, b"x" * 1000)
            for start in range(0, len(request), 100):
                await connection.send(request[start : start + 100])
            assert (await connection.answer()).body == b"1000"


async def test_a_large_body_is_no_large_head() -> None:
    async with served(Slow) as port:
        assert (await ask(port, post("/", port, {}, b"x" * (4 * HEAD_BYTES)))).body == b"262144"


async def test_a_connection_that_says_nothing_is_closed() -> None:
    async with served(Slow, keep_alive_s=1) as port, wire(port) as silent:
        assert await silent.rest() == b""


async def test_line_ends_between_requests_keep_no_connection_open() -> None:
    async with served(Slow, keep_alive_s=1) as port, wire(port) as idle:
        await idle.send(post("/", port, {}, b"x"))
        assert (await idle.answer()).body == b"1"
        await idle.send(b"\r\n")
        assert await idle.rest() == b""
