"""A client without a handshake, through a running gateway."""

from pathlib import Path

import pytest

from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, modern, modern_headers

pytestmark = pytest.mark.anyio


async def test_discover_and_call_work_without_a_session(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        found = await live.post(modern("server/discover"), modern_headers("server/discover"))
        assert found.json["result"]["supportedVersions"] == ["2026-07-28"]
        body = modern("tools/call", 2, name="echo", arguments={"text": "x"})
        called = await live.post(body, modern_headers("tools/call", "echo"))
        assert called.json["result"]["content"][0]["text"] == "x"
        assert "mcp-session-id" not in called.headers
        assert upstream.calls[0].header("mcp-name") == "echo"
        assert upstream.calls[0].body == body


@pytest.mark.promise("PATH-3")
async def test_headers_that_say_something_else_than_the_body_stop_the_call(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        body = modern("tools/call", 2, name="echo")
        for headers in (
            modern_headers("tools/call", "other"),
            modern_headers("tools/list"),
            modern_headers("tools/call"),
            modern_headers("tools/call", "=?base64?ZWNobw?="),
        ):
            refused = await live.post(body, headers)
            assert (refused.status, refused.json["error"]["code"]) == (400, -32020), headers
        assert upstream.calls == []
