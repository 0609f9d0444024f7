"""What a lock does to what is under way: nothing more passes, everybody is answered, sessions end."""

import asyncio
import json
import threading

import pytest

from firedoor.engine.ending.enforcement import AT_ONCE, LAST_WORDS_S, STALL_S
from firedoor.model.entry import EntryKind
from firedoor.model.forwarding import Shape
from firedoor.model.lock import Lift, LockId, LockMode, Target
from firedoor.model.verdict import Effect
from tests.helpers.bench import Bench, settled
from tests.helpers.fakes import FakeClient
from tests.helpers.nouns import (
    INITIALIZE,
    arrival,
    gate,
    in_session,
    modern_arrival,
    modern_request,
    request,
    result,
)
from tests.helpers.under_way import PROGRESS, lock, pending, text_of

pytestmark = pytest.mark.anyio


@pytest.mark.promise("LOCK-2")
@pytest.mark.parametrize("shape", [Shape.JSON, Shape.STREAM])
async def test_a_call_under_way_is_answered_and_its_session_ends(shape: Shape) -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=shape)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock())
    ended = await bench.enforcement.enforce()
    await task
    assert (ended.calls, ended.streams, len(ended.sessions), ended.is_complete) == (1, 0, 1, True)
    [body] = [reply.body for reply in client.replies] or [event.payload for event in client.events]
    assert text_of(body).startswith("Terminated: Stolen.")
    assert bench.recorder.of_kind(EntryKind.OUTCOME)[-1].envelope["result"] == "terminated"
    assert bench.recorder.of_kind(EntryKind.CLOSE)[-1].envelope["reason"] == "locked"
    assert len(bench.sessions.live) == 0


@pytest.mark.promise("LOCK-2")
async def test_the_upstream_is_told_and_its_session_ended() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    task = bench.start(bench.client(request()))
    await settled()
    bench.locks.create(lock())
    await bench.enforcement.enforce()
    await task
    sent = [(each.verb, each.message.method) for each in bench.upstreams.sent]
    assert sent[-2:] == [("POST", "notifications/cancelled"), ("DELETE", "")]


@pytest.mark.promise("LOCK-2")
async def test_after_a_lock_no_event_of_the_upstream_is_delivered() -> None:
    bench = await Bench().opened()
    second = pending()
    bench.upstreams.will_answer(PROGRESS, second, result(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    assert len(client.events) == 1
    bench.locks.create(lock())
    second.set_result(PROGRESS)
    await bench.enforcement.enforce()
    await task
    assert len(client.events) == 2
    assert text_of(client.events[-1].payload).startswith("Terminated")
    assert client.has_ended


@pytest.mark.promise("LOCK-2")
async def test_a_lock_that_another_process_made_stops_a_call_at_its_next_door() -> None:
    bench = await Bench().opened()
    bench.recorder.is_slow = True
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock())
    bench.upstreams.sent.clear()
    for _ in range(4):
        bench.recorder.flush()
        await settled()
    await task
    assert [each.message.method for each in bench.upstreams.sent if each.message.method == "tools/call"] == []
    assert text_of(client.replies[0].body).startswith("Terminated")


async def test_others_go_on() -> None:
    bench = await Bench().opened()
    answer = pending()
    bench.upstreams.will_answer(answer)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(Target.PRINCIPAL, "kim"))
    ended = await bench.enforcement.enforce()
    assert (ended.calls, ended.sessions) == (0, ())
    answer.set_result(result())
    await task
    assert "result" in json.loads(client.replies[0].body)
    assert len(bench.sessions.live) == 1


@pytest.mark.promise("LOCK-2")
async def test_who_is_locked_out_cannot_begin_anew() -> None:
    bench = await Bench().opened()
    bench.locks.create(lock(Target.UPSTREAM, "disk"))
    await bench.enforcement.enforce()
    sent = len(bench.upstreams.sent)
    again = await bench.run(request("initialize", {}), arrival())
    assert "4401" in again.replies[0].body.decode() or "Terminated" in again.replies[0].body.decode()
    gone = await bench.run(request(), arrival(*in_session()))
    assert text_of(gone.replies[0].body).startswith("Terminated")
    assert len(bench.upstreams.sent) == sent


