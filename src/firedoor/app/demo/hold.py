"""A step of the demo: a refund waits until another principal approves it, and is executed once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import anyio
import anyio.to_thread

from firedoor.app.demo import upstream

if TYPE_CHECKING:
    from mcp.client import Client

RULE = """\
  - id: refunds-need-a-person
    match: {upstream: customers, tool: refund}
    effect: hold
    risk: high
    reason: Money leaves.
"""
WAIT_S = 30.0
AMOUNT = 20.0


class Stage(Protocol):
    """Where the demo plays."""

    @property
    def folder(self) -> Path:
        """The demo's own."""
        ...

    @property
    def database(self) -> Path:
        """The customers."""
        ...

    def firedoor(self, *words: str) -> str:
        """Run a command line and return what it prints."""
        ...

    def say(self, text: str, style: str = "") -> None:
        """Print."""
        ...

    def step(self, title: str) -> None:
        """Print what comes next."""
        ...


async def play(stage: Stage, client: "Client", check: Callable[[bool, str], None]) -> None:
    """Ask for a refund, approve it as somebody else, and see that it happened once."""
    stage.step("It asks for a refund: held until another person decides about this call")
    token = stage.folder / "sam.token"
    made = await anyio.to_thread.run_sync(
        stage.firedoor, "token", "create", "--principal", "sam", "--role", "approver"
    )
    token.write_text(made, encoding="utf-8")
    token.chmod(0o600)
    before = upstream.balance(stage.database, 1)
    answers: list[str] = []

    async def ask() -> None:
        answer = await client.call_tool("refund", {"customer": 1, "amount": AMOUNT})
        answers.append("\n".join(str(getattr(block, "text", "")) for block in answer.content))
        check(not answer.is_error, "the refund is executed once it is approved")

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        ticket = await _ticket(stage, token)
        check(upstream.balance(stage.database, 1) == before, "nothing happens while it waits")
        shown = await _as_sam(stage, token, "approvals", ticket)
        stage.say(_indented(shown))
        check('"amount": 20' in shown, "the approver sees the arguments")
        reason = "Case 2026-41, checked with the customer."
        said = await _as_sam(stage, token, "approve", ticket, "--reason", reason)
        stage.say(f"  sam: {said.strip()}")
    after = upstream.balance(stage.database, 1)
    stage.say(_indented(answers[0]))
    stage.say(f"  balance of customer 1: {before:.2f}  →  {after:.2f}")
    check(after == before + AMOUNT, "it was executed once")


async def _ticket(stage: Stage, token: Path) -> str:
    with anyio.fail_after(WAIT_S):
        while True:
            listed = await _as_sam(stage, token, "approvals", "--json")
            if listed.strip():
                return str(json.loads(listed.splitlines()[0])["id"])


async def _as_sam(stage: Stage, token: Path, *words: str) -> str:
    return await anyio.to_thread.run_sync(stage.firedoor, *words, "--token-file", str(token))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
