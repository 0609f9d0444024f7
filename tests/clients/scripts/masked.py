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
from mcp.types import ElicitResult, PromptReference

library, asked = sys.argv[1], json.loads(sys.argv[2])
GREETING = PromptReference(type="ref/prompt", name="greeting")
steps: list[str] = []
elicited: list[str] = []


async def note(progress: float, total: float | None, message: str | None) -> None:
    steps.append(message or "")


def plain(found: object) -> object:
    """An answer as JSON, whatever the library made of it."""
    if isinstance(found, list | tuple):
        return [plain(one) for one in found]
    return found.model_dump(mode="json", exclude_none=True) if hasattr(found, "model_dump") else found


async def with_mcp() -> dict[str, object]:
    async def answer(context: object, params: object) -> ElicitResult:
        elicited.append(params.message)
        return ElicitResult(action="accept", content={"is_right": True})

    async with httpx2.AsyncClient(headers=asked["headers"], timeout=30) as http:
        async with Client(streamable_http_client(asked["url"], http_client=http)) as client:
            tools = (await client.list_tools()).tools
            person = await client.call_tool("person", {})
            failed = await client.call_tool("follow", {}, progress_callback=note)
            sent = await client.call_tool("send_mail", {"to": person.structured_content["email"]})
            seen = {
                "schemas": [tool.name for tool in tools if tool.output_schema],
                "person": person.structured_content,
                "text": person.content[0].text,
                "failed": failed.content[0].text,
                "sent": sent.content[0].text,
                "prompt": plain(await client.get_prompt("greeting", {"to": "her"})),
                "resource": plain(await client.read_resource("people://1")),
                "blob": plain(await client.read_resource("people://1/card")),
                "completion": plain(await client.complete(GREETING, {"name": "to", "value": "a"})),
            }
        transport = streamable_http_client(asked["url"], http_client=http)
        async with Client(transport, mode="legacy", elicitation_callback=answer) as client:
            confirmed = plain(await client.call_tool("confirm", {}))
    return {**seen, "confirmed": confirmed}


async def with_fastmcp() -> dict[str, object]:
    async def answer(message: str, response_type: object, params: object, context: object) -> dict[str, bool]:
        elicited.append(message)
        return {"is_right": True}

    transport = StreamableHttpTransport(asked["url"], headers=asked["headers"])
    async with fastmcp.Client(transport, mode="legacy", elicitation_handler=answer) as client:
        tools = await client.list_tools()
        person = await client.call_tool("person", {})
        failed = await client.call_tool("follow", {}, progress_handler=note, raise_on_error=False)
        return {
            "schemas": [tool.name for tool in tools if getattr(tool, "outputSchema", None)],
            "person": person.structured_content,
            "text": person.content[0].text,
            "failed": failed.content[0].text,
            "prompt": plain(await client.get_prompt("greeting", {"to": "her"})),
            "resource": plain(await client.read_resource("people://1")),
            "blob": plain(await client.read_resource("people://1/card")),
            "completion": plain(await client.complete(GREETING, {"name": "to", "value": "a"})),
            "confirmed": plain((await client.call_tool("confirm", {})).content),
        }


seen = asyncio.run(with_mcp() if library == "mcp" else with_fastmcp())
sys.stdout.write(json.dumps({**seen, "steps": steps, "elicited": elicited}) + "\n")
