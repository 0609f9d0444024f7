"""ASGI in, ASGI out: bodies, event streams, keepalive, and clients that leave."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.edges.inbound.streamable_http import KEEPALIVE_S, WATCH_AFTER_S, AsgiClient, McpEdge, encoded
from firedoor.edges.outbound.sse import SseDecoder
from firedoor.model.reply import Reply, StreamEvent
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import INITIALIZE, headers, in_session, result

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


class HurriedLoop(asyncio.SelectorEventLoop):
    """A loop whose clock tests push on."""

    ahead_s = 0.0

    def time(self) -> float:
        return super().time() + self.ahead_s


def hurried(test: Callable[["Wire"], Awaitable[None]]) -> None:
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        runner.run(test(Wire()))


class Wire:
    """Both ends of one ASGI request."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[dict] = asyncio.Queue()
        self.sent: list[dict] = []
        self.breaks = False

    async def send(self, message: dict) -> None:
        if self.breaks:
            raise OSError("gone")
        self.sent.append(message)

    def client(self) -> AsgiClient:
        return AsgiClient(self.incoming.get, self.send)

    def give(self, *parts: bytes, ends: bool = True) -> None:
        for n, part in enumerate(parts):
            more = not ends or n + 1 < len(parts)
            self.incoming.put_nowait({"type": "http.request", "body": part, "more_body": more})

    def leave(self) -> None:
        self.incoming.put_nowait({"type": "http.disconnect"})

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.sent if message["type"] == "http.response.body"]


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
        ([b"ab", b"", b"c"], 3, b"abc"),
        ([b"ab", b"cd"], 3, None),
        ([b"abcd", b"e"], 3, None),
        ([b""], 0, b""),
    ],
)
def test_a_body_is_read_whole_and_never_beyond_its_limit(parts, limit, body) -> None:
    async def tried(wire: Wire) -> None:
        wire.give(*parts)
        assert await wire.client().body(limit) == body

    hurried(tried)


def test_an_endless_body_is_given_up_at_its_limit() -> None:
    async def tried(wire: Wire) -> None:
        wire.give(*[b"x" * 10] * 100, ends=False)
        assert await wire.client().body(25) is None
        assert wire.incoming.qsize() >= 97

    hurried(tried)


@pytest.mark.parametrize("parts", [[], [b"ab"]])
def test_a_body_that_is_cut_off_is_none(parts) -> None:
    async def tried(wire: Wire) -> None:
        wire.give(*parts, ends=False)
        wire.leave()
        assert await wire.client().body(10) is None

    hurried(tried)


@pytest.mark.parametrize(("body", "more"), [(b"{}", [(b"content-type", b"application/json")]), (b"", [])])
def test_a_whole_answer_names_its_length_and_its_type_if_it_has_one(body, more) -> None:
    async def tried(wire: Wire) -> None:
        assert await wire.client().reply(Reply(status=202, body=body, headers=(("Mcp-Session-Id", "m1"),)))
        length = (b"content-length", str(len(body)).encode())
        start, end = wire.sent
        assert start["status"] == 202
        assert start["headers"] == [(b"mcp-session-id", b"m1"), *more, length]
        assert end == {"type": "http.response.body", "body": body}

    hurried(tried)


def test_a_stream_is_opened_fed_and_ended_once() -> None:
    async def tried(wire: Wire) -> None:
        client = wire.client()
        assert await client.open_stream((("Mcp-Session-Id", "m1"),))
        event = StreamEvent(payload=b"{}")
        assert await client.deliver(event)
        await client.end_stream()
        await client.end_stream()
        assert not await client.deliver(event)
        assert (b"mcp-session-id", b"m1") in wire.sent[0]["headers"]
        assert (b"content-type", b"text/event-stream") in wire.sent[0]["headers"]
        assert wire.bodies == [b"", encoded(event), b""]
        assert [message.get("more_body", False) for message in wire.sent[1:]] == [True, True, False]
        client.stop()

    hurried(tried)


def test_an_idle_stream_is_kept_warm_until_it_ends() -> None:
    async def tried(wire: Wire) -> None:
        client = wire.client()
        await client.open_stream(())
        await later(KEEPALIVE_S - 1)
        assert wire.bodies == [b""]
        for _ in range(2):
            await later(KEEPALIVE_S)
        assert wire.bodies == [b"", b": keepalive\n\n", b": keepalive\n\n"]
        wire.breaks = True
        await later(KEEPALIVE_S)
        wire.breaks = False
        await client.end_stream()
        await later(KEEPALIVE_S)
        assert wire.bodies[3:] == [b""]
        client.stop()

    hurried(tried)


def test_a_comment_that_keeps_a_stream_warm_is_no_event() -> None:
    assert SseDecoder().feed(b": keepalive\n\n") == []


def test_a_client_that_leaves_is_noticed_once_and_served_no_more() -> None:
    async def tried(wire: Wire) -> None:
        client, seen = wire.client(), []
        client.when_gone(lambda: seen.append("gone"))
        await client.open_stream(())
        wire.leave()
        await settled()
        assert seen == []
        await later(WATCH_AFTER_S * 2)
        assert seen == ["gone"]
        assert not await client.deliver(StreamEvent(payload=b"{}"))
        await later(KEEPALIVE_S)
        assert wire.bodies == [b""]
        client.stop()

    hurried(tried)


def test_a_client_that_leaves_after_its_answer_is_nobodys_concern() -> None:
    async def tried(wire: Wire) -> None:
        client, seen = wire.client(), []
        client.when_gone(lambda: seen.append("gone"))
        await later(WATCH_AFTER_S * 2)
        wire.give(b"")
        await client.reply(Reply(status=200, body=b"{}"))
        wire.leave()
        await settled()
        assert seen == []
        client.stop()

    hurried(tried)


def test_an_exchange_that_is_over_watches_no_longer() -> None:
    async def tried(_: Wire) -> None:
        for waits_s in (0.0, WATCH_AFTER_S * 2):
            wire = Wire()
            client, seen = wire.client(), []
            client.when_gone(lambda seen=seen: seen.append("gone"))
            await later(waits_s)
            client.stop()
            wire.leave()
            await later(WATCH_AFTER_S * 2)
            assert seen == []

    hurried(tried)


@pytest.mark.parametrize(("peer", "recorded"), [(("10.0.0.9", 5), "10.0.0.9"), (None, "")])
def test_a_request_arrives_as_it_was_sent(peer, recorded) -> None:
    async def tried(wire: Wire) -> None:
        bench = Bench()
        bench.upstreams.will_answer(result(0), session="u1")
        wire.give(INITIALIZE)
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/mcp/disk",
            "query_string": b"",
            "headers": list(headers()),
            "client": peer,
        }
        edge = McpEdge(bench.engine, bench.clock)
        await edge(scope, wire.incoming.get, wire.send)
        assert (wire.sent[0]["status"], wire.bodies) == (200, [result(0)])
        assert bench.recorder.entries[0].envelope["peer"] == recorded
        wire.leave()
        await edge({**scope, "headers": list(headers(*in_session()))}, wire.incoming.get, wire.send)
        assert wire.sent[2]["status"] == 413

    hurried(tried)
