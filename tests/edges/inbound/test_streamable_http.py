"""Requests in, answers out: bodies, event streams, keepalive, and clients that leave."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.protocols.http.flow_control import FlowControl

from firedoor.edges.inbound.streamable_http import (
    KEEPALIVE_S,
    UNASKED_BYTES,
    HttpClient,
    McpEdge,
    encoded,
)
from firedoor.edges.outbound.sse import SseDecoder
from firedoor.model.arrival import Arrival
from firedoor.model.reply import Reply, StreamEvent
from tests.edges.inbound.hurried import HurriedLoop
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import INITIALIZE, headers, result

JSON_TEXT = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
).flatmap(
    lambda value: st.builds(
        lambda indent, plain: json.dumps(value, indent=indent, ensure_ascii=plain),
        st.sampled_from([None, 1]),
        st.booleans(),
    )
)
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


def hurried(test: Callable[["Line"], Awaitable[None]]) -> None:
    async def run() -> None:
        await test(Line())

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(run())


class Socket(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.is_closed = False
        self.is_reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True


class Line:
    """A connection of a client."""

    def __init__(self) -> None:
        self.transport = Socket()
        self.flow = FlowControl(self.transport)
        self.answered = 0

    def on_response_complete(self) -> None:
        self.answered += 1

    def client(self, verb: str = "POST", *, keep_alive: bool = True, expects: bool = False) -> HttpClient:
        return HttpClient(self, verb, keep_alive=keep_alive, expects=expects)

    def take(self) -> bytes:
        """What was written since the last time."""
        sent, self.transport.sent = self.transport.sent, b""
        return sent


def body_of(sent: bytes) -> bytes:
    """The content of chunks."""
    content = b""
    while sent:
        size, _, sent = sent.partition(b"\r\n")
        content += sent[: int(size, 16)]
        assert sent[int(size, 16) :].startswith(b"\r\n")
        sent = sent[int(size, 16) + 2 :]
    return content


async def later(seconds: float) -> None:
    asyncio.get_running_loop().ahead_s += seconds
    await settled()


@given(JSON_TEXT, st.none() | ASCII, st.none() | st.integers(0, 10**6))
def test_an_event_is_decoded_as_what_it_was(payload: str, event_id: str | None, retry_ms: int | None) -> None:
    sent = encoded(StreamEvent(payload=payload.encode(), event_id=event_id, retry_ms=retry_ms))
    (event,) = SseDecoder().feed(sent)
    assert json.loads(event.data) == json.loads(payload)
    assert event.id == event_id
    assert event.retry_ms == retry_ms


def test_an_event_is_written_as_the_format_wants() -> None:
    assert encoded(StreamEvent(payload=b"{}", event_id="e1", retry_ms=5)) == (
        b"id: e1\nretry: 5\nevent: message\ndata: {}\n\n"
    )
    assert encoded(StreamEvent(payload=b"")) == b"data: \n\n"
    assert encoded(StreamEvent(payload=b'{\r\n"a":\r1\n}')) == (
        b'event: message\ndata: {\ndata: "a":\ndata: 1\ndata: }\n\n'
    )


@pytest.mark.parametrize(
    ("parts", "limit", "body"),
    [
        ([b"abc"], 3, b"abc"),
        ([b"abcd"], 3, None),
        ([b"ab", b"c"], 3, b"abc"),
        ([b"ab", b"cd"], 3, None),
        ([b"abcd", b"e"], 3, None),
        ([], 0, b""),
    ],
)
@pytest.mark.parametrize("is_early", [True, False])
def test_a_body_is_read_whole_and_never_beyond_its_limit(parts, limit, body, is_early) -> None:
    async def tried(line: Line) -> None:
        client = line.client()
        reading = asyncio.ensure_future(client.body(limit))
        if not is_early:
            await settled()
        for part in parts:
            client.feed(part)
        client.whole()
        assert await reading == body

    hurried(tried)


def test_an_endless_body_is_given_up_at_its_limit_and_let_go_after_the_answer() -> None:
    async def tried(line: Line) -> None:
        client = line.client()
        reading = asyncio.ensure_future(client.body(25))
        for _ in range(3):
            await settled()
            client.feed(b"x" * 10)
        assert await reading is None
        assert not line.transport.is_reading
        await client.reply(Reply(status=413))
        for _ in range(100):
            client.feed(b"x" * UNASKED_BYTES)
        assert line.answered == 1

    hurried(tried)


def test_a_body_that_nobody_asked_for_waits_outside() -> None:
    async def tried(line: Line) -> None:
        client = line.client()
        client.feed(b"x" * UNASKED_BYTES)
        assert line.transport.is_reading
        client.feed(b"x")
        assert not line.transport.is_reading
        reading = asyncio.ensure_future(client.body(10**6))
        await settled()
        assert line.transport.is_reading
        client.whole()
        assert await reading == b"x" * (UNASKED_BYTES + 1)

    hurried(tried)


@pytest.mark.parametrize("parts", [[], [b"ab"]])
def test_a_body_that_is_cut_off_is_none(parts) -> None:
    async def tried(line: Line) -> None:
        client = line.client()
        reading = asyncio.ensure_future(client.body(10))
        await settled()
        for part in parts:
            client.feed(part)
        client.lost()
        assert await reading is None
        assert not await client.reply(Reply(status=200, body=b"{}"))
        assert line.take() == b""

    hurried(tried)


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked_once() -> None:
    async def tried(line: Line) -> None:
        client = line.client(expects=True)
        reading = asyncio.ensure_future(client.body(10))
        await settled()
        assert line.take() == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.feed(b"a")
        await settled()
        client.whole()
        assert await reading == b"a"
        assert line.take() == b""

    hurried(tried)


def test_a_client_whose_body_is_there_is_not_asked_for_it() -> None:
    async def tried(line: Line) -> None:
        client = line.client(expects=True)
        client.whole()
        assert await client.body(10) == b""
        assert line.take() == b""

    hurried(tried)


@pytest.mark.parametrize(("body", "more"), [(b"{}", b"content-type: application/json\r\n"), (b"", b"")])
def test_a_whole_answer_names_its_length_and_its_type_if_it_has_one(body, more) -> None:
    async def tried(line: Line) -> None:
        headers = (("Mcp-Session-Id", "m1"),)
        assert await line.client().reply(Reply(status=202, body=body, headers=headers))
        length = b"content-length: %d\r\n\r\n" % len(body)
        assert line.take() == b"HTTP/1.1 202 Accepted\r\nmcp-session-id: m1\r\n" + more + length + body
        assert (line.answered, line.transport.is_closed) == (1, False)

    hurried(tried)


def test_an_answer_to_head_has_no_body_and_the_last_one_closes() -> None:
    async def tried(line: Line) -> None:
        assert await line.client("HEAD", keep_alive=False).reply(Reply(status=405, body=b"{}"))
        sent = line.take()
        assert b"content-length: 2\r\nconnection: close\r\n" in sent
        assert sent.endswith(b"\r\n\r\n")
        assert (line.answered, line.transport.is_closed) == (1, True)

    hurried(tried)


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\0"])
def test_a_header_of_more_than_one_line_is_never_sent(value) -> None:
    async def tried(line: Line) -> None:
        for send in (
            line.client().reply(Reply(status=200, headers=(("Mcp-Session-Id", value),))),
            line.client().open_stream((("Mcp-Session-Id", value),)),
        ):
            with pytest.raises(ValueError, match="more than one line"):
                await send
        assert line.take() == b""

    hurried(tried)


def test_a_stream_is_opened_fed_and_ended_once() -> None:
    async def tried(line: Line) -> None:
        client = line.client()
        assert await client.open_stream((("Mcp-Session-Id", "m1"),))
        head = line.take()
        assert head.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")
        assert head.endswith(b"\r\nmcp-session-id: m1\r\n\r\n")
        event = StreamEvent(payload=b"{}")
        assert await client.deliver(event)
        assert body_of(line.take()) == encoded(event)
        await client.end_stream()
        await client.end_stream()
        assert not await client.deliver(event)
        assert line.take() == b"0\r\n\r\n"
        assert line.answered == 1
        client.stop()
        assert not line.transport.is_closed

    hurried(tried)


def test_an_idle_stream_is_kept_warm_until_it_ends() -> None:
    async def tried(line: Line) -> None:
        client = line.client(keep_alive=False)
        await client.open_stream(())
        assert b"connection: close\r\n" in line.take()
        await later(KEEPALIVE_S - 1)
        assert line.take() == b""
        for _ in range(2):
            await later(KEEPALIVE_S)
            assert body_of(line.take()) == b": keepalive\n\n"
        line.flow.pause_writing()
        await later(KEEPALIVE_S)
        assert line.take() == b""
        line.flow.resume_writing()
        await later(KEEPALIVE_S)
        assert body_of(line.take()) == b": keepalive\n\n"
        await client.end_stream()
        await later(KEEPALIVE_S)
        assert (line.take(), line.transport.is_closed) == (b"0\r\n\r\n", True)

    hurried(tried)


def test_a_comment_that_keeps_a_stream_warm_is_no_event() -> None:
    assert SseDecoder().feed(b": keepalive\n\n") == []


def test_who_writes_to_a_slow_client_waits_until_it_reads_or_leaves() -> None:
    async def tried(line: Line) -> None:
        client, event = line.client(), StreamEvent(payload=b"{}")
        await client.open_stream(())
        line.take()
        line.flow.pause_writing()
        delivering = asyncio.ensure_future(client.deliver(event))
        await settled()
        assert (line.take(), delivering.done()) == (b"", False)
        line.flow.resume_writing()
        assert await delivering
        assert body_of(line.take()) == encoded(event)
        line.flow.pause_writing()
        delivering = asyncio.ensure_future(client.deliver(event))
        await settled()
        client.lost()
        line.flow.resume_writing()
        assert not await delivering
        assert line.take() == b""

    hurried(tried)


def test_a_client_that_leaves_is_noticed_once_and_served_no_more() -> None:
    async def tried(line: Line) -> None:
        client, seen = line.client(), []
        client.when_gone(lambda: seen.append("gone"))
        await client.open_stream(())
        line.take()
        assert seen == []
        client.lost()
        client.lost()
        assert seen == ["gone"]
        assert not await client.deliver(StreamEvent(payload=b"{}"))
        await later(KEEPALIVE_S)
        client.stop()
        assert (line.take(), line.transport.is_closed) == (b"", False)

    hurried(tried)


def test_a_client_that_left_before_is_noticed_too() -> None:
    async def tried(line: Line) -> None:
        client, seen = line.client(), []
        client.lost()
        client.when_gone(lambda: seen.append("gone"))
        await settled()
        assert seen == ["gone"]

    hurried(tried)


def test_a_client_that_leaves_after_its_answer_is_nobodys_concern() -> None:
    async def tried(line: Line) -> None:
        for end in (HttpClient.stop, None):
            client, seen = line.client(), []
            client.when_gone(lambda seen=seen: seen.append("gone"))
            if end is None:
                await client.reply(Reply(status=200, body=b"{}"))
            else:
                end(client)
            client.lost()
            await settled()
            assert seen == []

    hurried(tried)


def test_an_exchange_without_an_answer_costs_the_connection() -> None:
    async def tried(line: Line) -> None:
        client = line.client()
        client.stop()
        assert line.take().startswith(b"HTTP/1.1 500 ")
        assert line.transport.is_closed
        other = Line()
        client = other.client()
        await client.open_stream(())
        other.take()
        client.stop()
        assert (other.take(), other.transport.is_closed) == (b"", True)

    hurried(tried)


def test_a_request_is_carried_to_its_answer() -> None:
    async def tried(line: Line) -> None:
        bench = Bench()
        bench.upstreams.will_answer(result(0), session="u1")
        edge = McpEdge(bench.engine, bench.clock)
        client = line.client()
        client.feed(INITIALIZE)
        client.whole()
        arrival = Arrival(
            verb="POST", upstream="disk", headers=headers(), query=b"", peer="10.0.0.9", at_us=edge.now_us()
        )
        await edge.carry(arrival, client)
        assert line.take().endswith(b"\r\n\r\n" + result(0))
        assert bench.recorder.entries[0].envelope["peer"] == "10.0.0.9"

    hurried(tried)
