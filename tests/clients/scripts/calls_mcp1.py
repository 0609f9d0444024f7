"""The client of the Python SDK 1.x, told on standard input which calls to make. Prints what is seen of each.

Its argument is JSON of url and headers. A line in: tool, number, and a flag that `call` understands.
"""

import json
import sys
from collections.abc import Awaitable, Callable

import anyio
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

Call = Callable[[ClientSession, str, int, bool], Awaitable[dict[str, object]]]


async def told(call: Call) -> None:
    asked = json.loads(sys.argv[1])
    async with (
        streamablehttp_client(asked["url"], headers=asked["headers"]) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            sys.stdout.write(json.dumps(await call(session, *json.loads(line))) + "\n")
            sys.stdout.flush()
