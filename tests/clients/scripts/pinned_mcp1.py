"""A 1.x client lists tools, calls both, and prints what it saw. Argument: JSON of url and headers."""

import asyncio
import json
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

asked = json.loads(sys.argv[1])


async def main() -> dict[str, object]:
    async with (
        streamablehttp_client(asked["url"], headers=asked["headers"]) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        added = await session.call_tool("add", {"a": 2, "b": 3})
        echoed = await session.call_tool("echo", {"text": "hello"})
        return {
            "tools": sorted(tool.name for tool in tools),
            "added": added.structuredContent,
            "echoed": echoed.content[0].text,
            "failed": bool(echoed.isError),
        }


sys.stdout.write(json.dumps(asyncio.run(main())) + "\n")
