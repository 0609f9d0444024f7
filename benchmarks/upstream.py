"""The HTTP upstream of the benchmark: a raw asyncio protocol, so that it costs less than any proxy before it.

usage: upstream.py PORT

GET opens an event stream that stays silent; `subscriptions/listen` opens one and acknowledges.
It never checks headers or versions.
"""

import asyncio
import json
import socket
import sys

import uvloop
from answers import answer, is_streamed

_JSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
_SESSION_HEAD = _JSON_HEAD.replace(b"\r\n\r\n", b"\r\nMcp-Session-Id: upstream-%d\r\n\r\n")
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


def _chunk(event: bytes) -> bytes:
    framed = b"event: message\ndata: %b\n\n" % event
    return b"%x\r\n%b\r\n" % (len(framed), framed)


class Upstream(asyncio.Protocol):
    """One connection of a proxy."""

    sessions = 0

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the transport."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request that has come."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            body_start = end + 4
            body = self._body(head, body_start)
            if body is None:
                return
            self._reply(head, body)

    def _body(self, head: bytes, start: int) -> bytes | None:
        """Take the body off the buffer; None while it is incomplete."""
        if b"transfer-encoding: chunked" in head:
            return self._chunked_body(start)
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < start + length:
            return None
        body = self._buffer[start : start + length]
        self._buffer = self._buffer[start + length :]
        return body

    def _chunked_body(self, start: int) -> bytes | None:
        parts = []
        while (line_end := self._buffer.find(b"\r\n", start)) >= 0:
            size = int(self._buffer[start:line_end], 16)
            start = line_end + 2 + size + 2
            if len(self._buffer) < start:
                return None
            if size == 0:
                self._buffer = self._buffer[start:]
                return b"".join(parts)
            parts.append(self._buffer[line_end + 2 : start - 2])
        return None

    def _reply(self, head: bytes, body: bytes) -> None:
        if not head.startswith(b"post"):
            self._transport.write(_STREAM_HEAD if head.startswith(b"get") else _DONE)
            return
        request = json.loads(body)
        if request.get("method") == "subscriptions/listen":
            self._acknowledge(request)
            return
        answered = answer(request)
        if answered is None:
            self._transport.write(_ACCEPTED)
        elif is_streamed(request):
            self._transport.write(_STREAM_HEAD + _chunk(answered) + _LAST_CHUNK)
        elif request["method"] == "initialize":
            Upstream.sessions += 1
            self._transport.write(_SESSION_HEAD % (len(answered), Upstream.sessions) + answered)
        else:
            self._transport.write(_JSON_HEAD % len(answered) + answered)

    def _acknowledge(self, request: dict) -> None:
        listen = request["params"]
        event = {
            "jsonrpc": "2.0",
            "method": "notifications/subscriptions/acknowledged",
            "params": {
                "notifications": listen.get("notifications", {}),
                "_meta": {"io.modelcontextprotocol/subscriptionId": request["id"]},
            },
        }
        self._transport.write(_STREAM_HEAD + _chunk(json.dumps(event).encode()))


async def _serve(port: int) -> None:
    # asyncio sets TCP_NODELAY only on sockets whose protocol is IPPROTO_TCP; without it an event waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    server = await asyncio.get_running_loop().create_server(Upstream, sock=listening, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
