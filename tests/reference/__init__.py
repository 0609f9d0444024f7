"""The reference upstream: one MCP server that speaks both eras over HTTP, stdio and HTTP+SSE.

It serves what the official conformance suite asks for, and, on the second page of its tool list, the odd
things a transparent gateway must not touch: numbers that no double can hold, unknown members, big answers,
calls that never end. It never decides, never authenticates, and is only ever bound to loopback.
"""
