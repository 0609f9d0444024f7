"""What a policy does to calls, at a running gateway, with an upstream that counts every byte."""

import json
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, modern, modern_headers, of_kind

pytestmark = pytest.mark.anyio

SQL = (
    "include:\n"
    "  - {pack: sql-guarded-writes, upstream: crm}\n"
    "rules:\n"
    "  - {id: hidden, match: {tool: drop_all}, effect: deny}\n"
)
DISGUISES = (
    "DROP TABLE customers",
    "drop/**/table customers",
    "SELECT 1; DROP TABLE customers",
    "WITH x AS (DELETE FROM customers RETURNING *) SELECT * FROM x",
    "EXPLAIN ANALYZE DELETE FROM customers",
    "COPY customers TO PROGRAM 'sh'",
    "DO $$ BEGIN EXECUTE 'DROP TABLE customers'; END $$",
    "SELECT pg_read_file('/etc/passwd')",
    "TRUNCATE customers",
    "UPDATE customers SET name = 'x'",
)


def called(text: str) -> bytes:
    return message("tools/call", 9, name="query", arguments={"sql": text})


@pytest.mark.promise("PATH-2")
async def test_what_sql_would_do_decides_and_not_the_name_of_the_tool(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(SQL)
    async with counting_upstream() as upstream:
        settings = "policies: [rules.yaml]\napprovals: {wait: 1s}\n"
        entry = f"{upstream.url} deny\n    kind: sql\n    dialect: postgres"
        async with live_gateway(tmp_path, {"crm": entry}, settings) as live:
            session = await live.initialize()
            read = await live.post(called("SELECT id FROM customers WHERE id = 7"), session)
            assert read.json["result"].get("isError") is not True
            before = bytes(upstream.received)
            for text in DISGUISES:
                told = (await live.post(called(text), session)).json["result"]
                assert told["isError"] is True, text
                assert "What was understood:" in told["content"][0]["text"]
            held = (await live.post(called("DELETE FROM customers WHERE id = 7"), session)).json["result"]
            assert "Waiting for approval" in held["content"][0]["text"]
            hidden = await live.post(message("tools/call", 9, name="drop_all"), session)
            assert hidden.json["error"] == {"code": -32602, "message": "Unknown tool: drop_all"}
            assert bytes(upstream.received) == before
            await live.end()
            intents = of_kind(live.records(), EntryKind.INTENT)
            verdicts = [e.envelope["verdict"] for e in intents if e.envelope["method"] == "tools/call"]
            assert [v["effect"] for v in verdicts] == ["allow", *["deny"] * len(DISGUISES), "hold", "deny"]
            assert verdicts[-2]["risk"] == "high"


async def test_lists_show_what_may_be_called(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules:\n  - {id: a, match: {tool: other}, effect: allow}\n")
    async with counting_upstream() as upstream:
        settings = "policies: [rules.yaml]\n"
        async with live_gateway(tmp_path, {"crm": f"{upstream.url} deny"}, settings) as live:
            listed = await live.post(modern("tools/list"), modern_headers("tools/list"))
            assert listed.json["result"]["tools"] == []


async def test_an_upstream_that_is_observed_is_decided_about_and_not_stopped(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules:\n  - {id: none, match: {tool: echo}, effect: deny}\n")
    async with counting_upstream() as upstream:
        settings = "policies: [rules.yaml]\n"
        entry = f"{upstream.url} deny\n    mode: observe"
        async with live_gateway(tmp_path, {"crm": entry}, settings) as live:
            headers = modern_headers("tools/call", "echo")
            body = modern("tools/call", 7, name="echo", arguments={"text": "hi"})
            assert (await live.post(body, headers)).json["result"].get("isError") is not True
            listed = await live.post(modern("tools/list"), modern_headers("tools/list"))
            assert [tool["name"] for tool in listed.json["result"]["tools"]] == ["echo"]
            await live.end()
            (intent,) = [
                e for e in of_kind(live.records(), EntryKind.INTENT) if e.envelope["method"] == "tools/call"
            ]
            verdict = intent.envelope["verdict"]
            assert (verdict["effect"], verdict["rules"], verdict["mode"]) == ("deny", ["none"], "observe")
            assert json.loads(intent.payload)["params"]["name"] == "echo"
