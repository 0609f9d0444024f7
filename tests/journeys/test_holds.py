"""A call is held, somebody else approves it from the command line, and the identical call is executed once."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.live_gateway import (
    Live,
    live_gateway,
    message,
    modern,
    modern_headers,
    new_token,
    notification,
    of_kind,
)

pytestmark = pytest.mark.anyio

POLICY = """
rules:
  - {id: reads, match: {upstream: crm, tool: echo}, effect: allow}
  - id: refunds
    match: {upstream: crm, tool: refund}
    effect: hold
    risk: high
    reason: Money leaves.
  - {id: both, match: {upstream: crm, tool: wipe}, effect: hold, risk: critical}
"""


def call(
    identifier: object = 5, name: str = "refund", meta: dict | None = None, **arguments: object
) -> bytes:
    params = {"name": name, "arguments": arguments or {"amount": 20}}
    return message("tools/call", identifier, **(params | ({"_meta": meta} if meta else {})))


@asynccontextmanager
async def holding(folder: Path) -> AsyncIterator[tuple[Counting, Live]]:
    """An upstream, and a gateway in front of it whose policy holds refunds."""
    (folder / "policies").mkdir()
    (folder / "policies" / "first.yaml").write_text(POLICY)
    async with counting_upstream() as upstream:
        async with live_gateway(folder, {"crm": upstream.url}, "policies: [policies/]\n") as live:
            yield upstream, live


async def approver(live: Live, name: str = "sam", roles: frozenset[str] = frozenset({"approver"})) -> str:
    return await asyncio.to_thread(new_token, live.data_dir, name, None, roles=roles)


async def cli(live: Live, token: str, *words: str) -> tuple[int, list[dict], str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from firedoor.cli import main; main()", *words,
        "-c", str(live.folder / "firedoor.yaml"),
        env={"FIREDOOR_TOKEN": token, "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    said = [json.loads(line) for line in out.splitlines() if line.startswith(b"{")]
    return process.returncode, said, out.decode() + err.decode()


async def asked(live: Live, token: str) -> dict:
    """The one call that waits, once it does."""
    async with asyncio.timeout(30):
        while True:
            _, found, _ = await cli(live, token, "approvals", "--json")
            if found:
                return found[0]


def text_of(answer: object) -> str:
    return answer.json["result"]["content"][0]["text"]


def refunds(upstream: Counting) -> int:
    return sum(b'"refund"' in each.body for each in upstream.calls)


@pytest.mark.promise("APR-1", "PATH-2")
async def test_a_call_is_held_approved_by_somebody_else_and_executed_once(tmp_path: Path) -> None:
    async with holding(tmp_path) as (upstream, live):
        token, session = await approver(live), await live.initialize()
        waiting = asyncio.create_task(live.post(call(), session))
        found = await asked(live, token)
        assert (found["name"], found["principal"], found["rules"]) == ("refund", "ci", ["refunds"])
        assert json.loads(found["params"])["arguments"] == {"amount": 20}
        assert refunds(upstream) == 0
        code, _, said = await cli(live, token, "approve", found["id"], "--reason", "Case 7.")
        assert (code, said) == (0, f"{found['id']} is approved.\n")
        answer = await waiting
        assert "isError" not in answer.json["result"]
        assert refunds(upstream) == 1
        entries = of_kind(live.records(), EntryKind.APPROVAL)
    said = [(entry.envelope["what"], entry.envelope.get("by")) for entry in entries]
    assert said == [("requested", None), ("reviewed", "sam"), ("redeemed", None)]
    assert entries[-1].envelope["approvers"] == ["sam"]
