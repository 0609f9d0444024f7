"""A proxy for MCP over a raw asyncio protocol and httptools: the least that a gateway in Python can cost.

usage: prototype.py PORT UPSTREAM_PORT

It parses both sides and reads the envelope of each message, as a gateway must.
It never authenticates, records, decides, masks or limits; it is a yardstick, not a product.
"""

import asyncio
import socket
import sys

import httptools
import msgspec
import uvloop

_FORWARDED = frozenset(
    {b"accept", b"content-type", b"mcp-session-id", b"mcp-protocol-version", b"mcp-method", b"mcp-name"}
)
_RETURNED = frozenset({b"content-type", b"mcp-session-id"})
_EVENT_STREAM = b"text/event-stream"


class Envelope(msgspec.Struct):
    """What a decision would read of a request."""

    jsonrpc: str
    method: str
    id: msgspec.Raw = msgspec.Raw()
    params: msgspec.Raw = msgspec.Raw()


_envelope = msgspec.json.Decoder(Envelope)


def _head(first_line: bytes, headers: list[tuple[bytes, bytes]], framing: bytes) -> bytes:
    return b"".join([first_line, *(b"%b: %b\r\n" % pair for pair in headers), framing, b"\r\n\r\n"])


class Outbound(asyncio.Protocol):
    """One kept-alive connection to the upstream; it belongs to one request at a time."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._client: asyncio.Transport | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._is_stream = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the transport."""
        self._transport = transport

    def send(self, request: bytes, client: asyncio.Transport) -> None:
        """Send a whole request; its answer goes to the client."""
        self._client = client
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what the client may see."""
        name = name.lower()
        if name in _RETURNED:
            self._headers.append((name, value))
            self._is_stream = self._is_stream or value.startswith(_EVENT_STREAM)

    def on_headers_complete(self) -> None:
        """Start a stream at once."""
        if self._is_stream:
            self._write(_head(self._first_line(), self._headers, b"transfer-encoding: chunked"))

    def on_body(self, part: bytes) -> None:
        """Pass a streamed part on, keep any other."""
        if self._is_stream:
            self._write(b"%x\r\n%b\r\n" % (len(part), part))
        else:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """End the answer, and free the connection."""
        if self._is_stream:
            self._write(b"0\r\n\r\n")
        else:
            body = b"".join(self._parts)
            self._write(_head(self._first_line(), self._headers, b"content-length: %d" % len(body)) + body)
        self._client, self._is_stream = None, False
        self._headers.clear()
        self._parts.clear()
        self._pool.free.append(self)

    def connection_lost(self, _reason: Exception | None) -> None:
        """Take the client along if it still waits."""
        if self._client:
            self._client.close()
        elif self in self._pool.free:
            self._pool.free.remove(self)

    def _first_line(self) -> bytes:
        return b"HTTP/1.1 %d OK\r\n" % self._parser.get_status_code()

    def _write(self, data: bytes) -> None:
        if self._client:
            self._client.write(data)


class Pool:
    """Kept-alive connections to one upstream."""

    def __init__(self, port: int) -> None:
        self.free: list[Outbound] = []
        self._port = port

    async def open(self) -> Outbound:
        """Give a new connection."""
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(lambda: Outbound(self), "127.0.0.1", self._port))[1]


class Inbound(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._headers: list[tuple[bytes, bytes]] = []
        self._body = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the transport."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what the upstream may see: never the client's token."""
        name = name.lower()
        if name in _FORWARDED:
            self._headers.append((name, value))

    def on_body(self, part: bytes) -> None:
        """Keep the body."""
        self._body += part

    def on_message_complete(self) -> None:
        """Read the envelope and forward the accepted bytes."""
        body, self._body = self._body, b""
        if body:
            _envelope.decode(body)
        first_line = b"%b /mcp HTTP/1.1\r\nhost: upstream\r\n" % self._parser.get_method()
        request = _head(first_line, self._headers, b"content-length: %d" % len(body)) + body
        self._headers.clear()
        if self._pool.free:
            self._pool.free.pop().send(request, self._transport)
        else:
            asyncio.get_running_loop().create_task(self._send_on_new(request))

    async def _send_on_new(self, request: bytes) -> None:
        (await self._pool.open()).send(request, self._transport)


async def _serve(port: int, upstream_port: int) -> None:
    pool = Pool(upstream_port)
    # With protocol 0, asyncio would not set TCP_NODELAY, and an event would wait 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    server = await asyncio.get_running_loop().create_server(
        lambda: Inbound(pool), sock=listening, backlog=4096
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
