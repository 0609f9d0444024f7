"""Measure Firedoor beside nginx and its peers in one interleaved run, and print ratios.

`make bench` calls it.

Exit 1 if Firedoor did not take part, or left a call unanswered.
It never touches anything but loopback, package registries and .cache/bench.
"""

import argparse
import collections
import json
import os
import platform
import resource
import signal
import sys
from dataclasses import dataclass

import latency
import open_sessions
import rules
import streams
import table
from bout import Bout, Cell, fight
from contestants import Contestant, every
from contestants.gateway import Gateway
from launch import CACHE, Cores, Unavailable

CELLS = [Cell("echo", 1), Cell("echo", 16), Cell("echo", 64), Cell("echo32k", 16), Cell("echosse", 16)]
QUICK_CELLS = [Cell("echo", 16)]
PARTS = ("calls", "rules", "streams", "sessions", "latency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How long a run takes."""

    repetitions: int
    seconds: float
    cells: list[Cell]
    is_quick: bool


def options() -> argparse.Namespace:
    names = [contestant.name for contestant in every()]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run: one short repetition of one cell")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, help=f"of: {', '.join(names)}")
    parser.add_argument("--repetitions", type=int, default=3, metavar="N")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each cell")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (all)")
    parser.add_argument("--heavy", action="store_true", help="with the peers that take a minute to start")
    return parser.parse_args()


def _chosen(asked: argparse.Namespace) -> list[Contestant]:
    if asked.only:
        return [contestant for contestant in every() if contestant.name in asked.only]
    return [contestant for contestant in every() if asked.heavy or not contestant.is_heavy]


def _left_out(name: str, why: str) -> None:
    print(f"left out: {name}: {why}", flush=True)


def _ready(chosen: list[Contestant]) -> list[Contestant]:
    ready = []
    for contestant in chosen:
        print(f"preparing {contestant.name}", file=sys.stderr, flush=True)
        try:
            contestant.prepare()
        except Unavailable as reason:
            _left_out(contestant.name, str(reason))
        else:
            ready.append(contestant)
    return ready


def _fight_all(ready: list[Contestant], size: Size, cores: Cores) -> dict[str, list[Bout]]:
    """Interleave: every repetition runs everyone, each second one in the opposite order."""
    fought: dict[str, list[Bout]] = collections.defaultdict(list)
    out: set[str] = set()
    for repetition in range(size.repetitions):
        for contestant in ready[:: -1 if repetition % 2 else 1]:
            if contestant.name in out:
                continue
            print(f"{repetition + 1}/{size.repetitions} {contestant.name}", file=sys.stderr, flush=True)
            try:
                fought[contestant.name].append(fight(contestant, size.cells, size.seconds, cores))
            except Unavailable as reason:
                out.add(contestant.name)
                _left_out(contestant.name, str(reason))
    return {contestant.name: fought[contestant.name] for contestant in ready if fought[contestant.name]}


def _is_sound(fought: dict[str, list[Bout]], ours: set[str]) -> bool:
    """Say whether each of ours took part and answered every call."""
    return all(
        name in fought and not any(tally.errors for bout in fought[name] for tally in bout.tallies.values())
        for name in ours
    )


def _calls(asked: argparse.Namespace, size: Size, cores: Cores) -> bool:
    chosen = _chosen(asked)
    fought = _fight_all(_ready(chosen), size, cores)
    peers = {contestant.name for contestant in chosen if contestant.is_peer}
    for cell in size.cells:
        rows = [table.row(name, bouts, cell) for name, bouts in fought.items()]
        print("\n".join(table.cell_lines(cell, rows, peers)), flush=True)
    results = CACHE / "results.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(table.as_json(fought), indent=1) + "\n")
    print(f"Absolute figures of this machine: {results}\n")
    return _is_sound(fought, {contestant.name for contestant in chosen if isinstance(contestant, Gateway)})


def _print_machine(cores: Cores) -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"Python {platform.python_version()}, Linux {platform.release()}, {os.cpu_count()} cores, load {load}"
    )
    where = f"proxy on core {cores.proxy}, load on {cores.load}, upstream on {cores.upstream}"
    print(
        where if cores.proxy is not None else "One core: nothing is pinned, and the load disturbs the proxy."
    )
    print(flush=True)


def main() -> int:
    asked = options()
    size = (
        Size(repetitions=1, seconds=1.5, cells=QUICK_CELLS, is_quick=True)
        if asked.quick
        else Size(repetitions=asked.repetitions, seconds=asked.seconds, cells=CELLS, is_quick=False)
    )
    # A stopped run must end what it started: SystemExit unwinds, a signal's default action would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    cores = Cores.here()
    _print_machine(cores)
    is_sound = "calls" not in asked.parts or _calls(asked, size, cores)
    others = (("rules", rules), ("streams", streams), ("sessions", open_sessions), ("latency", latency))
    for part, measure in others:
        if part not in asked.parts:
            continue
        try:
            print("\n".join(measure.lines(cores, is_quick=size.is_quick)), flush=True)
        except Unavailable as reason:
            _left_out(part, str(reason))
            is_sound = False
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
