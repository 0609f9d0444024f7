"""Bytes as they were on the wire, on both sides of the SDK.

Outgoing: a string made by `exact` is replaced by the bare JSON text it holds, padded with spaces to the
same length, so that no Content-Length changes. Incoming: the body or line of each request is kept for the
tool that shows it. Neither half ever looks at what a message means.
"""

import json
import re
import sys
from collections.abc import AsyncIterator

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_KEY = "reference.body"
_EXACT = re.compile(rb'"@@([^"@]+)@@"')


def exact(text: str) -> str:
    """A placeholder that leaves as `text`, unquoted: numbers that Python's own serializer would change."""
    return f"@@{text}@@"


def restore_exact(raw: bytes) -> bytes:
    """The same bytes with every placeholder replaced by its text, length unchanged."""
    return _EXACT.sub(lambda match: match[1].ljust(len(match[0])), raw)


class ExactHttp:
    """ASGI wrapper: keeps the request body in the scope, restores placeholders in the response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kept = scope[BODY_KEY] = bytearray()

        async def keep() -> Message:
            message = await receive()
            kept.extend(message.get("body", b""))
            return message

        async def restore(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": restore_exact(message.get("body", b""))}
            await send(message)

        await self._app(scope, keep, restore)


class StdioLines:
    """Standard input and output for the SDK's stdio transport; keeps the last line of every request id."""

    def __init__(self) -> None:
        self._in = anyio.wrap_file(sys.stdin.buffer)
        self._out = anyio.wrap_file(sys.stdout.buffer)
        self.kept: dict[str, str] = {}

    async def __aiter__(self) -> AsyncIterator[str]:
        async for raw in self._in:
            line = raw.decode()
            self._keep(line)
            yield line

    def _keep(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if isinstance(message, dict) and "method" in message and "id" in message:
            self.kept[json.dumps(message["id"])] = line.strip()

    async def write(self, text: str) -> None:
        await self._out.write(restore_exact(text.encode()))

    async def flush(self) -> None:
        await self._out.flush()
