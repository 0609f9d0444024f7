"""An MCP server of people, with output schemas that a mask breaks: for tests of masking."""

import asyncio
import sys
from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

server = MCPServer("people")


class Person(BaseModel):
    email: Annotated[str, Field(pattern=r"^[^@]+@example\.com$")]
    phone: Annotated[int, Field(ge=1_000_000)]
    card: str
    balance: float


@server.tool()
def person() -> Person:
    """Read one."""
    return Person(email="ada@example.com", phone=4915112345678, card="4111 1111 1111 1111", balance=1.5)


@server.tool()
async def follow(ctx: Context) -> str:
    """Tell of one on the way."""
    for step in range(3):
        await ctx.report_progress(step, 3, f"mailed ada{step}@example.com")
    await asyncio.sleep(0)
    raise ToolError("no such customer: ada@example.com, card 4111 1111 1111 1111")


@server.tool()
def send_mail(to: str) -> str:
    """Say to whom a mail went, by its length."""
    return f"{len(to)} {to.partition('@')[2] == 'example.com'}"


if __name__ == "__main__":
    server.run(sys.argv[1] if len(sys.argv) > 1 else "stdio")
