"""Count user-space instructions per call under callgrind: a figure that the machine's load does not move.

usage: instructions.py [--check | --write] [--only NAME...]

Each contestant serves a short and a long run of calls; the difference of their totals holds no start-up.
Threads are counted apart: the one that serves, and all of them. The others sign and index by the clock, and
here a call takes a hundred times as long as it does: their count is kept, and not compared.
The kernel's side is not counted. `--check` exits with 1 if a figure has risen by more than 5 % over
instructions.json; `--write` writes that file.
"""

import argparse
import contextlib
import json
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import handshake
from bout import load
from contestants import Site
from contestants.gateway import UPSTREAM, command, create_token, write_settings
from contestants.reference import nginx_command
from launch import CACHE, HERE, Cores, Launch, Unavailable, free_port, http_upstream, running
from load import Plan
from messages import Door

KEPT = HERE / "instructions.json"
TOLERANCE = 0.05
YARDSTICK = "prototype"
ALL = "-all-threads"
_SHORT, _LONG = 100, 400
_SLOW_S = 300.0
"""Under callgrind everything takes about fifty times as long."""
_TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)
# Hash order changes how many instructions a dictionary takes.
_ENV = {"PYTHONHASHSEED": "0"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A command to count, and the door that it opens."""

    command: list[str | Path]
    door: Door


def _nginx(site: Site) -> Subject:
    port = free_port()
    return Subject(nginx_command(site, port, processes="master_process off;"), Door(port=port))


def _prototype(site: Site) -> Subject:
    port = free_port()
    script = HERE / "prototype.py"
    return Subject([sys.executable, script, str(port), str(site.upstream_port)], Door(port=port))


def _firedoor(site: Site) -> Subject:
    port = free_port()
    settings = write_settings(site, port)
    door = Door(port=port, path=f"/mcp/{UPSTREAM}", token=create_token(settings))
    return Subject([sys.executable, command(), "serve", "-c", settings], door)


SUBJECTS: dict[str, Callable[[Site], Subject]] = {
    "nginx": _nginx,
    YARDSTICK: _prototype,
    "firedoor": _firedoor,
}


@contextlib.contextmanager
def _site(name: str) -> Iterator[Site]:
    directory = CACHE / "instructions" / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    cores = Cores(proxy=None, load=None, upstream=None, last=None)
    with http_upstream(cores, directory / "upstream.log") as port:
        yield Site(upstream_port=port, cores=cores, directory=directory)


def _total(name: str, calls: int) -> tuple[int, int]:
    """Instructions of a whole life of the subject over so many calls: of its first thread, and of all."""
    with _site(name) as site:
        subject = SUBJECTS[name](site)
        out = site.directory / "callgrind.out"
        options = ["--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={out}"]
        launch = Launch(
            command=["valgrind", *options, *subject.command],
            log=site.log,
            env=_ENV,
            cwd=site.directory,
            ready_within_s=_SLOW_S,
            ends_within_s=_SLOW_S,
        )
        with running(launch, subject.door.port):
            tally = load(
                Plan(
                    door=subject.door,
                    tool="echo",
                    sessions=handshake.sessions(subject.door, within_s=_SLOW_S),
                    connections=1,
                    warmup_s=0.0,
                    seconds=0.0,
                    calls=calls,
                ),
                site.cores,
            )
        if tally.errors:
            raise Unavailable(f"{tally.errors} of {calls} calls failed: {tally.first_error}")
        # One file for each thread: callgrind.out-01 is that of the first, where the event loop runs.
        texts = [file.read_text() for file in sorted(site.directory.glob(f"{out.name}-*"))]
        totals = [int(found.group(1)) for text in texts if (found := _TOTAL.search(text))]
        if not totals:
            raise Unavailable("callgrind wrote no total")
        return totals[0], sum(totals)


def per_call(name: str) -> tuple[int, int]:
    """Instructions per call, of the first thread and of all.

    Raises `Unavailable` with the reason if the subject cannot be counted here.
    """
    short, long = _total(name, _SHORT), _total(name, _LONG)
    first, everything = (
        round((after - before) / (_LONG - _SHORT)) for before, after in zip(short, long, strict=True)
    )
    return first, everything


def _environment() -> str:
    version = subprocess.run(
        ["valgrind", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return (
        f"{platform.machine()}, Python {platform.python_version()} ({platform.python_compiler()}), {version}"
    )


def _count(names: list[str]) -> dict[str, int]:
    counted = {}
    for name in names:
        print(f"counting {name}", file=sys.stderr, flush=True)
        try:
            counted[name], everything = per_call(name)
            if everything != counted[name]:
                counted[name + ALL] = everything
        except (Unavailable, handshake.Refused, OSError) as reason:
            print(f"left out: {name}: {reason}")
    return counted


def _print_counted(counted: dict[str, int]) -> None:
    for name, count in counted.items():
        ratio = f"{count / counted['nginx']:.1f} x nginx" if "nginx" in counted else ""
        print(f"{name:20} {count:>10,} instructions per call  {ratio}", flush=True)


def check(counted: dict[str, int], environment: str) -> bool:
    """Compare with the kept figures, and print; False if one of ours has risen.

    On another interpreter the counts themselves differ: there, the ratio to the prototype is compared.
    """
    kept = json.loads(KEPT.read_text())
    was, is_same = kept["instructions_per_call"], kept["environment"] == environment
    if not is_same:
        print(f"kept on {kept['environment']}, this is {environment}: comparing ratios to the {YARDSTICK}")
    scale = 1.0 if is_same else counted.get(YARDSTICK, 0) / was[YARDSTICK]
    risen = []
    for name, count in counted.items():
        if name not in was or not scale:
            print(f"{name}: nothing to compare with")
            continue
        change = count / (was[name] * scale) - 1
        print(f"{name}: {change:+.1%} against the kept {was[name]:,}")
        if change > TOLERANCE and name != "nginx" and not name.endswith(ALL):
            risen.append(name)
    if risen:
        print(
            f"risen by more than {TOLERANCE:.0%}: {', '.join(risen)}. If that is meant: --write, and say why."
        )
    return not risen


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    asked = parser.parse_args()
    # A stopped count must end what it started: SystemExit unwinds, a signal's default action would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not shutil.which("valgrind"):
        print("left out: all: valgrind is not on this machine (Debian: apt-get install valgrind)")
        return 0
    counted = _count(asked.only)
    _print_counted(counted)
    environment = _environment()
    if asked.write:
        kept = json.loads(KEPT.read_text())["instructions_per_call"] if KEPT.exists() else {}
        written = {"environment": environment, "instructions_per_call": kept | counted}
        KEPT.write_text(json.dumps(written, indent=2) + "\n")
    return 0 if not asked.check or check(counted, environment) else 1


if __name__ == "__main__":
    sys.exit(main())
