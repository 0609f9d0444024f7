"""A gateway over HTTP whose policy holds refunds, and people who decide about them: by command and by API."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, new_token
from tests.helpers.raw_http import Answer, ask, head, post

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


@asynccontextmanager
async def holding(folder: Path, more: str = "") -> AsyncIterator[tuple[Counting, Live]]:
    """An upstream, and a gateway in front of it whose policy holds refunds."""
    (folder / "policies").mkdir()
    (folder / "policies" / "first.yaml").write_text(POLICY)
    more = f"policies: [policies/]\n{more}"
    async with counting_upstream() as upstream, live_gateway(folder, {"crm": upstream.url}, more) as live:
        yield upstream, live


def call(
    identifier: object = 5, name: str = "refund", meta: dict | None = None, **arguments: object
) -> bytes:
    params = {"name": name, "arguments": arguments or {"amount": 20}}
    return message("tools/call", identifier, **(params | ({"_meta": meta} if meta else {})))


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


async def api(live: Live, token: str, path: str, body: dict | None = None, **headers: str) -> Answer:
    usual = {"Authorization": f"Bearer {token}", **headers}
    at = f"/api/v1/{path}"
    if body is None:
        return await ask(live.port, head("GET", at, live.port, usual))
    raw = json.dumps(body).encode()
    return await ask(live.port, post(at, live.port, {"Content-Type": "application/json", **usual}, raw))


async def asked(live: Live, token: str) -> dict:
    """The one call that waits, once it does."""
    async with asyncio.timeout(30):
        while True:
            if found := (await api(live, token, "approvals")).json["approvals"]:
                return found[0]


def text_of(answer: object) -> str:
    return answer.json["result"]["content"][0]["text"]


def refunds(upstream: Counting) -> int:
    return sum(b'"refund"' in each.body for each in upstream.calls)
