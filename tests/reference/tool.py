"""What a tool of the reference upstream is: a wire definition and a coroutine that answers one call.

Answers are plain wire dictionaries; nothing here knows which tools exist.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.message import ServerMessageMetadata

from tests.reference.wire import BODY_KEY


class Publisher(Protocol):
    """What a tool may announce to everybody who subscribed."""

    async def announce(self, event: str, uri: str = "") -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One tools/call, as a tool sees it."""

    context: ServerRequestContext[Any, Any]
    arguments: Mapping[str, Any]
    publisher: Publisher
    kept_lines: Mapping[str, str]

    @property
    def responses(self) -> Mapping[str, Any]:
        """What the client answered to the input requests of the round before."""
        return (self.context.params or {}).get("inputResponses") or {}

    @property
    def state(self) -> str | None:
        """The requestState the client brought back, already opened."""
        return (self.context.params or {}).get("requestState")

    @property
    def capabilities(self) -> types.ClientCapabilities:
        return self.context.session.client_capabilities or types.ClientCapabilities()

    @property
    def raw(self) -> str:
        """The text of this request's message, exactly as it arrived."""
        if self.context.request is not None:
            return bytes(self.context.request.scope[BODY_KEY]).decode()
        return self.kept_lines[json.dumps(self.context.request_id)]

    async def log(self, text: str) -> None:
        await self.context.session.send_log_message("info", text, related_request_id=self.context.request_id)

    async def progress(self, done: float, total: float, message: str) -> None:
        token = (self.context.meta or {}).get("progress_token")
        if token is None:
            return
        params = types.ProgressNotificationParams(
            progress_token=token, progress=done, total=total, message=message
        )
        await self.context.session.send_notification(
            types.ProgressNotification(params=params), related_request_id=self.context.request_id
        )

    async def ask(self, request: types.ServerRequest, answer: type[types.Result]) -> dict[str, Any]:
        """Send a request to the client on this call's stream (handshake eras only)."""
        result = await self.context.session.send_request(
            request, answer, metadata=ServerMessageMetadata(related_request_id=self.context.request_id)
        )
        return result.model_dump(by_alias=True, mode="json", exclude_none=True)


Run = Callable[[Call], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool: its wire definition, and who answers."""

    definition: dict[str, Any]
    run: Run

    @property
    def name(self) -> str:
        return self.definition["name"]


@dataclass(slots=True)
class Shelf:
    """A page of tools, filled by decorators in the order of the file."""

    tools: list[Tool] = field(default_factory=list)

    def tool(self, properties: dict[str, Any] | None = None, /, **members: Any) -> Callable[[Run], Run]:
        """Register a coroutine under its own name; its docstring is the description."""

        def add(run: Run) -> Run:
            definition = {
                "name": run.__name__,
                "description": (run.__doc__ or "").strip(),
                "inputSchema": {"type": "object", "properties": properties or {}},
                **members,
            }
            self.tools.append(Tool(definition=definition, run=run))
            return run

        return add


def text(value: str) -> dict[str, Any]:
    """A result with one text block."""
    return {"content": [{"type": "text", "text": value}]}