async def test_a_network_ends_the_sessions_that_were_opened_from_it() -> None:
    bench = await Bench().opened()
    bench.locks.create(lock(Target.NETWORK, "10.9.0.0/16"))
    assert (await bench.enforcement.enforce()).sessions == ()
    bench.locks.create(lock(Target.NETWORK, "10.0.0.0/24", id=LockId("l_2")))
    assert len((await bench.enforcement.enforce()).sessions) == 1


async def test_a_stateless_call_is_abandoned_upstream() -> None:
    bench = await Bench().known_modern()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client(modern_request())
    task = bench.start(client, modern_arrival())
    await settled()
    bench.locks.create(lock())
    await bench.enforcement.enforce()
    await task
    assert [each.message.method for each in bench.upstreams.sent] == ["tools/call"]
    assert text_of(client.events[-1].payload).startswith("Terminated")


async def test_a_suspended_answer_waits_and_is_delivered_when_the_lock_is_lifted() -> None:
    bench = await Bench().opened()
    answer = pending()
    bench.upstreams.will_answer(answer)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(mode=LockMode.SUSPEND))
    answer.set_result(result())
    await settled()
    assert client.replies == []
    bench.locks.create(lock(Target.PRINCIPAL, "kim"))
    bench.locks.lift(lift())
    bench.engine.containment.is_quiet()
    await task
    assert json.loads(client.replies[0].body)["result"] == {}


def lift() -> Lift:
    return Lift(id=LockId("l_1"), by="kim", reason="over", at_us=2)


@pytest.mark.promise("LOCK-1")
async def test_a_client_that_does_not_read_loses_its_connection_and_nobody_waits_for_it() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    client.reads.clear()
    client.behind = 70_000
    bench.locks.create(lock())
    ended = await bench.enforcement.enforce()
    assert client.is_cut
    assert ended.is_complete
    await task
    assert bench.recorder.of_kind(EntryKind.OUTCOME)[-1].envelope["result"] == "terminated"


async def answered(bench: Bench, behind: int) -> FakeClient:
    """A client who has an answer, and has not read so many bytes of it. Its exchange is over."""
    bench.upstreams.will_answer(result(1))
    client = bench.client(request())
    client.behind = behind
    await bench.start(client)
    assert not bench.engine.under_way()
    return client


@pytest.mark.promise("LOCK-1")
async def test_an_answer_that_was_written_and_not_read_is_dropped_with_its_connection() -> None:
    bench = await Bench().opened()
    slow, quick = await answered(bench, 70_000), await answered(bench, 0)
    bench.locks.create(lock(Target.PRINCIPAL, "somebody else"))
    await bench.enforcement.enforce()
    bench.locks.create(lock(mode=LockMode.SUSPEND, id=LockId("l_2")))
    await bench.enforcement.enforce()
    assert not slow.is_cut
    bench.locks.create(lock(id=LockId("l_3")))
    await bench.enforcement.enforce()
    assert (slow.is_cut, quick.is_cut) == (True, False)


async def test_where_locks_cannot_be_read_no_unread_answer_is_left_to_anybody() -> None:
    bench = await Bench().opened()
    client = await answered(bench, 70_000)
    bench.locks.is_damaged = True
    bench.engine.containment.check(0, is_looking=True)
    bench.engine.containment.shut(1)
    client.reads.clear()
    async with asyncio.timeout(10):
        await client.reads.wait()  # Whose connection is cut waits no longer.
    assert client.is_cut


async def test_a_client_that_takes_everything_in_time_keeps_its_connection() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    client.behind = 10
    bench.locks.create(lock())
    enforcing = asyncio.get_running_loop().create_task(bench.enforcement.enforce())
    await settled()
    client.behind = 0
    await enforcing
    await task
    assert not client.is_cut
    assert text_of(client.replies[0].body).startswith("Terminated")


async def test_that_the_process_itself_stood_still_counts_for_no_client() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    client.reads.clear()
    bench.locks.create(lock())
    enforcing = asyncio.get_running_loop().create_task(bench.enforcement.enforce())
    await settled()
    threading.Event().wait(LAST_WORDS_S + 2 * STALL_S)  # the loop does not turn meanwhile
    await settled()
    assert not client.is_cut
    client.reads.set()
    await enforcing
    await task
    assert len(client.events) == 1


