"""A gateway that holds the calls of real clients, an approver of it, and how what users see is written."""

import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.user import PATIENCE_S
from tests.helpers.gateway import Gateway

MONEY = str(Path(__file__).parents[1] / "helpers" / "money_upstream.py")
WAIT_S = 4
POLICY = """
rules:
  - {id: money, match: {upstream: money, tool: [refund, large]}, effect: hold, risk: high}
  - {id: brief, match: {upstream: money, tool: brief}, effect: hold, approvers: {within: 1s}}
"""


@dataclass(kw_only=True)
class Ground:
    """A gateway that holds, and an approver of it."""

    gateway: Gateway
    calls: Path

    def api(self, path: str, **body: Any) -> Any:
        """Ask the API as the approver."""
        headers = {"Authorization": f"Bearer {self.gateway.token_of('sam', '--role', 'approver')}"}
        if body:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.gateway.port}/api/v1/{path}",
            data=json.dumps(body).encode() if body else None,
            headers=headers,
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
                return json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{path}: {refused.read().decode()}") from refused

    def ticket(self, principal: str) -> str:
        """What waits for this principal, once something does."""
        until = time.monotonic() + PATIENCE_S
        while True:
            found = [each for each in self.api("approvals")["approvals"] if each["principal"] == principal]
            if found:
                return found[0]["id"]
            assert time.monotonic() < until, "nothing waits"

    def decide(self, principal: str, what: str) -> None:
        """Approve or deny what waits for this principal."""
        self.api(f"approvals/{self.ticket(principal)}/{what}", reason="Not without the form.")

    def executed(self, line: str) -> int:
        """How often this call reached the upstream."""
        return self.calls.read_text().splitlines().count(line) if self.calls.exists() else 0


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A gateway in front of the money."""
    (folder / "policies").mkdir()
    (folder / "policies" / "first.yaml").write_text(POLICY)
    calls = folder / "calls"
    entry = {"command": sys.executable, "args": [MONEY, str(calls)], "default": "deny"}
    more = {"policies": ["policies/"], "approvals": {"wait": f"{WAIT_S}s"}}
    with Gateway(folder, {"money": entry}, **more) as gateway:
        # Made beforehand: a command takes its time, and clients do not wait.
        gateway.token_of("sam", "--role", "approver")
        yield Ground(gateway=gateway, calls=calls)


def shown(seen: dict[str, Any]) -> str:
    """One cell of the table."""
    text = re.sub(r"apr_[0-9a-f]{16}", "apr_…", str(seen["text"]))
    text = re.sub(r"[0-9a-f-]{36}\.\d+", "…", text)
    text = re.sub(r"refunded [0-9]+", "refunded", text)
    if seen["size"] > 100_000:
        return "the answer, whole"
    first = re.split(r"(?<=[.]) ", text)[0]
    return f"error: {first}" if seen["failed"] else first
