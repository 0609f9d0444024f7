import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from firedoor.edges.inbound.bounded_http import HEAD_BYTES, BoundedHttp
from firedoor.edges.inbound.connections import Connections
from firedoor.edges.inbound.streamable_http import HttpClient
from firedoor.model.arrival import Arrival
from firedoor.model.reply import Reply
from tests.edges.inbound.hurried import HurriedLoop
from tests.helpers.bench import settled
from tests.helpers.raw_http import ask, head, post, wire

BOTH = pytest.mark.parametrize("door", ["/", "/mcp/"])
"""Every bound holds for requests of MCP and for all others."""


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


class Sizes:
    """An edge that answers `early` at once, `open` with a stream, and all else with the size of its body."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.arrivals: list[Arrival] = []

    def now_us(self) -> int:
        return 1

    async def carry(self, arrival: Arrival, client: HttpClient) -> None:
        self.arrivals.append(arrival)
        client.when_gone(self.gone.set)
        if arrival.upstream == "open":
            await client.open_stream(())
            await self.gone.wait()
        elif arrival.upstream == "early":
            await client.reply(Reply(status=200, body=b"0"))
        elif (body := await client.body(2**20)) is not None:
            await client.reply(Reply(status=200, body=b"%d" % len(body)))
        client.stop()


@asynccontextmanager
async def served(protocol: type[BoundedHttp], keep_alive_s: int = 60) -> AsyncIterator[int]:
    async with served_by(protocol, Sizes(), keep_alive_s) as port:
        yield port


@asynccontextmanager
async def served_by(protocol: type[BoundedHttp], edge: Sizes, keep_alive_s: int = 60) -> AsyncIterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    protocol = type("Serving", (protocol,), {"edge": edge})
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


@pytest.mark.anyio
async def test_a_head_that_does_not_end_is_answered_and_its_connection_closed() -> None:
    async with served(Quick) as port, wire(port) as slow:
        await slow.send(b"POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        assert (await slow.rest()).startswith(b"HTTP/1.1 408 ")


@BOTH
@pytest.mark.anyio
async def test_a_body_that_does_not_end_loses_its_connection(door: str) -> None:
    async with served(Quick) as port, wire(port) as slow:
        await slow.send(head("POST", door, port, {"Content-Length": "10"}) + b"abc")
        assert b"200 OK" not in await slow.rest()


@BOTH
@pytest.mark.anyio
async def test_a_body_that_was_answered_early_must_end_too(door: str) -> None:
    async with served(Quick) as port, wire(port) as slow:
        await slow.send(head("POST", f"{door}early", port, {"Content-Length": "10"}) + b"abc")
        assert (await slow.answer()).status == 200
        assert (await slow.rest()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.anyio
async def test_a_head_without_end_is_cut_at_its_size() -> None:
    async with served(Slow) as port, wire(port) as endless:
        await endless.send(b"POST / HTTP/1.1\r\nHost: a\r\nX-Long: ")
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                await endless.send(b"a" * 65536)
            assert (await endless.rest()).startswith(b"HTTP/1.1 431 ")


@BOTH
@pytest.mark.anyio
async def test_requests_in_pieces_are_whole_in_the_end(door: str) -> None:
    async with served(Slow) as port, wire(port) as connection:
        for _ in range(3):
            request = post(door, port, {}, b"x" * 1000)
            for start in range(0, len(request), 100):
                await connection.send(request[start : start + 100])
            assert (await connection.answer()).body == b"1000"


@BOTH
@pytest.mark.anyio
async def test_a_large_body_is_no_large_head(door: str) -> None:
    async with served(Slow) as port:
        assert (await ask(port, post(door, port, {}, b"x" * (4 * HEAD_BYTES)))).body == b"262144"


@pytest.mark.anyio
async def test_a_connection_that_says_nothing_is_closed() -> None:
    async with served(Slow, keep_alive_s=1) as port, wire(port) as silent:
        assert await silent.rest() == b""


@BOTH
@pytest.mark.anyio
async def test_line_ends_between_requests_keep_no_connection_open(door: str) -> None:
    async with served(Slow, keep_alive_s=1) as port, wire(port) as idle:
        await idle.send(post(door, port, {}, b"x"))
        assert (await idle.answer()).body == b"1"
        await idle.send(b"\r\n")
        assert await idle.rest() == b""


@BOTH
def test_a_connection_is_kept_for_as_long_as_it_is_used_and_no_longer(door: str) -> None:
    async def use() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, HurriedLoop)
        async with served(Slow, keep_alive_s=60) as port, wire(port) as used:
            for _ in range(4):
                loop.ahead_s += 50
                await used.send(post(door, port, {}, b"x"))
                assert (await used.answer()).body == b"1"
            loop.ahead_s += 61
            assert await used.rest() == b""

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(use())


@pytest.mark.anyio
async def test_requests_that_come_together_are_answered_in_their_order() -> None:
    async with served(Slow) as port, wire(port) as hasty:
        doors = ["/mcp/a", "/", "/mcp/early", "/mcp/b", "/early", "/mcp/c"]
        await hasty.send(b"".join(post(door, port, {}, b"x" * n) for n, door in enumerate(doors)))
        assert [(await hasty.answer()).body for _ in doors] == [b"0", b"1", b"0", b"3", b"0", b"5"]


@pytest.mark.anyio
async def test_a_client_that_leaves_a_stream_is_noticed() -> None:
    edge = Sizes()
    async with served_by(Slow, edge) as port:
        async with wire(port) as leaving:
            await leaving.send(head("GET", "/mcp/open", port, {}))
            assert (await leaving.head())[0] == 200
        await asyncio.wait_for(edge.gone.wait(), 10)


@pytest.mark.anyio
async def test_what_follows_a_request_and_is_no_http_cuts_into_no_stream() -> None:
    async with served(Slow) as port, wire(port) as odd:
        await odd.send(head("GET", "/mcp/open", port, {}))
        assert (await odd.head())[0] == 200
        await odd.send(b"\x00\x01 nonsense\r\n\r\n")
        assert b"HTTP/1.1" not in await odd.rest()


@pytest.mark.parametrize("door", ["/", "/mcp/a"])
@pytest.mark.anyio
async def test_a_body_that_is_no_http_is_refused_before_its_answer(door: str) -> None:
    async with served(Slow) as port, wire(port) as odd:
        await odd.send(head("POST", door, port, {"Transfer-Encoding": "chunked"}) + b"not hex\r\n")
        assert b"200 OK" not in await odd.rest()


@pytest.mark.parametrize(
    ("url", "upstream", "query"),
    [
        ("/mcp/a", "a", b""),
        ("/mcp/a?b=%2F&c", "a", b"b=%2F&c"),
        ("/mcp/%61%2fb", "a/b", b""),
        ("http://elsewhere/mcp/a", "a", b""),
        ("/mcp/", "", b""),
    ],
)
@pytest.mark.anyio
async def test_an_address_is_read_as_it_was_meant(url: str, upstream: str, query: bytes) -> None:
    edge = Sizes()
    async with served_by(Slow, edge) as port:
        assert (await ask(port, post(url, port, {}, b"xy"))).body == b"2"
    (arrival,) = edge.arrivals
    assert (arrival.verb, arrival.upstream, arrival.query, arrival.peer) == (
        "POST", upstream, query, "127.0.0.1",
    )  # fmt: skip


@pytest.mark.promise("RUN-3")
@pytest.mark.anyio
async def test_one_address_has_so_many_connections_and_each_that_ends_makes_room() -> None:
    bounds = Connections(total=10, per_peer=3)
    bounded = type("Bounded", (Slow,), {"room": bounds})
    async with served(bounded) as port:
        async with wire(port) as first, wire(port) as second, wire(port) as third:
            for open_one in (first, second, third):
                await open_one.send(head("GET", "/early", port))
                assert (await open_one.answer()).status == 200
            async with wire(port) as fourth:
                assert await fourth.rest() == b""
            assert (bounds.count, bounds.refused) == (3, 1)
        await settled()
        assert bounds.count == 0
        assert (await ask(port, head("GET", "/early", port))).status == 200