async def test_who_is_suspended_too_long_is_told_and_does_not_wait_for_the_lift() -> None:
    bench = await Bench().opened()
    bench.locks.create(lock(mode=LockMode.SUSPEND, expires_at_us=bench.clock() + 1_000_000))
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    [running] = bench.engine.under_way()
    assert running.whom is not None
    bench.engine.containment.patience_s = 0
    again = await bench.run(request())
    assert text_of(again.replies[0].body).startswith("Suspended")
    bench.engine.cancel(running)
    await task


async def test_a_session_that_is_locked_by_its_id_alone_ends_with_what_is_under_way_in_it() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    [live] = bench.sessions.live
    bench.locks.create(lock(Target.SESSION, live.session.id))
    ended = await bench.enforcement.enforce()
    await task
    assert (ended.calls, ended.sessions) == (1, (live.session.id,))


@pytest.mark.promise("LOCK-1")
async def test_who_is_blind_for_long_ends_everybody() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
    client = bench.client()
    task = bench.start(client, arrival(*in_session(), verb="GET"))
    await settled()
    bench.locks.is_damaged = True
    bench.engine.containment.check(0, is_looking=True)
    bench.engine.containment.check(10, is_looking=True)
    await task
    assert client.has_ended
    await settled()
    assert len(bench.sessions.live) == 0


async def test_what_is_no_request_is_refused_without_an_id() -> None:
    bench = await Bench().opened()
    bench.locks.create(lock(Target.UPSTREAM, "disk"))
    client = await bench.run(b'{"jsonrpc":"2.0","id":7,"result":{}}', arrival(*in_session()))
    assert client.replies[0].status == 403
    assert json.loads(client.replies[0].body)["id"] is None


async def test_a_lock_that_leaves_reading_open_stops_what_may_still_write_and_not_what_was_sent() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    sent = bench.start(bench.client(request(identifier=1)))
    await settled()
    bench.recorder.is_slow = True
    client = bench.client(request(identifier=2))
    waiting = bench.start(client)
    await settled()
    calls = len(bench.upstreams.sent)
    bench.locks.create(lock(mode=LockMode.READ_ONLY))
    enforcing = asyncio.get_running_loop().create_task(bench.enforcement.enforce())
    for _ in range(4):
        await settled()
        bench.recorder.flush()
    assert (await enforcing).calls == 1
    await waiting
    assert text_of(client.replies[0].body).startswith("Only reading is open: Stolen.")
    assert len(bench.upstreams.sent) == calls
    assert len(bench.engine.under_way()) == 1
    bench.recorder.is_slow = False
    bench.engine.cancel(bench.engine.under_way()[0])
    await sent


async def connecting(bench: Bench, mode: LockMode) -> tuple[FakeClient, "asyncio.Task[None]"]:
    """A call that has passed its door and waits for a connection when the lock comes."""
    bench.upstreams.connecting = pending()
    client = bench.client(request())
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(mode=mode))
    bench.engine.containment.is_quiet()
    if not bench.upstreams.connecting.done():  # It is, where its task was ended in the middle of that.
        bench.upstreams.connecting.set_result(None)
    await settled()
    return client, task


async def test_a_call_that_waits_for_its_connection_does_not_leave_while_it_is_suspended() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(result(done=1))
    sent = len(bench.upstreams.sent)
    client, task = await connecting(bench, LockMode.SUSPEND)
    assert len(bench.upstreams.sent) == sent
    assert not task.done()
    bench.locks.lift(Lift(id=LockId("l_1"), by="sam", reason="Over.", at_us=2))
    bench.engine.containment.is_quiet()
    await task
    assert json.loads(client.replies[0].body)["result"] == {"done": 1}
    assert len(bench.upstreams.sent) == sent + 1


async def test_a_call_that_waits_for_its_connection_is_ended_when_only_reading_is_left_open() -> None:
    bench = await Bench().opened()
    sent = len(bench.upstreams.sent)
    client, task = await connecting(bench, LockMode.READ_ONLY)
    await task
    assert text_of(client.replies[0].body).startswith("Only reading is open: Stolen.")
    assert len(bench.upstreams.sent) == sent


