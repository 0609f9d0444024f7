"""Without a record there are no calls."""

import asyncio
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, modern, modern_headers
from tests.helpers.raw_http import ask, head, wire

pytestmark = pytest.mark.anyio


@pytest.mark.promise("PATH-1", "PATH-7")
async def test_when_the_disk_is_full_calls_are_answered_and_none_is_sent(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        under_way = asyncio.create_task(live.post(message("tools/call", 1, name="hold"), session))
        await upstream.until_held(1)
        before = bytes(upstream.received)
        # No file of the process can grow from here on: what a full disk does, without one.
        resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE, (0, 0))
        for body, headers in (
            (message("tools/call", 2, name="echo"), session),
            (modern("tools/list", 3), modern_headers("tools/list")),
            (message("ping", 4), session),
        ):
            refused = await live.post(body, headers)
            assert refused.status == 503
            assert "error" in refused.json
        assert bytes(upstream.received) == before
        upstream.release.set()
        withheld = await under_way
        assert withheld.status == 503
        assert b"held" not in withheld.body
        assert await live.ready() == 503


@pytest.mark.promise("REC-1", "PATH-7")
async def test_when_the_record_fails_open_streams_end_and_health_tells_why(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        async with wire(live.port) as listening:
            await listening.send(head("GET", "/mcp/crm", live.port, live.auth(**session)))
            assert (await listening.head())[0] == 200
            assert await listening.event() != b""
            resource.prlimit(live.process.pid, resource.RLIMIT_FSIZE, (0, 0))
            assert (await live.post(message("ping", 4), session)).status == 503
            begun = asyncio.get_running_loop().time()
            while await listening.event() != b"":  # what was on its way
                pass
            took = asyncio.get_running_loop().time() - begun
        record_property("figure", f"a stream ended {took * 1000:.0f} ms after the record had failed")
        assert took < 1.0
        unready = await ask(live.port, head("GET", "/readyz", live.port))
        assert (unready.status, unready.body) == (503, b"not ready: record_unavailable\n")
        metrics = (await ask(live.port, head("GET", "/metrics", live.port))).body
        assert b'firedoor_record_trouble{why="record_unavailable"} 1.0' in metrics
        assert b"firedoor_record_ready 0.0" in metrics


@pytest.mark.promise("REC-1")
async def test_with_little_room_no_session_begins_with_less_no_call_and_open_sessions_end(
    tmp_path: Path,
) -> None:
    # Two thirds of what is free: more than that is left for calls, and less than twice as much for sessions.
    more = f"record: {{room: {(shutil.disk_usage(tmp_path).free >> 20) * 2 // 3}}}\n"
    async with counting_upstream() as upstream:
        async with live_gateway(tmp_path, {"crm": upstream.url}, more) as live:
            opening = message("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={})
            refused = await live.post(opening)
            assert refused.status == 503
            assert refused.json["error"]["message"] == "The disk has too little room for new sessions."
            assert await live.ready() == 200
        assert upstream.received == b""


async def test_the_reserve_is_there_while_a_gateway_runs(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        async with live_gateway(tmp_path, {"crm": upstream.url}) as live:
            reserve = live.data_dir / "journal" / "reserve"
            assert reserve.stat().st_blocks * 512 >= 64 << 20
        assert not reserve.exists()
