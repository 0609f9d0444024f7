"""The client of the Python SDK 1.x makes the calls that it is told, and prints what its user sees of each.

Its argument is JSON of url and headers. A line in: tool, number, and whether it shows progress.
"""

import json
import sys

import anyio
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamablehttp_client


async def note(*_: object) -> None:
    """Ask for progress, and let it go by."""


async def main() -> None:
    asked = json.loads(sys.argv[1])
    async with (
        streamablehttp_client(asked["url"], headers=asked["headers"]) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            tool, number, shows = json.loads(line)
            try:
                progress = note if shows else None
                result = await session.call_tool(tool, {"number": number}, progress_callback=progress)
                text, failed = result.content[0].text, bool(result.isError)
            except McpError as raised:
                text, failed = f"{type(raised).__name__}: {raised}", True
            sys.stdout.write(json.dumps({"text": text[:400], "size": len(text), "failed": failed}) + "\n")
            sys.stdout.flush()


anyio.run(main)