async def test_under_such_a_lock_a_call_that_is_not_known_to_read_is_denied_and_a_list_is_not() -> None:
    bench = await Bench(gate(default=Effect.ALLOW)).opened()
    bench.locks.create(lock(mode=LockMode.READ_ONLY))
    sent = len(bench.upstreams.sent)
    refused = await bench.run(request())
    assert text_of(refused.replies[0].body).startswith("Only reading is open: Stolen.")
    assert len(bench.upstreams.sent) == sent
    denied = bench.recorder.of_kind(EntryKind.INTENT)[-1].envelope["verdict"]
    assert (denied["effect"], denied["lock"]) == ("deny", "l_1")
    bench.upstreams.will_answer(result(tools=[]))
    listed = await bench.run(request("tools/list", {}))
    assert json.loads(listed.replies[0].body)["result"] == {"tools": []}
    answer = await bench.run(b'{"jsonrpc":"2.0","id":"up-1","result":{}}')
    assert answer.replies[0].status == 403


async def test_under_such_a_lock_a_text_that_only_reads_passes_and_goes_on_when_another_lock_comes() -> None:
    bench = await Bench(gate(kind="sql", dialect="sqlite", default=Effect.ALLOW)).opened()
    bench.locks.create(lock(mode=LockMode.READ_ONLY))
    bench.upstreams.will_answer(result(rows=1))
    reading = request(params={"name": "query", "arguments": {"query": "SELECT 1"}})
    bench.recorder.is_slow = True
    client = bench.client(reading)
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(Target.PRINCIPAL, "kim", id=LockId("l_2")))
    bench.engine.containment.is_quiet()
    for _ in range(4):
        await settled()
        bench.recorder.flush()
    await task
    assert json.loads(client.replies[0].body)["result"] == {"rows": 1}
    bench.recorder.is_slow = False
    writing = request(params={"name": "query", "arguments": {"query": "DELETE FROM customers"}})
    assert "Only reading" in text_of((await bench.run(writing)).replies[0].body)


@pytest.mark.promise("LOCK-1")
async def test_of_thousands_so_many_are_told_at_once_and_nothing_passes_to_the_others_meanwhile() -> None:
    bench = await Bench().opened()
    clients, tasks, said = [], [], []
    for number in range(AT_ONCE + 50):
        event = pending()
        bench.upstreams.will_answer(event, shape=Shape.STREAM)
        client = bench.client(request(identifier=number))
        clients.append(client)
        said.append(event)
        tasks.append(bench.start(client))
        await settled()
    bench.locks.create(lock())
    bench.engine.containment.is_quiet()
    for event in said:
        event.set_result(PROGRESS) if not event.done() else None
    ended = await bench.enforcement.enforce()
    await asyncio.gather(*tasks)
    assert (ended.calls, ended.is_complete) == (len(clients), True)
    for client in clients:
        [told] = [event.payload for event in client.events]
        assert text_of(told).startswith("Terminated")


async def test_those_whose_turn_has_not_come_do_not_wait_for_those_who_do_not_read() -> None:
    bench = await Bench().opened()
    tasks = []
    for number in range(AT_ONCE + 5):
        bench.upstreams.will_answer(pending(), shape=Shape.STREAM)
        client = bench.client(request(identifier=number))
        tasks.append(bench.start(client))
        await settled()
        if number < AT_ONCE:
            client.reads.clear()
    bench.locks.create(lock())
    ended = await bench.enforcement.enforce()
    await asyncio.gather(*tasks)
    assert ended.is_complete
    assert all(text_of(event.payload).startswith("Terminated") for event in client.events)
    assert len(client.events) == 1


async def crowd_of(bench: Bench) -> tuple[list[FakeClient], list["asyncio.Task[None]"], list[object]]:
    """More streams than are ended at once, and what their upstreams will say next."""
    clients, tasks, said = [], [], []
    for number in range(AT_ONCE + 50):
        said.append(pending())
        bench.upstreams.will_answer(said[-1], shape=Shape.STREAM)
        clients.append(bench.client(request(identifier=number)))
        tasks.append(bench.start(clients[-1]))
        await settled()
    return clients, tasks, said


@pytest.mark.promise("LOCK-1")
@pytest.mark.parametrize("way", ["lifted", "run out"])
async def test_whom_a_lock_found_ends_though_it_is_over_before_they_were_told(way: str) -> None:
    bench = await Bench().opened()
    clients, tasks, said = await crowd_of(bench)
    expires = bench.clock() + 1_000_000 if way == "run out" else None
    bench.locks.create(lock(expires_at_us=expires, created_at_us=bench.clock()))
    bench.engine.containment.is_quiet()
    if way == "lifted":
        bench.locks.lift(Lift(id=LockId("l_1"), by="sam", reason="Over.", at_us=2))
    bench.clock.pass_s(2)
    bench.engine.containment.is_quiet()
    for event in said:
        event.set_result(PROGRESS) if not event.done() else None
    ended = await bench.enforcement.enforce(LockId("l_1"))
    assert ended.is_complete
    assert ended.calls == len(clients)
    await asyncio.gather(*tasks)
    for client in clients:
        assert [text_of(event.payload)[:10] for event in client.events] == ["Terminated"]
    await settled()
    assert len(bench.sessions.live) == 0
    bench.upstreams.will_answer(result(0), session="u2")
    again = await bench.run(INITIALIZE, arrival())
    assert again.replies[0].status == 200


