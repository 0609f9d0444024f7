"""The cost of a call while 10, 100, 1,000 and 10,000 sessions are open; it must stay flat.

The calls go round all open sessions, so that no cache of a few of them can answer.
"""

from bout import load, measured, sessions, standing
from contestants.gateway import Gateway
from launch import Cores
from load import Plan
from meter import pss_mib

COUNTS = (10, 100, 1_000, 10_000)
QUICK_COUNTS = (10, 100)
_WINDOWS = 3
_CONNECTIONS = 16


def lines(cores: Cores, *, is_quick: bool) -> list[str]:
    """Measure with more and more open sessions; the best of three windows each."""
    counts, seconds = (QUICK_COUNTS, 0.5) if is_quick else (COUNTS, 3.0)
    said = [
        "### Cost of a call by open sessions, ratios to 10",
        "",
        "| sessions | CPU | p50 | PSS MiB added |",
    ]
    said.append("|---:|---:|---:|---:|")
    first = None
    with standing(Gateway(name="firedoor"), cores) as stand:
        opened: list[str] = []
        empty_mib = 0.0
        for count in counts:
            opened += sessions(stand, count - len(opened))
            door = measured(stand)
            plan = Plan(
                door=door,
                tool="echo",
                sessions=opened,
                connections=_CONNECTIONS,
                warmup_s=0.5,
                seconds=seconds,
            )
            tallies = [load(plan, cores) for _ in range(_WINDOWS)]
            cost = min(tally.cpu_us or 0.0 for tally in tallies)
            p50 = min(tally.p50_ms for tally in tallies)
            pss = pss_mib(door.pids)
            first = first or (cost, p50)
            empty_mib = empty_mib or pss
            errors = sum(tally.errors for tally in tallies)
            said.append(
                f"| {count} | {cost / first[0]:.2f} | {p50 / first[1]:.2f} | {pss - empty_mib:.1f} |"
                + (f" {errors} errors: {tallies[0].first_error[:150]}" if errors else "")
            )
    return [*said, ""]
