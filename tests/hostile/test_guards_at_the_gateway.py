"""The packs for SQL and shell at a running gateway that allows everything else: harm in whatever place."""

import base64
import json
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, modern, modern_headers

pytestmark = pytest.mark.anyio

DROP = "DROP TABLE customers"
READ = "SELECT id FROM customers WHERE id = 7"
SQL = (
    {"sql": DROP},
    {"anything": DROP},
    {"query": READ, "other": DROP},
    {"query": READ, "then": {"first": {"deep": [READ, {"x": DROP}]}}},
    {"queries": [READ, DROP]},
    {"statements": [{"text": READ}, {"text": DROP, "values": [1, "a"]}]},
    {"Raw-Sql": DROP},
    {"batch": json.dumps([READ, DROP])},
    {"query": ["DROP", "TABLE", "customers"]},
    {"query": READ, "limit": "1; DROP TABLE customers"},
    {"query": READ, "schema": "public; DROP TABLE customers; --"},
    {"query": READ, "n": 7, "flag": True, "none": None, "odd": "\u2028DROP TABLE customers"},
    {"name": "SHUTDOWN"},
    {DROP: READ, "query": DROP},
    {"query": READ + ";" + DROP},
    {"a": [[[[[[[[DROP]]]]]]]]},
    {"payload": base64.b64encode(DROP.encode()).decode()},
    {"query": READ, "encoded": [base64.b64encode(DROP.encode()).decode().rstrip("=")]},
    {"hex": DROP.encode().hex()},
    {"where": "1%3B%20DROP%20TABLE%20customers"},
)
HARM = "rm -rf /srv"
LIST = "ls -l /var/log"
SHELL = (
    {"command": HARM},
    {"anything": HARM},
    {"command": LIST, "other": HARM},
    {"command": LIST, "steps": [{"run": LIST}, {"run": HARM}]},
    {"commands": [LIST, HARM]},
    {"command": "ls", "args": ["-l", "; rm -rf /srv"]},
    {"command": "bash", "args": ["-c", HARM]},
    {"argv": ["rm", "-rf", "/srv"], "command": "env"},
    {"command": ["sh", "-c", HARM]},
    {"command": LIST, "cwd": "/srv; rm -rf /srv"},
    {"command": LIST, "directory": "$(rm -rf /srv)"},
    {"command": LIST, "env": {"LD_PRELOAD": "/srv/x.so; id"}},
    {"what": "reboot"},
    {"command": LIST, "stdin": HARM},
    {"script": f"{LIST}\n{HARM}\n"},
    {"command": LIST, "timeout": 5, "odd": [None, True, 7.5, {"x": f"{LIST} && {HARM}"}]},
    {"pod": "api-0; rm -rf /srv"},
    {"payload": base64.b64encode(HARM.encode()).decode()},
    {"command": LIST, "encoded": HARM.encode().hex()},
    {"url": "run%3Brm%20-rf%20/srv"},
)


async def denied(tmp_path: Path, kind: str, harmful: tuple[dict, ...], harmless: dict) -> None:
    (tmp_path / "rules.yaml").write_text(f"include:\n  - {{pack: {kind}-read-only, upstream: crm}}\n")
    async with counting_upstream() as upstream:
        entry = f"{upstream.url} allow\n    kind: {kind}" + (
            "\n    dialect: postgres" if kind == "sql" else ""
        )
        async with live_gateway(tmp_path, {"crm": entry}, "policies: [rules.yaml]\n") as live:
            session = await live.initialize()
            passed = await live.post(message("tools/call", 1, name="run", arguments=harmless), session)
            assert passed.json["result"].get("isError") is not True
            before = len(upstream.calls)
            for arguments in harmful:
                answer = await live.post(message("tools/call", 2, name="run", arguments=arguments), session)
                assert answer.json["result"].get("isError") is True, arguments
                asked = await live.post(message("prompts/get", 3, name="p", arguments=arguments), session)
                assert "error" in asked.json, arguments
                body = modern("tools/call", 4, name="run", arguments=arguments)
                told = await live.post(body, modern_headers("tools/call", "run"))
                assert told.json["result"]["isError"] is True, arguments
            worst = next(iter(harmful[0].values()))
            for body in (
                message("resources/read", 5, uri=f"db://x/?q={worst}"),
                message("resources/read", 5, uri=f"db://x/?q={quote(worst)}"),
                message("resources/read", 5, uri=f"db://x/?q={quote_plus(worst)}"),
                message(
                    "completion/complete",
                    6,
                    ref={"type": "ref/prompt", "name": "p"},
                    argument={"name": "q", "value": worst},
                ),
            ):
                assert "error" in (await live.post(body, session)).json, body
            again = modern(
                "tools/call",
                7,
                name="run",
                arguments=harmless,
                inputResponses={"q": {"action": "accept", "content": {"answer": worst}}},
            )
            told = await live.post(again, modern_headers("tools/call", "run"))
            assert told.json.get("result", {}).get("isError") is True, told.json
            several = b"[" + message("tools/call", 8, name="run", arguments=harmful[0]) + b"]"
            refused = await live.post(several, session)
            assert refused.status == 400 or "error" in json.dumps(refused.json)
            assert len(upstream.calls) == before
            assert worst.encode() not in upstream.received
            await live.end()


async def test_no_place_carries_sql_past_the_guard(tmp_path: Path) -> None:
    await denied(tmp_path, "sql", SQL, {"query": READ, "limit": 10})


async def test_no_place_carries_a_command_past_the_guard(tmp_path: Path) -> None:
    await denied(
        tmp_path, "shell", SHELL, {"command": LIST, "cwd": "/var/My Logs", "reason": "to see; really"}
    )
