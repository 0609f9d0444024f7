"""Messages join sessions; every opening and closing is in the record."""

import asyncio
import json

import pytest

from firedoor.core.commands import JoinSession
from firedoor.core.record.entries import InForce
from firedoor.engine.live import HARD_END_US, IDLE_US
from firedoor.model.entry import EntryKind
from firedoor.model.era import Era
from firedoor.model.errors import UpstreamError
from tests.helpers.bench import Bench, other_token
from tests.helpers.nouns import (
    INITIALIZE,
    META,
    arrival,
    grant,
    head,
    in_session,
    message,
    modern_request,
    request,
    result,
)

pytestmark = pytest.mark.anyio

IDLE_S, HARD_END_S = IDLE_US / 1_000_000, HARD_END_US / 1_000_000


def kinds(bench: Bench, kind: EntryKind) -> list:
    return bench.recorder.of_kind(kind)


async def test_a_handshake_opens_a_session_and_says_who_came() -> None:
    bench = await Bench().opened()
    (opened,) = kinds(bench, EntryKind.OPEN)
    assert opened.envelope["client"] == {"name": "probe", "version": "1"}
    assert (opened.envelope["peer"], opened.envelope["policy"]) == (
        "10.0.0.7",
        bench.policies.policy.version,
    )
    assert [live.session.upstream_mcp_session for live in bench.sessions.live] == ["u1"]


@pytest.mark.parametrize(
    ("claimed", "recorded"),
    [(None, None), ("probe", None), ({}, {}), ({"name": "x" * 500, "other": 1}, {"name": "x" * 128})],
)
async def test_what_a_client_says_of_itself_is_kept_short(claimed, recorded) -> None:
    bench = await Bench().known_modern()
    meta = {**META, "io.modelcontextprotocol/clientInfo": claimed}
    await bench.ask_modern(request(params={"name": "add", "_meta": meta}))
    assert kinds(bench, EntryKind.OPEN)[0].envelope["client"] == recorded


async def test_a_message_without_a_session_is_told_to_begin() -> None:
    bench = await Bench().opened()
    client = await bench.run(request(), arrival())
    assert client.replies[0].status == 400
    assert kinds(bench, EntryKind.REFUSED)[0].envelope["reason"] == "no_session"


async def test_the_session_of_another_grant_looks_as_if_it_did_not_exist() -> None:
    token, found = other_token("fd_other")
    bench = Bench(None, grant(), found)
    await bench.opened()
    theirs = await bench.run(request(), arrival(*in_session("m1"), token))
    nobodys = await bench.run(request(), arrival(*in_session("m999"), token))
    assert [client.replies[0].status for client in (theirs, nobodys)] == [404, 404]
    assert theirs.replies[0].body == nobodys.replies[0].body
    assert len(bench.upstreams.sent) == 1


async def test_stateless_requests_continue_a_stretch_of_activity() -> None:
    bench = await Bench().known_modern()
    for _ in range(3):
        await bench.ask_modern(modern_request())
        bench.clock.pass_s(IDLE_S)
    assert len(kinds(bench, EntryKind.OPEN)) == 1


async def test_two_first_messages_at_once_begin_one_stretch_of_activity() -> None:
    bench = await Bench().known_modern()
    both, asked = asyncio.Event(), []

    async def in_force(join: JoinSession) -> InForce:
        asked.append(join)
        if len(asked) == 2:
            both.set()
        await both.wait()
        return InForce(policy="p1")

    about = message("tools/call", "add", era=Era.MODERN)
    join = JoinSession(grant(), head(mcp_session=None), about)
    first, second = await asyncio.gather(
        *(bench.sessions.join(join, arrival(), in_force, bench.door()) for _ in range(2))
    )

    assert first == second
    assert len(kinds(bench, EntryKind.OPEN)) == 1


async def test_what_is_in_force_is_asked_for_where_a_session_begins_and_not_for_each_message() -> None:
    bench = await Bench().opened()
    (live,) = bench.sessions.live

    async def nobody(_: JoinSession) -> InForce:
        raise AssertionError("nothing begins")

    join = JoinSession(live.session.grant, head(), message())
    assert await bench.sessions.join(join, arrival(), nobody, bench.door()) == live.session


async def test_a_stretch_of_activity_ends_after_silence() -> None:
    bench = await Bench().known_modern()
    await bench.ask_modern(modern_request())
    bench.clock.pass_s(IDLE_S + 1)
    await bench.sessions.close_over()
    await bench.ask_modern(modern_request())
    first, second = kinds(bench, EntryKind.OPEN)
    (closed,) = kinds(bench, EntryKind.CLOSE)
    assert first.session != second.session
    assert (closed.session, closed.envelope) == (first.session, {"reason": "idle", "calls": 1})
    assert bench.recorder.forgotten == bench.upstreams.ended == [first.session]


async def test_a_stretch_that_never_rests_ends_after_half_a_day() -> None:
    bench = await Bench().known_modern()
    spent = 0.0
    while spent <= HARD_END_S:
        bench.upstreams.will_answer(result("firedoor-era", supportedVersions=["2026-07-28"]))
        await bench.sessions.eras.is_modern("disk", bench.door())
        await bench.ask_modern(modern_request())
        bench.clock.pass_s(IDLE_S)
        spent += IDLE_S
    bench.upstreams.will_answer(result("firedoor-era", supportedVersions=["2026-07-28"]))
    await bench.ask_modern(modern_request())
    assert len(kinds(bench, EntryKind.OPEN)) == 2


async def test_a_session_that_is_used_is_not_over() -> None:
    bench = await Bench().opened()
    bench.clock.pass_s(IDLE_S)
    await bench.run(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
    bench.clock.pass_s(IDLE_S)
    await bench.sessions.close_over()
    assert len(bench.sessions.live) == 1


async def test_a_session_ends_once() -> None:
    bench = await Bench().opened()
    for status in (204, 404):
        bench.upstreams.will_answer(shape="empty", status=status)
        await bench.run(b"", arrival(*in_session(), verb="DELETE"))
    assert [entry.envelope["reason"] for entry in kinds(bench, EntryKind.CLOSE)] == ["client"]
    (session,) = bench.upstreams.ended
    await bench.sessions.close(session, "again")
    assert len(kinds(bench, EntryKind.CLOSE)) == 1


async def test_a_handshake_that_the_upstream_refuses_leaves_no_session() -> None:
    bench = Bench()
    bench.upstreams.will_answer(b'{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"no"}}')
    client = await bench.run(INITIALIZE, arrival())
    assert client.replies[0].headers == ()
    assert len(bench.sessions.live) == 0


async def test_a_stateless_request_to_an_upstream_of_the_old_shape_is_sent_back_to_the_handshake() -> None:
    bench = Bench()
    bench.upstreams.will_answer(
        b'{"jsonrpc":"2.0","id":"firedoor-era","error":{"code":-32601,"message":"?"}}'
    )
    client = await bench.ask_modern(modern_request())
    assert (client.replies[0].status, len(bench.upstreams.sent)) == (400, 1)
    assert kinds(bench, EntryKind.OPEN) == []


async def test_an_upstream_that_cannot_be_asked_is_an_answer() -> None:
    bench = Bench()
    bench.upstreams.answers.append(UpstreamError("upstream_unavailable", "Refused."))
    client = await bench.ask_modern(modern_request())
    said = json.loads(client.replies[0].body)
    assert (client.replies[0].status, said["id"], said["error"]["code"]) == (200, 7, -32603)
