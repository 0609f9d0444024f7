"""Which answer a message of a legacy channel belongs to."""

import asyncio
import json

import pytest

from firedoor.edges.outbound.channel import Flow
from firedoor.edges.outbound.duplex import Duplex
from firedoor.model.errors import UpstreamError
from firedoor.model.forwarding import Shape
from tests.helpers.duplex import call, message, progress, rest

pytestmark = pytest.mark.anyio


async def test_a_response_alone_is_a_json_answer() -> None:
    duplex = Duplex(Flow())
    one, other = duplex.expect(call(1)), duplex.expect(call("1"))
    duplex.receive(message(id="1", result={}))
    duplex.receive(message(id=1, result={"a": 1}))
    assert one.head.shape is other.head.shape is Shape.JSON
    assert await rest(one) == [message(id=1, result={"a": 1})]
    assert await rest(other) == [message(id="1", result={})]


async def test_progress_goes_to_the_request_with_its_token() -> None:
    duplex = Duplex(Flow())
    one, other = duplex.expect(call(1, "a")), duplex.expect(call(2, 1))
    duplex.receive(progress("a"))
    duplex.receive(progress(1))
    for key in (1, 2):
        duplex.receive(message(id=key, result={}))
    assert one.head.shape is Shape.STREAM
    assert await rest(one) == [progress("a"), message(id=1, result={})]
    assert await rest(other) == [progress(1), message(id=2, result={})]


async def test_requests_of_the_upstream_go_to_the_newest_request_that_somebody_reads() -> None:
    duplex = Duplex(Flow())
    one, other = duplex.expect(call(1)), duplex.expect(call(2))
    other.abandon()
    asked = message("roots/list", id="up-1")
    duplex.receive(asked)
    duplex.receive(message(id=2, result={}))
    duplex.receive(message(id=1, result={}))
    assert await rest(one) == [asked, message(id=1, result={})]
    assert duplex.dropped == 1


async def test_changes_go_to_the_standing_stream_and_wait_for_it() -> None:
    duplex = Duplex(Flow())
    early, changed = message("notifications/message"), message("notifications/tools/list_changed")
    duplex.receive(early)
    stream = duplex.listen()
    one = duplex.expect(call(1))
    duplex.receive(changed)
    duplex.receive(message(id=1, result={}))
    again = duplex.listen()
    assert await rest(stream) == [early, changed]
    assert await rest(one) == [message(id=1, result={})]
    again.abandon()


async def test_what_is_kept_for_nobody_is_bounded() -> None:
    duplex = Duplex(Flow())
    for number in range(1500):
        duplex.receive(message("notifications/message", params={"n": number}))
    assert duplex.dropped == 500
    stream = duplex.listen()
    first = await stream.next()
    assert first is not None
    assert json.loads(first.payload)["params"] == {"n": 500}


async def test_a_dead_channel_fails_everything_that_waits() -> None:
    duplex = Duplex(Flow())
    one, stream = duplex.expect(call(1)), duplex.listen()
    duplex.fail(UpstreamError("upstream_gone", "it is gone"))
    with pytest.raises(UpstreamError):
        await one.started(10)
    with pytest.raises(UpstreamError):
        await stream.next()
    with pytest.raises(UpstreamError):
        duplex.expect(call(2))


async def test_an_id_is_not_used_twice_at_a_time() -> None:
    duplex = Duplex(Flow())
    duplex.expect(call(1))
    with pytest.raises(UpstreamError):
        duplex.expect(call(1))
    duplex.receive(message(id=1, result={}))
    duplex.expect(call(1))


async def test_an_error_without_an_id_fails_the_only_request() -> None:
    duplex = Duplex(Flow())
    one = duplex.expect(call(1))
    duplex.receive(message(id=None, error={"code": -32700, "message": "?"}))
    with pytest.raises(UpstreamError, match="could not read"):
        await one.started(10)


async def test_a_request_that_is_not_answered_times_out() -> None:
    with pytest.raises(UpstreamError) as caught:
        await Duplex(Flow()).expect(call(1)).started(0.01)
    assert caught.value.code == "upstream_timeout"


@pytest.mark.parametrize("noise", [b"hello", b"[]", b"{}", b'{"jsonrpc":"2.0"}'])
async def test_noise_is_no_message(noise: bytes) -> None:
    assert not Duplex(Flow()).receive(noise)


async def test_a_full_answer_holds_the_channel_until_it_is_read() -> None:
    flow, said = Flow(), []
    flow.pause, flow.resume = (lambda: said.append("pause")), (lambda: said.append("resume"))
    duplex = Duplex(flow)
    one = duplex.expect(call(1, 1))
    for _ in range(1024):
        duplex.receive(progress(1))
    assert said == ["pause"]
    await one.next()
    assert said == ["pause", "resume"]


async def test_an_answer_that_nobody_reads_is_lost_and_the_channel_goes_on() -> None:
    flow, has_resumed = Flow(patience_s=0.01), asyncio.Event()
    flow.resume = has_resumed.set
    duplex = Duplex(flow)
    one, other = duplex.expect(call(1, 1)), duplex.expect(call(2))
    for _ in range(1024):
        duplex.receive(progress(1))
    await has_resumed.wait()
    duplex.receive(message(id=2, result={}))
    assert await rest(other) == [message(id=2, result={})]
    with pytest.raises(UpstreamError, match="not read"):
        await rest(one)


async def test_progress_of_what_was_cancelled_reaches_nobody_until_its_token_is_used_again() -> None:
    duplex = Duplex(Flow())
    stream = duplex.listen()
    duplex.expect(call(1, "a"))
    duplex.cancel(message("notifications/cancelled", params={"requestId": 1}))
    duplex.receive(progress("a"))
    assert duplex.dropped == 1
    again = duplex.expect(call(2, "a"))
    duplex.receive(progress("a"))
    duplex.receive(message(id=2, result={}))
    assert await rest(again) == [progress("a"), message(id=2, result={})]
    duplex.fail(UpstreamError("upstream_gone", "over"))
    with pytest.raises(UpstreamError):
        await stream.next()
