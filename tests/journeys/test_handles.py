"""Two clients behind one credential: neither can use what the upstream gave the other."""

import json
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import (
    Live,
    live_gateway,
    message,
    modern,
    modern_headers,
    new_token,
    of_kind,
)
from tests.helpers.raw_http import Answer

pytestmark = pytest.mark.anyio

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Client:
    """One token, in the era it is asked in."""

    def __init__(self, live: Live, token: str, session: dict[str, str] | None) -> None:
        self.live, self.token, self.session = live, token, session

    async def ask(self, method: str, routed_by: str | None = None, **params: object) -> Answer:
        self.live.token = self.token
        if self.session is not None:
            return await self.live.post(message(method, 9, **params), self.session)
        return await self.live.post(modern(method, 9, **params), modern_headers(method, routed_by))


async def two(live: Live, is_modern: bool) -> tuple[Client, Client]:
    tokens = [live.token, new_token(live.data_dir, "eve")]
    clients = []
    for token in tokens:
        live.token = token
        clients.append(Client(live, token, None if is_modern else await live.initialize()))
    return clients[0], clients[1]


def is_unknown(answer: Answer, is_modern: bool) -> bool:
    error = answer.json.get("error", {})
    return (answer.status, error.get("code"), error.get("data")) == (
        400 if is_modern else 200,
        -32602,
        {"reason": "foreign_handle"},
    )


@pytest.mark.parametrize("is_modern", [False, True], ids=["legacy", "modern"])
async def test_a_task_is_of_the_grant_that_made_it(tmp_path: Path, is_modern: bool) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        owner, eve = await two(live, is_modern)
        made = (await owner.ask("tools/call", "task", name="task")).json["result"]
        task = made["taskId"] if is_modern else made["task"]["taskId"]
        methods = ["tasks/get", "tasks/cancel", "tasks/update" if is_modern else "tasks/result"]
        for method in methods:
            assert (await owner.ask(method, task, taskId=task)).json["result"]["taskId"] == task
        before = bytes(upstream.received)
        for method in methods:
            assert is_unknown(await eve.ask(method, task, taskId=task), is_modern)
            assert is_unknown(await eve.ask(method, "task-9", taskId="task-9"), is_modern)
        assert bytes(upstream.received) == before
        await live.end()
        refused = [e.envelope for e in of_kind(live.records(), EntryKind.OUTCOME) if e.envelope.get("code")]
        assert {(e["result"], e["code"]) for e in refused} == {("denied", "foreign_handle")}
        assert len(refused) == 6


async def test_a_list_of_tasks_shows_ones_own_and_a_new_session_still_has_them(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        owner, eve = await two(live, False)
        for client in (owner, eve, owner):
            await client.ask("tools/call", name="task")
        live.token = owner.token
        owner.session = await live.initialize()
        shown = [
            [task["taskId"] for task in (await client.ask("tasks/list")).json["result"]["tasks"]]
            for client in (owner, eve)
        ]
        assert shown == [["task-1", "task-3"], ["task-2"]]
        assert (await owner.ask("tasks/get", taskId="task-1")).json["result"]["status"] == "working"


@pytest.mark.parametrize("is_modern", [False, True], ids=["legacy", "modern"])
async def test_a_cursor_is_of_the_session_it_was_given_to(tmp_path: Path, is_modern: bool) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        owner, eve = await two(live, is_modern)
        page = (await owner.ask("resources/list")).json["result"]
        assert is_unknown(await eve.ask("resources/list", cursor=page["nextCursor"]), is_modern)
        assert (await owner.ask("resources/list", cursor=page["nextCursor"])).json["result"] == {
            "resources": []
        }
        # The same cursor may be given to several.
        await eve.ask("resources/list")
        assert (await eve.ask("resources/list", cursor="page-2")).json["result"] == {"resources": []}


async def test_a_round_is_answered_by_the_client_that_was_asked(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        owner, eve = await two(live, True)
        state = (await owner.ask("tools/call", "ask", name="ask")).json["result"]["requestState"]
        assert is_unknown(await eve.ask("tools/call", "ask", name="ask", requestState=state), True)
        done = await owner.ask("tools/call", "ask", name="ask", requestState=state, inputResponses={})
        assert done.json["result"]["resultType"] == "complete"


async def test_after_a_restart_nobody_was_given_anything(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        async with live_gateway(tmp_path, {"crm": upstream.url}) as live:
            task = (await Client(live, live.token, None).ask("tools/call", "task", name="task")).json[
                "result"
            ]
            token = live.token
        async with live_gateway(tmp_path, {"crm": upstream.url}) as live:
            asked = await Client(live, token, None).ask("tasks/get", task["taskId"], taskId=task["taskId"])
            assert is_unknown(asked, True)


async def test_a_trace_goes_through_and_the_body_is_as_the_client_wrote_it(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        body = message("tools/call", 2, name="echo", _meta={"traceparent": PARENT, "baggage": "a=b"})
        await live.post(body, {**session, "traceparent": PARENT.replace("4b", "5c"), "tracestate": "no=1"})
        await live.post(message("tools/call", 3, name="echo"), {**session, "traceparent": PARENT})
        await live.post(message("tools/call", 4, name="echo"), session)
        sent = upstream.calls
        assert sent[0].body == body
        assert [request.header("traceparent") for request in sent[:2]] == [PARENT, PARENT]
        assert (sent[0].header("tracestate"), sent[0].header("baggage")) == (None, None)
        assert sent[2].header("traceparent") not in (None, PARENT)
        await live.end()
        intents = [e.envelope for e in of_kind(live.records(), EntryKind.INTENT) if e.envelope["name"]]
        assert [e.get("traceparent") for e in intents] == [PARENT, PARENT, None]
        assert json.loads(sent[2].body)["id"] == 4