async def test_who_came_after_the_lift_is_not_ended_with_the_crowd() -> None:
    bench = await Bench().opened()
    clients, tasks, _ = await crowd_of(bench)
    bench.locks.create(lock(Target.TOOL, "add"))
    bench.engine.containment.is_quiet()
    bench.locks.lift(Lift(id=LockId("l_1"), by="sam", reason="Over.", at_us=2))
    bench.engine.containment.is_quiet()
    bench.upstreams.will_answer(result("late", done=1))
    late = await bench.run(request(identifier="late"))
    assert json.loads(late.replies[0].body)["result"] == {"done": 1}
    bench.locks.create(lock(Target.PRINCIPAL, "kim", id=LockId("l_2")))
    await bench.enforcement.enforce()
    await asyncio.gather(*tasks)
    assert all(len(client.events) == 1 for client in clients)


async def test_a_lock_on_a_tool_says_that_it_ended_a_call_and_no_session() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(pending())
    task = bench.start(bench.client(request()))
    await settled()
    bench.locks.create(lock(Target.TOOL, "add"))
    ended = await bench.enforcement.enforce(LockId("l_1"))
    await task
    assert (ended.calls, ended.sessions) == (1, ())
    assert len(bench.sessions.live) == 1


@pytest.mark.promise("LOCK-1")
async def test_what_waits_for_a_slow_client_stays_here_while_it_is_suspended() -> None:
    bench = await Bench().opened()
    bench.upstreams.will_answer(PROGRESS, result(done=1), shape=Shape.STREAM)
    client = bench.client(request())
    client.reads.clear()
    task = bench.start(client)
    await settled()
    bench.locks.create(lock(mode=LockMode.SUSPEND))
    bench.engine.containment.is_quiet()
    client.reads.set()
    await settled()
    assert (client.events, task.done()) == ([], False)
    bench.locks.lift(Lift(id=LockId("l_1"), by="sam", reason="Over.", at_us=2))
    bench.engine.containment.is_quiet()
    await task
    assert [event.payload for event in client.events] == [PROGRESS, result(done=1)]


ASKED = b'{"jsonrpc":"2.0","id":"up-1","method":"elicitation/create","params":{}}'
ANSWER = b'{"jsonrpc":"2.0","id":"up-1","result":{}}'


async def asked_its_client(bench: Bench) -> "asyncio.Task[None]":
    """A call whose upstream has asked the client something."""
    bench.upstreams.will_answer(ASKED, pending(), shape=Shape.STREAM)
    client = bench.client(request())
    task = bench.start(client)
    await client.has_delivered.wait()
    return task


async def test_an_answer_to_what_a_call_asked_that_a_lock_ended_does_not_reach_the_upstream() -> None:
    bench = await Bench().opened()
    task = await asked_its_client(bench)
    bench.locks.create(lock(Target.TOOL, "add"))
    await bench.enforcement.enforce()
    await task
    sent = len(bench.upstreams.sent)
    assert (await bench.run(ANSWER)).replies[0].status == 202
    assert len(bench.upstreams.sent) == sent


async def test_an_answer_to_what_a_suspended_call_asked_waits_with_it() -> None:
    bench = await Bench().opened()
    task = await asked_its_client(bench)
    bench.locks.create(lock(Target.TOOL, "add", mode=LockMode.SUSPEND))
    sent = len(bench.upstreams.sent)
    answering = bench.start(bench.client(ANSWER))
    await settled()
    assert (answering.done(), len(bench.upstreams.sent)) == (False, sent)
    bench.locks.lift(Lift(id=LockId("l_1"), by="sam", reason="Over.", at_us=2))
    bench.engine.containment.is_quiet()
    await answering
    assert bench.upstreams.sent[-1].body == ANSWER
    bench.engine.cancel(bench.engine.under_way()[0])
    await task
