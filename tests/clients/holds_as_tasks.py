"""Real clients that know tasks through a gateway that holds their calls: what their users see.

`python -m tests.clients.holds` prints this table of docs/explain/approvals.md as well.
"""

import json
import select
import subprocess
import sys
from typing import Any

from tests.clients.held_ground import Ground, shown
from tests.clients.run import SCRIPTS
from tests.helpers.node import script
from tests.helpers.program import environment
from tests.helpers.venvs import venv

WAIT_S = 30
CASES = ("at once", "approved", "refused", "expired", "cancelled", "1.5 MiB")
NAMES = ("mcp 2.3, with an extension", "mcp 1.28", "TypeScript 1.32")


def commands() -> dict[str, list[str]]:
    """How each client is run."""
    return {
        NAMES[0]: [sys.executable, str(SCRIPTS / "tasks.py")],
        NAMES[1]: [str(venv("mcp1") / "python"), str(SCRIPTS / "tasks_mcp1.py")],
        NAMES[2]: script(SCRIPTS / "tasks.mjs"),
    }


def see(on: Ground, name: str, number: int) -> list[dict[str, Any]]:
    """What the user of a client sees in each case but the first. Numbers from `number` on are its own."""
    who = f"user-{number}"
    token = on.gateway.token_of(who)
    asked = {"url": on.gateway.url("money"), "headers": {"Authorization": f"Bearer {token}"}}
    process = subprocess.Popen(
        [*commands()[name], json.dumps(asked)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    seen: list[dict[str, Any]] = []

    def begin(tool: str, count: int, *, ends: bool = False) -> None:
        process.stdin.write(json.dumps([tool, number + count, ends]) + "\n")
        process.stdin.flush()

    def end() -> None:
        assert select.select([process.stdout], [], [], WAIT_S)[0], (name, seen)
        seen.append(json.loads(process.stdout.readline()))

    def decide(what: str) -> None:
        on.api(f"approvals/{on.ticket(who)}/{what}", reason="Not without the form.")

    try:
        begin("refund", 1)
        decide("approve")
        end()
        begin("refund", 2)
        decide("deny")
        end()
        begin("brief", 3)
        end()
        begin("refund", 4, ends=True)
        end()
        begin("large", 5)
        decide("approve")
        end()
        process.stdin.close()
        process.wait(20)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return seen


def cells(seen: list[dict[str, Any]]) -> list[str]:
    """A line of the table."""
    first = shown({"text": seen[0]["first"], "size": 0, "failed": False})
    return [first, *(f"{each['status']}: {shown({**each, 'failed': False})}" for each in seen)]


def table(on: Ground, number: int) -> str:
    """The table, from a run of every client."""
    lines = ["| client | " + " | ".join(CASES) + " |", "|---" * (len(CASES) + 1) + "|"]
    for index, name in enumerate(NAMES):
        lines.append(f"| {name} | " + " | ".join(cells(see(on, name, number + 100 * index))) + " |")
    return "\n".join(lines)
