"""The client of the Python SDK 1.x does one of everything and prints what it saw, as JSON.

Its one argument is a JSON object: url, headers, key.
"""

import json
import sys
from typing import Any

import anyio
from mcp import ClientSession, McpError
from mcp.client.streamable_http import streamablehttp_client
from mcp.shared.context import RequestContext
from mcp.types import (
    CancelledNotification,
    CancelledNotificationParams,
    ClientNotification,
    ElicitRequestParams,
    ElicitResult,
    PaginatedRequestParams,
)
from pydantic import AnyUrl


async def answer(context: RequestContext[Any, Any], params: ElicitRequestParams) -> ElicitResult:
    return ElicitResult(action="accept", content={"response": "me"})


def text(result: Any) -> str:
    return result.content[0].text


async def names(session: ClientSession) -> list[str]:
    page = await session.list_tools()
    found = list(page.tools)
    while page.nextCursor:
        page = await session.list_tools(params=PaginatedRequestParams(cursor=page.nextCursor))
        found += page.tools
    return sorted(tool.name for tool in found)


async def cancel(session: ClientSession, key: str) -> str:
    """This SDK does not tell the server when a task is cancelled, so the notification is sent by hand."""
    request_id = session._request_id
    started = anyio.Event()

    async def progress(done: float, total: float | None, message: str | None) -> None:
        started.set()

    async def wait() -> None:
        try:
            await session.call_tool("wait", {"key": key}, progress_callback=progress)
        except McpError:
            return  # the server may say that it was cancelled

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await started.wait()
        params = CancelledNotificationParams(requestId=request_id, reason="enough")
        await session.send_notification(
            ClientNotification(CancelledNotification(method="notifications/cancelled", params=params))
        )
        seen = text(await session.call_tool("was_cancelled", {"key": key}))
        group.cancel_scope.cancel()
    return seen


async def failure(session: ClientSession) -> list[Any]:
    try:
        await session.call_tool("fail", {"code": 7001})
    except McpError as error:
        return [error.error.code, error.error.message, error.error.data]
    return ["no error"]


async def look(session: ClientSession, key: str) -> dict[str, Any]:
    begun = await session.initialize()
    steps: list[Any] = []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        steps.append([done, total, message])

    tools = await names(session)
    added = await session.call_tool("add", {"a": 1, "b": 2.5})
    counted = await session.call_tool("count", {"steps": 3}, progress_callback=progress)
    prompt = await session.get_prompt("test_prompt_with_arguments", {"arg1": "a", "arg2": "\U0001f525"})
    failed = await session.call_tool("test_error_handling", {})
    asked = await session.call_tool("test_elicitation", {"message": "who?"})
    resource = await session.read_resource(AnyUrl("test://static-text"))
    return {
        "begun": begun.model_dump(mode="json", exclude_none=True),
        "tools": tools,
        "added": added.structuredContent,
        "counted": text(counted),
        "steps": steps,
        "big": len(text(await session.call_tool("big", {"bytes": 500_000}))),
        "failed": [failed.isError, text(failed)],
        "failure": await failure(session),
        "asked": text(asked),
        "cancelled": await cancel(session, key),
        "resource": resource.model_dump(mode="json", exclude_none=True)["contents"],
        "prompt": prompt.model_dump(mode="json", exclude_none=True)["messages"],
    }


async def main() -> None:
    asked = json.loads(sys.argv[1])
    async with (
        streamablehttp_client(asked["url"], headers=asked["headers"]) as (read, write, _),
        ClientSession(read, write, elicitation_callback=answer) as session,
    ):
        seen = await look(session, asked["key"])
    sys.stdout.write(json.dumps(seen) + "\n")


anyio.run(main)
