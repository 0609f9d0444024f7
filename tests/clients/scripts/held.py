"""A client of Python makes the calls that it is told on standard input, and prints what its user sees.

Arguments: mcp or fastmcp, and JSON of url and headers. A line in: tool, number, whether it shows progress.
"""

import asyncio
import json
import sys
import warnings
from collections.abc import Awaitable, Callable

import fastmcp
import httpx2
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

warnings.simplefilter("ignore")
library, asked = sys.argv[1], json.loads(sys.argv[2])
Call = Callable[[str, dict[str, object], bool], Awaitable[tuple[str, bool]]]


async def note(*_: object) -> None:
    """Ask for progress, and let it go by."""


async def told(call: Call) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        tool, number, shows = json.loads(line)
        try:
            text, failed = await call(tool, {"number": number}, shows)
        except (MCPError, ToolError) as raised:
            text, failed = f"{type(raised).__name__}: {raised}", True
        sys.stdout.write(json.dumps({"text": text[:400], "size": len(text), "failed": failed}) + "\n")
        sys.stdout.flush()


async def with_mcp() -> None:
    async with (
        httpx2.AsyncClient(headers=asked["headers"], timeout=60) as http,
        Client(streamable_http_client(asked["url"], http_client=http)) as client,
    ):

        async def call(tool: str, arguments: dict[str, object], shows: bool) -> tuple[str, bool]:
            result = await client.call_tool(tool, arguments, progress_callback=note if shows else None)
            return result.content[0].text, bool(result.is_error)

        await told(call)


async def with_fastmcp() -> None:
    async with fastmcp.Client(StreamableHttpTransport(asked["url"], headers=asked["headers"])) as client:

        async def call(tool: str, arguments: dict[str, object], shows: bool) -> tuple[str, bool]:
            result = await client.call_tool(tool, arguments, progress_handler=note if shows else None)
            return result.content[0].text, False

        await told(call)


asyncio.run(with_mcp() if library == "mcp" else with_fastmcp())
