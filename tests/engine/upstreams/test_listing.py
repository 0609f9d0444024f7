"""The gateway asks for whole lists in the session and the era of whoever needs them, and records that."""

import asyncio
import json

import pytest

from firedoor.core.forward.definitions import MOST
from firedoor.engine.upstreams.listing import PAGES, About, Listing, Shut
from firedoor.model.definition import DefinitionKind
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Shape
from firedoor.model.lock import LockMode
from tests.helpers.doors import Doorway
from tests.helpers.fakes import FakeClock, FakeRecorder, FakeUpstreams, turns
from tests.helpers.nouns import CONTROL, LEGACY, MODERN, SESSION, session

pytestmark = pytest.mark.anyio
TOOL = DefinitionKind.TOOL


class Asked:
    def __init__(self, **changes) -> None:
        story = []
        self.recorder, self.upstreams = FakeRecorder(story), FakeUpstreams(story)
        self.listing = Listing(
            recorder=self.recorder, upstreams=self.upstreams, now_us=FakeClock(), **changes
        )
        self.number = 0
        self.way = Doorway()

    def will_list(self, *names: str, **more: object) -> None:
        tools = {"tools": [{"name": name} for name in names], **more}
        body = {"jsonrpc": "2.0", "id": f"firedoor-list-{self.number}", "result": tools}
        self.number += 1
        self.upstreams.will_answer(json.dumps(body).encode())

    async def whole(self, era: Era = Era.LEGACY, kind: DefinitionKind = TOOL):
        version = LEGACY if era is Era.LEGACY else MODERN
        return await self.listing.whole(About(session(era), version, kind), (), self.way.door)


async def names(asked: Asked, era: Era = Era.LEGACY) -> list[str]:
    whole = await asked.whole(era)
    assert isinstance(whole, tuple), whole
    return [each.name for each in whole]


async def test_every_page_is_asked_for_in_the_session_of_the_client() -> None:
    asked = Asked()
    asked.will_list("a", nextCursor="two")
    asked.will_list("b")
    assert await names(asked) == ["a", "b"]
    first, second = asked.upstreams.sent
    assert dict(first.headers)["mcp-session-id"] == "u1"
    assert dict(first.headers)["mcp-protocol-version"] == LEGACY
    assert (first.session, first.principal, first.verb) == (SESSION, "dana", "POST")
    assert json.loads(second.body)["params"] == {"cursor": "two"}
    assert "_meta" not in json.loads(first.body)["params"]
    assert all(answer.is_abandoned for answer in asked.upstreams.given)


async def test_a_stateless_upstream_is_asked_as_its_era_wants() -> None:
    asked = Asked()
    asked.will_list("a")
    assert await names(asked, Era.MODERN) == ["a"]
    (sent,) = asked.upstreams.sent
    assert dict(sent.headers)["mcp-method"] == "tools/list"
    assert "_meta" in json.loads(sent.body)["params"]


async def test_question_and_answer_are_in_the_record_with_whose_they_are() -> None:
    asked = Asked()
    asked.will_list("a")
    await asked.whole()
    told, answered = asked.recorder.of_kind(EntryKind.CONTROL)
    assert told.envelope == {"what": "definitions_asked", "upstream": "disk", "for": SESSION}
    assert answered.envelope["what"] == "definitions_told"
    assert b'"name": "a"' in answered.payload
    assert told.session == CONTROL


async def test_prompts_are_asked_for_with_their_own_method() -> None:
    asked = Asked()
    body = {"jsonrpc": "2.0", "id": "firedoor-list-0", "result": {"prompts": [{"name": "greet"}]}}
    asked.upstreams.will_answer(json.dumps(body).encode())
    whole = await asked.whole(kind=DefinitionKind.PROMPT)
    assert [each.name for each in whole] == ["greet"]
    assert asked.upstreams.sent[0].message.method == "prompts/list"


