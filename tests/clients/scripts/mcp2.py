"""The client of the Python SDK 2.x does one of everything and prints what it saw, as JSON.

Its one argument is a JSON object: url, headers, mode (auto, legacy or a revision), key.
"""

import json
import sys
import warnings
from typing import Any

import anyio
from mcp.client import Client, ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import ElicitRequestParams, ElicitResult

warnings.simplefilter("ignore")


async def answer(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
    return ElicitResult(action="accept", content={"response": "me", "name": "Ada"})


async def names(client: Client) -> list[str]:
    page = await client.list_tools()
    found = list(page.tools)
    while page.next_cursor:
        page = await client.list_tools(cursor=page.next_cursor)
        found += page.tools
    return sorted(tool.name for tool in found)


async def cancel(client: Client, key: str) -> str:
    async with anyio.create_task_group() as group:

        async def started(done: float, total: float | None, message: str | None) -> None:
            group.cancel_scope.cancel()

        group.start_soon(lambda: client.call_tool("wait", {"key": key}, progress_callback=started))
    return text(await client.call_tool("was_cancelled", {"key": key}))


def text(result: Any) -> str:
    return result.content[0].text


async def failure(client: Client) -> list[Any]:
    try:
        await client.call_tool("fail", {"code": 7001})
    except MCPError as error:
        return [error.error.code, error.error.message, error.error.data]
    return ["no error"]


async def look(client: Client, key: str) -> dict[str, Any]:
    steps: list[Any] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        steps.append([done, total, message])

    is_modern = client.protocol_version >= "2026"
    asking = "test_input_required_result_elicitation" if is_modern else "test_elicitation"
    tools = await names(client)
    added = await client.call_tool("add", {"a": 1, "b": 2.5})
    counted = await client.call_tool("count", {"steps": 3}, progress_callback=progress)
    prompt = await client.get_prompt("test_prompt_with_arguments", {"arg1": "a", "arg2": "\U0001f525"})
    failed = await client.call_tool("test_error_handling", {})
    asked = await client.call_tool(asking, {} if is_modern else {"message": "who?"})
    resource = await client.read_resource("test://static-text")
    return {
        "version": client.protocol_version,
        "server": client.server_info.model_dump() if client.server_info else None,
        "instructions": client.instructions,
        "capabilities": client.server_capabilities.model_dump(exclude_none=True),
        "tools": tools,
        "added": added.structured_content,
        "counted": text(counted),
        "steps": steps,
        "big": len(text(await client.call_tool("big", {"bytes": 500_000}))),
        "failed": [failed.is_error, text(failed)],
        "failure": await failure(client),
        "asked": text(asked),
        "cancelled": await cancel(client, key),
        "resource": resource.contents[0].model_dump(mode="json")["text"],
        "prompt": prompt.model_dump(mode="json", exclude_none=True)["messages"],
    }


async def main() -> None:
    asked = json.loads(sys.argv[1])
    async with create_mcp_http_client(headers=asked["headers"]) as http:
        transport = streamable_http_client(asked["url"], http_client=http)
        async with Client(transport, mode=asked["mode"], elicitation_callback=answer) as client:
            seen = await look(client, asked["key"])
    sys.stdout.write(json.dumps(seen) + "\n")


anyio.run(main)
