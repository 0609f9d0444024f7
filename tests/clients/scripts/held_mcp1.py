"""The client of the Python SDK 1.x makes the calls that it is told, and prints what its user sees of each.

The flag of a line: whether it shows progress.
"""

import anyio
from calls_mcp1 import told
from mcp import ClientSession, McpError


async def note(*_: object) -> None:
    """Ask for progress, and let it go by."""


async def call(session: ClientSession, tool: str, number: int, shows: bool) -> dict[str, object]:
    try:
        progress = note if shows else None
        result = await session.call_tool(tool, {"number": number}, progress_callback=progress)
        text, failed = result.content[0].text, bool(result.isError)
    except McpError as raised:
        text, failed = f"{type(raised).__name__}: {raised}", True
    return {"text": text[:400], "size": len(text), "failed": failed}


anyio.run(told, call)