async def test_messages_before_the_response_are_passed_over() -> None:
    asked = Asked()
    body = json.dumps({"jsonrpc": "2.0", "id": "firedoor-list-0", "result": {"tools": []}}).encode()
    before = b'{"jsonrpc":"2.0","method":"notifications/message"}'
    asked.upstreams.will_answer(before, b"nonsense", b'{"id":7,"result":{}}', body, shape=Shape.STREAM)
    assert await names(asked) == []


async def test_an_upstream_that_knows_no_such_list_lists_nothing() -> None:
    asked = Asked()
    error = {"jsonrpc": "2.0", "id": "firedoor-list-0", "error": {"code": -32601, "message": "x"}}
    asked.upstreams.will_answer(json.dumps(error).encode())
    assert await names(asked) == []


@pytest.mark.parametrize(
    "said",
    [
        (b'{"jsonrpc":"2.0","id":"firedoor-list-0","error":{"code":-32603,"message":"x"}}',),
        (b'{"jsonrpc":"2.0","id":"firedoor-list-0","result":{"tools":"many"}}',),
        (b'{"jsonrpc":"2.0","id":"other","result":{"tools":[]}}',),
        (b"{}",) * 200,
        (),
    ],
)
async def test_an_answer_that_lists_nothing_is_no_empty_list(said: tuple[bytes, ...]) -> None:
    asked = Asked()
    asked.upstreams.will_answer(*said)
    assert await asked.whole() == "its upstream answered no list"


async def test_an_upstream_that_cannot_be_asked_is_told_of() -> None:
    asked = Asked()
    asked.upstreams.answers.append(UpstreamError("upstream_unavailable", "no"))
    assert await asked.whole() == "its upstream could not be asked (upstream_unavailable)"
    asked.upstreams.will_answer(UpstreamError("upstream_gone", "no"))
    assert await asked.whole() == "its upstream could not be asked (upstream_gone)"


async def test_an_upstream_that_takes_too_long_is_waited_for_no_longer() -> None:
    asked = Asked(wait_s=0.01)
    asked.upstreams.answers.append(asyncio.get_running_loop().create_future())
    assert await asked.whole() == "its upstream did not list it in time"


async def test_a_list_without_an_end_is_believed_for_so_many_pages() -> None:
    asked = Asked()
    for _ in range(PAGES + 1):
        asked.will_list("a", nextCursor="more")
    assert await asked.whole() == "its upstream's list has no end"
    assert len(asked.upstreams.sent) == PAGES


async def test_a_list_without_measure_is_not_taken() -> None:
    asked = Asked()
    asked.will_list(*(f"t{n}" for n in range(MOST)), nextCursor="more")
    asked.will_list("one too many")
    assert await asked.whole() == f"its upstream lists more than {MOST}"


async def test_a_session_that_the_upstream_forgot_is_left_to_the_call_to_find_out() -> None:
    asked = Asked()
    asked.upstreams.will_answer(shape=Shape.EMPTY, status=404)
    assert await asked.whole() is None
    asked.upstreams.will_answer(shape=Shape.EMPTY, status=404)
    assert await asked.whole(Era.MODERN) == "its upstream answered no list"


async def test_for_whom_a_lock_holds_nothing_is_asked() -> None:
    asked = Asked()
    asked.way.lock()
    assert await asked.whole() is Shut.SHUT
    assert asked.upstreams.sent == []


async def test_a_lock_between_two_pages_keeps_the_second_from_leaving() -> None:
    asked = Asked()
    first = asyncio.get_running_loop().create_future()
    asked.upstreams.answers.append(first)
    asking = asyncio.create_task(asked.whole())
    await turns(5)
    asked.way.lock(LockMode.SUSPEND)
    asked.will_list("a", nextCursor="two")
    first.set_result(asked.upstreams.answers.pop())
    assert await asking is Shut.SHUT
    assert len(asked.upstreams.sent) == 1
