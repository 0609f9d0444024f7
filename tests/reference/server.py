"""The reference upstream put together: handlers over the shelves, and the announcements.

Answers are wire dictionaries. Those of the open tools and the definitions on the second page get their
unknown members after the SDK's schema filter, which would drop them.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import mcp_types as types
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.streamable_http import EventCallback, EventId, EventMessage, EventStore, StreamId
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    PromptsListChanged,
    ResourceUpdated,
    ToolsListChanged,
)
from mcp.shared.exceptions import MCPError

from tests.reference import odd_tools, rounds, shelves, suite_tools
from tests.reference.tool import Call, Tool, text

if TYPE_CHECKING:
    from mcp.server.session import ServerSession

NAME = "firedoor-reference"
_PAGES = ([*suite_tools.PAGE.tools, *rounds.PAGE.tools], odd_tools.PAGE.tools)
_TOOLS: dict[str, Tool] = {tool.name: tool for page in _PAGES for tool in page}
_SECOND = "page-2"
# A fixed key: the reference upstream protects nothing, and direct and proxied runs should look alike.
_STATE_KEY = b"a key for tests and for nothing else"

# Not the SDK's defaults, so that a default put in their place is seen.
_CACHING: dict[CacheableMethod, CacheHint] = {
    "tools/list": CacheHint(ttl_ms=1500, scope="private"),
    "prompts/list": CacheHint(ttl_ms=2500, scope="private"),
    "resources/list": CacheHint(ttl_ms=3500, scope="public"),
    "resources/templates/list": CacheHint(ttl_ms=4500, scope="public"),
    "resources/read": CacheHint(ttl_ms=1, scope="private"),
}

Context = ServerRequestContext[Any, Any]


class Announcements:
    """Tells subscribers of both eras: listen streams over the bus, sessions over their own stream."""

    def __init__(self) -> None:
        self.bus = InMemorySubscriptionBus()
        self.sessions: dict[tuple[int, str], ServerSession] = {}

    def bound(self, context: Context) -> "Announcer":
        return Announcer(self, context)


class Announcer:
    """The announcements as one call may make them."""

    def __init__(self, all_of_them: Announcements, context: Context) -> None:
        self._all = all_of_them
        self._context = context

    async def announce(self, event: str, uri: str = "") -> None:
        session = self._context.session
        if event == "resource":
            await self._all.bus.publish(ResourceUpdated(uri=uri))
            for (_, watched), watcher in list(self._all.sessions.items()):
                if watched == uri:
                    await watcher.send_resource_updated(uri)
            return
        await self._all.bus.publish(ToolsListChanged() if event == "tools" else PromptsListChanged())
        if event == "tools":
            await session.send_notification(types.ToolListChangedNotification())
        else:
            await session.send_notification(types.PromptListChangedNotification())


class Events(EventStore):
    """Every event of every stream, for clients that come back; forgotten with the process."""

    def __init__(self) -> None:
        self._kept: list[tuple[StreamId, types.JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: StreamId, message: types.JSONRPCMessage | None) -> EventId:
        self._kept.append((stream_id, message))
        return str(len(self._kept))

    async def replay_events_after(
        self, last_event_id: EventId, send_callback: EventCallback
    ) -> StreamId | None:
        if not last_event_id.isdigit() or not 0 < int(last_event_id) <= len(self._kept):
            return None
        place = int(last_event_id)
        stream = self._kept[place - 1][0]
        for number, (of, message) in enumerate(self._kept[place:], place + 1):
            if of == stream and message is not None:
                await send_callback(EventMessage(message, str(number)))
        return stream


def _marked(handler: Callable[[Context, Any], Awaitable[dict[str, Any]]]) -> Any:
    """The handler, with the result type that 2026-07-28 wants; the SDK leaves it out for older eras."""

    async def answer(context: Context, params: Any) -> dict[str, Any]:
        return {"resultType": "complete", **await handler(context, params)}

    return answer


class Reference(Server[Any]):
    """The server: tables in, answers out."""

    def __init__(self) -> None:
        self.announcements = Announcements()
        self.kept_lines: dict[str, str] = {}
        super().__init__(
            NAME,
            version="1.2.3",
            title="Reference upstream",
            instructions="Nothing here is real.",
            cache_hints=_CACHING,
            get_tool_input_schema=self._input_schema,
            on_list_tools=_marked(self._list_tools),
            on_call_tool=_marked(self._call_tool),
            on_list_resources=_marked(self._list_resources),
            on_list_resource_templates=_marked(self._list_templates),
            on_read_resource=_marked(self._read),
            on_subscribe_resource=self._subscribe,
            on_unsubscribe_resource=self._unsubscribe,
            on_subscriptions_listen=ListenHandler(self.announcements.bus),
            on_list_prompts=_marked(self._list_prompts),
            on_get_prompt=_marked(self._prompt),
            on_completion=_marked(self._complete),
        )
        self.add_request_handler("logging/setLevel", types.SetLevelRequestParams, self._set_level)
        security = RequestStateSecurity(keys=[_STATE_KEY])
        self.middleware.append(RequestStateBoundary(security, default_audience=NAME))
        self.middleware.append(self._open)

    def create_initialization_options(self, *args: Any, **kwargs: Any) -> InitializationOptions:
        """As the SDK's, with every list announced as changing."""
        changing = NotificationOptions(tools_changed=True, prompts_changed=True, resources_changed=True)
        return super().create_initialization_options(changing)

    def _input_schema(self, name: str) -> dict[str, Any] | None:
        tool = _TOOLS.get(name)
        return None if tool is None else tool.definition["inputSchema"]

    async def _open(self, context: Context, call_next: CallNext) -> HandlerResult:
        """Put back what the SDK's schema filter took out."""
        result = await call_next(context)
        params = context.params or {}
        if context.method == "tools/list" and params.get("cursor") == _SECOND and isinstance(result, dict):
            for definition in result["tools"]:
                definition["x-example-unknown"] = {"kept": [None, 1]}
            return {**result, "unknownMember": "kept"}
        if context.method == "tools/call" and params.get("name") in odd_tools.OPEN:
            assert isinstance(result, dict)
            opened = await _TOOLS[params["name"]].run(self._call(context))
            return {**result, **opened, "_meta": {**result.get("_meta", {}), **opened.get("_meta", {})}}
        return result

    def _call(self, context: Context) -> Call:
        arguments = (context.params or {}).get("arguments") or {}
        publisher = self.announcements.bound(context)
        return Call(context=context, arguments=arguments, publisher=publisher, kept_lines=self.kept_lines)

    async def _list_tools(self, context: Context, params: types.PaginatedRequestParams | None) -> Any:
        if params is not None and params.cursor == _SECOND:
            return {"tools": [tool.definition for tool in _PAGES[1]]}
        return {"tools": [tool.definition for tool in _PAGES[0]], "nextCursor": _SECOND}

    async def _call_tool(self, context: Context, params: types.CallToolRequestParams) -> Any:
        tool = _TOOLS.get(params.name)
        if tool is None:
            raise MCPError(code=types.INVALID_PARAMS, message=f"Unknown tool: {params.name}")
        if params.name in odd_tools.OPEN:
            return text("opened later")
        try:
            return await tool.run(self._call(context))
        except MCPError:
            raise
        except Exception as failure:  # noqa: BLE001 - a tool's failure is an answer
            return {**text(f"{type(failure).__name__}: {failure}"), "isError": True}

    async def _list_resources(self, context: Context, params: types.PaginatedRequestParams | None) -> Any:
        if params is not None and params.cursor == _SECOND:
            return {"resources": shelves.PAGES}
        return {"resources": shelves.RESOURCES, "nextCursor": _SECOND}

    async def _list_templates(self, context: Context, params: types.PaginatedRequestParams | None) -> Any:
        return {"resourceTemplates": shelves.TEMPLATES}

    async def _read(self, context: Context, params: types.ReadResourceRequestParams) -> Any:
        found = shelves.read(params.uri)
        if found is None:
            is_modern = context.protocol_version >= "2026"
            code = types.INVALID_PARAMS if is_modern else -32002
            raise MCPError(code=code, message="Resource not found", data={"uri": params.uri})
        return found

    async def _subscribe(self, context: Context, params: types.SubscribeRequestParams) -> Any:
        self.announcements.sessions[id(context.session._connection), params.uri] = context.session
        return {}

    async def _unsubscribe(self, context: Context, params: types.UnsubscribeRequestParams) -> Any:
        self.announcements.sessions.pop((id(context.session._connection), params.uri), None)
        return {}

    async def _list_prompts(self, context: Context, params: types.PaginatedRequestParams | None) -> Any:
        return {"prompts": shelves.PROMPTS}

    async def _prompt(self, context: Context, params: types.GetPromptRequestParams) -> Any:
        if params.name == "test_input_required_result_prompt":
            return rounds.prompt_round((context.params or {}).get("inputResponses") or {})
        found = shelves.prompt(params.name, params.arguments or {})
        if found is None:
            raise MCPError(code=types.INVALID_PARAMS, message=f"Unknown prompt: {params.name}")
        return found

    async def _complete(self, context: Context, params: types.CompleteRequestParams) -> Any:
        return shelves.complete(params.argument.name, params.argument.value)

    async def _set_level(self, context: Context, params: types.SetLevelRequestParams) -> Any:
        return {}
