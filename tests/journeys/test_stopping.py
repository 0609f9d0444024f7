"""The end of a gateway: asked for, or sudden."""

import asyncio
import signal
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, modern, modern_headers, of_kind, start
from tests.helpers.raw_http import head, wire

pytestmark = pytest.mark.anyio


@pytest.mark.promise("RUN-1")
async def test_sigterm_cuts_no_call_and_closes_every_session(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        held = [
            asyncio.create_task(live.post(message("tools/call", number, name="hold"), session))
            for number in range(30)
        ]
        held += [
            asyncio.create_task(
                live.post(modern("tools/call", number, name="hold"), modern_headers("tools/call", "hold"))
            )
            for number in range(30)
        ]
        async with wire(live.port) as listening:
            await listening.send(head("GET", "/mcp/crm", live.port, live.auth(**session)))
            assert (await listening.head())[0] == 200
            assert await listening.event() != b""
            await upstream.until_held(60)
            live.process.send_signal(signal.SIGTERM)
            await live.until_logged("stopping")
            late = await live.post(message("tools/list", "late"), session)
            assert late.status == 503
            upstream.release.set()
            answers = await asyncio.gather(*held)
            assert await listening.event() == b""
        assert [answer.json["id"] for answer in answers] == [*range(30), *range(30)]
        assert all(answer.json["result"]["content"][0]["text"] == "held" for answer in answers)
        assert await live.end() == 0
        records = live.records()
        opened = {e.session for e in of_kind(records, EntryKind.OPEN)}
        assert {e.session for e in of_kind(records, EntryKind.CLOSE)} == opened
        assert len(opened) == 3
        assert "Traceback" not in live.log


@pytest.mark.promise("REC-1")
async def test_after_a_kill_the_record_is_readable_and_old_sessions_are_gone(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url})
        session = await live.initialize()
        seen = (await live.post(message("tools/call", 2, name="echo"), session)).body
        under_way = asyncio.create_task(live.post(message("tools/call", 3, name="hold"), session))
        await upstream.until_held(1)
        await live.end(signal.SIGKILL)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await under_way
        records = live.records()
        assert seen in [e.payload for e in of_kind(records, EntryKind.OUTCOME)]
        assert of_kind(records, EntryKind.INTENT)[-1].payload == message("tools/call", 3, name="hold")
        again = await start(tmp_path, {"crm": upstream.url}, token=live.token)
        gone = await again.post(message("tools/list", 4), session)
        assert gone.status == 404
        await again.initialize()
        assert await again.end() == 0
        assert len(again.records()) > len(records)
