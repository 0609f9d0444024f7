"""MCP messages, masked as a whole: which fields are looked at, and how the message stays valid."""
