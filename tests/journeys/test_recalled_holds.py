"""Held calls and a gateway that ends in the middle: what approvers see afterwards, and what is unknown."""

import asyncio
import json
import signal
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, of_kind, start
from tests.helpers.refunds import POLICY, api, approver, asked, call, cli, refunds, text_of

pytestmark = pytest.mark.anyio

MORE = "policies: [policies/]\napprovals: {wait: 1s}\n"
HOLDS = POLICY + "  - {id: waits, match: {upstream: crm, tool: hold}, effect: hold, risk: high}\n"


def prepared(folder: Path) -> Path:
    (folder / "policies").mkdir()
    (folder / "policies" / "first.yaml").write_text(HOLDS)
    return folder


async def test_what_was_executed_when_the_gateway_was_killed_is_unknown(tmp_path: Path) -> None:
    prepared(tmp_path)
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url}, MORE)
        token, session = await approver(live), await live.initialize()
        waiting = asyncio.create_task(live.post(call(name="hold"), session))
        ticket = (await asked(live, token))["id"]
        await api(live, token, f"approvals/{ticket}/approve", {"reason": "Yes."})
        if not waiting.done():
            await asyncio.wait([waiting], timeout=2)
        under_way = (
            waiting if not waiting.done() else asyncio.create_task(live.post(call(6, "hold"), session))
        )
        await upstream.until_held(1)
        await live.end(signal.SIGKILL)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await under_way
        async with live_gateway(tmp_path, {"crm": upstream.url}, MORE) as again:
            again.token = live.token
            await again.until_logged("1 approved calls were under way when the last run ended: unknown")
            _, listed, _ = await cli(again, token, "approvals", "--all", "--json")
            assert [(each["id"], each["state"]) for each in listed] == [(ticket, "unknown")]
            assert (
                await api(again, token, f"approvals/{ticket}/approve", {"reason": "Again."})
            ).status == 409
            answer = await again.post(call(7, "hold"), await again.initialize())
            assert "Waiting for approval" in text_of(answer)
            assert (await asked(again, token))["id"] != ticket
            assert len(upstream.calls) == 1
        entries = of_kind(live.records(), EntryKind.APPROVAL)
    [unknown] = [e for e in entries if e.envelope["what"] == "unknown"]
    assert unknown.envelope["approval"] == ticket


async def test_after_a_restart_approvers_see_the_masked_arguments_and_decide(tmp_path: Path) -> None:
    prepared(tmp_path)
    masked = f"{MORE}mask: {{default: on}}\n"
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url}, masked)
        token, session = await approver(live), await live.initialize()
        said = {"amount": 20, "to": "anna.larsen@example.com"}
        held = await live.post(call(**said), session)
        assert "Waiting for approval" in text_of(held)
        before = (await api(live, token, f"approvals/{(await asked(live, token))['id']}")).json
        assert "anna.larsen" not in before["params"]
        await live.end(signal.SIGKILL)
        async with live_gateway(tmp_path, {"crm": upstream.url}, masked) as again:
            again.token = live.token
            ticket = (await asked(again, token))["id"]
            blind = await api(again, token, f"approvals/{ticket}/approve", {"reason": "Yes."})
            assert (blind.status, "look at it first" in blind.json["error"]["message"]) == (403, True)
            after = (await api(again, token, f"approvals/{ticket}")).json
            assert json.loads(after["params"]) == json.loads(before["params"])
            assert json.loads(after["params"])["arguments"]["amount"] == 20
            assert (await cli(again, token, "approvals", ticket))[2].count("amount") == 1
            told = await api(again, token, f"approvals/{ticket}/approve", {"reason": "Yes."})
            assert told.json["state"] == "approved"
            ended = await again.post(call(9, **said), await again.initialize())
            assert "isError" not in ended.json["result"]
            assert refunds(upstream) == 1
        control = of_kind(live.records(), EntryKind.CONTROL)
    looks = [
        (e.envelope["by"], e.envelope["source"]) for e in control if e.envelope["what"] == "approval_viewed"
    ]
    assert [(by["name"], source) for by, source in looks] == [("sam", "memory"), ("sam", "record")]
