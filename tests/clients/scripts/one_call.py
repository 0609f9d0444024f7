"""The client of the Python SDK 2.x lists the tools of any server and calls one, and prints both as JSON.

Its one argument is a JSON object: url and headers, or command (a list); then tool and arguments.
"""

import json
import sys
from contextlib import AsyncExitStack
from typing import Any

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client


async def main() -> None:
    asked: dict[str, Any] = json.loads(sys.argv[1])
    async with AsyncExitStack() as stack:
        if "command" in asked:
            program, *arguments = asked["command"]
            way: Any = StdioServerParameters(command=program, args=arguments)
        else:
            http = await stack.enter_async_context(create_mcp_http_client(headers=asked["headers"]))
            way = streamable_http_client(asked["url"], http_client=http)
        client = await stack.enter_async_context(Client(way))
        tools = await client.list_tools()
        result = await client.call_tool(asked["tool"], asked["arguments"])
        seen = {
            "version": client.protocol_version,
            "server": client.server_info.model_dump() if client.server_info else None,
            "tools": [tool.model_dump(mode="json", by_alias=True) for tool in tools.tools],
            "result": result.model_dump(mode="json", by_alias=True),
        }
    sys.stdout.write(json.dumps(seen) + "\n")


anyio.run(main)
