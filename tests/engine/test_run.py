"""What the engine does when all goes well, and what it still does when nothing does."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.model.entry import EntryKind
from firedoor.model.errors import SettingsError, UpstreamError
from firedoor.model.forwarding import Shape
from firedoor.model.limits import Limits
from tests.helpers.bench import Bench, settled
from tests.helpers.nouns import (
    DENY_ALL,
    arrival,
    gate,
    in_session,
    modern_arrival,
    modern_request,
    request,
    result,
)
from tests.helpers.under_way import pending

pytestmark = pytest.mark.anyio

SAMPLING = b'{"jsonrpc":"2.0","id":"up-1","method":"sampling/createMessage","params":{}}'
RESPONSE = b'{"jsonrpc":"2.0","id":"up-1","result":{}}'
FEW = Limits(hosts=frozenset({"gate.test"}), concurrent_calls=1, concurrent_streams=2)


def said(client) -> dict:
    """The one answer that a request got, whichever way."""
    bodies = [reply.body for reply in client.replies]
    bodies += [event.payload for event in client.events if b'"method"' not in event.payload]
    assert len(bodies) == 1, bodies
    return json.loads(bodies[0])


@pytest.mark.promise("PATH-1")
async def test_nothing_is_sent_and_nothing_answered_before_its_entry_is_durable() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(result())
    bench.recorder.is_slow = True
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    assert bench.story == []
    bench.recorder.flush()
    await settled()
    assert bench.story == [("durable", EntryKind.INTENT), ("sent", "tools/call")]
    bench.recorder.flush()
    await task
    assert bench.story[2:] == [("durable", EntryKind.OUTCOME), ("answered", 200)]


@pytest.mark.promise("PATH-1")
async def test_a_streamed_message_waits_for_its_entry() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(SAMPLING.replace(b'"id":"up-1",', b""), result(), shape=Shape.STREAM)
    bench.recorder.is_slow = True
    client = bench.client(request())
    task = bench.start(client)
    seen = []
    for _ in ("intent", "event", "outcome"):
        await settled()
        seen.append(len(client.events))
        bench.recorder.flush()
    await task
    assert (seen, len(client.events)) == ([0, 0, 1], 2)
    assert [kind for what, kind in bench.story if what == "durable"][1:] == [
        EntryKind.EVENT,
        EntryKind.OUTCOME,
    ]


@pytest.mark.promise("PATH-2")
async def test_a_denied_call_sends_nothing_upstream() -> None:
    bench = Bench(policy=DENY_ALL)
    await bench.opened()
    before = len(bench.upstreams.sent)
    client = await bench.run(request())
    assert said(client)["result"]["isError"] is True
    assert len(bench.upstreams.sent) == before


@pytest.mark.promise("PATH-1", "PATH-7")
@pytest.mark.parametrize("kind", [EntryKind.INTENT, EntryKind.OUTCOME])
async def test_a_record_that_fails_stops_the_call_and_says_so(kind: EntryKind) -> None:
    bench = await Bench().opened()
    before = len(bench.upstreams.sent)
    bench.upstreams.will_answer(result(content=["the answer"]))
    bench.recorder.fails_on = lambda entry: entry.kind is kind
    client = await bench.run(request())
    assert (client.replies[0].status, said(client)["error"]["code"], said(client)["id"]) == (503, 4503, 7)
    assert len(bench.upstreams.sent) - before == (0 if kind is EntryKind.INTENT else 1)
    assert b"the answer" not in client.replies[0].body


async def test_a_record_that_fails_within_a_stream_ends_it_with_an_error() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(result(content=["the answer"]), shape=Shape.STREAM)
    bench.recorder.fails_on = lambda entry: entry.kind is EntryKind.OUTCOME
    client = await bench.run(request())
    assert said(client)["error"]["code"] == 4503
    assert client.has_ended


@pytest.mark.promise("PATH-7")
@pytest.mark.parametrize("shape", [Shape.JSON, Shape.STREAM])
async def test_an_unforeseen_exception_is_recorded_answered_and_not_passed_on(shape, caplog) -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(ZeroDivisionError("s3cr3t"), shape=shape)
    client = await bench.run(request())
    assert said(client)["error"]["code"] == -32603
    assert "s3cr3t" not in repr(said(client))
    outcome = bench.recorder.of_kind(EntryKind.OUTCOME)[-1]
    assert (outcome.envelope["result"], outcome.envelope["code"]) == ("failed", "internal_error")
    assert bench.upstreams.given[-1].is_abandoned
    assert "exchange failed" in caplog.text


@pytest.mark.promise("PATH-7")
async def test_a_store_that_cannot_be_read_refuses_and_is_recorded(caplog) -> None:
    bench = Bench()
    bench.directory.failure = SettingsError("store_unreadable", "The store cannot be read.")
    client = await bench.run(request())
    assert client.replies[0].status == 500
    assert bench.recorder.of_kind(EntryKind.REFUSED)[0].envelope["reason"] == "internal_error"
    assert "exchange failed" in caplog.text


async def test_a_failure_that_cannot_be_recorded_is_still_an_answer(caplog) -> None:
    bench = Bench()
    bench.directory.failure = SettingsError("store_unreadable", "The store cannot be read.")
    bench.recorder.fails_on = lambda _: True
    assert (await bench.run(request())).replies[0].status == 500
    assert "failure not recorded" in caplog.text


async def test_a_client_whose_socket_breaks_is_not_answered_twice_nor_recorded_twice(caplog) -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(result())
    client = bench.client(request())
    client.breaks = True
    outcomes = len(bench.recorder.of_kind(EntryKind.OUTCOME))
    await bench.engine.run(arrival(*in_session()), client)
    assert len(client.replies) == 1
    assert len(bench.recorder.of_kind(EntryKind.OUTCOME)) == outcomes + 1
    assert "exchange failed" in caplog.text


FAULTS = [
    UpstreamError("upstream_unavailable", "Refused."),
    UpstreamError("upstream_timeout", "Too slow."),
    ConnectionResetError("reset"),
    RuntimeError("a bug"),
    None,
    b"<html>",
    b"",
    b'{"jsonrpc":"2.0","id":999,"result":{}}',
    b'{"jsonrpc":"2.0","method":"notifications/progress","params":{}}',
    SAMPLING,
]


@pytest.mark.promise("PATH-7")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@given(
    st.lists(st.sampled_from(FAULTS), max_size=4),
    st.sampled_from(list(Shape)),
    st.sampled_from([200, 202, 204, 400, 401, 404, 500, 503]),
    st.booleans(),
    st.booleans(),
)
def test_whatever_an_upstream_does_a_request_gets_exactly_one_answer(
    script, shape, status, fails, streams
) -> None:
    async def tried() -> None:
        bench = await Bench().opened()
        if fails:
            bench.upstreams.answers.append(next((f for f in script if isinstance(f, Exception)), FAULTS[0]))
        else:
            bench.upstreams.will_answer(*script, shape=shape, status=status)
        accept = b"application/json, text/event-stream" if streams else b"application/json"
        client = await bench.run(request(), arrival(*in_session(), (b"accept", accept)))
        answers = [json.loads(reply.body) for reply in client.replies]
        messages = [json.loads(event.payload) for event in client.events if event.payload]
        answers += [found for found in messages if found.get("id") == 7]
        assert [found["id"] for found in answers] == [7]
        assert client.has_ended == bool(client.opened)
        assert len(client.replies) + len(client.opened) == 1
        last = bench.recorder.of_kind(EntryKind.OUTCOME)
        assert len(last) == 2

    asyncio.run(tried())


async def test_a_stateless_client_that_leaves_abandons_the_upstream_and_is_recorded() -> None:
    bench = await Bench().known_modern()
    bench.upstreams.will_answer(pending())
    client = bench.client(modern_request())
    task = bench.start(client, modern_arrival())
    await settled()
    client.go()
    await task
    assert bench.upstreams.given[-1].is_abandoned
    assert bench.recorder.of_kind(EntryKind.OUTCOME)[-1].envelope["result"] == "cancelled"
    assert client.replies == []


async def test_a_legacy_client_that_leaves_cancels_nothing() -> None:
    bench = await Bench().opened()
    answer = pending()
    bench.upstreams.will_answer(answer)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    client.go()
    await settled()
    assert not bench.upstreams.given[-1].is_abandoned
    answer.set_result(result())
    await task
    assert bench.recorder.of_kind(EntryKind.OUTCOME)[-1].envelope["result"] == "result"


async def test_a_listening_client_that_leaves_lets_go_of_the_upstream() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client()
    task = bench.start(client, arrival(*in_session(), verb="GET"))
    await settled()
    assert bench.engine.count() == (0, 1)
    client.go()
    await task
    assert bench.upstreams.given[-1].is_abandoned
    assert bench.engine.count() == (0, 0)


async def test_cancellation_from_outside_is_passed_on_once_it_is_recorded() -> None:
    bench = await Bench().opened()
    bench.upstreams.answers.append(pending())
    task = bench.start(bench.client(request()))
    await settled()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert bench.recorder.of_kind(EntryKind.OUTCOME)[-1].envelope["result"] == "cancelled"


async def test_a_response_is_taken_once_and_only_for_what_was_asked() -> None:
    bench = Bench(gate(may_sample=True))
    await bench.opened()
    before = len(bench.upstreams.sent)
    assert (await bench.run(RESPONSE)).replies[0].status == 202
    assert len(bench.upstreams.sent) == before
    bench.upstreams.will_answer(SAMPLING, result(), shape=Shape.STREAM)
    await bench.run(request())
    for _ in range(2):
        assert (await bench.run(RESPONSE)).replies[0].status == 202
    assert [sent.body for sent in bench.upstreams.sent[before + 1 :]] == [RESPONSE]


@pytest.mark.parametrize("answer", [UpstreamError("upstream_unavailable", "Refused."), None])
async def test_an_upstream_that_takes_no_answer_of_ours_breaks_no_call(answer) -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(SAMPLING, result(), shape=Shape.STREAM)
    bench.upstreams.answers.append(answer)
    client = await bench.run(request())
    assert said(client)["id"] == 7
    assert json.loads(bench.upstreams.sent[-1].body)["error"]["code"] == -32601


async def test_a_grant_has_so_many_calls_under_way_and_no_more() -> None:
    bench = Bench(gate(limits=FEW))
    await bench.opened()
    answer = pending()
    bench.upstreams.will_answer(answer)
    first = bench.start(bench.client(request()))
    await settled()
    refused = await bench.run(request(identifier=8))
    assert (said(refused)["error"]["code"], said(refused)["id"]) == (4429, 8)
    assert bench.recorder.of_kind(EntryKind.REFUSED)[-1].envelope["reason"] == "too_many"
    notified = await bench.run(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
    assert notified.replies[0].status == 202
    answer.set_result(result())
    await first
    bench.upstreams.will_answer(result(9))
    assert said(await bench.run(request(identifier=9)))["result"] == {}


async def test_open_streams_count_against_the_streams_of_a_grant_and_not_against_its_calls() -> None:
    bench = Bench(gate(limits=FEW))
    await bench.opened()
    clients, tasks = [bench.client() for _ in range(2)], []
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    tasks.append(bench.start(clients[0], arrival(*in_session(), verb="GET")))
    await settled()
    bench.upstreams.will_answer(result())
    assert said(await bench.run(request()))["result"] == {}
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    tasks.append(bench.start(clients[1], arrival(*in_session(), verb="GET")))
    await settled()
    assert said(await bench.run(request()))["error"]["code"] == 4429
    for client in clients:
        client.go()
    await asyncio.gather(*tasks)


@pytest.mark.promise("PATH-7")
@pytest.mark.parametrize("shape", [Shape.JSON, Shape.STREAM])
async def test_a_drain_answers_what_is_under_way_and_closes_every_session(shape: Shape) -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=shape)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    await bench.engine.drain(0)
    await task
    assert (said(client)["id"], said(client)["result"]["isError"]) == (7, True)
    assert "shutting down" in said(client)["result"]["content"][0]["text"]
    assert client.has_ended == (shape is Shape.STREAM)
    assert bench.recorder.of_kind(EntryKind.CLOSE)[-1].envelope == {"reason": "shutdown", "calls": 2}
    assert len(bench.sessions.live) == 0


async def test_a_drain_lets_calls_finish_and_takes_no_new_ones() -> None:
    bench = await Bench().opened()
    answer = pending()
    bench.upstreams.will_answer(answer)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    draining = asyncio.get_running_loop().create_task(bench.engine.drain(30))
    await settled()
    late = await bench.run(request(identifier=8))
    assert (late.replies[0].status, said(late)["error"]["code"]) == (503, 4401)
    answer.set_result(result())
    await asyncio.gather(task, draining)
    assert said(client)["result"] == {}


async def test_a_drain_ends_listening_streams_without_a_word() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client()
    task = bench.start(client, arrival(*in_session(), verb="GET"))
    await settled()
    await bench.engine.drain(30)
    await task
    assert (client.events, client.has_ended) == ([], True)


@pytest.mark.promise("LOCK-3")
async def test_where_locks_cannot_be_read_a_call_is_refused_by_its_id_and_nothing_leaves(caplog) -> None:
    bench = await Bench().opened()
    before = len(bench.upstreams.sent)
    bench.locks.is_damaged = True
    client = await bench.run(request())
    assert (client.replies[0].status, said(client)["id"], said(client)["error"]["code"]) == (503, 7, 4401)
    assert len(bench.upstreams.sent) == before
    assert bench.recorder.entries[-1].envelope["reason"] == "locks_unreadable"
    assert "exchange failed" not in caplog.text
