"""The client of fastmcp 4 does one of everything and prints what it saw, as JSON.

Its one argument is a JSON object: url, headers, key.
"""

import json
import sys
import warnings
from typing import Any

import anyio
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError
from mcp.shared.exceptions import MCPError

warnings.simplefilter("ignore")


async def answer(message: str, response_type: Any, params: Any, context: Any) -> Any:
    return {"response": "me", "name": "Ada"}


def text(result: Any) -> str:
    return result.content[0].text


async def cancel(client: Client[Any], key: str) -> str:
    async with anyio.create_task_group() as group:

        async def started(done: float, total: float | None, message: str | None) -> None:
            group.cancel_scope.cancel()

        group.start_soon(lambda: client.call_tool("wait", {"key": key}, progress_handler=started))
    return text(await client.call_tool("was_cancelled", {"key": key}))


async def failure(client: Client[Any], tool: str) -> list[Any]:
    try:
        await client.call_tool(tool, {})
    except MCPError as error:
        return [error.error.code, error.error.message]
    except ToolError as error:
        return [str(error)]
    return ["no error"]


async def look(client: Client[Any], key: str) -> dict[str, Any]:
    steps: list[Any] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        steps.append([done, total, message])

    prompt = await client.get_prompt("test_prompt_with_arguments", {"arg1": "a", "arg2": "\U0001f525"})
    resource = await client.read_resource("test://static-text")
    return {
        "tools": sorted(tool.name for tool in await client.list_tools()),
        "added": (await client.call_tool("add", {"a": 1, "b": 2.5})).structured_content,
        "counted": text(await client.call_tool("count", {"steps": 3}, progress_handler=progress)),
        "steps": steps,
        "big": len(text(await client.call_tool("big", {"bytes": 500_000}))),
        "failed": await failure(client, "test_error_handling"),
        "failure": await failure(client, "fail"),
        "cancelled": await cancel(client, key),
        "resource": resource[0].model_dump(mode="json")["text"],
        "prompt": prompt.model_dump(mode="json", exclude_none=True)["messages"],
    }


async def main() -> None:
    asked = json.loads(sys.argv[1])
    transport = StreamableHttpTransport(asked["url"], headers=asked["headers"])
    async with Client(transport, elicitation_handler=answer) as client:
        seen = await look(client, asked["key"])
    sys.stdout.write(json.dumps(seen) + "\n")


anyio.run(main)
