"""Where clients arrive: the MCP endpoint over HTTP. The only edge that starts exchanges."""
