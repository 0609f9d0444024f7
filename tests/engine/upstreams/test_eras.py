"""Which era an upstream speaks: asked once, recorded, and remembered only when it is sure."""

import asyncio
import json

import pytest

from firedoor.engine.upstreams.eras import KEPT_US, has_no_tasks, own_request
from firedoor.model.entry import EntryKind
from firedoor.model.errors import UpstreamError
from firedoor.model.lock import LockMode
from tests.helpers.bench import DISCOVERED, Bench, settled
from tests.helpers.doors import Doorway
from tests.helpers.nouns import CONTROL, MODERN, result

pytestmark = pytest.mark.anyio


def said_error(code: int) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": None, "error": {"code": code, "message": ""}}).encode()


@pytest.mark.parametrize(
    ("status", "payload", "is_modern", "is_known"),
    [
        (200, DISCOVERED, True, True),
        (200, DISCOVERED.replace(MODERN.encode(), b"2031-01-01"), False, True),
        (400, said_error(-32022), True, True),
        (400, said_error(-32020), True, True),
        (400, said_error(-32021), True, True),
        (400, said_error(-32600), False, True),
        (200, said_error(-32601), False, True),
        (404, DISCOVERED, False, True),
        (200, b"<html>", False, True),
        (200, b'{"result":"\xff"}', False, True),
        (405, b"", False, True),
        (401, b"", False, False),
        (503, b"", False, False),
    ],
)
async def test_an_upstream_is_known_by_what_it_answers(status, payload, is_modern, is_known) -> None:
    bench = Bench()
    bench.upstreams.will_answer(*([payload] if payload else []), status=status)
    eras = bench.sessions.eras
    assert await eras.is_modern("disk", bench.door()) is is_modern
    assert eras.known("disk") is (is_modern if is_known else None)
    assert bench.upstreams.given[0].is_abandoned


async def test_a_probe_is_recorded_before_it_is_sent_and_its_answer_after() -> None:
    bench = Bench()
    bench.upstreams.will_answer(DISCOVERED)
    await bench.sessions.eras.is_modern("disk", bench.door())
    assert bench.story == [
        ("durable", EntryKind.CONTROL),
        ("sent", "server/discover"),
        ("durable", EntryKind.CONTROL),
    ]
    asked, told = bench.recorder.entries
    assert asked.payload == bench.upstreams.sent[0].body
    assert (told.payload, told.envelope["modern"], told.session) == (DISCOVERED, True, CONTROL)


async def test_an_upstream_is_asked_once_for_all_who_wait_and_again_after_an_hour() -> None:
    bench = Bench()
    bench.upstreams.will_answer(DISCOVERED)
    eras = bench.sessions.eras
    assert await asyncio.gather(*(eras.is_modern("disk", bench.door()) for _ in range(3))) == [True] * 3
    assert len(bench.upstreams.sent) == 1
    bench.clock.pass_s(KEPT_US / 1_000_000)
    assert eras.known("disk") is True
    bench.clock.pass_s(1)
    assert eras.known("disk") is None


async def test_one_who_stops_waiting_does_not_stop_the_question() -> None:
    bench = Bench()
    answer = asyncio.get_running_loop().create_future()
    bench.upstreams.will_answer(answer)
    eras = bench.sessions.eras
    first, second = (
        asyncio.get_running_loop().create_task(eras.is_modern("disk", bench.door())) for _ in range(2)
    )
    await settled()
    first.cancel()
    await settled()
    answer.set_result(DISCOVERED)
    assert await second is True


async def test_an_upstream_that_is_not_there_is_nothing_known() -> None:
    bench = Bench()
    bench.upstreams.answers.append(UpstreamError("upstream_unavailable", "Refused."))
    with pytest.raises(UpstreamError):
        await bench.sessions.eras.is_modern("disk", bench.door())
    assert bench.sessions.eras.known("disk") is None


@pytest.mark.parametrize("failure", [TimeoutError(), UpstreamError("upstream_protocol", "Broken.")])
async def test_an_upstream_that_says_nothing_sensible_is_taken_for_an_old_one_until_it_is_asked_again(
    failure,
) -> None:
    bench = Bench()
    bench.upstreams.answers.append(failure)
    assert await bench.sessions.eras.is_modern("disk", bench.door()) is False
    assert bench.sessions.eras.known("disk") is None


def test_a_request_of_our_own_names_us_and_claims_nothing() -> None:
    asked = own_request("tools/list", "firedoor-1", {"cursor": "x"})
    said = json.loads(asked.body)
    assert (said["id"], said["params"]["cursor"]) == ("firedoor-1", "x")
    meta = said["params"]["_meta"]
    assert meta["io.modelcontextprotocol/clientCapabilities"] == {}
    assert meta["io.modelcontextprotocol/clientInfo"]["name"] == "firedoor"


@pytest.mark.parametrize(
    ("capabilities", "has_none"),
    [
        ({"tools": {}}, True),
        ({"tasks": {}}, False),
        ({"extensions": {"io.modelcontextprotocol/tasks": {}}}, False),
        ({"extensions": {"\u0001": {}}}, False),
        (None, False),
    ],
)
async def test_only_who_says_what_it_can_and_no_tasks_among_it_has_none(capabilities, has_none) -> None:
    bench = Bench()
    more = {} if capabilities is None else {"capabilities": capabilities}
    bench.upstreams.will_answer(result("firedoor-era", supportedVersions=[MODERN], **more))
    await bench.sessions.eras.is_modern("disk", bench.door())
    assert bench.sessions.eras.has_no_tasks("disk") is has_none


async def test_an_upstream_that_was_not_asked_may_have_tasks() -> None:
    assert not Bench().sessions.eras.has_no_tasks("disk")


@pytest.mark.parametrize("payload", [b"<html>", b'{"error":{"code":1}}'])
def test_what_is_no_description_says_nothing_of_tasks(payload: bytes) -> None:
    assert not has_no_tasks(payload)


async def test_what_nobody_waits_for_any_more_is_not_asked() -> None:
    bench = Bench()
    eras = bench.sessions.eras
    answer = asyncio.get_running_loop().create_future()
    bench.upstreams.will_answer(answer)
    first, second = (asyncio.create_task(eras.is_modern("disk", bench.door())) for _ in range(2))
    await settled()
    first.cancel()
    await settled()
    assert not bench.upstreams.given[0].is_abandoned
    second.cancel()
    await settled()
    assert bench.upstreams.given[0].is_abandoned
    assert bench.upstreams.ended == [CONTROL]
    bench.upstreams.will_answer(DISCOVERED)
    assert await eras.is_modern("disk", bench.door())


async def test_a_probe_that_was_not_sent_yet_is_not_sent_for_nobody() -> None:
    bench = Bench()
    bench.recorder.is_slow = True
    asking = asyncio.create_task(bench.sessions.eras.is_modern("disk", bench.door()))
    await settled()
    asking.cancel()
    await settled()
    bench.recorder.flush()
    await settled()
    assert bench.upstreams.sent == []


async def test_a_probe_waits_while_everybody_who_wants_it_is_locked_and_then_leaves() -> None:
    bench, way = Bench(), Doorway()
    bench.recorder.is_slow = True
    asking = asyncio.create_task(bench.sessions.eras.is_modern("disk", way.door))
    await settled()
    way.lock(LockMode.SUSPEND)
    bench.recorder.is_slow = False
    bench.recorder.flush()
    await settled()
    assert bench.upstreams.sent == []
    bench.upstreams.will_answer(DISCOVERED)
    way.lift()
    assert await asking is True
    assert len(bench.upstreams.sent) == 1
