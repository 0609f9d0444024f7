"""What an approver has before the eyes: masked arguments, what the guards understood, how much was asked."""

import asyncio
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firedoor.core.decide.approvals import LOAD_DAY
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, grant_id, live_gateway, message, new_token
from tests.helpers.raw_http import Answer, ask, head, post
from tests.helpers.refunds import cli

pytestmark = pytest.mark.anyio
APPROVER = frozenset({"approver"})
GUARDED = {
    "sql": (
        "dialect: postgres",
        'sql.effect == "write"',
        {"query": "DELETE FROM customers WHERE id = 7"},
        "DELETE",
    ),
    "shell": ("", 'shell.effect != "read"', {"command": "systemctl restart api"}, "systemctl"),
}


@asynccontextmanager
async def served(folder: Path, entry: str, rule: str, more: str) -> AsyncIterator[tuple[Live, str]]:
    (folder / "rules.yaml").write_text(f"rules:\n  - {rule}\n")
    async with counting_upstream() as upstream:
        crm = {"crm": f"{upstream.url} allow{entry}"}
        async with live_gateway(folder, crm, f"policies: [rules.yaml]\n{more}") as live:
            yield live, await asyncio.to_thread(new_token, live.data_dir, "sam", None, roles=APPROVER)


async def api(live: Live, token: str, path: str, body: object = None) -> Answer:
    at, usual = f"/api/v1/{path}", {"Authorization": f"Bearer {token}"}
    if body is None:
        return await ask(live.port, head("GET", at, live.port, usual))
    raw = json.dumps(body).encode()
    return await ask(live.port, post(at, live.port, {"Content-Type": "application/json", **usual}, raw))


async def waiting(live: Live, token: str, count: int = 1) -> list[dict]:
    async with asyncio.timeout(30):
        while len(found := (await api(live, token, "approvals")).json["approvals"]) < count:
            pass
    return found


@pytest.mark.promise("APR-4")
@pytest.mark.parametrize("kind", GUARDED)
async def test_an_approver_reads_what_the_guard_understood_beside_the_masked_arguments(
    tmp_path: Path, kind: str
) -> None:
    more, when, arguments, word = GUARDED[kind]
    rule = f"{{id: writes, match: {{upstream: crm}}, when: '{when}', effect: hold}}"
    entry = f"\n    kind: {kind}" + (f"\n    {more}" if more else "")
    async with served(tmp_path, entry, rule, "mask: {default: on}\n") as (live, token):
        session = await live.initialize()
        given = {**arguments, "note": "for ann@example.com"}
        held = asyncio.create_task(live.post(message("tools/call", 7, name="run", arguments=given), session))
        [found] = await waiting(live, token)
        assert word in " ".join(found["understood"]), found
        assert next(iter(arguments.values())) in json.loads(found["params"])["arguments"].values()
        assert "ann@example.com" not in found["params"]
        _, _, said = await cli(live, token, "approvals", found["id"])
        assert "understood: " in said
        assert "ann@example.com" not in said
        await api(live, token, f"approvals/{found['id']}/deny", {"reason": "No."})
        await held


@pytest.mark.promise("APR-4")
async def test_who_decides_too_often_in_a_day_is_told_and_so_is_who_looks(tmp_path: Path) -> None:
    rule = "{id: all, match: {upstream: crm, tool: refund}, effect: hold}"
    async with served(tmp_path, "", rule, "") as (live, token):
        session = await live.initialize()
        calls = [
            asyncio.create_task(
                live.post(message("tools/call", n, name="refund", arguments={"n": n}), session)
            )
            for n in range(LOAD_DAY + 1)
        ]
        found = await waiting(live, token, LOAD_DAY + 1)
        assert f"{LOAD_DAY + 1} of them are asked for by ci." in (await cli(live, token, "approvals"))[2]
        said = [
            await api(live, token, f"approvals/{each['id']}/deny", {"reason": "No."}) for each in found[:-1]
        ]
        assert {(each.status, each.json["is_too_much"]) for each in said} == {(200, False)}
        code, _, told = await cli(live, token, "deny", found[-1]["id"], "--reason", "No.")
        warning = f"decided {LOAD_DAY + 1} times in a day. Who is asked that often stops reading."
        assert (code, f"You {warning}" in told) == (0, True)
        assert (await api(live, token, "approvals")).json["load"] == [
            {"approver": "sam", "reviews_today": LOAD_DAY + 1, "is_too_much": True}
        ]
        kim = await asyncio.to_thread(new_token, live.data_dir, "kim", None, roles=APPROVER)
        listed = (await cli(live, kim, "approvals"))[2]
        assert f"sam {warning}" in listed
        assert "asked for by" not in listed
        await asyncio.gather(*calls)


