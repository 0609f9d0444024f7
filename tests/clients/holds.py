"""Real clients through a gateway that holds their calls: what their users see, for a test and a table.

`python -m tests.clients.holds` prints the tables of docs/explain/approvals.md.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.clients import holds_as_tasks
from tests.clients.held_ground import Ground, ground, shown
from tests.clients.run import SCRIPTS
from tests.clients.user import User
from tests.helpers.node import script
from tests.helpers.venvs import venv

SHOWS = True
"""It shows progress."""
CASES = (
    "approved in time", "past its time-out", "repeated after the approval", "refused", "expired",
    "1.5 MiB, followed by progress", "1.5 MiB, repeated",
)  # fmt: skip


def commands() -> dict[str, list[str]]:
    """How each client is run."""
    return {
        "mcp 2.3": [sys.executable, str(SCRIPTS / "held.py"), "mcp"],
        "mcp 1.28": [str(venv("mcp1") / "python"), str(SCRIPTS / "held_mcp1.py")],
        "fastmcp 4": [sys.executable, str(SCRIPTS / "held.py"), "fastmcp"],
        "TypeScript 1.32": [*script(SCRIPTS / "held.mjs"), "1"],
        "TypeScript 2.4, legacy": [*script(SCRIPTS / "held.mjs"), "legacy"],
        "TypeScript 2.4, auto": [*script(SCRIPTS / "held.mjs"), "2"],
    }


NAMES = (
    "mcp 2.3", "mcp 1.28", "fastmcp 4", "TypeScript 1.32", "TypeScript 2.4, legacy", "TypeScript 2.4, auto",
)  # fmt: skip


def see(on: Ground, name: str, number: int) -> list[dict[str, Any]]:
    """What the user of a client sees in each case. Numbers from `number` on are its own."""
    who = f"user-{number}"
    with User(commands()[name], on.gateway, "money", who) as user:
        user.begin("refund", number + 1)
        on.decide(who, "approve")
        seen = [user.end()]
        user.begin("refund", number + 2)
        seen.append(user.end())
        on.decide(who, "approve")
        user.begin("refund", number + 2)
        seen.append(user.end())
        user.begin("refund", number + 3)
        on.decide(who, "deny")
        seen.append(user.end())
        user.begin("brief", number + 4)
        seen.append(user.end())
        user.begin("large", number + 5, flag=SHOWS)
        decide_after_a_sign(on, who)
        seen.append(user.end())
        user.begin("large", number + 5, flag=SHOWS)
        if seen[-1]["size"] > 1_000_000:
            on.decide(who, "deny")
        seen.append(user.end())
    return seen


def decide_after_a_sign(on: Ground, who: str) -> None:
    """Approve once the client's stream was opened, which takes a second."""
    ticket = on.ticket(who)
    approval = on.api(f"approvals/{ticket}")
    while time.time_ns() // 1000 < approval["requested_at_us"] + 1_500_000:
        on.api("approvals")
    on.api(f"approvals/{ticket}/approve", reason="Fine.")


def table() -> str:
    """The table, from a run of every client."""
    lines = ["| client | " + " | ".join(CASES) + " |", "|---" * (len(CASES) + 1) + "|"]
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as on:
        for index, name in enumerate(NAMES):
            cells = [shown(each) for each in see(on, name, 100 * (index + 1))]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def tables() -> str:
    """Both: clients that wait, and clients that know tasks."""
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as on:
        return f"{table()}\n\n{holds_as_tasks.table(on, 1_000)}\n"


if __name__ == "__main__":
    sys.stdout.write(tables())
