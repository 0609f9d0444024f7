"""What strict recording adds to a call at 200 calls a second, p50 and p99: the promise REC-4."""

import statistics

from bout import load, measured, sessions, standing
from contestants.gateway import Gateway
from launch import Cores, Unavailable
from load import Plan, Tally

RATE = 200.0
_CONNECTIONS = 16
_REPETITIONS = 3
_PROMISED_MS = {"p50": 2.0, "p99": 15.0}


def _paced(gateway: Gateway, seconds: float, cores: Cores) -> Tally:
    with standing(gateway, cores) as stand:
        plan = Plan(
            sessions=sessions(stand),
            door=measured(stand),
            tool="echo",
            connections=_CONNECTIONS,
            warmup_s=1.0,
            seconds=seconds,
            rate=RATE,
        )
        tally = load(plan, cores)
    if not tally.calls:
        raise Unavailable(f"{gateway.name} answered no call: {tally.first_error}")
    return tally


def lines(cores: Cores, *, is_quick: bool) -> list[str]:
    """Measure with and without the record in turn, and compare the medians of the repetitions."""
    repetitions, seconds = (1, 2.0) if is_quick else (_REPETITIONS, 10.0)
    strict, without = [], []
    for _ in range(repetitions):
        strict.append(_paced(Gateway(name="firedoor"), seconds, cores))
        without.append(_paced(Gateway(name="firedoor-no-record", is_recording=False), seconds, cores))
    errors = sum(tally.errors for tally in strict + without)
    said = [f"### Added by strict recording at {RATE:.0f} calls/s ({errors} errors)", ""]
    said += ["| | added, ms | promised, ms | times without |", "|---|---:|---:|---:|"]
    for share, promised in _PROMISED_MS.items():
        recorded = statistics.median(getattr(tally, f"{share}_ms") for tally in strict)
        plain = statistics.median(getattr(tally, f"{share}_ms") for tally in without)
        said.append(f"| {share} | {recorded - plain:.2f} | {promised:.0f} | {recorded / plain:.2f} |")
    return [*said, ""]
