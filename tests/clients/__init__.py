"""Real MCP clients, and real MCP servers, through the gateway."""
