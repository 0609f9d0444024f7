"""What the tools of a child process want mirrored is asked once a minute, page by page, and recorded."""

import asyncio
import json

import pytest

from firedoor.core.accept.mirrored import Mirror
from firedoor.engine.upstreams.mirrors import KEPT_US, Mirrors
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from tests.helpers.doors import Doorway
from tests.helpers.fakes import FakeClock, FakeRecorder, FakeUpstreams, turns
from tests.helpers.nouns import session

pytestmark = pytest.mark.anyio


class Asked:
    def __init__(self) -> None:
        story = []
        self.way = Doorway()
        self.clock = FakeClock()
        self.recorder = FakeRecorder(story)
        self.upstreams = FakeUpstreams(story)
        self.mirrors = Mirrors(recorder=self.recorder, upstreams=self.upstreams, now_us=self.clock)

    def will_list(self, header: str, cursor: str | None = None) -> None:
        schema = {"properties": {"region": {"type": "string", "x-mcp-header": header}}}
        result = {"tools": [{"name": header, "inputSchema": schema}]}
        if cursor is not None:
            result["nextCursor"] = cursor
        self.upstreams.will_answer(json.dumps({"jsonrpc": "2.0", "id": "x", "result": result}).encode())

    async def of(self, tool: str) -> tuple[Mirror, ...]:
        return await self.mirrors.of(session(Era.MODERN), tool, self.way.door)


async def test_the_list_is_asked_once_with_all_its_pages_and_recorded() -> None:
    asked = Asked()
    asked.will_list("one", cursor="more")
    asked.will_list("two")
    assert await asked.of("one") == (Mirror("mcp-param-one", ("region",)),)
    assert await asked.of("two") == (Mirror("mcp-param-two", ("region",)),)
    assert await asked.of("three") == ()
    assert [json.loads(sent.body)["params"].get("cursor") for sent in asked.upstreams.sent] == [None, "more"]
    assert len(asked.recorder.of_kind(EntryKind.CONTROL)) == 4


async def test_after_a_minute_it_is_asked_again() -> None:
    asked = Asked()
    asked.will_list("one")
    await asked.of("one")
    asked.clock.pass_s(KEPT_US / 1_000_000 + 1)
    asked.will_list("two")
    assert await asked.of("one") == ()
    assert len(asked.upstreams.sent) == 2


@pytest.mark.parametrize("payload", [b"<html>", b"[]", b'{"error":{}}'])
async def test_an_upstream_that_lists_nothing_mirrors_nothing(payload: bytes) -> None:
    asked = Asked()
    asked.upstreams.will_answer(payload)
    assert await asked.of("one") == ()


async def test_an_upstream_that_fails_mirrors_nothing() -> None:
    asked = Asked()
    asked.upstreams.answers.append(UpstreamError("upstream_gone", "gone"))
    assert await asked.of("one") == ()


async def test_an_upstream_that_ends_without_an_answer_mirrors_nothing() -> None:
    asked = Asked()
    asked.upstreams.will_answer()
    assert await asked.of("one") == ()


async def test_a_lock_between_two_pages_keeps_the_second_from_leaving_until_it_is_lifted() -> None:
    asked = Asked()
    first = asyncio.get_running_loop().create_future()
    asked.upstreams.answers.append(first)
    asking = asyncio.create_task(asked.of("two"))
    await turns(5)
    asked.way.lock()
    asked.will_list("one", cursor="more")
    first.set_result(asked.upstreams.answers.pop())
    asked.will_list("two")
    await turns(20)
    assert len(asked.upstreams.sent) == 1
    asked.way.lift()
    assert await asking == (Mirror("mcp-param-two", ("region",)),)
    assert len(asked.upstreams.sent) == 2
