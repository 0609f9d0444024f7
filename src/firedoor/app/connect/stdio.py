"""`firedoor connect`: MCP between standard input and output and the gateway, for clients that only launch.

A pipe, not a gateway: it decides nothing and changes no message. Every request gets an answer, also when
the gateway is down. Standard output carries MCP alone; what is for people goes to standard error.
"""

import asyncio
import contextlib
import ipaddress
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from firedoor.app.connect.session import Connect
from firedoor.edges.outbound.endpoint import HttpEndpoint
from firedoor.edges.outbound.pool import HttpLimits
from firedoor.edges.outbound.upstreams import OutboundUpstreams
from firedoor.model.errors import ClientError
from firedoor.model.upstream import Transport

LONGEST_LINE = 8 * 1024 * 1024
"""Twice what the gateway takes by default, so that the gateway refuses it and not we."""
CHUNK = 64 * 1024
USUAL_URL = "http://127.0.0.1:8484"
LONGEST_WAIT_S = 3600.0
"""For an answer to begin. The gateway gives up earlier, and says so."""


def gateway_url(settings: Path | None) -> str:
    """Where the gateway is: as the named settings say, else on this machine at the usual port.

    A file in the working directory is not looked for: clients launch this wherever they are, and a
    repository must not be able to say where the token goes.

    Raises:
        SettingsError: the file is not there, or cannot be used.
    """
    from firedoor.app.inspect import settings_for_people

    named = settings or os.environ.get("FIREDOOR_CONFIG")
    return settings_for_people(Path(named)).public_url if named else USUAL_URL


def connect(upstream: str, *, url: str, token_file: Path | None) -> int:
    """Run until standard input ends; the exit code.

    Raises:
        ClientError: there is no token, or it cannot be sent.
        SettingsError: the address cannot be used.
    """
    token = _token(token_file)
    endpoint = HttpEndpoint(
        name=upstream,
        url=f"{url.rstrip('/')}/mcp/{quote(upstream, safe='')}",
        headers=(("Authorization", f"Bearer {token}"),),
        transport=Transport.STREAMABLE_HTTP,
    )
    if _is_in_clear(url):
        tell("the token travels in clear to another machine: use https")
    return asyncio.run(_run(endpoint))


def tell(text: str) -> None:
    """Say something to people."""
    sys.stderr.write(f"firedoor connect: {text}\n")
    sys.stderr.flush()


async def _run(endpoint: HttpEndpoint) -> int:
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=64)
    gateway = OutboundUpstreams({endpoint.name: endpoint}, limits=HttpLimits(answer_s=LONGEST_WAIT_S))
    writer = LineWriter(sys.stdout.buffer)
    session = Connect(endpoint.name, gateway, writer.write, tell)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # A thread of its own, and not the loop: standard input may be a file, which no loop can watch.
    threading.Thread(target=_read, args=(loop, lines), daemon=True).start()
    carrying = asyncio.create_task(session.carry(lines))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({carrying, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        carrying.cancel()
        with contextlib.suppress(asyncio.CancelledError, BrokenPipeError):
            await carrying
    finally:
        await session.close()
        await gateway.close()
    return 0


def _read(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[bytes | None]") -> None:
    def put(line: bytes | None) -> None:
        asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

    # A loop that was closed meanwhile takes no more lines: nobody waits for them.
    with contextlib.suppress(RuntimeError, asyncio.CancelledError):
        split_lines(lambda: os.read(0, CHUNK), put)


def split_lines(read: Callable[[], bytes], put: Callable[[bytes | None], None]) -> None:
    """Cut what is read into lines, and put None at the end, or where a line is endless."""
    held = bytearray()
    while chunk := read():
        held += chunk
        *whole, rest = held.split(b"\n")
        for line in whole:
            if line.strip():
                put(bytes(line))
        held = bytearray(rest)
        if len(held) > LONGEST_LINE:
            tell(f"a line is longer than {LONGEST_LINE} bytes")
            break
    else:
        if held.strip():
            put(bytes(held))
    put(None)


class LineWriter:
    """Writes whole lines, one after the other, without holding up the loop."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._turn = asyncio.Lock()

    async def write(self, line: bytes) -> None:
        """Write one line.

        Raises:
            BrokenPipeError: the client is gone.
        """
        async with self._turn:
            await asyncio.to_thread(self._write, line)

    def _write(self, line: bytes) -> None:
        self._out.write(line)
        self._out.flush()


def _token(file: Path | None) -> str:
    hint = "Set FIREDOOR_TOKEN, or name a file with --token-file. `firedoor token create` makes one."
    if file is None:
        token = os.environ.get("FIREDOOR_TOKEN", "").strip()
    else:
        try:
            token = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise ClientError("token_unreadable", f"The token file {file} cannot be read.", hint) from None
    if not token:
        raise ClientError("token_missing", "There is no token.", hint)
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ClientError("token_unusable", "The token is not one line of text.", hint)
    return token


def _is_in_clear(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname in {None, "localhost"}:
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True
