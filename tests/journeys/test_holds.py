"""A call is held, somebody else approves it, and the identical call is executed once."""

import asyncio
import base64
import hmac
import json
import sys
import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import (
    Live,
    modern,
    modern_headers,
    of_kind,
    start,
)
from tests.helpers.raw_http import ask, post
from tests.helpers.refunds import api, approver, asked, call, cli, holding, refunds, text_of

pytestmark = pytest.mark.anyio


@pytest.mark.promise("APR-1", "PATH-2")
async def test_a_call_is_held_approved_by_somebody_else_and_executed_once(tmp_path: Path) -> None:
    async with holding(tmp_path) as (upstream, live):
        token, session = await approver(live), await live.initialize()
        waiting = asyncio.create_task(live.post(call(), session))
        found = await asked(live, token)
        assert (found["name"], found["principal"], found["rules"]) == ("refund", "ci", ["refunds"])
        assert json.loads(found["params"])["arguments"] == {"amount": 20}
        assert refunds(upstream) == 0
        assert (await cli(live, token, "approvals", "--json"))[1] == [found]
        code, _, said = await cli(live, token, "approve", found["id"], "--reason", "Case 7.")
        assert (code, said) == (0, f"{found['id']} is approved.\n")
        answer = await waiting
        assert "isError" not in answer.json["result"]
        assert refunds(upstream) == 1
        entries = of_kind(live.records(), EntryKind.APPROVAL)
    said = [(entry.envelope["what"], entry.envelope.get("by")) for entry in entries]
    assert said == [("requested", None), ("reviewed", "sam"), ("redeemed", None)]
    assert entries[-1].envelope["approvers"] == ["sam"]


@pytest.mark.promise("APR-2", "PATH-2")
async def test_who_may_not_approve_is_refused_on_every_way(tmp_path: Path) -> None:
    async with holding(tmp_path) as (upstream, live):
        session, token = await live.initialize(), await approver(live)
        waiting = asyncio.create_task(live.post(call(), session))
        ticket = (await asked(live, token))["id"]
        himself = await approver(live, "CI")
        viewer = await approver(live, "vic", frozenset({"viewer"}))
        for who, code in ((himself, 403), (viewer, 403), (live.token, 403), ("fd_none", 401)):
            told = await api(live, who, f"approvals/{ticket}/approve", {"reason": "Please."})
            assert told.status == code, told
            done, _, _ = await cli(live, who, "approve", ticket, "--reason", "Please.")
            assert done == 2
        assert (await api(live, "", f"approvals/{ticket}")).status == 401
        assert (await api(live, token, "approvals/apr_none")).status == 404
        assert refunds(upstream) == 0
        told = await api(live, token, f"approvals/{ticket}/deny", {"reason": "Not today."})
        assert (told.status, told.json["state"]) == (200, "refused")
        assert "Reason: Not today." in text_of(await waiting)
        again = await api(live, token, f"approvals/{ticket}/approve", {"reason": "After all."})
        assert (again.status, again.json["error"]["code"]) == (409, "approval_over")
        assert refunds(upstream) == 0


@pytest.mark.promise("APR-4")
async def test_an_approver_sees_over_the_api_what_would_be_sent_and_what_was_done_before(
    tmp_path: Path,
) -> None:
    async with holding(tmp_path) as (upstream, live):
        session, token = await live.initialize(), await approver(live)
        await live.post(call(4, "echo", text="before"), session)
        first = asyncio.create_task(live.post(call(5, amount=20), session))
        refused = (await asked(live, token))["id"]
        await api(live, token, f"approvals/{refused}/deny", {"reason": "Too much."})
        await first
        second = asyncio.create_task(live.post(call(6, amount=10), session))
        ticket = (await asked(live, token))["id"]
        told = (await api(live, token, f"approvals/{ticket}")).json
        assert json.loads(told["params"]) == {"name": "refund", "arguments": {"amount": 10}}
        assert any('"amount": 20' in line for line in told["diff"] if line.startswith("-"))
        assert (told["risk"], told["reasons"]) == ("high", ["Money leaves."])
        async with asyncio.timeout(20):
            while "echo" not in [each["name"] for each in told["last_calls"]]:
                told = (await api(live, token, f"approvals/{ticket}")).json
        _, _, said = await cli(live, token, "approvals", ticket)
        assert '"amount": 10' in said
        assert "Money leaves." in said
        approved = await api(live, token, f"approvals/{ticket}/approve", {"reason": "Fine."})
        assert approved.json["reviews_today"] == 2
        await second
        assert refunds(upstream) == 1


