"""An MCP server over stdio: one tool takes a minute, and notes in the file of its argument that it began."""

import sys
from pathlib import Path

import anyio
from mcp.server.mcpserver import MCPServer

server = MCPServer("slow")


@server.tool()
async def slow(number: int) -> str:
    """Take a minute, and note that it began."""
    Path(sys.argv[1]).touch()  # noqa: ASYNC240 - a test's own file
    await anyio.sleep(60)
    return f"slow {number}"


@server.tool()
def quick(number: int) -> str:
    """Answer at once."""
    return f"quick {number}"


if __name__ == "__main__":
    server.run("stdio")
