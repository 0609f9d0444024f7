"""An MCP server that answers in sentences: what nothing gives away stands among what masks find."""

from mcp.server.mcpserver import Context, MCPServer

server = MCPServer("prose")

NOTE = "Ask Jamal before you touch the load balancer; ada@example.com paid."


@server.tool()
async def notes(ctx: Context) -> list[dict[str, str]]:
    """Read them."""
    await ctx.report_progress(1, 2, "It was Jamal who noticed.")
    return [{"text": NOTE}, {"text": "All quiet."}]


if __name__ == "__main__":
    server.run()
