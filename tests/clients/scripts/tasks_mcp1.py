"""The client of the Python SDK 1.x makes calls as tasks, and prints what its user sees of each.

The flag of a line: whether it is cancelled.
"""

import warnings

import anyio
from calls_mcp1 import told
from mcp import ClientSession, McpError
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


async def call(session: ClientSession, tool: str, number: int, ends: bool) -> dict[str, object]:
    try:
        return await seen(session, tool, number, ends=ends)
    except McpError as raised:
        return {"first": "", "status": "error", "text": str(raised), "size": 0}


anyio.run(told, call)