@pytest.mark.promise("APR-3", "APR-1")
async def test_a_ticket_survives_a_restart_and_the_identical_call_redeems_it(tmp_path: Path) -> None:
    async with holding(tmp_path) as (upstream, live):
        token = await approver(live)
        json_only = {**await live.initialize(), "Accept": "application/json"}
        waiting = asyncio.create_task(live.post(call(), json_only))
        ticket = (await asked(live, token))["id"]
        await live.end()
        assert ticket in text_of(await waiting)
        again = await start(tmp_path, {"crm": upstream.url}, "policies: [policies/]\n", token=live.token)
        try:
            code, _, said = await cli(again, token, "approve", ticket, "--reason", "Yes.")
            assert (code, "must repeat the call first" in said) == (2, True)
            session = await again.initialize()
            waiting = asyncio.create_task(again.post(call(), session))
            async with asyncio.timeout(20):
                while code:
                    code, _, said = await cli(again, token, "approve", ticket, "--reason", "Yes.")
            assert "isError" not in (await waiting).json["result"]
            assert refunds(upstream) == 1
        finally:
            await again.end()


@pytest.mark.promise("APR-2")
async def test_two_people_are_needed_for_what_is_critical_and_a_lock_wins_over_both(tmp_path: Path) -> None:
    async with holding(tmp_path) as (upstream, live):
        session, sam, kim = await live.initialize(), await approver(live), await approver(live, "kim")
        waiting = asyncio.create_task(live.post(call(name="wipe"), session))
        ticket = (await asked(live, sam))["id"]
        _, _, said = await cli(live, sam, "approve", ticket, "--reason", "One.")
        assert "More people are needed." in said
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from firedoor.cli import main; main()", "lock", "create",
            "--principal", "ci", "--reason", "Stolen.", "-c", str(live.folder / "firedoor.yaml"),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        assert "Approvals withdrawn: 1." in out.decode()
        assert text_of(await waiting).startswith("Terminated: Stolen.")
        code, _, said = await cli(live, kim, "approve", ticket, "--reason", "Two.")
        assert (code, "withdrawn already" in said) == (2, True)
        assert upstream.calls == []


def on_disk(folder: Path) -> dict[str, bytes]:
    """Every file, while a gateway writes: where one is renamed meanwhile, look once more."""
    while True:
        try:
            return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        except FileNotFoundError:
            continue


