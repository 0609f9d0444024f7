"""An MCP server of people, with output schemas that a mask breaks: for tests of masking."""

import asyncio
import sys
from typing import Annotated

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import Completion
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


class Confirmed(BaseModel):
    is_right: bool


@server.tool()
async def confirm(ctx: Context) -> str:
    """Ask the person who uses the client."""
    answer = await ctx.elicit("Is ada@example.com right?", Confirmed)
    return f"{answer.action} for ada@example.com"


@server.prompt()
def greeting(to: str) -> str:
    """Greet one."""
    return f"Greet {to}, ada@example.com, who paid with 4111 1111 1111 1111."


@server.resource("people://1")
def ada() -> str:
    """Read one as text."""
    return "ada@example.com paid with 4111 1111 1111 1111"


@server.resource("people://1/card", mime_type="application/octet-stream")
def ada_card() -> bytes:
    """Read one in base64."""
    return b"ada@example.com paid with 4111 1111 1111 1111"


@server.completion()
async def complete(*_: object) -> Completion:
    """Complete any argument."""
    return Completion(values=["ada@example.com"], total=1, has_more=False)


if __name__ == "__main__":
    server.run(sys.argv[1] if len(sys.argv) > 1 else "stdio")