async def test_what_slack_signed_before_or_for_another_body_is_not_heard_and_a_button_decides_nothing(
    tmp_path: Path,
) -> None:
    more = "approvals:\n  slack: {url: 'http://127.0.0.1:9/hook', signing_secret: shh}\n"
    rule = "{id: all, match: {upstream: crm, tool: refund}, effect: hold}"
    async with served(tmp_path, "", rule, more) as (live, token):
        session = await live.initialize()
        held = asyncio.create_task(live.post(message("tools/call", 7, name="refund", arguments={}), session))
        [found] = await waiting(live, token)
        press = {"type": "block_actions", "actions": [{"action_id": "firedoor_look", "value": found["id"]}]}
        body = b"payload=" + json.dumps(press).encode()
        for age_s, signed, status in ((0, body, 200), (0, body, 200), (400, body, 401), (-400, body, 401),
                                      (0, b"payload=other", 401)):  # fmt: skip
            stamp = str(int(time.time()) - age_s)
            text = b"v0:" + stamp.encode() + b":" + signed
            lines = {
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": "v0=" + hmac.new(b"shh", text, "sha256").hexdigest(),
            }
            answer = await ask(live.port, post("/api/v1/slack", live.port, lines, body))
            assert (answer.status, answer.body) == (status, b""), age_s
        [still] = await waiting(live, token)
        assert (still["state"], still["reviews"]) == ("requested", [])
        page = (await live.other("GET", {}, f"/approvals/{found['id']}")).body.decode()
        assert f"firedoor approve {found['id']}" in page
        assert "refund" not in page
        await api(live, token, f"approvals/{found['id']}/deny", {"reason": "No."})
        await held


@pytest.mark.promise("APR-4")
async def test_nothing_that_is_written_in_a_call_hides_from_who_reads_it(tmp_path: Path) -> None:
    rule = "{id: all, match: {upstream: crm, tool: run}, effect: hold}"
    hidden = r'{"sql":"\u0044\u0052\u004f\u0050 t","a":"\u3164\ufe0f","who":"\u0430dmin","pad":"ok%sx"}'
    body = (
        b'{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"run","arguments":%b}}'
        % (hidden % (" " * 500)).encode()
    )
    async with served(tmp_path, "", rule, "") as (live, token):
        session = await live.initialize()
        for told in ("", "The same call was refused once before, by sam last."):
            held = asyncio.create_task(live.post(body, session))
            [found] = await waiting(live, token)
            _, _, said = await cli(live, token, "approvals", found["id"])
            for text in (
                "DROP t",
                "\\u3164\\ufe0f",
                "note    2 characters in it cannot be seen",
                "500 spaces in a row",
                "(U+0430 CYRILLIC SMALL LETTER A)",
                told,
                "needs   1 with the role approver",
            ):
                assert text in said, (text, said)
            await api(live, token, f"approvals/{found['id']}/deny", {"reason": "No."})
            await held


@pytest.mark.promise("APR-4")
async def test_who_is_of_another_upstream_sees_nothing_of_a_call(tmp_path: Path) -> None:
    rule = "{id: all, match: {upstream: crm, tool: run}, effect: hold}"
    async with served(tmp_path, "", rule, "") as (live, token):
        session = await live.initialize()
        other = await asyncio.to_thread(new_token, live.data_dir, "kim", frozenset({"hr"}), roles=APPROVER)
        held = asyncio.create_task(live.post(message("tools/call", 7, name="run", arguments={}), session))
        [found] = await waiting(live, token)
        asked = {"upstream": "crm", "tools": ["run"], "reason": "Case 7."}
        permit = (await api(live, live.token, "permits", asked)).json["id"]
        assert (await api(live, token, f"permits/{permit}")).status == 200
        assert (await api(live, other, f"permits/{permit}")).status == 404
        assert (await api(live, other, f"approvals/{found['id']}")).status == 404
        told = (await api(live, other, "approvals")).json
        assert (told["approvals"], told["permits"]) == ([], [])
        assert (await api(live, other, f"approvals/{found['id']}/approve", {"reason": "Yes."})).status == 403
        await api(live, token, f"approvals/{found['id']}/deny", {"reason": "No."})
        await held


@pytest.mark.promise("APR-2")
@pytest.mark.parametrize("how", ["locked", "revoked"])
async def test_what_a_stolen_token_has_approved_is_not_executed_once_that_is_known(
    tmp_path: Path, how: str
) -> None:
    rule = "{id: all, match: {upstream: crm, tool: run}, effect: hold}"
    async with served(tmp_path, "", rule, "approvals: {wait: 1s}\n") as (live, token):
        session, call = await live.initialize(), message("tools/call", 7, name="run", arguments={})
        await live.post(call, session)
        [found] = await waiting(live, token)
        await api(live, token, f"approvals/{found['id']}/approve", {"reason": "Yes."})
        if how == "locked":
            words = ("lock", "create", "--principal", "sam", "--reason", "Stolen.")
            assert "Approvals withdrawn: 1." in (await cli(live, "", *words))[2]
        else:
            assert (await cli(live, "", "token", "revoke", grant_id(token), "--reason", "Stolen."))[0] == 0
        assert (await live.post(call, session)).json["result"]["isError"]
        kim = await asyncio.to_thread(new_token, live.data_dir, "kim", None, roles=APPROVER)
        every = (await cli(live, kim, "approvals", "--all", "--json"))[1]
        assert (found["id"], "withdrawn") in {(each["id"], each["state"]) for each in every}
