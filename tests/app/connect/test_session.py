"""The shim's side of a conversation: it cancels, resumes, and lists again where headers were stale."""

import asyncio
import json

import pytest

from firedoor.app.connect.session import Connect
from firedoor.model.forwarding import Shape, UpstreamEvent
from tests.helpers.fakes import FakeUpstreams
from tests.helpers.nouns import INITIALIZE, META, modern_request, request, result

pytestmark = pytest.mark.anyio

MIRRORING = {"name": "add", "inputSchema": {"type": "object", "properties": {"a": {"x-mcp-header": "A"}}}}
STALE = b'{"jsonrpc":"2.0","id":7,"error":{"code":-32020,"message":"Mcp-Param-A is missing."}}'


class Shim:
    """A shim over an upstream in memory, and what it wrote to its client."""

    def __init__(self) -> None:
        self.gateway = FakeUpstreams([])
        self.written: list[dict] = []
        self.lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.told: list[str] = []
        self.connect = Connect("crm", self.gateway, self._write, self.told.append)
        self.wrote = asyncio.Event()

    async def _write(self, line: bytes) -> None:
        self.written.append(json.loads(line))
        self.wrote.set()

    async def carry(self, *lines: bytes) -> None:
        for line in (*lines, None):
            self.lines.put_nowait(line)
        await self.connect.carry(self.lines)


async def test_a_modern_request_is_cancelled_by_letting_its_stream_go() -> None:
    shim = Shim()
    never = asyncio.get_running_loop().create_future()
    progress = (
        b'{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}'
    )
    shim.gateway.will_answer(progress, never, shape=Shape.STREAM)
    carrying = asyncio.create_task(shim.connect.carry(shim.lines))
    shim.lines.put_nowait(modern_request())
    await shim.wrote.wait()
    cancel = {
        "jsonrpc": "2.0",
        "method": "notifications/cancelled",
        "params": {"requestId": 7, "_meta": META},
    }
    shim.lines.put_nowait(json.dumps(cancel).encode())
    shim.lines.put_nowait(None)
    await carrying
    assert shim.gateway.given[0].is_abandoned
    assert [sent.message.body for sent in shim.gateway.sent] == [modern_request()]
    assert [said.get("id") for said in shim.written] == [None]


async def test_a_legacy_request_is_cancelled_by_a_message() -> None:
    shim = Shim()
    opened = result(0, protocolVersion="2025-11-25")
    shim.gateway.will_answer(opened, session="m1")
    shim.gateway.will_answer(shape=Shape.EMPTY, status=202)
    cancel = b'{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}'
    await shim.carry(INITIALIZE, cancel)
    await shim.connect.close()
    bodies = [(sent.verb, sent.body) for sent in shim.gateway.sent]
    assert bodies == [("POST", INITIALIZE), ("POST", cancel), ("DELETE", b"")]
    assert dict(shim.gateway.sent[1].headers)["mcp-session-id"] == "m1"


async def test_a_legacy_stream_that_ends_before_its_answer_is_resumed_where_it_ended() -> None:
    shim = Shim()
    shim.gateway.will_answer(result(0, protocolVersion="2025-11-25"), session="m1")
    shim.gateway.will_answer(UpstreamEvent(payload=b"", event_id="e1"), shape=Shape.STREAM)
    shim.gateway.will_answer(UpstreamEvent(payload=result(done=True), event_id="e2"), shape=Shape.STREAM)
    await shim.carry(INITIALIZE, request())
    assert [sent.verb for sent in shim.gateway.sent] == ["POST", "POST", "GET"]
    resumed = dict(shim.gateway.sent[2].headers)
    assert (resumed["last-event-id"], resumed["mcp-session-id"]) == ("e1", "m1")
    assert shim.written[-1] == json.loads(result(done=True))


async def test_a_stream_that_cannot_be_resumed_is_told_as_the_answer() -> None:
    shim = Shim()
    shim.gateway.will_answer(result(0, protocolVersion="2025-11-25"), session="m1")
    shim.gateway.will_answer(UpstreamEvent(payload=b"", event_id="e1"), shape=Shape.STREAM)
    shim.gateway.will_answer(shape=Shape.EMPTY, status=404)
    await shim.carry(INITIALIZE, request())
    assert (shim.written[-1]["id"], shim.written[-1]["error"]["code"]) == (7, 4502)


async def test_who_reads_the_log_is_told_when_a_session_is_over() -> None:
    shim = Shim()
    shim.gateway.will_answer(status=404, shape=Shape.EMPTY)
    await shim.carry(request())
    assert shim.told == []  # there was none
    shim.gateway.will_answer(result(0, protocolVersion="2025-11-25"), session="m1")
    shim.gateway.will_answer(status=404, shape=Shape.EMPTY)
    await shim.carry(INITIALIZE, request())
    assert shim.told == ["the session is over: the client has to launch this command again"]


async def test_headers_that_were_stale_are_made_anew_from_a_fresh_list_and_sent_once_more() -> None:
    shim = Shim()
    shim.gateway.will_answer(STALE, status=400)
    shim.gateway.will_answer(result("firedoor-connect", tools=[MIRRORING]))
    shim.gateway.will_answer(result(sum=1))
    await shim.carry(modern_request())
    methods = [dict(sent.headers)["mcp-method"] for sent in shim.gateway.sent]
    assert methods == ["tools/call", "tools/list", "tools/call"]
    first, _, again = [{name.lower(): v for name, v in sent.headers} for sent in shim.gateway.sent]
    assert (first.get("mcp-param-a"), again.get("mcp-param-a")) == (None, "1")
    assert shim.written == [json.loads(result(sum=1))]


async def test_headers_that_stay_stale_are_told_and_not_tried_for_ever() -> None:
    shim = Shim()
    shim.gateway.will_answer(STALE, status=400)
    shim.gateway.will_answer(result("firedoor-connect", tools=[MIRRORING]))
    shim.gateway.will_answer(STALE, status=400)
    await shim.carry(modern_request())
    assert shim.written == [json.loads(STALE)]
    assert len(shim.gateway.sent) == 3
