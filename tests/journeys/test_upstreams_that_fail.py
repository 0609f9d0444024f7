"""Whatever an upstream does, each request gets exactly one answer."""

import asyncio
import json
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, modern, modern_headers, of_kind
from tests.helpers.program import free_port
from tests.helpers.raw_http import Answer, post, wire

pytestmark = [pytest.mark.anyio, pytest.mark.promise("PATH-7")]

FAILING = (
    "hang_up", "die_in_json", "die_in_stream", "end_stream", "not_json", "not_http", "other_id", "error_page",
    "bomb_line", "odd_status", "no_body",
)  # fmt: skip


def answers_in(answer: Answer) -> list[dict]:
    """The responses that a client finds in an answer, whatever its shape."""
    if answer.headers["content-type"] == "text/event-stream":
        return [found for event in answer.events if "id" in (found := json.loads(event))]
    return [answer.json]


async def test_a_failing_upstream_is_answered_for_once_and_recorded(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        for tool in FAILING:
            legacy = answers_in(await live.post(message("tools/call", tool, name=tool), session))
            headers = {**modern_headers("tools/call", tool), "Accept": "application/json, text/event-stream"}
            today = answers_in(await live.post(modern("tools/call", tool, name=tool), headers))
            for found in (legacy, today):
                assert [one["id"] for one in found] == [tool], tool
                assert found[0]["error"]["code"] == -32603, tool
        assert await live.ready() == 200
        await live.end()
        outcomes = [e.envelope for e in of_kind(live.records(), EntryKind.OUTCOME)]
        assert sum(e["result"] == "failed" for e in outcomes) == 2 * len(FAILING)
        assert "Traceback" not in live.log


async def test_an_upstream_that_is_not_there_is_answered_for(tmp_path: Path) -> None:
    async with live_gateway(tmp_path, {"crm": f"http://127.0.0.1:{free_port()}/mcp"}) as live:
        opening = message("initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={})
        failed = await live.post(opening)
        assert (failed.status, failed.json["id"], failed.json["error"]["code"]) == (200, 1, -32603)
        failed = await live.post(modern("tools/list"), modern_headers("tools/list"))
        assert (failed.status, failed.json["id"], failed.json["error"]["code"]) == (200, 1, -32603)


async def test_a_modern_client_that_leaves_ends_the_call_upstream_and_others_go_on(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        body = modern("tools/call", 1, name="hold")
        async with wire(live.port) as leaving:
            request = post(
                "/mcp/crm", live.port, {**live.auth(), **modern_headers("tools/call", "hold")}, body
            )
            await leaving.send(request)
            await upstream.until_held(1)
        staying = await live.post(
            modern("tools/call", 2, name="echo", arguments={"text": "x"}),
            modern_headers("tools/call", "echo"),
        )
        assert staying.json["result"]["content"][0]["text"] == "x"
        async with asyncio.timeout(20):
            # Were the call still open, the gateway would wait 30 s for it.
            await live.end()
        outcomes = {e.envelope["result"] for e in of_kind(live.records(), EntryKind.OUTCOME)}
        assert outcomes == {"cancelled", "result"}


async def test_two_calls_with_one_id_get_an_answer_each(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        bodies = [message("tools/call", 1, name="hold"), message("tools/call", 1, name="echo")]
        both = [asyncio.create_task(live.post(body, session)) for body in bodies]
        await upstream.until_held(1)
        upstream.release.set()
        answers = await asyncio.gather(*both)
        assert [answer.json["result"]["content"][0]["text"] for answer in answers] == ["held", ""]


async def test_an_answer_with_an_odd_status_is_an_answer(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        for status in (201, 202, 204, 205, 302, 304, 401, 407, 418, 451, 499, 599, 600, 799, 999):
            body = message("tools/call", status, name="odd_status_with_answer", arguments={"status": status})
            answer = await live.post(body, session)
            assert answer.json["id"] == status
            assert answer.status == (status if status in (201, 418, 451, 499, 599) else 200)
        assert "Traceback" not in live.log
