"""Who is let in, and what a refusal looks like, at a running gateway."""

import json
import time
from pathlib import Path

import pytest

from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import (
    CREDENTIAL,
    grant_id,
    live_gateway,
    message,
    modern,
    modern_headers,
    new_token,
    of_kind,
)
from tests.helpers.raw_http import ask, head, post

pytestmark = pytest.mark.anyio

LIST = modern("tools/list")


async def test_a_dead_credential_is_told_401_with_a_challenge(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        expired = new_token(live.data_dir, expires_at_us=2)
        for authorization, challenge in (
            (None, 'Bearer realm="firedoor"'),
            ("Basic YTpi", 'Bearer realm="firedoor"'),
            ("Bearer", 'Bearer realm="firedoor"'),
            ("Bearer wrong", 'Bearer realm="firedoor", error="invalid_token"'),
            (f"Bearer {live.token}x", 'Bearer realm="firedoor", error="invalid_token"'),
            (f"Bearer {expired}", 'Bearer realm="firedoor", error="invalid_token"'),
        ):
            headers = modern_headers("tools/list")
            if authorization is not None:
                headers["Authorization"] = authorization
            answer = await ask(live.port, post("/mcp/crm", live.port, headers, LIST))
            assert answer.status == 401
            assert answer.headers["www-authenticate"] == challenge
        assert upstream.received == b""


@pytest.mark.promise("ID-2")
async def test_a_token_revoked_in_another_process_is_refused_on_the_next_request(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        assert (await live.post(message("tools/list", 2), session)).status == 200
        before = len(upstream.requests)
        store = Store.open("sqlite", live.data_dir)
        assert store.grants.revoke(grant_id(live.token), 1, "lost laptop")
        refused = await live.post(message("tools/list", 3), session)
        store.close()
        assert refused.status == 401
        assert len(upstream.requests) == before


@pytest.mark.promise("ID-2")
async def test_a_token_is_refused_once_its_time_is_over(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        live.token = new_token(live.data_dir, expires_at_us=time.time_ns() // 1000 + 3_000_000)
        answers = [(await live.post(LIST, modern_headers("tools/list"))).status]
        while answers[-1] == 200:
            answers.append((await live.post(LIST, modern_headers("tools/list"))).status)
        assert answers[-1] == 401


async def test_a_token_bound_to_one_upstream_opens_no_other(tmp_path: Path) -> None:
    async with (
        counting_upstream() as crm,
        counting_upstream() as wiki,
        live_gateway(tmp_path, {"crm": crm.url, "wiki": wiki.url}) as live,
    ):
        live.token = new_token(live.data_dir, upstreams=frozenset({"crm"}))
        assert (await live.post(LIST, modern_headers("tools/list"))).status == 200
        assert (await live.post(LIST, modern_headers("tools/list"), "wiki")).status == 401
        session = await live.initialize()
        assert (await live.post(message("tools/list"), session, "wiki")).status == 401
        assert wiki.received == b""


async def test_a_session_is_of_its_grant_and_its_upstream_alone(tmp_path: Path) -> None:
    async with (
        counting_upstream() as crm,
        counting_upstream() as wiki,
        live_gateway(tmp_path, {"crm": crm.url, "wiki": wiki.url}) as live,
    ):
        session = await live.initialize()
        assert (await live.post(message("tools/list"), session, "wiki")).status == 404
        reached = len(crm.requests)
        live.token = new_token(live.data_dir, "eve")
        assert (await live.post(message("tools/list"), session)).status == 404
        assert (await live.other("DELETE", session)).status == 404
        assert (len(crm.requests), wiki.received) == (reached, b"")


@pytest.mark.promise("PATH-2")
async def test_a_denied_call_sends_no_byte_upstream(tmp_path: Path) -> None:
    policy = tmp_path / "rules.yaml"
    policy.write_text(
        "rules:\n"
        "  - {id: no-drops, match: {tool: drop_table}, effect: deny, reason: Drops are not for agents.}\n"
        "  - {id: not-all, match: {tool: drop_*}, when: has(args.all), effect: deny,\n"
        "     reason: Drops are not for agents.}\n"
    )
    async with (
        counting_upstream() as open_one,
        counting_upstream() as closed_one,
        live_gateway(
            tmp_path,
            {"crm": open_one.url, "wiki": f"{closed_one.url} deny"},
            f"policies: [{policy.name}]\n",
        ) as live,
    ):
        # Which era an upstream speaks is asked once; what the calls add to that is counted.
        for upstream in ("crm", "wiki"):
            assert (await live.post(LIST, modern_headers("tools/list"), upstream)).status == 200
        session = await live.initialize()
        before = (bytes(open_one.received), bytes(closed_one.received))
        for upstream, tool in (("crm", "drop_table"), ("wiki", "echo")):
            body = modern("tools/call", 7, name=tool)
            denied = await live.post(body, modern_headers("tools/call", tool), upstream)
            assert denied.status == 200
            # What is closed whatever the arguments are is hidden, and answered as unknown.
            assert denied.json["error"] == {"code": -32602, "message": f"Unknown tool: {tool}"}
        denied = await live.post(message("tools/call", 8, name="drop_now", arguments={"all": True}), session)
        assert "Drops are not for agents." in denied.json["result"]["content"][0]["text"]
        assert denied.json["result"]["isError"] is True
        reading = modern("resources/read", 9, uri="file:///etc/passwd")
        unread = await live.post(reading, modern_headers("resources/read", "file:///etc/passwd"), "wiki")
        assert unread.json["error"]["code"] == -32602
        assert (bytes(open_one.received), bytes(closed_one.received)) == before
        await live.end()
        intents = of_kind(live.records(), EntryKind.INTENT)
        denials = [e.envelope["verdict"] for e in intents if e.envelope["verdict"]["effect"] != "allow"]
        assert [d["rules"] for d in denials] == [["no-drops"], [], ["not-all"], []]


@pytest.mark.promise("PATH-2", "DEC-1")
async def test_a_call_that_is_sent_as_a_notification_goes_nowhere(tmp_path: Path) -> None:
    async with (
        counting_upstream() as upstream,
        live_gateway(tmp_path, {"crm": f"{upstream.url} deny"}) as live,
    ):
        session = await live.initialize()
        before = bytes(upstream.received)
        for method in ("tools/call", "resources/read", "notifications/made_up"):
            body = json.dumps({"jsonrpc": "2.0", "method": method, "params": {"name": "echo", "uri": "x"}})
            assert (await live.post(body.encode(), session)).status == 400
        body = json.dumps({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "echo"}}).encode()
        assert (await live.post(body, modern_headers("tools/call", "echo"))).status == 400
        assert bytes(upstream.received) == before


@pytest.mark.promise("PATH-6")
async def test_neither_credential_is_found_where_it_does_not_belong(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        cookie = {"Cookie": f"token={live.token}", "X-Api-Key": live.token, "Referer": f"http://{live.token}"}
        told = [
            await live.post(message("tools/call", 2, name="leak"), {**session, **cookie}),
            await live.post(
                modern("tools/call", 3, name="leak"), {**modern_headers("tools/call", "leak"), **cookie}
            ),
            await live.post(message("tools/call", 4, name="stream"), session),
            await ask(live.port, head("GET", f"/mcp/crm?token={live.token}", live.port)),
            await live.post(b"{", session),
        ]
        assert f"Bearer {CREDENTIAL}".encode() in upstream.received
        assert live.token.encode() not in upstream.received
        assert b"counting" not in told[0].body
        assert all(CREDENTIAL.encode() not in answer.body for answer in told)
        assert "authorization" in told[0].json["result"]["content"][0]["text"]
        await live.end()
        records = live.records()
        recorded = b"".join(e.payload + json.dumps(e.envelope).encode() for e in records)
        stored = b"".join(f.read_bytes() for f in live.data_dir.rglob("*") if f.is_file())
        for place in (recorded, stored, live.log.encode()):
            assert CREDENTIAL.encode() not in place
            assert live.token.encode() not in place


async def test_every_kind_of_refusal_is_recorded(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        good = {"Content-Type": "application/json", **live.auth()}
        before = bytes(upstream.received)

        async def sent(headers: dict[str, str], body: bytes = LIST, path: str = "/mcp/crm") -> None:
            await ask(live.port, post(path, live.port, {**good, **headers}, body))

        await sent({"Authorization": "Bearer no"})
        await sent({"Authorization": "no"})
        await sent({}, path="/mcp/nobody")
        await sent({"Origin": "https://evil.example"})
        await ask(live.port, head("GET", "/mcp/crm", live.port, good, host="evil.example"))
        await ask(live.port, head("PUT", "/mcp/crm", live.port, good))
        await sent({"Content-Type": "text/plain"})
        await sent({"Content-Encoding": "gzip"})
        await sent({"X-Long": "a" * 20_000})
        await sent({"Mcp-Session-Id": "a\r\nMcp-Session-Id: b"})
        await sent({"Content-Length": "99999999"}, b"")
        await sent({}, b"{")
        await sent({}, b"[]")
        await sent({}, b'{"jsonrpc":"2.0","id":1,"method":"ping","Method":"x"}')
        await sent({}, b'{"jsonrpc":"1.0"}')
        await sent({}, b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}')
        await sent({}, b'{"jsonrpc":"2.0","id":1}')
        await sent({}, b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}')
        await sent(session, message("tools/call", 2))
        await sent(session, message("tools/destroy", 2))
        await sent(
            {**modern_headers("tools/list"), "MCP-Protocol-Version": "2031-01-01"}, message("tools/list")
        )
        await sent(modern_headers("tools/list"), message("tools/list"))
        await sent(modern_headers("tools/call"))
        await sent(modern_headers("x"), b'{"jsonrpc":"2.0","id":1,"result":{}}')
        await sent({}, message("tools/list"))
        await sent({**session, "Mcp-Session-Id": "gone"}, message("tools/list"))
        assert bytes(upstream.received) == before
        await live.end()
        refused = [e.envelope["reason"] for e in of_kind(live.records(), EntryKind.REFUSED)]
        assert refused == [
            "token_unknown", "no_token", "unknown_upstream", "unknown_origin", "unknown_host", "verb",
            "content_type", "content_encoding", "head_too_large", "header_twice", "body_too_large",
            "not_json", "not_an_object", "lookalike_member", "not_json_rpc", "bad_id", "bad_envelope",
            "bad_params", "bad_name", "unknown_method", "unsupported_version", "bad_meta",
            "header_mismatch", "unasked_response", "no_session", "unknown_session",
        ]  # fmt: skip
