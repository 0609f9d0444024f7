"""One bout: a contestant is started in front of a fresh upstream, measured in every cell, and stopped again.

It never prints.
"""

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import handshake
import meter
from contestants import Contestant, Site, Stand
from launch import CACHE, HERE, Cores, Unavailable, http_upstream, pinned
from load import Plan, Tally
from messages import Door

_LOAD_OVERHEAD_S = 120


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What is asked for, over how many connections."""

    tool: str
    connections: int

    def __str__(self) -> str:
        return f"{self.tool} c={self.connections}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bout:
    """What a contestant showed in one repetition."""

    tallies: dict[Cell, Tally]
    pss_mib: float


@contextmanager
def standing(contestant: Contestant, cores: Cores) -> Iterator[Stand]:
    """Give the contestant in front of a fresh upstream, with an empty directory of its own."""
    directory = CACHE / "run" / contestant.name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with http_upstream(cores, directory / "upstream.log") as upstream_port:
        site = Site(upstream_port=upstream_port, cores=cores, directory=directory)
        with contestant.run(site) as stand:
            yield stand


def sessions(stand: Stand, count: int = 1) -> list[str]:
    try:
        return handshake.sessions(stand.door, count)
    except (OSError, handshake.Refused) as error:
        raise Unavailable(f"opened no session: {error}") from error


def measured(stand: Stand) -> Door:
    """Give the door with the processes that count now: a contestant may have started more since."""
    return dataclasses.replace(stand.door, pids=meter.tree(stand.pid) if stand.pid else [])


def load(plan: Plan, cores: Cores) -> Tally:
    """Run a load as its own process, on its own core."""
    with pinned(cores.load):
        ran = subprocess.run(
            [sys.executable, HERE / "load.py"],
            input=json.dumps(dataclasses.asdict(plan)),
            capture_output=True,
            text=True,
            check=False,
            timeout=plan.warmup_s + plan.seconds + _LOAD_OVERHEAD_S,
        )
    if ran.returncode:
        raise Unavailable(f"the load failed: {ran.stderr.strip()[-300:]}")
    tally = Tally(**json.loads(ran.stdout))
    if not tally.calls and not tally.errors:
        raise Unavailable(f"no call was answered within {plan.seconds} s {ran.stderr.strip()[-300:]}")
    return tally


def fight(contestant: Contestant, cells: list[Cell], seconds: float, cores: Cores) -> Bout:
    """Measures the contestant in each cell; raises `Unavailable` with the reason if it cannot take part."""
    with standing(contestant, cores) as stand:
        opened = sessions(stand)
        tallies = {}
        for cell in cells:
            plan = Plan(
                door=measured(stand),
                tool=cell.tool,
                sessions=opened,
                connections=cell.connections,
                warmup_s=min(1.0, seconds / 3),
                seconds=seconds,
            )
            tallies[cell] = load(plan, cores)
        pids = measured(stand).pids
        return Bout(tallies=tallies, pss_mib=meter.pss_mib(pids))
