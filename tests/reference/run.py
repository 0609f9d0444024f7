"""The transports of the reference upstream, and its command line.

With port 0 the system picks a free one; the first line on standard output is `{"port": …}`.
"""

import argparse
import json
import socket
import sys

import anyio
import uvicorn
from mcp.server.sse import SseServerTransport
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from tests.reference.server import Events, Reference
from tests.reference.wire import ExactHttp, StdioLines

# As long as the suite's own fixtures wait before a client comes back.
_RETRY_MS = 100


def _http(upstream: Reference, *, as_json: bool) -> ASGIApp:
    events = None if as_json else Events()
    return upstream.streamable_http_app(
        event_store=events, retry_interval=_RETRY_MS if events else None, json_response=as_json
    )


def _sse(upstream: Reference) -> ASGIApp:
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True, allowed_hosts=["127.0.0.1:*", "localhost:*"]
    )
    transport = SseServerTransport("/messages/", security)

    async def stream(request: Request) -> Response:
        async with transport.connect_sse(request.scope, request.receive, request._send) as (read, write):
            await upstream.run(read, write, upstream.create_initialization_options())
        return Response()

    return Starlette(routes=[Route("/sse", stream), Mount("/messages/", app=transport.handle_post_message)])


def _listen(app: ASGIApp, port: int) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    sys.stdout.write(json.dumps({"port": listener.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    # h11 trims the white space around header values, as RFC 9110 5.5 wants; httptools leaves some of it.
    settings = uvicorn.Config(
        ExactHttp(app), http="h11", log_level="warning", timeout_graceful_shutdown=1, access_log=False
    )
    uvicorn.Server(settings).run(sockets=[listener])


async def _stdio(upstream: Reference) -> None:
    lines = StdioLines()
    upstream.kept_lines = lines.kept
    async with stdio_server(lines, lines) as (read, write):  # pyright: ignore[reportArgumentType]
        await upstream.run(read, write, upstream.create_initialization_options())


def main() -> None:
    parser = argparse.ArgumentParser(prog="reference")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--http", type=int, metavar="PORT")
    how.add_argument("--sse", type=int, metavar="PORT")
    how.add_argument("--stdio", action="store_true")
    parser.add_argument("--json", action="store_true", help="answer with JSON bodies instead of streams")
    asked = parser.parse_args()
    upstream = Reference()
    if asked.stdio:
        anyio.run(_stdio, upstream)
    elif asked.sse is not None:
        _listen(_sse(upstream), asked.sse)
    else:
        _listen(_http(upstream, as_json=asked.json), asked.http)
