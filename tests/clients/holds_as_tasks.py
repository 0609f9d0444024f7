"""Real clients that know tasks through a gateway that holds their calls: what their users see.

`python -m tests.clients.holds` prints this table of docs/explain/approvals.md as well.
"""

import sys
from typing import Any

from tests.clients.held_ground import Ground, shown
from tests.clients.run import SCRIPTS
from tests.clients.user import User
from tests.helpers.node import script
from tests.helpers.venvs import venv

ENDS = True
"""It is cancelled once it is a task."""
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
    with User(commands()[name], on.gateway, "money", who) as user:
        user.begin("refund", number + 1)
        on.decide(who, "approve")
        seen = [user.end()]
        user.begin("refund", number + 2)
        on.decide(who, "deny")
        seen.append(user.end())
        user.begin("brief", number + 3)
        seen.append(user.end())
        user.begin("refund", number + 4, flag=ENDS)
        seen.append(user.end())
        user.begin("large", number + 5)
        on.decide(who, "approve")
        seen.append(user.end())
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
