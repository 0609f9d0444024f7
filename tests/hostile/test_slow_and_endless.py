"""Clients and upstreams that never finish, with a client beside them that does."""

import asyncio
import contextlib
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, modern, modern_headers, of_kind
from tests.helpers.raw_http import Wire, head, post, wire

pytestmark = [pytest.mark.anyio, pytest.mark.promise("RUN-3")]


async def works(live: Live) -> None:
    body = modern("tools/call", "well", name="echo", arguments={"text": "well"})
    answer = await live.post(body, modern_headers("tools/call", "echo"))
    assert answer.json["result"]["content"][0]["text"] == "well"


async def pour(connection: Wire, part: bytes) -> None:
    """Send for as long as the other side takes it."""
    with contextlib.suppress(ConnectionError, TimeoutError):
        while True:
            connection.writer.write(part)
            async with asyncio.timeout(5):
                await connection.writer.drain()


async def test_hundreds_of_unfinished_requests_stop_nobody(tmp_path: Path) -> None:
    async with (
        counting_upstream() as upstream,
        live_gateway(tmp_path, {"crm": upstream.url}) as live,
        contextlib.AsyncExitStack() as stack,
    ):
        whole = post("/mcp/crm", live.port, live.auth(**modern_headers("tools/call", "echo")), b"{" * 300)
        for cut in range(1, len(whole), 3):
            connection = await stack.enter_async_context(wire(live.port))
            await connection.send(whole[:cut])
        await works(live)
        assert await live.ready() == 200
        assert len(upstream.calls) == 1


async def test_a_body_without_end_is_refused_at_its_limit(tmp_path: Path) -> None:
    async with (
        counting_upstream() as upstream,
        live_gateway(tmp_path, {"crm": upstream.url}, "limits: {body_bytes: 65536}\n") as live,
        wire(live.port) as endless,
    ):
        headers = live.auth(**{"Transfer-Encoding": "chunked", "Content-Type": "application/json"})
        await endless.send(head("POST", "/mcp/crm", live.port, headers))
        pouring = asyncio.create_task(pour(endless, b"10000\r\n" + b" " * 0x10000 + b"\r\n"))
        assert (await endless.answer()).status == 413
        await works(live)
        pouring.cancel()
        assert len(upstream.calls) == 1


async def test_an_event_without_end_is_cut_at_its_limit(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        bombed = await live.post(message("tools/call", 1, name="bomb_line"), session)
        assert b"upstream_too_large" in bombed.body
        await works(live)


async def test_a_stream_without_end_flows_to_who_reads_and_stops_with_who_does_not(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        headers = {
            **modern_headers("tools/call", "bomb_events"),
            "Accept": "text/event-stream, application/json",
        }
        request = post(
            "/mcp/crm", live.port, live.auth(**headers), modern("tools/call", 1, name="bomb_events")
        )
        async with wire(live.port) as reading, wire(live.port) as silent:
            await silent.send(request)
            await reading.send(request)
            await reading.head()
            for _ in range(300):
                assert b"notifications/progress" in await reading.event()
            await works(live)
        await works(live)
        async with asyncio.timeout(20):
            # Were either stream still open, the gateway would wait for it.
            await live.end()
        outcomes = [e.envelope["result"] for e in of_kind(live.records(), EntryKind.OUTCOME)]
        assert sorted(outcomes) == ["cancelled", "cancelled", "result", "result"]
