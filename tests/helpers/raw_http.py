"""HTTP/1.1 written and read by hand, so that a test can send what no client library would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PATIENCE_S = 45.0
"""For one step. It says which answer is missing before the minute of the whole test is up, and no more: a
machine that does much else at once must not be taken for a hang."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One whole response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self) -> list[bytes]:
        """The `data` of each event of a stream, joined as the format wants."""
        found = []
        for block in self.body.split(b"\n\n"):
            lines = [line[6:] for line in block.split(b"\n") if line.startswith(b"data: ")]
            if any(lines):
                found.append(b"\n".join(lines))
        return found


@dataclass(kw_only=True)
class Wire:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    port: int
    unread: bytes = field(default=b"")

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        async with asyncio.timeout(PATIENCE_S):
            await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read a status line and its headers."""
        async with asyncio.timeout(PATIENCE_S):
            raw = await self.reader.readuntil(b"\r\n\r\n")
        line, *lines = raw.decode("latin-1").split("\r\n")
        pairs = (text.split(":", 1) for text in lines if text)
        return int(line.split(" ")[1]), {name.lower(): value.strip() for name, value in pairs}

    async def chunk(self) -> bytes:
        """Read one chunk of a chunked body; empty at its end."""
        async with asyncio.timeout(PATIENCE_S):
            size = int((await self.reader.readuntil(b"\r\n")).strip(), 16)
            content = await self.reader.readexactly(size)
            await self.reader.readexactly(2)
        return content

    async def event(self) -> bytes:
        """Read one event that carries a message; empty at the end of the stream."""
        while b"\n\n" not in self.unread or not (found := self._taken()):
            part = await self.chunk()
            if not part:
                return b""
            self.unread += part
        return found

    def _taken(self) -> bytes:
        block, _, self.unread = self.unread.partition(b"\n\n")
        return b"\n".join(line[6:] for line in block.split(b"\n") if line.startswith(b"data: "))

    async def answer(self) -> Answer:
        """Read one whole response."""
        status, headers = await self.head()
        if headers.get("transfer-encoding") == "chunked":
            parts = []
            while part := await self.chunk():
                parts.append(part)
            return Answer(status=status, headers=headers, body=b"".join(parts))
        async with asyncio.timeout(PATIENCE_S):
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(status=status, headers=headers, body=body)

    async def rest(self) -> bytes:
        """Everything until the other side closes."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read()


@asynccontextmanager
async def wire(port: int) -> AsyncIterator[Wire]:
    """Connect, and close in the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    try:
        yield Wire(reader=reader, writer=writer, port=port)
    finally:
        writer.transport.abort()


def head(
    verb: str, path: str, port: int, headers: dict[str, str] | None = None, *, host: str | None = None
) -> bytes:
    """A request head, ended."""
    lines = [f"{verb} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def post(path: str, port: int, headers: dict[str, str], body: bytes) -> bytes:
    """A POST with a JSON body."""
    full = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    return head("POST", path, port, full) + body


async def ask(port: int, request: bytes) -> Answer:
    """Send one request on a connection of its own and read its answer."""
    async with wire(port) as connection:
        await connection.send(request)
        return await connection.answer()
