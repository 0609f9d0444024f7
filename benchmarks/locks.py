"""Lock a principal with 10,000 open streams, while another one calls: how long until all is silent.

Three kinds of streams: `subscriptions/listen` and calls in flight on a stdio upstream, and GET streams of as
many legacy sessions on an HTTP upstream. Prints what it measures: the streams that ended, the last data after
`lock create` returned, the CPU that this took, and what it costs the other principal, who calls a hundred
times a second. Everything is on loopback, in processes of its own, and ends by itself.

usage: locks.py [--streams N] [--kinds KIND…]
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import handshake
import meter
from contestants.gateway import UPSTREAM, command, create_token
from launch import CACHE, HERE, Cores, Launch, free_port, http_upstream, running
from locks_load import CALL, GET, LISTEN, call_on, keep_streams
from messages import Door

STREAMS = 10_000
NAMES = {"listen": LISTEN, "calls": CALL, "get": GET}
_OPEN_WITHIN_S = 180
CALM_S = 8.0
"""How long the other principal calls before the lock."""
FIRST_S = 2.0
"""Of these, the first are not counted: they open connections and a session."""
OTHERS = "others"
"""The other principal's upstream: what 10,000 goodbyes cost ours is none of its business."""
AFTER_S = 3.0


class _Cpu(threading.Thread):
    """Notes how much CPU a process has used, every few milliseconds."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._is_over = threading.Event()
        self._seen: list[tuple[float, int]] = []

    def run(self) -> None:
        while not self._is_over.wait(0.02):
            self._seen.append((time.monotonic(), meter.cpu_ns([self._pid])))

    def end(self) -> None:
        self._is_over.set()
        self.join()

    def between(self, begin: float, end: float) -> float:
        """Seconds of CPU."""
        within = [used for at, used in self._seen if begin - 0.02 <= at <= end + 0.02]
        return (within[-1] - within[0]) / 1e9 if within else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was measured of one kind. Times are in seconds, by the clock that all processes share."""

    count: int
    ended: int
    last_end: float
    last_data: float
    asked: float
    answered: float
    told: dict
    took: list[tuple[float, float]]
    failed: list[float]
    cpu: _Cpu

    def others(self) -> tuple[list[float], list[float]]:
        """How long the other's calls took, in ms: before the lock, and until the last stream ended."""
        until = max(self.answered, self.last_end)
        counted = self.asked - CALM_S + FIRST_S
        calm = sorted(each * 1000 for at, each in self.took if counted <= at and at + each < self.asked)
        during = sorted(each * 1000 for at, each in self.took if self.asked <= at + each and at <= until)
        return calm, during or [0.0]

    def rows(self) -> list[tuple[str, str]]:
        """What stands in the table."""
        calm, during = self.others()
        cpu_s = self.cpu.between(self.asked, self.last_end)
        idle_s = self.cpu.between(self.asked - 3, self.asked) / 3
        return [
            (f"streams that ended, of {self.count:,}", f"{self.ended:,}"),
            ("all ended after `lock create` was asked, s (wanted: < 1)", f"{self.last_end - self.asked:.2f}"),
            ("`lock create` returned after, s", f"{self.answered - self.asked:.2f}"),
            ("last data after it returned, ms (wanted: <= 50)", _ms(self.last_data - self.answered)),
            ("last data after it was asked, ms", _ms(self.last_data - self.asked)),
            ("CPU of the gateway until then, s", f"{cpu_s:.2f}"),
            ("CPU of the gateway before, s per s", f"{idle_s:.2f}"),
            ("another principal's calls before: p50, p99, ms", _middle_and_end(calm)),
            ("meanwhile: p50, p99, ms (wanted: < 10 % more)", _middle_and_end(during)),
            ("calls meanwhile; longest, ms", f"{len(during)}; {during[-1]:.1f}"),
            ("calls of the other that failed, before and after", self._failed()),
            ("is complete; calls and streams counted", f"{self.told['is_complete']}; {self._counted():,}"),
        ]  # fmt: skip

    def _failed(self) -> str:
        before = sum(due < self.asked for due in self.failed)
        return f"{before}, {len(self.failed) - before}"

    def _counted(self) -> int:
        return self.told["streams_ended"] + self.told["calls_ended"]


def _ms(seconds: float) -> str:
    return f"{max(0.0, seconds) * 1000:.0f}"


