"""What a lock ended does not come back on another stream."""

import asyncio
import socket
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.command import cli, locked
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, of_kind
from tests.helpers.raw_http import head, post, wire

pytestmark = pytest.mark.anyio


def most_of_the_kernel() -> int:
    """Bytes that it takes for one connection at most."""
    return int(Path("/proc/sys/net/ipv4/tcp_wmem").read_text().split()[2])


@pytest.mark.promise("LOCK-1")
async def test_the_result_of_a_locked_tool_is_not_had_by_resuming_its_stream(tmp_path: Path) -> None:
    """A resumed stream names no tool: its upstream, which did not hear of the end, says the result there."""
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        secret, other = ({"content": [{"type": "text", "text": text}]} for text in ("of 5", "of 6"))
        upstream.replays = [
            {"jsonrpc": "2.0", "id": 5, "result": secret},
            {"jsonrpc": "2.0", "id": 6, "result": other},
        ]
        session = await live.initialize()
        held = asyncio.create_task(live.post(message("tools/call", 5, name="hold"), session))
        await upstream.until_held(1)
        told = await locked(live, "--tool", "hold")
        assert (await held).json["result"]["isError"] is True
        for _ in ("locked", "lifted"):
            resuming = {**live.auth(), **session, "Last-Event-ID": "1"}
            async with wire(live.port) as line:
                await line.send(head("GET", "/mcp/crm", live.port, resuming))
                assert (await line.head())[0] == 200
                seen = [await line.event(), await line.event()]
            assert [b"of 6" in seen[0], b"list_changed" in seen[1]] == [True, True]
            await cli(live, "lock", "lift", told["lock"]["id"], "--reason", "Over.")
    events = of_kind(live.records(), EntryKind.EVENT)
    assert [each.envelope["what"] for each in events if b"of 5" in each.payload] == ["second_answer"] * 2


@pytest.mark.promise("LOCK-1")
async def test_an_answer_that_waits_in_our_memory_for_a_client_to_read_it_is_dropped(tmp_path: Path) -> None:
    """Its exchange is over: nothing of it is under way. What the kernel has goes with the connection."""
    if most_of_the_kernel() > 4 << 20:
        pytest.skip("the kernel of this machine takes the whole answer: nothing is left in our memory")
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        asked = message("tools/call", 5, name="echo", arguments={"text": "x" * 4_100_000})
        headers = {**live.auth(), **session}
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", live.port))
            client.sendall(post("/mcp/crm", live.port, headers, asked))
            client.settimeout(30)
            assert b"200 OK" in await asyncio.to_thread(client.recv, 64, socket.MSG_PEEK)
            await locked(live, "--principal", "ci")
            came = 0
            with pytest.raises(ConnectionResetError):
                while part := await asyncio.to_thread(client.recv, 1 << 16):
                    came += len(part)
        assert came < 1_000_000
