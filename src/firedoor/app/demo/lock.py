"""A step of the demo: the agent is locked out while an answer streams, and nothing arrives after."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import anyio
import anyio.to_thread

if TYPE_CHECKING:
    from mcp.client import Client

RULE = """\
  - id: customers-may-be-exported
    match: {upstream: customers, tool: export_customers}
    effect: allow
"""
AGENT = "helper-bot"
SEEN = 3
"""Parts of the answer that arrive before the lock."""
WAIT_S = 30.0
SILENCE_S = 0.5
"""How long nothing must arrive: ten parts of the answer."""


class Stage(Protocol):
    """Where the demo plays."""

    def firedoor(self, *words: str) -> str:
        """Run a command line and return what it prints."""
        ...

    def say(self, text: str, style: str = "") -> None:
        """Print."""
        ...

    def step(self, title: str) -> None:
        """Print what comes next."""
        ...


class _Export:
    """What the agent sees of a long answer."""

    def __init__(self) -> None:
        self.parts = 0
        self.text = ""
        self.is_error = False
        self.is_answered = False
        self.has_enough = anyio.Event()

    async def take(self, progress: float, total: float | None, message: str | None) -> None:
        """Count a part."""
        del progress, total, message
        self.parts += 1
        if self.parts >= SEEN:
            self.has_enough.set()

    async def ask(self, client: "Client") -> None:
        """Ask for it, and keep the answer."""
        answer = await client.call_tool("export_customers", {}, progress_callback=self.take)
        self.text = "\n".join(str(getattr(block, "text", "")) for block in answer.content)
        self.is_error, self.is_answered = answer.is_error is True, True
        self.has_enough.set()


async def play(stage: Stage, client: "Client", check: Callable[[bool, str], None]) -> None:
    """Let a long answer begin, lock the agent out, and see that nothing arrives after."""
    stage.step("It exports the customers, and is locked out mid-stream: nothing arrives after")
    export, told, arrived = _Export(), dict[str, object](), 0
    async with anyio.create_task_group() as group:
        group.start_soon(export.ask, client)
        with anyio.fail_after(WAIT_S):
            await export.has_enough.wait()
        check(not export.is_answered, "a long answer has begun")
        stage.say(f"  {export.parts} parts have arrived, and more are on their way.")
        told.update(await _lock(stage))
        arrived = export.parts
        stage.say(f"  firedoor lock create --agent {AGENT}: {told['calls_ended']} call ended.")
        await anyio.sleep(SILENCE_S)
    stage.say(f"  The agent reads: {export.text}", style="red")
    is_told = export.is_error and "Export was not agreed." in export.text
    check(is_told, "the agent is told that it was locked out, and why")
    check(export.parts == arrived, "nothing arrives after the lock")
    check(told["calls_ended"] == 1 and told["is_complete"] is True, "the call ended with the lock")
    await _prove_and_lift(stage, str(told["id"]))


async def _lock(stage: Stage) -> dict[str, object]:
    reason = "Export was not agreed."
    said = await anyio.to_thread.run_sync(
        stage.firedoor, "lock", "create", "--agent", AGENT, "--reason", reason, "--json"
    )
    told = json.loads(said)
    return {**told, "id": told["lock"]["id"]}


async def _prove_and_lift(stage: Stage, lock: str) -> None:
    proof = await anyio.to_thread.run_sync(stage.firedoor, "lock", "verify", lock)
    stage.say(f"  {proof.strip()}")
    await anyio.to_thread.run_sync(stage.firedoor, "lock", "lift", lock, "--reason", "The demo goes on.")
