"""A reverse proxy that changes no byte of any body: what a gateway that does nothing would look like.

One connection per request. Of the head it changes `Connection`, and adds the header in the environment
variable RAWPROXY_HEADER, if there is one; Host and Origin stay as they came. `python rawproxy.py TARGET`
prints `{"port": …}` when it listens. Tests put it in front of an upstream, to see that a test itself does
not mind a proxy, and in front of the gateway, to add the bearer token that the conformance suite cannot
send.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys

# As uvicorn's own limit for h11: a longer head is not what a client of ours sends.
_HEAD_LIMIT = 64 * 1024


def rewrite(head: bytes, header: str | None) -> bytes:
    """The head of a request as it is sent on."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    lines = [line for line in lines if not line.lower().startswith(b"connection:")]
    added = [header.encode()] if header else []
    return b"\r\n".join((first, *lines, *added, b"Connection: close", b"", b""))


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65536):
        sink.write(chunk)
        await sink.drain()


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: argparse.Namespace
) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        back, forth = await asyncio.open_connection("127.0.0.1", asked.target)
        forth.write(rewrite(head, os.environ.get("RAWPROXY_HEADER")))
        # Whoever closes first closes the other: a client that leaves must be seen to leave.
        pumps = {asyncio.create_task(_pump(reader, forth)), asyncio.create_task(_pump(back, writer))}
        done, others = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in others:
            pump.cancel()
        await asyncio.gather(*done, *others, return_exceptions=True)
        forth.close()
    writer.close()


async def _serve(asked: argparse.Namespace) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: _carry(reader, writer, asked), "127.0.0.1", asked.listen, limit=_HEAD_LIMIT
    )
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="rawproxy")
    parser.add_argument("target", type=int, help="the port on loopback to forward to")
    parser.add_argument("--listen", type=int, default=0, help="the port to listen on; a free one unless set")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))
