"""A value that an upstream cuts over log messages of a real stream, with a gateway between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.live_gateway import live_gateway, message, of_kind

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
OPENING = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "x", "version": "1"},
}
SILENCE_S = 0.8
"""Longer than a message is kept back."""


def log(text: str) -> dict:
    return {"method": "notifications/message", "params": {"level": "info", "logger": "out", "data": text}}


SAID = {
    "cut": [log("card 4111 1111"), log(" 1111 1111 paid"), log("took 12 ms")],
    "silent": [log("card 4111 1111"), SILENCE_S, log(" 1111 1111 paid"), SILENCE_S],
    "ends": [log("card 4111 1111")],
}

LISTED = [{"name": name, "inputSchema": {"type": "object"}} for name in SAID]
ANSWERS = {"initialize": OPENING, "tools/list": {"tools": LISTED}}


@asynccontextmanager
async def cutting_upstream() -> AsyncIterator[str]:
    """A server whose tool says, message by message, what its name stands for."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(lines.partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
        asked = json.loads(await reader.readexactly(length)) if length else {}
        if asked.get("method") in ANSWERS:
            result = {"jsonrpc": "2.0", "id": asked["id"], "result": ANSWERS[asked["method"]]}
            body = json.dumps(result).encode()
            writer.write(
                HEAD + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
        elif asked.get("method") == "tools/call":
            writer.write(HEAD + b"Content-Type: text/event-stream\r\n\r\n")
            done = {"id": asked["id"], "result": {"content": [{"type": "text", "text": "done"}]}}
            for said in [*SAID[asked["params"]["name"]], done]:
                if isinstance(said, float):
                    await asyncio.wait((asyncio.get_running_loop().create_future(),), timeout=said)
                else:
                    writer.write(b"data: %b\n\n" % json.dumps({"jsonrpc": "2.0", **said}).encode())
                    await writer.drain()
        else:
            writer.write(b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"


@pytest.mark.promise("MASK-1")
async def test_a_value_that_is_cut_over_log_messages_leaves_in_no_part(tmp_path: Path) -> None:
    async with (
        cutting_upstream() as url,
        live_gateway(tmp_path, {"crm": url}, "mask: {default: on}\n") as live,
    ):
        session = await live.initialize()
        shown: dict[str, list[str]] = {}
        for number, name in enumerate(SAID):
            answer = await live.post(message("tools/call", number + 5, name=name), session)
            events = [json.loads(event) for event in answer.events if event]
            assert "result" in events[-1], events
            shown[name] = [event["params"]["data"] for event in events[:-1]]
        assert shown["cut"][0].startswith("card CARD_")
        assert shown["cut"][1].endswith(" paid")
        assert shown["cut"][2] == "took 12 ms"
        assert shown["silent"][0] == shown["ends"][0] == "card [withheld: undecided]"
        assert shown["silent"][1].startswith("CARD_")
        assert "1111" not in json.dumps(shown)
        masked = [entry.envelope.get("masked") for entry in of_kind(live.records(), EntryKind.EVENT)]
        assert [found[0][0] for found in masked if found] == [
            "card",
            "card",
            "undecided",
            "card",
            "undecided",
        ]
