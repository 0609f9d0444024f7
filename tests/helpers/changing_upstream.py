"""An MCP server whose definitions are what a file said when it started: the file is changed meanwhile."""

import json
import sys
from pathlib import Path

from mcp.server.mcpserver import MCPServer

said = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
server = MCPServer("changing", instructions=said["instructions"])


@server.tool(description=said["echo"])
def echo(text: str) -> str:
    return text


@server.tool(description="Adds two numbers.")
def add(a: int, b: int) -> int:
    return a + b


if __name__ == "__main__":
    server.run("stdio")
