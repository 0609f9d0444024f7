"""Lock a principal with 10,000 open streams, while another one calls: how long until all is silent.

Prints what it measures: the streams closed, the last data after `lock create` returned, and what it costs
the other principal. Everything is on loopback, in processes of its own, and ends by itself.

usage: locks.py [--streams N]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import messages
import uvloop
from contestants.gateway import UPSTREAM, command, create_token
from launch import CACHE, HERE, Cores, Launch, free_port, running
from messages import Door

STREAMS = 10_000
_AT_ONCE = 64
_OPEN_WITHIN_S = 120
CALM_S = 6.0
"""How long the other principal's calls are measured before the lock."""
AFTER_S = 4.0
PAUSE_S = 0.004
"""Between two calls of the other principal."""
_LISTEN = {"notifications": {"toolsListChanged": True}}


@dataclass(slots=True)
class _Seen:
    """What arrived, by the clock that all processes of a machine share."""

    opened: int = 0
    data_at: list[float] = field(default_factory=list)
    terminal_at: list[float] = field(default_factory=list)


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
        if not self._is_over and (data.endswith(b"0\r\n\r\n") or b'"result":' in data):
            self._is_over = True
            seen.terminal_at.append(now)
        elif b"list_changed" in data:
            seen.data_at[self._place] = now

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._is_open:
            self._gate.release()


def _wire(door: Door, number: int) -> bytes:
    content = messages.body(door, "subscriptions/listen", _LISTEN, messages.FIRST_ID + number)
    return messages.wire(door, messages.headers(door, "subscriptions/listen"), content)


def keep_streams(door: Door, count: int, pipe: Connection, core: int | None) -> None:
    """In a process of its own: open streams, say so, and tell when they ended."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def keep() -> None:
        seen, gate, loop = _Seen(), asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
        for number in range(count):
            await gate.acquire()
            request = _wire(door, number)
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
    """In a process of its own: call, one after the other, and tell each start and duration."""
    if core is not None:
        os.sched_setaffinity(0, {core})
    prefix, suffix = messages.call(door, "echo", "")
    took: list[tuple[float, float]] = []
    with socket.create_connection(("127.0.0.1", door.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = messages.FIRST_ID
        while not pipe.poll():
            begun = time.monotonic()
            connection.sendall(prefix + b"%d" % number + suffix)
            _read_answer(connection)
            took.append((begun, time.monotonic() - begun))
            number += 1
            time.sleep(PAUSE_S)
    pipe.send(took)


def _read_answer(connection: socket.socket) -> None:
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    if b"bench-ok" not in body:
        raise RuntimeError(body[:300])


def _lock(data_dir: Path) -> tuple[float, float, dict]:
    """Lock through the socket; when it was asked, when it was answered, and the answer."""
    wanted = {"targets": [["principal", "bench"]], "reason": "Benchmark."}
    with socket.socket(socket.AF_UNIX) as connection:
        here = os.open(data_dir, os.O_RDONLY)
        connection.connect(f"/proc/self/fd/{here}/admin.sock")
        os.close(here)
        asked = time.monotonic()
        connection.sendall(json.dumps({"do": "lock.create", "with": wanted}).encode() + b"\n")
        got = b""
        while not got.endswith(b"\n"):
            got += connection.recv(1 << 20)
        return asked, time.monotonic(), json.loads(got)["answer"]


def _p99_ms(took: list[float]) -> float:
    ordered = sorted(took)
    return ordered[int(len(ordered) * 0.99)] * 1000


def _report(count: int, said: tuple, lock: tuple, took: list[tuple[float, float]]) -> list[str]:
    ended, last_end, last_data = said
    asked, answered, told = lock
    calm = [each for at, each in took if at < asked - 0.1]
    during = [each for at, each in took if asked - each <= at <= max(answered, last_end)]
    before, meanwhile = _p99_ms(calm), _p99_ms(during or [0.0])
    longest = max(during, default=0.0) * 1000
    return [
        f"### A lock on a principal with {count:,} open streams",
        "",
        "| | measured | wanted |",
        "|---|---:|---:|",
        f"| streams that ended | {ended:,} | {count:,} |",
        f"| all ended after `lock create` was asked, s | {last_end - asked:.2f} | < 1 |",
        f"| `lock create` returned after, s | {answered - asked:.2f} | |",
        f"| last data after it returned, ms | {max(0.0, last_data - answered) * 1000:.0f} | <= 50 |",
        f"| last data after it was asked, ms | {max(0.0, last_data - asked) * 1000:.0f} | |",
        f"| p99 of another principal's calls before, ms ({len(calm)} calls) | {before:.1f} | |",
        f"| meanwhile, ms ({len(during)} calls; longest {longest:.0f}) | {meanwhile:.1f} "
        f"| < {before * 1.1:.1f} |",
        f"| is complete, streams counted | {told['is_complete']}, {told['streams_ended']:,} | |",
        "",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS)
    count = parser.parse_args().streams
    cores = Cores.here()
    directory = CACHE / "run" / "locks"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    port = free_port()
    child = [
        sys.executable,
        str(HERE / "locks_upstream.py"),
        *([] if cores.upstream is None else [str(cores.upstream)]),
    ]
    settings = directory / "firedoor.yaml"
    settings.write_text(
        json.dumps(
            {
                "listen": f"127.0.0.1:{port}",
                "data_dir": str(directory / "data"),
                "upstreams": {UPSTREAM: {"command": child[0], "args": child[1:], "default": "allow"}},
            }
        )
    )
    launch = Launch(
        command=[command(), "serve", "-c", settings], log=directory / "log", core=cores.proxy, cwd=directory
    )
    token = create_token(settings)
    made = subprocess.run(
        [command(), "token", "create", "--principal", "other", "-c", settings],
        capture_output=True,
        check=True,
    )
    with running(launch, port):
        path = f"/mcp/{UPSTREAM}"
        ours = Door(port=port, path=path, token=token, is_modern=True)
        theirs = Door(port=port, path=path, token=made.stdout.decode().strip(), is_modern=True)
        said, lock, took = _play(count, ours, theirs, directory / "data", cores)
    print("\n".join(_report(count, said, lock, took)), flush=True)
    return 0 if said[0] == count else 1


def _play(count: int, ours: Door, theirs: Door, data_dir: Path, cores: Cores) -> tuple:
    processes = multiprocessing.get_context("spawn")
    streams, streams_end = processes.Pipe()
    calls, calls_end = processes.Pipe()
    keeping = processes.Process(target=keep_streams, args=(ours, count, streams_end, cores.load), daemon=True)
    calling = processes.Process(target=call_on, args=(theirs, calls_end, cores.upstream), daemon=True)
    keeping.start()
    if not streams.poll(_OPEN_WITHIN_S):
        raise SystemExit("the streams did not open")
    streams.recv()
    calling.start()
    time.sleep(CALM_S)
    lock = _lock(data_dir)
    streams.send("locked")
    said = streams.recv()
    time.sleep(AFTER_S)
    calls.send("end")
    took = calls.recv()
    keeping.join(10)
    calling.join(10)
    return said, lock, took


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.exit(main())
