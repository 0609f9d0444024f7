"""The client of the Python SDK 1.x makes calls as tasks, and prints what its user sees of each.

Its argument is JSON of url and headers. A line in: tool, number, and whether it is cancelled.
"""

import json
import sys
import warnings

import anyio
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import CallToolResult

warnings.simplefilter("ignore")


async def seen(session: ClientSession, tool: str, number: int, *, ends: bool) -> dict[str, object]:
    made = await session.experimental.call_tool_as_task(tool, {"number": number})
    first = made.task.statusMessage or ""
    if ends:
        await session.experimental.cancel_task(made.task.taskId)
    async for status in session.experimental.poll_task(made.task.taskId):
        last = status
    if last.status == "cancelled":
        return {"first": first, "status": last.status, "text": last.statusMessage or "", "size": 0}
    result = await session.experimental.get_task_result(made.task.taskId, CallToolResult)
    text = result.content[0].text
    return {"first": first, "status": last.status, "text": text[:400], "size": len(text)}


async def main() -> None:
    asked = json.loads(sys.argv[1])
    async with (
        streamablehttp_client(asked["url"], headers=asked["headers"]) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            tool, number, ends = json.loads(line)
            try:
                told = await seen(session, tool, number, ends=ends)
            except McpError as raised:
                told = {"first": "", "status": "error", "text": str(raised), "size": 0}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


anyio.run(main)
