"""The processes of the lock benchmark: one keeps streams open, one calls at a steady pace.

Times are of the clock that all processes of a machine share. It never judges what it measures.
"""

import asyncio
import os
import resource
import socket
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import messages
import uvloop
from messages import Door

LISTEN, CALL, GET = "subscriptions/listen", "calls in flight", "legacy GET"
_AT_ONCE = 64
_PERIOD_S = 0.01
"""Between two calls of the other principal. A call is timed from the moment that it was due."""
_CALLERS = 4
"""Connections that take turns: one slow answer does not make the next call late."""
_LISTEN = {"notifications": {"toolsListChanged": True}}
_LAST_CHUNK = b"0\r\n\r\n"


@dataclass(slots=True)
class _Seen:
    """What arrived, by the clock that all processes of a machine share."""

    opened: int = 0
    data_at: list[float] = field(default_factory=list)
    terminal_at: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Told:
    """When each call of the other was due and how long it took; when those were due that failed."""

    took: list[tuple[float, float]] = field(default_factory=list)
    failed: list[float] = field(default_factory=list)


class _Stream(asyncio.Protocol):
    """One open stream: reads all the time, and notes when."""

    def __init__(self, request: bytes, seen: _Seen, gate: asyncio.Semaphore) -> None:
        self._request, self._seen, self._gate = request, seen, gate
        self._is_open = self._is_over = False
        self._place = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        seen, now = self._seen, time.monotonic()
        if not self._is_open:
            if b" 200 " not in data[:20]:
                raise RuntimeError(data[:200])
            self._is_open = True
            self._place = seen.opened
            seen.opened += 1
            seen.data_at.append(now)
            self._gate.release()
        if not self._is_over and data.endswith(_LAST_CHUNK):
            self._is_over = True
            seen.terminal_at.append(now)
        elif b"list_changed" in data:
            seen.data_at[self._place] = now

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_open:
            self._gate.release()


def _request(door: Door, kind: str, number: int, session: str) -> bytes:
    identifier = messages.FIRST_ID + number
    if kind == GET:
        sent = messages.headers(door, "GET", session=session) | {"Accept": "text/event-stream"}
        del sent["Content-Type"]
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        return f"GET {door.path} HTTP/1.1\r\n{lines}\r\n".encode()
    if kind == LISTEN:
        content = messages.body(door, kind, _LISTEN, identifier)
        return messages.wire(door, messages.headers(door, kind), content)
    # The upstream says how far it is, and never answers.
    wanted = {"name": "echo", "arguments": {"text": "wait"}}
    content = messages.body(door, "tools/call", wanted, identifier)
    content = content.replace(b'"_meta":{', b'"_meta":{"progressToken":%d,' % identifier)
    return messages.wire(door, messages.headers(door, "tools/call", "echo"), content)


def keep_streams(door: Door, kind: str, sessions: list[str], pipe: Connection, core: int | None) -> None:
    """In a process of its own: open streams, say so, and tell when they ended."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    count = len(sessions)

    async def keep() -> None:
        seen, gate, loop = _Seen(), asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
        for number, session in enumerate(sessions):
            await gate.acquire()
            request = _request(door, kind, number, session)
            await loop.create_connection(
                lambda sent=request: _Stream(sent, seen, gate), "127.0.0.1", door.port
            )
        for _ in range(_AT_ONCE):
            await gate.acquire()  # The last ones are open too.
        pipe.send("open")
        deadline: float | None = None
        while deadline is None or (len(seen.terminal_at) < count and time.monotonic() < deadline):
            if deadline is None and pipe.poll():
                pipe.recv()
                deadline = time.monotonic() + 20
            await asyncio.sleep(0.02)
        await asyncio.sleep(1.0)
        pipe.send((len(seen.terminal_at), max(seen.terminal_at, default=0.0), max(seen.data_at)))

    uvloop.run(keep())


def call_on(door: Door, pipe: Connection, core: int | None) -> None:
    """In a process of its own: call at a steady pace, and tell when each was due and how long that took."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    told = _Told()
    is_over = threading.Event()
    begin = time.monotonic()
    callers = [
        threading.Thread(target=_call, args=(door, begin + number * _PERIOD_S, is_over, told))
        for number in range(_CALLERS)
    ]
    for caller in callers:
        caller.start()
    pipe.recv()
    is_over.set()
    for caller in callers:
        caller.join()
    pipe.send((sorted(told.took), sorted(told.failed)))


def _call(door: Door, due: float, is_over: threading.Event, told: _Told) -> None:
    """On a connection of its own."""
    prefix, suffix = messages.call(door, "echo", "")
    number = messages.FIRST_ID
    with socket.create_connection(("127.0.0.1", door.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while not is_over.wait(max(0.0, due - time.monotonic())):
            connection.sendall(prefix + b"%d" % number + suffix)
            if _read_answer(connection):
                told.took.append((due, time.monotonic() - due))
            else:
                told.failed.append(due)
            number, due = number + 1, due + _PERIOD_S * _CALLERS


def _read_answer(connection: socket.socket) -> bool:
    """Whether the tool has answered."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return b"bench-ok" in body
