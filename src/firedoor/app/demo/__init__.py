"""`firedoor demo`: what it plays, step by step, and the MCP server it plays with."""
