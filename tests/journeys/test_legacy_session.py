"""A client with a handshake, from `initialize` to DELETE, through a running gateway."""

import json
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.live_gateway import live_gateway, message, of_kind
from tests.helpers.raw_http import head, post, wire

pytestmark = pytest.mark.anyio


async def test_a_session_opens_lists_calls_listens_and_ends(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        listed = await live.post(message("tools/list", 2), session)
        assert [tool["name"] for tool in listed.json["result"]["tools"]] == ["echo"]
        called = await live.post(message("tools/call", 3, name="echo", arguments={"text": "hé"}), session)
        assert called.json["result"]["content"][0]["text"] == "hé"
        streamed = await live.post(message("tools/call", "four", name="stream"), session)
        assert streamed.headers["content-type"] == "text/event-stream"
        assert [json.loads(event).get("id") for event in streamed.events] == [None, None, None, "four"]
        async with wire(live.port) as listening:
            await listening.send(head("GET", "/mcp/crm", live.port, live.auth(**session)))
            assert (await listening.head())[0] == 200
            assert json.loads(await listening.event())["method"] == "notifications/tools/list_changed"
        assert (await live.other("DELETE", session)).status == 200
        assert (await live.post(message("tools/list", 5), session)).status == 404
        reached = [(request.verb, request.header("mcp-session-id")) for request in upstream.requests[1:]]
        assert reached == [("POST", "up-1")] * 4 + [("GET", "up-1"), ("DELETE", "up-1")]


async def test_the_session_id_that_a_client_sees_is_not_the_upstreams(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        assert session["Mcp-Session-Id"] != "up-1"
        assert session["Mcp-Session-Id"].encode() not in upstream.received
        guessed = await live.post(message("tools/list", 2), {**session, "Mcp-Session-Id": "up-1"})
        assert guessed.status == 404


@pytest.mark.promise("REC-3")
async def test_the_record_holds_exactly_what_the_client_saw(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        seen = [(await live.post(message("tools/list", 2), session)).body]
        seen.append((await live.post(message("tools/call", 3, name="echo"), session)).body)
        seen += (await live.post(message("tools/call", 4, name="stream"), session)).events
        await live.end()
        records = live.records()
        intents = {entry.sequence: entry for entry in of_kind(records, EntryKind.INTENT)}
        shown = [
            entry.payload
            for entry in records
            if entry.kind in (EntryKind.OUTCOME, EntryKind.EVENT)
            and intents[entry.envelope["call"]].envelope["method"].startswith("tools/")
        ]
        assert shown == seen
        assert all(
            entry.envelope["verdict"]["effect"] == "allow" and entry.envelope["verdict"]["policy"]
            for entry in intents.values()
        )
        assert [entry.payload for entry in intents.values()][1:] == [r.body for r in upstream.requests[1:]]


async def calls_on_one_connection(live, upstream: Counting, session: dict[str, str]) -> list[int]:
    async with wire(live.port) as connection:
        for number in range(20):
            body = message("tools/call", number, name="echo", arguments={"text": str(number)})
            await connection.send(post("/mcp/crm", live.port, live.auth(**session), body))
        return [(await connection.answer()).json["id"] for _ in range(20)]


async def test_pipelined_requests_are_answered_in_order(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        assert await calls_on_one_connection(live, upstream, session) == list(range(20))
        assert len(upstream.calls) == 20
