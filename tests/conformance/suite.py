"""The official conformance suite as a function: run it against an address, read what it found, compare.

A check counts by its status alone; messages are for people. Nothing here knows the gateway.
"""

import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.node import package_program
from tests.helpers.program import environment

REVISIONS = ("2025-11-25", "2026-07-28")
_TIMEOUT_S = 240
_STAMP = re.compile(r"^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Check:
    """The name of one check: its scenario, its id, and which of its name."""

    scenario: str
    id: str
    occurrence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the suite said of a check."""

    status: str
    message: str


Findings = dict[Check, Finding]


def run(url: str, revision: str, folder: Path) -> Findings:
    """Everything the suite finds at this address when held to the requirements of a revision.

    Raises:
        RuntimeError: the suite itself broke.
    """
    program = package_program("@modelcontextprotocol/conformance", "dist/index.js")
    done = subprocess.run(
        [*program, "server", "--url", url, "--requirements", revision, "-o", str(folder)],
        env=environment(), cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False,
    )  # fmt: skip
    findings = read(folder)
    if not findings or "Total:" not in done.stdout:
        raise RuntimeError(f"the suite broke:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return findings


def read(folder: Path) -> Findings:
    """The findings that a run left in its folder."""
    found: Findings = {}
    for place in sorted(folder.iterdir()):
        match = _STAMP.match(place.name)
        if match is None or not (place / "checks.json").exists():
            continue
        seen: Counter[str] = Counter()
        for check in json.loads((place / "checks.json").read_text()):
            name = Check(scenario=match[1], id=check["id"], occurrence=seen[check["id"]])
            seen[check["id"]] += 1
            found[name] = Finding(status=check["status"], message=_message(check))
    return found


def _message(check: dict[str, object]) -> str:
    return str(check.get("errorMessage") or check.get("description") or "")


def figures(findings: Findings) -> dict[str, int]:
    """How many checks have each status."""
    return dict(sorted(Counter(finding.status for finding in findings.values()).items()))


def passed_and_failed(findings: Findings) -> tuple[int, int]:
    """The two numbers that the suite itself prints."""
    count = Counter(finding.status for finding in findings.values())
    return count["SUCCESS"], count["FAILURE"]


_ABSENT = Finding(status="absent", message="")
# Notes of what went over the wire, not judgements: how many there are is a matter of timing.
_NOTES = {"INFO", "absent"}


def differences(direct: Findings, through: Findings) -> dict[Check, str]:
    """Each check whose status is not the same on both ways, with what was said. Better is different."""
    found = {}
    for name in sorted(direct.keys() | through.keys()):
        one, other = direct.get(name, _ABSENT), through.get(name, _ABSENT)
        if one.status != other.status and not {one.status, other.status} <= _NOTES:
            found[name] = (
                f"direct {one.status}: {one.message[:300]} | through {other.status}: {other.message[:600]}"
            )
    return found
