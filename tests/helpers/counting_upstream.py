"""An MCP server of both eras, written on bare sockets: it keeps every byte that reaches it.

What a call does is said by the tool's name: see `Counting.called`.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CAN = {"tools": {}, "tasks": {}}
SERVER = {"name": "counting", "version": "1"}
TOOLS = [{"name": "echo", "inputSchema": {"type": "object"}}]
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n%b\r\n"


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request as it came."""

    line: str
    verb: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


@dataclass(kw_only=True)
class Counting:
    """What came, and what to wait for."""

    received: bytearray = field(default_factory=bytearray)
    requests: list[Received] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    """Calls of `hold` and open GET streams end when it is set."""
    held: int = 0
    has_come: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""
    sessions: int = 0
    tasks: list[str] = field(default_factory=list)
    """It knows one credential, and so takes a task of anybody from everybody."""
    tools: list[dict] = field(default_factory=lambda: list(TOOLS))
    """What it lists; tools that it does not list can be called as well."""
    prompts: list[dict] = field(default_factory=list)
    replays: list[dict] = field(default_factory=list)
    """What it says first to whoever resumes a stream."""
    per_page: int = 0
    """How many tools a page of its list has; 0: all."""
    opening: dict = field(default_factory=dict)
    """What it says at the beginning, beside what it must: instructions."""

    def lists(self) -> int:
        """How often its tools were asked for."""
        return sum(b'"tools/list"' in request.body for request in self.requests)

    @property
    def calls(self) -> list[Received]:
        return [r for r in self.requests if b'"tools/call"' in r.body]

    async def until_held(self, count: int) -> None:
        """Wait until so many calls of `hold` are here."""
        async with self.has_come, asyncio.timeout(20):
            await self.has_come.wait_for(lambda: self.held >= count)

    async def until_requests(self, verb: str, count: int = 1) -> None:
        """Wait until so many requests of a verb are here."""
        async with self.has_come, asyncio.timeout(20):
            await self.has_come.wait_for(lambda: sum(r.verb == verb for r in self.requests) >= count)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while True:
                await self._answer(await self._read(reader), writer)
        except (asyncio.IncompleteReadError, ConnectionError, _HangUp):
            pass
        finally:
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> Received:
        raw = await reader.readuntil(b"\r\n\r\n")
        self.received += raw
        line, *lines = raw.decode("latin-1").split("\r\n")
        headers = tuple((n.lower(), v.strip()) for n, _, v in (x.partition(":") for x in lines if x))
        body = await reader.readexactly(int(dict(headers).get("content-length", "0")))
        self.received += body
        request = Received(line=line, verb=line.split(" ")[0], headers=headers, body=body)
        async with self.has_come:
            self.requests.append(request)
            self.has_come.notify_all()
        return request

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        if request.verb == "DELETE":
            return await _write(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        if request.verb == "GET":
            await _write(writer, STREAM_HEAD % b"")
            if request.header("last-event-id") is not None:
                for said in self.replays:
                    await _event(writer, said)
            await _event(writer, {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
            await self.release.wait()
            return await _write(writer, b"0\r\n\r\n")
        message = json.loads(request.body)
        if "method" not in message or "id" not in message:
            return await _write(writer, b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
        if message["method"] == "tools/call":
            return await self.called(message, request, writer)
        more = b""
        if message["method"] == "initialize":
            self.sessions += 1
            more = b"Mcp-Session-Id: up-%d\r\n" % self.sessions
        return await _json(writer, _result(message, self._plain(message)), more)

    def _plain(self, message: dict) -> dict:
        method = message["method"]
        if method == "initialize":
            version = message.get("params", {}).get("protocolVersion", "2025-11-25")
            return {"protocolVersion": version, "capabilities": CAN, "serverInfo": SERVER, **self.opening}
        if method == "server/discover":
            said = {"supportedVersions": ["2026-07-28"], "capabilities": CAN, "serverInfo": SERVER}
            return {**said, **self.opening}
        if method.endswith("/list"):
            return self._listed(method, message)
        is_of_a_task = method.startswith("tasks/")
        return {"taskId": message["params"]["taskId"], "status": "working"} if is_of_a_task else {}

    def _listed(self, method: str, message: dict) -> dict:
        if method == "resources/list":
            return {"resources": [], **({} if "cursor" in message["params"] else {"nextCursor": "page-2"})}
        if method == "tasks/list":
            return {"tasks": [{"taskId": task, "status": "working"} for task in self.tasks]}
        if method == "prompts/list":
            return {"prompts": self.prompts}
        return self._page(message) if method == "tools/list" else {}

    def _page(self, message: dict) -> dict:
        if not self.per_page:
            return {"tools": self.tools}
        start = int(message.get("params", {}).get("cursor", "0"))
        end = start + self.per_page
        more = {"nextCursor": str(end)} if end < len(self.tools) else {}
        return {"tools": self.tools[start:end], **more}

    async def called(self, message: dict, request: Received, writer: asyncio.StreamWriter) -> None:
        """Do what the tool's name says; tools of other names echo."""
        does = getattr(self, f"_do_{message['params']['name']}", None)
        if does is not None:
            return await does(message, writer)
        text = message["params"].get("arguments", {}).get("text", "")
        if message["params"]["name"] == "leak":
            text = repr(request.headers)
        return await _json(writer, _result(message, {"content": [{"type": "text", "text": text}]}))

    async def _do_task(self, message: dict, writer: asyncio.StreamWriter) -> None:
        """A task, in the shape of the era."""
        task = f"task-{len(self.tasks) + 1}"
        self.tasks.append(task)
        is_modern = "_meta" in message["params"]
        made = {"resultType": "task", "taskId": task} if is_modern else {"task": {"taskId": task, "ttl": 1.5}}
        await _json(writer, _result(message, made))

    async def _do_ask(self, message: dict, writer: asyncio.StreamWriter) -> None:
        """One more round, until the state comes back."""
        if message["params"].get("requestState") == "round-1":
            said: dict = {"resultType": "complete", "content": []}
        else:
            said = {"resultType": "input_required", "requestState": "round-1"}
        await _json(writer, _result(message, said))

    async def _do_stream(self, message: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, STREAM_HEAD % b"")
        for step in range(3):
            params = {"progressToken": "p", "progress": step}
            await _event(writer, {"jsonrpc": "2.0", "method": "notifications/progress", "params": params})
        await _event(writer, _result(message, {"content": []}))
        await _write(writer, b"0\r\n\r\n")

    async def _do_hold(self, message: dict, writer: asyncio.StreamWriter) -> None:
        async with self.has_come:
            self.held += 1
            self.has_come.notify_all()
        await self.release.wait()
        await _json(writer, _result(message, {"content": [{"type": "text", "text": "held"}]}))

    async def _do_never(self, _: dict, __: asyncio.StreamWriter) -> None:
        async with self.has_come:
            self.held += 1
            self.has_come.notify_all()
        await asyncio.Event().wait()

    async def _do_hang_up(self, _: dict, __: asyncio.StreamWriter) -> None:
        raise _HangUp

    async def _do_die_in_json(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(
            writer, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        raise _HangUp

    async def _do_die_in_stream(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, STREAM_HEAD % b"")
        await _event(writer, {"jsonrpc": "2.0", "method": "notifications/progress", "params": {}})
        raise _HangUp

    async def _do_end_stream(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, STREAM_HEAD % b"" + b"0\r\n\r\n")

    async def _do_not_json(self, _: dict, writer: asyncio.StreamWriter) -> None:
        body = b"<html>"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        await _write(writer, head % len(body) + body)

    async def _do_not_http(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, b"\x00\xff\r\n\r\nSSH-2.0\r\n\r\n")

    async def _do_other_id(self, message: dict, writer: asyncio.StreamWriter) -> None:
        await _json(writer, _result({"id": "somebody else's"}, {"content": []}))

    async def _do_error_page(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, b"HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")

    async def _do_odd_status(self, _: dict, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 799 Odd\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        await _write(writer, head + b"{}")

    async def _do_no_body(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, b"HTTP/1.1 204 No Content\r\n\r\n")

    async def _do_odd_status_with_answer(self, message: dict, writer: asyncio.StreamWriter) -> None:
        body = json.dumps(_result(message, {"content": []})).encode()
        head = b"HTTP/1.1 %b Odd\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        status = str(message["params"]["arguments"]["status"]).encode()
        await _write(writer, head % (status, len(body)) + body)

    async def _do_bomb_line(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, STREAM_HEAD % b"")
        await _chunk(writer, b"data: ")
        part = b"a" * 65536
        while True:
            await _chunk(writer, part)

    async def _do_bomb_events(self, _: dict, writer: asyncio.StreamWriter) -> None:
        await _write(writer, STREAM_HEAD % b"")
        params = {"progressToken": "p", "progress": 1}
        while True:
            await _event(writer, {"jsonrpc": "2.0", "method": "notifications/progress", "params": params})


class _HangUp(Exception):
    """The connection is to be cut."""


def _result(message: dict, result: dict) -> dict:
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


async def _write(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(content)
    await writer.drain()


async def _chunk(writer: asyncio.StreamWriter, part: bytes) -> None:
    await _write(writer, b"%x\r\n%b\r\n" % (len(part), part))


async def _event(writer: asyncio.StreamWriter, message: dict) -> None:
    await _chunk(writer, b"data: " + json.dumps(message).encode() + b"\n\n")


async def _json(writer: asyncio.StreamWriter, message: dict, headers: bytes = b"") -> None:
    body = json.dumps(message).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n"
    await _write(writer, head % (headers, len(body)) + body)


@asynccontextmanager
async def counting_upstream() -> AsyncIterator[Counting]:
    """Serve on a free port; cut what is still open in the end."""
    counting = Counting()
    under_way: set[asyncio.Task] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        under_way.add(task)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await counting.connected(reader, writer)
        finally:
            under_way.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 24)
    counting.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp"
    try:
        yield counting
    finally:
        server.close()
        for task in list(under_way):
            task.cancel()
        if under_way:
            await asyncio.wait(list(under_way), timeout=5)
