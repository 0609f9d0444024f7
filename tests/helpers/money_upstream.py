"""An MCP server whose tools want another person: it writes each call into the file it is given."""

import sys
from pathlib import Path

from mcp.server.mcpserver import MCPServer

server = MCPServer("money")


def noted(tool: str, number: int) -> None:
    with Path(sys.argv[1]).open("a") as file:
        file.write(f"{tool} {number}\n")


@server.tool()
def refund(number: int) -> str:
    """Give money back."""
    noted("refund", number)
    return f"refunded {number}"


@server.tool()
def brief(number: int) -> str:
    """Something that nobody approves in time."""
    noted("brief", number)
    return f"done {number}"


@server.tool()
def large(number: int) -> str:
    """A large answer."""
    noted("large", number)
    return "x" * 1_500_000


server.run("stdio")
