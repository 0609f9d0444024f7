"""Real clients that are locked out in the middle of a call, and come back: what their users see.

`python -m tests.clients.lockouts` prints the table of docs/howto/lock.md.
"""

import json
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.clients.holds import NAMES, commands
from tests.clients.user import PATIENCE_S, User
from tests.helpers.gateway import Gateway

SLOW = str(Path(__file__).parents[1] / "helpers" / "slow_upstream.py")
CASES = ("locked out mid-call", "its next call", "after the lift", "connected anew after the lift")


@contextmanager
def ground(folder: Path) -> Iterator[Gateway]:
    entry = {"command": sys.executable, "args": [SLOW, str(folder / "begun")], "default": "allow"}
    with Gateway(folder, {"slow": entry}) as gateway:
        gateway.token_of("sam", "--role", "responder")
        yield gateway


def api(gateway: Gateway, path: str, **body: object) -> Any:
    token = gateway.token_of("sam", "--role", "responder")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{gateway.port}/api/v1/{path}"
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
        return json.loads(answer.read())


def until_begun(calls: Path) -> None:
    """Wait until the upstream has the slow call."""
    until = time.monotonic() + PATIENCE_S
    while not calls.exists():
        assert time.monotonic() < until, "nothing was called"
        time.sleep(0.01)
    calls.unlink()


def see(gateway: Gateway, name: str, who: str) -> list[dict[str, Any]]:
    with User(commands()[name], gateway, "slow", who) as user:
        user.begin("quick", 1)
        assert user.end()["text"] == "quick 1"
        user.begin("slow", 1)
        until_begun(gateway.folder / "begun")
        lock = api(gateway, "locks", targets=[["principal", who]], reason="Token stolen.")["lock"]["id"]
        seen = [user.end()]
        user.begin("quick", 1)
        seen.append(user.end())
        api(gateway, f"locks/{lock}/lift", reason="New token.")
        user.begin("quick", 1)
        seen.append(user.end())
    with User(commands()[name], gateway, "slow", who) as again:
        again.begin("quick", 1)
        seen.append(again.end())
    return seen


def shown(seen: dict[str, Any]) -> str:
    """One cell of the table."""
    text = str(seen["text"])
    if not seen["failed"]:
        return "the answer"
    kind = re.match(r"\w+Error: ", text)
    said = next((each for each in ("Terminated: Token stolen.", "Session not found") if each in text), text)
    return f"error: {kind.group() if kind else ''}{said}"


def table() -> str:
    lines = ["| client | " + " | ".join(CASES) + " |", "|---" * (len(CASES) + 1) + "|"]
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder)) as gateway:
        for index, name in enumerate(NAMES):
            cells = [shown(each) for each in see(gateway, name, f"user-{index}")]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
            sys.stderr.write(lines[-1] + "\n")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
