"""An HTTP upstream whose bytes a test writes itself, and the messages to send to it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

from firedoor.model.era import Era
from firedoor.model.forwarding import Forwarding
from firedoor.model.ids import SessionId
from firedoor.model.message import Message, MessageKind

CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}'
RESULT = b'{"jsonrpc":"2.0","id":1,"result":{}}'


class Request:
    def __init__(self, head: bytes, body: bytes) -> None:
        self.line, *lines = head.decode("latin-1").split("\r\n")
        self.headers = [tuple(line.split(": ", 1)) for line in lines if line]
        self.body = body

    def header(self, name: str) -> str | None:
        return {n.lower(): v for n, v in self.headers}.get(name.lower())


class Connected:
    """One connection that the gateway opened."""

    def __init__(self, upstream: "RawUpstream", reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.upstream, self.reader, self.writer = upstream, reader, writer

    async def request(self) -> Request:
        head = (await self.reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
        length = Request(head, b"").header("content-length")
        request = Request(head, await self.reader.readexactly(int(length or 0)))
        self.upstream.requests.append(request)
        return request

    async def write(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def json(self, body: bytes = RESULT, status: bytes = b"200 OK", headers: bytes = b"") -> None:
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n"
        await self.write(head % (status, headers, len(body)) + body)

    async def stream(self) -> None:
        await self.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )

    async def chunk(self, part: bytes) -> None:
        await self.write(b"%x\r\n%b\r\n" % (len(part), part))


Script = Callable[[Connected], Awaitable[None]]


class RawUpstream:
    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self.connections = 0


@asynccontextmanager
async def raw_upstream(script: Script, tls: ssl.SSLContext | None = None):
    """Run `script` for each connection, on a free port."""
    upstream = RawUpstream("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream.connections += 1
        try:
            await script(Connected(upstream, reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    upstream.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/mcp"
    async with server:
        yield upstream


async def answer_all(connected: Connected) -> None:
    """Answer each request alike, for as long as the connection lives."""
    while True:
        await connected.request()
        await connected.json()


def forwarding(
    body: bytes = CALL,
    *,
    upstream: str = "wiki",
    session: str = "s-1",
    principal: str = "ada",
    verb: str = "POST",
    kind: MessageKind = MessageKind.REQUEST,
    era: Era = Era.LEGACY,
    method: str = "tools/call",
    headers: tuple[tuple[str, str], ...] = (),
) -> Forwarding:
    message = Message(kind=kind, era=era, body=body, revision="2025-11-25", id=1, method=method)
    return Forwarding(
        upstream=upstream, session=SessionId(session), principal=principal, verb=verb, headers=headers,
        body=body, message=message,
    )  # fmt: skip


class Barrier:
    """Implements `ports.upstreams.Passage`: shut when it is first asked, until the test opens it."""

    def __init__(self) -> None:
        self.has_asked = asyncio.Event()
        self.opened = asyncio.Event()

    def is_open(self) -> bool:
        return self.opened.is_set()

    async def passed(self) -> None:
        self.has_asked.set()
        await self.opened.wait()