def _middle_and_end(ordered: list[float]) -> str:
    return f"{_at(ordered, 0.5):.1f}, {_at(ordered, 0.99):.1f}"


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


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


def _settings(directory: Path, port: int, reached: dict[str, dict], count: int) -> Path:
    settings = directory / "firedoor.yaml"
    said = {
        "listen": f"127.0.0.1:{port}",
        "data_dir": str(directory / "data"),
        "limits": {"concurrent_calls_per_grant": 2 * count},
        "upstreams": {name: {"default": "allow", **how} for name, how in reached.items()},
    }
    settings.write_text(json.dumps(said))
    return settings


def _play(kind: str, count: int, cores: Cores) -> Played:
    directory = CACHE / "run" / "locks"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    port = free_port()
    with ExitStack() as stack:
        if kind == GET:
            upstream = stack.enter_context(http_upstream(cores, directory / "upstream.log"))
            reached = {"url": f"http://127.0.0.1:{upstream}/mcp"}
        else:
            core = [] if cores.upstream is None else [str(cores.upstream)]
            reached = {"command": sys.executable, "args": [str(HERE / "locks_upstream.py"), *core]}
        calm = stack.enter_context(http_upstream(cores, directory / "others.log", core=cores.last))
        others = {"url": f"http://127.0.0.1:{calm}/mcp"}
        settings = _settings(directory, port, {UPSTREAM: reached, OTHERS: others}, count)
        serve = [command(), "serve", "-c", settings]
        launch = Launch(command=serve, log=directory / "log", core=cores.proxy, cwd=directory)
        token = create_token(settings)
        asked = [command(), "token", "create", "--principal", "other", "-c", settings]
        other = subprocess.run(asked, capture_output=True, check=True).stdout.decode().strip()
        pid = stack.enter_context(running(launch, port))
        ours = Door(port=port, path=f"/mcp/{UPSTREAM}", token=token, is_modern=kind != GET)
        theirs = Door(port=port, path=f"/mcp/{OTHERS}", token=other, is_modern=True)
        return _watch(kind, count, (ours, theirs), directory / "data", cores, pid)


def _watch(kind: str, count: int, doors: tuple[Door, Door], data_dir: Path, cores: Cores, pid: int) -> Played:
    ours, theirs = doors
    processes = multiprocessing.get_context("spawn")
    streams, streams_end = processes.Pipe()
    calls, calls_end = processes.Pipe()
    sessions = handshake.sessions(ours, count) if kind == GET else [""] * count
    keep = (ours, kind, sessions, streams_end, cores.load)
    keeping = processes.Process(target=keep_streams, args=keep, daemon=True)
    calling = processes.Process(target=call_on, args=(theirs, calls_end, cores.last), daemon=True)
    keeping.start()
    if not streams.poll(_OPEN_WITHIN_S):
        raise SystemExit("the streams did not open")
    streams.recv()
    calling.start()
    cpu = _Cpu(pid)
    cpu.start()
    time.sleep(CALM_S)
    asked, answered, told = _lock(data_dir)
    streams.send("locked")
    ended, last_end, last_data = streams.recv()
    time.sleep(AFTER_S)
    cpu.end()
    calls.send("end")
    took, failed = calls.recv()
    keeping.join(10)
    calling.join(10)
    return Played(
        count=count, ended=ended, last_end=last_end, last_data=last_data, asked=asked, answered=answered,
        told=told, took=took, failed=failed, cpu=cpu,
    )  # fmt: skip


def _table(played: dict[str, Played]) -> str:
    columns = [each.rows() for each in played.values()]
    lines = [
        "### A lock on a principal with many open streams",
        "",
        f"| | {' | '.join(played)} |",
        "|---|" + "---:|" * len(played),
    ]
    lines += [
        f"| {row[0][0]} | {' | '.join(value for _, value in row)} |" for row in zip(*columns, strict=True)
    ]
    return "\n".join([*lines, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS)
    parser.add_argument("--kinds", nargs="*", choices=NAMES, default=list(NAMES))
    given = parser.parse_args()
    cores = Cores.here()
    # A GET stream takes two descriptors of the gateway: its client's and its upstream's.
    most = (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 1000) // 2
    counts = {name: min(given.streams, most) if NAMES[name] == GET else given.streams for name in given.kinds}
    played = {NAMES[name]: _play(NAMES[name], count, cores) for name, count in counts.items()}
    print(_table(played), flush=True)
    return 0 if all(each.ended == each.count for each in played.values()) else 1


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sys.exit(main())
