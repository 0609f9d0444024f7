"""Without a record there are no calls."""

import asyncio
import resource
from pathlib import Path

import pytest

from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, modern, modern_headers

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
