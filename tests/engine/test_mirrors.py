"""What the tools of a child process want mirrored is asked once a minute, page by page, and recorded."""

import asyncio
import json

import pytest

from firedoor.core.accept.mirrored import Mirror
from firedoor.engine.mirrors import KEPT_US, Mirrors
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from tests.helpers.fakes import FakeClock, FakeRecorder, FakeUpstreams
from tests.helpers.nouns import session

pytestmark = pytest.mark.anyio


class Asked:
    def __init__(self) -> None:
        story = []
        self.doors, self.is_shut = 0, False
        self.clock = FakeClock()
        self.recorder = FakeRecorder(story)
        self.upstreams = FakeUpstreams(story)
        self.mirrors = Mirrors(recorder=self.recorder, upstreams=self.upstreams, now_us=self.clock)

    async def door(self) -> None:
        self.doors += 1
        if self.is_shut:
            raise asyncio.CancelledError

    def will_list(self, header: str, cursor: str | None = None) -> None:
        schema = {"properties": {"region": {"type": "string", "x-mcp-header": header}}}
        result = {"tools": [{"name": header, "inputSchema": schema}]}
        if cursor is not None:
            result["nextCursor"] = cursor
        self.upstreams.will_answer(json.dumps({"jsonrpc": "2.0", "id": "x", "result": result}).encode())

    async def of(self, tool: str) -> tuple[Mirror, ...]:
        return await self.mirrors.of(session(Era.MODERN), tool, self.door)


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


async def test_every_page_passes_a_door_and_a_shut_one_sends_nothing() -> None:
    asked = Asked()
    asked.will_list("one", cursor="more")
    asked.will_list("two")
    await asked.of("one")
    assert asked.doors == 2
    asked.clock.pass_s(KEPT_US / 1_000_000 + 1)
    asked.is_shut = True
    with pytest.raises(asyncio.CancelledError):
        await asked.of("one")
    assert len(asked.upstreams.sent) == 2
