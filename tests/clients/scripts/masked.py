"""A client of Python reads a person through a mask and prints what it saw.

Arguments: mcp or fastmcp, and JSON of url and headers.
"""

import asyncio
import json
import sys

import fastmcp
import httpx2
from fastmcp.client.transports import StreamableHttpTransport
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

library, asked = sys.argv[1], json.loads(sys.argv[2])


async def with_mcp() -> dict[str, object]:
    async with (
        httpx2.AsyncClient(headers=asked["headers"], timeout=30) as http,
        Client(streamable_http_client(asked["url"], http_client=http)) as client,
    ):
        tools = (await client.list_tools()).tools
        person = await client.call_tool("person", {})
        steps: list[str] = []

        async def note(progress: float, total: float | None, message: str | None) -> None:
            steps.append(message or "")

        failed = await client.call_tool("follow", {}, progress_callback=note)
        text = failed.content[0].text
        sent = await client.call_tool("send_mail", {"to": person.structured_content["email"]})
        return {
            "schemas": [tool.name for tool in tools if tool.output_schema],
            "person": person.structured_content,
            "text": person.content[0].text,
            "failed": text,
            "steps": steps,
            "sent": sent.content[0].text,
        }


async def with_fastmcp() -> dict[str, object]:
    async with fastmcp.Client(StreamableHttpTransport(asked["url"], headers=asked["headers"])) as client:
        tools = await client.list_tools()
        person = await client.call_tool("person", {})
        return {
            "schemas": [tool.name for tool in tools if getattr(tool, "outputSchema", None)],
            "person": person.structured_content,
            "text": person.content[0].text,
        }


sys.stdout.write(json.dumps(asyncio.run(with_mcp() if library == "mcp" else with_fastmcp())) + "\n")
