"""The client of the Python SDK 2.x with an extension for tasks, as a host would add one.

Its argument is JSON of url and headers. A line in: tool, number, and whether it is cancelled.
"""

import asyncio
import json
import sys
import warnings
from typing import Any, Literal

import httpx2
from mcp.client import Client
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, Request, RequestParams, Result

warnings.simplefilter("ignore")
asked = json.loads(sys.argv[1])
seen: dict[str, Any] = {}


class Made(Result):
    """A task in the place of a result."""

    result_type: Literal["task"] = "task"
    task_id: str
    status: str
    status_message: str = ""
    poll_interval_ms: int = 1_000


class About(RequestParams):
    """Which task."""

    task_id: str


class Ask(Request[About, str]):
    """A request about a task."""

    method: str
    params: About
    name_param = "taskId"


class Stood(Result):
    """Where a task stands."""

    status: str = ""
    status_message: str = ""
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


async def finish(made: Made, context: ClaimContext) -> CallToolResult:
    """Ask until the task is over."""
    seen["first"] = made.status_message
    if seen["ends"]:
        await context.session.send_request(
            Ask(method="tasks/cancel", params=About(task_id=made.task_id)), Result
        )
    while True:
        asking = Ask(method="tasks/get", params=About(task_id=made.task_id))
        stood = await context.session.send_request(asking, Stood)
        if stood.status != "working":
            break
        await asyncio.sleep(made.poll_interval_ms / 1_000)
    seen["status"] = stood.status
    if stood.result is not None:
        return CallToolResult.model_validate(stood.result)
    text = stood.error["message"] if stood.error else stood.status_message
    return CallToolResult.model_validate({"content": [{"type": "text", "text": text}], "isError": True})


class Tasks(ClientExtension):
    """The extension."""

    identifier = "io.modelcontextprotocol/tasks"

    def claims(self) -> list[ResultClaim[Any]]:
        """A call may be answered with a task."""
        return [ResultClaim(result_type="task", model=Made, resolve=finish)]


async def main() -> None:
    async with (
        httpx2.AsyncClient(headers=asked["headers"], timeout=60) as http,
        Client(streamable_http_client(asked["url"], http_client=http), extensions=[Tasks()]) as client,
    ):
        while line := await asyncio.to_thread(sys.stdin.readline):
            tool, number, ends = json.loads(line)
            seen.clear()
            seen.update(first="", status="", ends=ends)
            try:
                result = await client.call_tool(tool, {"number": number})
                text = result.content[0].text
            except MCPError as raised:
                text, seen["status"] = str(raised), "error"
            told = {"first": seen["first"], "status": seen["status"], "text": text[:400], "size": len(text)}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


asyncio.run(main())