@pytest.mark.promise("PATH-6")
async def test_no_argument_of_a_held_call_is_on_disk_in_clear(tmp_path: Path) -> None:
    async with holding(tmp_path) as (_, live):
        session, token = await live.initialize(), await approver(live)
        waiting = asyncio.create_task(live.post(call(note="0f5dcad8-secret"), session))
        ticket = (await asked(live, token))["id"]
        stored = on_disk(live.data_dir)
        assert any(name.endswith(".seg") for name in stored)
        assert [name for name, kept in stored.items() if b"0f5dcad8-secret" in kept] == []
        await cli(live, token, "deny", ticket, "--reason", "No.")
        await waiting


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.test"}, 421),
        ({"Origin": "https://evil.test"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
    ids=["host", "origin", "a form of a page"],
)
async def test_the_api_hears_no_page_of_another_site(tmp_path: Path, headers: dict, status: int) -> None:
    async with holding(tmp_path) as (_, live):
        token = await approver(live)
        usual = {"Host": f"127.0.0.1:{live.port}", "Content-Type": "application/json"}
        lines = {"Authorization": f"Bearer {token}", "Content-Length": "2", **usual, **headers}
        raw = "POST /api/v1/approvals/apr_1/approve HTTP/1.1\r\n"
        raw += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        assert (await ask(live.port, raw.encode() + b"\r\n{}")).status == status


@pytest.mark.promise("APR-4")
async def test_a_webhook_says_at_once_that_somebody_waits_and_slack_is_only_acknowledged(
    tmp_path: Path,
) -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    async with counting_upstream() as hook:
        address = hook.url.removesuffix("/mcp") + "/hook"
        more = f"approvals:\n  webhooks: [{{url: '{address}', secret: {secret}}}]\n"
        more += f"  slack: {{url: '{address}', signing_secret: shh}}\n"
        async with holding(tmp_path, more) as (_, live):
            session, token = await live.initialize(), await approver(live)
            waiting = asyncio.create_task(live.post(call(note="kept-from-all"), session))
            await hook.until_requests("POST", 2)
            ticket = (await asked(live, token))["id"]
            [told] = [each for each in hook.requests if each.header("webhook-id")]
            checked = Webhook(secret).verify(told.body, dict(told.headers))
            assert (checked["type"], checked["data"]["id"]) == ("approval.requested", ticket)
            assert all(b"kept-from-all" not in each.body for each in hook.requests)
            page = await live.other("GET", {}, f"/approvals/{ticket}")
            assert (page.status, ticket.encode() in page.body) == (200, True)
            for signing, status in (("shh", 200), ("other", 401)):
                stamp, body = str(int(time.time())), b"payload=%7B%7D"
                text = b"v0:" + stamp.encode() + b":" + body
                signature = "v0=" + hmac.new(signing.encode(), text, "sha256").hexdigest()
                lines = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
                assert (await ask(live.port, post("/api/v1/slack", live.port, lines, body))).status == status
            assert (await asked(live, token))["state"] == "requested"
            await cli(live, token, "deny", ticket, "--reason", "No.")
            await waiting


@pytest.mark.promise("APR-3")
async def test_a_task_waits_over_the_wire_its_answer_is_masked_and_a_restart_leaves_its_approval(
    tmp_path: Path,
) -> None:
    knows = {"extensions": {"io.modelcontextprotocol/tasks": {}}}
    capabilities = {"io.modelcontextprotocol/clientCapabilities": knows}

    async def ask_modern(live: Live, method: str, about: str | None = None, **params: object) -> dict:
        body = json.loads(modern(method, 5, **params))
        body["params"]["_meta"] |= capabilities
        return (await live.post(json.dumps(body).encode(), modern_headers(method, about))).json

    async with holding(tmp_path, "mask: {default: on}\n") as (upstream, live):
        token = await approver(live)
        found = (await ask_modern(live, "server/discover"))["result"]["capabilities"]
        assert found["extensions"] == knows["extensions"]
        refund = {"name": "refund", "arguments": {"text": "mail ann@example.com"}}
        first = (await ask_modern(live, "tools/call", "refund", **refund))["result"]
        assert (first["resultType"], first["status"]) == ("task", "working")
        ticket = (await asked(live, token))["id"]
        assert ticket in first["statusMessage"]
        await api(live, token, f"approvals/{ticket}/approve", {"reason": "Fine."})
        async with asyncio.timeout(20):
            while True:
                stood = (await ask_modern(live, "tasks/get", first["taskId"], taskId=first["taskId"]))[
                    "result"
                ]
                if stood["status"] != "working":
                    break
        assert (stood["status"], refunds(upstream)) == ("completed", 1)
        assert "ann@example.com" not in json.dumps(stood)
        second = (await ask_modern(live, "tools/call", "refund", **refund))["result"]
        assert second["taskId"] != first["taskId"]
        ticket = (await asked(live, token))["id"]
        await live.end()
        again = await start(tmp_path, {"crm": upstream.url}, "policies: [policies/]\n", token=live.token)
        try:
            gone = await ask_modern(again, "tasks/get", second["taskId"], taskId=second["taskId"])
            assert gone["error"]["code"] == -32602
            assert "repeat it with identical arguments" in gone["error"]["message"]
            third = (await ask_modern(again, "tools/call", "refund", **refund))["result"]
            assert ticket in third["statusMessage"]
            await api(again, token, f"approvals/{ticket}/approve", {"reason": "Yes."})
            async with asyncio.timeout(20):
                while stood["taskId"] != third["taskId"] or stood["status"] == "working":
                    about = {"taskId": third["taskId"]}
                    stood = (await ask_modern(again, "tasks/get", third["taskId"], **about))["result"]
            assert (stood["status"], refunds(upstream)) == ("completed", 2)
        finally:
            await again.end()
