"""A client of Python lists tools, calls both, and prints what it saw.

Arguments: mcp or fastmcp, and JSON of url and headers.
"""

import asyncio
import json
import sys

import fastmcp
import httpx2
from fastmcp.client.transports import StreamableHttpTransport
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

library, asked = sys.argv[1], json.loads(sys.argv[2])


async def with_mcp() -> dict[str, object]:
    async with (
        httpx2.AsyncClient(headers=asked["headers"], timeout=30) as http,
        Client(streamable_http_client(asked["url"], http_client=http)) as client,
    ):
        tools = (await client.list_tools()).tools
        added = await client.call_tool("add", {"a": 2, "b": 3})
        echoed = await client.call_tool("echo", {"text": "hello"})
        return {
            "tools": sorted(tool.name for tool in tools),
            "added": added.structured_content,
            "echoed": echoed.content[0].text,
            "failed": bool(echoed.is_error),
        }


async def with_fastmcp() -> dict[str, object]:
    async with fastmcp.Client(StreamableHttpTransport(asked["url"], headers=asked["headers"])) as client:
        tools = await client.list_tools()
        added = await client.call_tool("add", {"a": 2, "b": 3})
        echoed = await client.call_tool("echo", {"text": "hello"}, raise_on_error=False)
        return {
            "tools": sorted(tool.name for tool in tools),
            "added": added.structured_content,
            "echoed": echoed.content[0].text,
            "failed": bool(echoed.is_error),
        }


sys.stdout.write(json.dumps(asyncio.run(with_mcp() if library == "mcp" else with_fastmcp())) + "\n")
