"""What rules and the SQL guard add to the CPU of a call, through the whole gateway and as ratios.

The same load on four gateways in turn: without rules, with 100 and 1,000 of them, and with the guard, once
with one statement over and over and once with a new one in each call. The best of the repetitions counts.
"""

import contextlib
import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bout import load, measured, sessions, standing
from contestants import Site, Stand
from contestants.gateway import UPSTREAM, command, create_token, write_settings
from launch import Cores, Launch, Unavailable, free_port, running
from load import Plan, Tally
from messages import FIRST_ID, Door

STATEMENT = "SELECT id, name FROM customers WHERE region = 'north' AND id = %d"
PLAIN = "without rules"
_CONNECTIONS = 16
_REPETITIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """The gateway under a policy."""

    name: str
    rules: Mapping[str, object] | None = None
    entry: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    @contextlib.contextmanager
    def run(self, site: Site) -> Iterator[Stand]:
        """Run `firedoor serve` with these rules on an empty data directory."""
        port = free_port()
        settings = write_settings(site, port, rules=self.rules, **self.entry)
        launch = Launch(
            command=[command(), "serve", "-c", settings],
            log=site.log,
            core=site.cores.proxy,
            cwd=site.directory,
        )
        token = create_token(settings)
        with running(launch, port) as pid:
            yield Stand(Door(port=port, path=f"/mcp/{UPSTREAM}", token=token, text=self.text), pid)


def spread(count: int) -> dict[str, object]:
    """Rules as people have them: most are about other tools, a tenth of them have to be asked."""
    every: list[dict[str, object]] = [{"id": "all", "match": {"tool": "echo"}, "effect": "allow"}]
    every += [
        {
            "id": f"r{number}",
            "match": {"upstream": UPSTREAM, "tool": "echo" if number % 10 == 0 else f"tool_{number}"},
            "when": f"args.text.contains('needle {number}')",
            "effect": "deny",
        }
        for number in range(count - 1)
    ]
    return {"rules": every}


def contestants() -> list[Ruled]:
    """Who is measured, in the order of the table."""
    guard = {"include": [{"pack": "sql-read-only", "upstream": UPSTREAM}]}
    sql = {"kind": "sql", "dialect": "postgres", "default": "deny"}
    return [
        Ruled(name=PLAIN),
        Ruled(name="100 rules", rules=spread(100)),
        Ruled(name="1,000 rules", rules=spread(1_000)),
        Ruled(name="SQL guard, one statement", rules=guard, entry=sql, text=STATEMENT % 7),
        Ruled(name="SQL guard, new statements", rules=guard, entry=sql, text=STATEMENT % FIRST_ID),
    ]


def _tally(ruled: Ruled, seconds: float, cores: Cores) -> Tally:
    with standing(dataclasses.replace(ruled, name=ruled.name.replace(" ", "-")), cores) as stand:
        plan = Plan(
            sessions=sessions(stand),
            door=measured(stand),
            tool="echo",
            connections=_CONNECTIONS,
            warmup_s=min(1.0, seconds / 3),
            seconds=seconds,
        )
        tally = load(plan, cores)
    if tally.errors or tally.cpu_us is None:
        raise Unavailable(f"{ruled.name}: {tally.first_error or 'no CPU was counted'}")
    return tally


def lines(cores: Cores, *, is_quick: bool) -> list[str]:
    """Measure all of them in turn and compare each with the gateway that has no rules."""
    repetitions, seconds = (1, 1.5) if is_quick else (_REPETITIONS, 3.0)
    every, spent = contestants(), defaultdict[str, list[float]](list)
    for repetition in range(repetitions):
        for ruled in every[:: -1 if repetition % 2 else 1]:
            spent[ruled.name].append(_tally(ruled, seconds, cores).cpu_us or 0.0)
    best = {name: min(found) for name, found in spent.items()}
    said = ["### CPU per call under rules", "", "| | CPU to none | added, us |", "|---|---:|---:|"]
    for name, cpu_us in best.items():
        said.append(f"| {name} | {cpu_us / best[PLAIN]:.2f} | {cpu_us - best[PLAIN]:.0f} |")
    return [*said, ""]
