"""Real clients that are locked out in the middle of a call, and come back: what their users see.

`python -m tests.clients.lockouts` prints the table of docs/howto/lock.md.
"""

import json
import re
import select
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.clients.holds import NAMES, commands
from tests.helpers.gateway import Gateway
from tests.helpers.program import environment

SLOW = str(Path(__file__).parents[1] / "helpers" / "slow_upstream.py")
PATIENCE_S = 40
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


class User:
    """One client, told what to call."""

    def __init__(self, gateway: Gateway, name: str, who: str) -> None:
        headers = {"Authorization": f"Bearer {gateway.token_of(who)}"}
        asked = {"url": gateway.url("slow"), "headers": headers}
        self.process = subprocess.Popen(
            [*commands()[name], json.dumps(asked)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=environment(), text=True,
        )  # fmt: skip

    def begin(self, tool: str) -> None:
        try:
            self.process.stdin.write(json.dumps([tool, 1, False]) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return  # It has ended: `end` says so.

    def end(self) -> dict[str, Any]:
        assert select.select([self.process.stdout], [], [], PATIENCE_S)[0], "the user sees nothing"
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"text": "the client has ended", "failed": True}

    def __enter__(self) -> "User":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                stream.close()


def until_begun(calls: Path) -> None:
    """Wait until the upstream has the slow call."""
    until = time.monotonic() + PATIENCE_S
    while not calls.exists():
        assert time.monotonic() < until, "nothing was called"
        time.sleep(0.01)
    calls.unlink()


def see(gateway: Gateway, name: str, who: str) -> list[dict[str, Any]]:
    with User(gateway, name, who) as user:
        user.begin("quick")
        assert user.end()["text"] == "quick 1"
        user.begin("slow")
        until_begun(gateway.folder / "begun")
        lock = api(gateway, "locks", targets=[["principal", who]], reason="Token stolen.")["lock"]["id"]
        seen = [user.end()]
        user.begin("quick")
        seen.append(user.end())
        api(gateway, f"locks/{lock}/lift", reason="New token.")
        user.begin("quick")
        seen.append(user.end())
    with User(gateway, name, who) as again:
        again.begin("quick")
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
