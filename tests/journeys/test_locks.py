"""A door is closed from the command line: at once, in flight, over restarts, and without the database."""

import asyncio
import json
import random
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from firedoor.app.admin_client import ask_gateway
from firedoor.edges.store.holds import HoldFiles
from firedoor.edges.store.locks import LockFile
from firedoor.model.entry import EntryKind
from firedoor.model.lock import Lock, LockId, LockMode, Target
from tests.helpers.command import cli, locked
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import (
    Live,
    grant_id,
    live_gateway,
    message,
    modern,
    modern_headers,
    new_token,
    of_kind,
    start,
)
from tests.helpers.raw_http import Answer, ask, head, post

pytestmark = pytest.mark.anyio


def call(name: str = "echo", identifier: object = 5, **arguments: object) -> bytes:
    return message("tools/call", identifier, name=name, arguments=arguments)


@pytest.mark.promise("LOCK-2", "PATH-7")
async def test_a_call_in_flight_is_answered_and_its_upstream_told(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        held = asyncio.create_task(live.post(call("hold"), session))
        await upstream.until_held(1)
        told = await locked(live, "--principal", "ci", "--case", "c-7")
        answer = await held
        assert answer.json["result"]["isError"] is True
        assert "Terminated: Stolen token." in answer.json["result"]["content"][0]["text"]
        assert (told["calls_ended"], len(told["sessions_ended"]), told["is_complete"]) == (1, 1, True)
        await upstream.until_requests("DELETE")
        cancelled = [request for request in upstream.requests if b"notifications/cancelled" in request.body]
        assert [json.loads(request.body)["params"]["requestId"] for request in cancelled] == [5]
        entries = live.records()
    acts = [entry.envelope["what"] for entry in of_kind(entries, EntryKind.CONTROL)]
    assert "lock_created" in acts


@pytest.mark.promise("LOCK-2", "PATH-2")
async def test_who_is_locked_out_is_unauthorised_and_reaches_nothing(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        await locked(live, "--token-file", "/dev/stdin", given=live.token.encode() + b"\n")
        before = len(upstream.requests)
        for answer in (
            await live.post(call(), session),
            await live.post(message("initialize", 0)),
            await live.post(modern("server/discover"), modern_headers("server/discover")),
            await live.other("GET", session),
        ):
            assert answer.status == 401
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        assert len(upstream.requests) == before


@pytest.mark.promise("LOCK-2")
async def test_a_dead_session_is_not_found_and_cannot_begin_anew(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        [opened] = [e.session for e in of_kind(live.records(), EntryKind.OPEN) if "upstream" in e.envelope]
        told = await locked(live, "--session", opened)
        assert told["sessions_ended"] == [opened]
        assert (await live.post(call(), session)).status == 404
        anew = await live.post(message("initialize", 0))
        assert (anew.status, anew.json["error"]["code"]) == (200, 4401)


async def test_a_lock_on_a_tool_leaves_the_others_open(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        told = await locked(live, "--tool", "echo", "--upstream", "crm")
        assert told["sessions_ended"] == []
        refused = await live.post(call("echo"), session)
        assert refused.json["result"]["isError"] is True
        other = await live.post(call("other", text="x"), session)
        assert other.json["result"]["content"][0]["text"] == "x"
        assert [json.loads(r.body)["params"]["name"] for r in upstream.calls] == ["other"]


@pytest.mark.promise("LOCK-3")
async def test_a_lock_holds_after_a_kill_and_until_it_is_lifted(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url})
        told = await locked(live, "--principal", "ci")
        await live.end(signal.SIGKILL)
        live = await start(tmp_path, {"crm": upstream.url}, token=live.token)
        assert (await live.post(message("initialize", 0))).status == 401
        code, _ = await cli(live, "lock", "lift", told["lock"]["id"], "--reason", "New token.")
        assert code == 0
        await live.initialize()
        await live.end()


@pytest.mark.promise("LOCK-3")
async def test_a_lock_needs_no_database(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        for file in live.data_dir.glob("*.db*"):
            file.unlink()
        told = await locked(live, "--all")
        assert told["is_complete"]
        assert (await live.post(message("initialize", 0))).status in {200, 401, 503}
        assert len(upstream.calls) == 0


async def test_a_lock_can_be_made_while_no_gateway_runs(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url})
        await live.end()
        told = await locked(live, "--upstream", "crm")
        assert told["is_running"] is False
        live = await start(tmp_path, {"crm": upstream.url}, token=live.token)
        refused = await live.post(message("initialize", 0))
        assert refused.json["error"]["code"] == 4401
        assert upstream.requests == []
        await live.end()


@pytest.mark.promise("LOCK-1")
async def test_a_lock_of_another_process_ends_what_is_under_way(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        held = asyncio.create_task(live.post(call("hold"), session))
        await upstream.until_held(1)
        other = LockFile(live.data_dir / "locks")
        other.create(
            Lock(
                id=LockId("l_other"),
                targets=((Target.ALL, ""),),
                mode=LockMode.STOP,
                reason="Fire.",
                by="kim",
                created_at_us=1,
            )
        )
        other.close()
        assert "Terminated: Fire." in (await held).json["result"]["content"][0]["text"]


async def test_a_lock_is_proved_and_a_lifted_one_is_not(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        told = await locked(live, "--grant", grant_id(live.token))
        name = told["lock"]["id"]
        code, proof = await cli(live, "lock", "verify", name, "--json")
        assert (code, proof["holds"], proof["sessions_left"]) == (0, True, [])
        await cli(live, "lock", "lift", name, "--reason", "Over.")
        code, refused = await cli(live, "lock", "verify", name, "--json")
        assert (code, refused["holds"], refused["lifted"]["reason"]) == (1, False, "Over.")
        code, refused = await cli(live, "lock", "verify", name)
        assert code == 1
        assert re.fullmatch(rf"{name} does not hold: \S+ lifted it at 2\S+Z: Over\.\n", refused["out"])
        code, refused = await cli(live, "lock", "lift", name, "--reason", "Again.")
        assert (code, f"has lifted {name} already: Over." in refused["err"]) == (2, True)
        code, refused = await cli(live, "lock", "verify", "l_0000000000000000")
        assert (code, "There is no lock" in refused["err"]) == (2, True)


async def test_a_name_that_nobody_has_is_noticed_and_a_pattern_is_refused(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        words = ("lock", "create", "--reason", "Stolen.", "--case", "c-9")
        _, nobody = await cli(live, *words, "--principal", "ic")
        assert "Nobody whom it holds for is here: look whether the name is right." in nobody["out"]
        _, somebody = await cli(live, *words, "--principal", "ci")
        assert "Nobody whom it holds for" not in somebody["out"]
        _, again = await cli(live, *words, "--principal", "ci")
        assert "Nobody whom it holds for is here now. The recordings are of earlier sessions." in again["out"]
        assert (await cli(live, *words, "--principal", "c*"))[0] != 0
        _, listed = await cli(live, "lock", "list")
        assert listed["out"].count("c-9") == 3


async def test_who_is_suspended_goes_on_when_the_lock_is_lifted(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        told = await locked(live, "--principal", "ci", "--suspend")
        waiting = asyncio.create_task(live.post(call("echo", text="late"), session))
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        assert upstream.calls == []
        await cli(live, "lock", "lift", told["lock"]["id"], "--reason", "Looked at.")
        assert (await waiting).json["result"]["content"][0]["text"] == "late"


@pytest.mark.promise("LOCK-3")
async def test_what_a_lock_ended_is_under_a_legal_hold(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        told = await locked(live, "--principal", "ci")
        [session] = told["sessions_ended"]
        held = HoldFiles(live.data_dir).all()
        assert [(hold.name, hold.reason) for hold in held[session]] == [(told["lock"]["id"], "Stolen token.")]
        assert told["recordings_held"] == len(held)
        await cli(live, "lock", "lift", told["lock"]["id"], "--reason", "Over.")
        assert HoldFiles(live.data_dir).all() == held
        entries = live.records()
    placed = [e.envelope for e in of_kind(entries, EntryKind.CONTROL) if e.envelope["what"] == "holds_placed"]
    assert [about["sessions"] for about in placed] == [[session]]


async def test_a_lock_on_a_token_holds_what_was_recorded_with_it_before(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        await locked(live, "--principal", "ci")
        [(session, _)] = HoldFiles(live.data_dir).all().items()
        again = await locked(live, "--token-file", "/dev/stdin", "--tool", "echo", given=live.token.encode())
        assert again["recordings_held"] == 1
        assert {hold.name for hold in HoldFiles(live.data_dir).all()[session]} >= {again["lock"]["id"]}


async def test_only_reading_stays_open(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        told = await locked(live, "--principal", "ci", "--read-only")
        assert told["sessions_ended"] == []
        refused = await live.post(call("echo", text="x"), session)
        assert "Only reading is open: Stolen token." in refused.json["result"]["content"][0]["text"]
        assert upstream.calls == []
        assert (await live.post(message("ping", 6), session)).status == 200


@pytest.mark.promise("LOCK-1")
async def test_gateways_that_share_locks_close_together_and_acknowledge(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """What the second one was told arrives when it has closed, and no earlier: no clock is asked."""
    shared = f"lock_dir: {tmp_path / 'shared'}\n"
    one_dir, two_dir = tmp_path / "one", tmp_path / "two"
    one_dir.mkdir(), two_dir.mkdir()
    async with (
        counting_upstream() as upstream,
        live_gateway(one_dir, {"crm": upstream.url}, shared) as one,
        live_gateway(two_dir, {"crm": upstream.url}, shared) as two,
    ):
        session = await two.initialize()
        held = asyncio.create_task(two.post(call("hold"), session))
        await upstream.until_held(1)
        begun = time.monotonic()
        told = await asyncio.to_thread(lock_now, one, "ci")
        seen_ms = (time.monotonic() - begun) * 1000
        assert told["not_acknowledged_by"] == []
        assert sorted(name.partition(" ")[0] for name in told["acknowledged_by"]) == sorted(
            f"http://127.0.0.1:{live.port}" for live in (one, two)
        )
        record_property("figure", f"a lock made at one gateway was effective at both after {seen_ms:.0f} ms")
        assert (await held).json["result"]["isError"] is True
        assert (await two.post(call("echo"), session)).status == 401


@pytest.mark.promise("LOCK-1")
async def test_a_gateway_that_stands_still_is_named(tmp_path: Path) -> None:
    shared = f"lock_dir: {tmp_path / 'shared'}\n"
    one_dir, two_dir = tmp_path / "one", tmp_path / "two"
    one_dir.mkdir(), two_dir.mkdir()
    async with (
        counting_upstream() as upstream,
        live_gateway(one_dir, {"crm": upstream.url}, shared) as one,
        live_gateway(two_dir, {"crm": upstream.url}, shared) as two,
    ):
        two.process.send_signal(signal.SIGSTOP)
        try:
            code, told = await cli(one, "lock", "create", "--all", "--reason", "Fire.", "--json")
        finally:
            two.process.send_signal(signal.SIGCONT)
        assert code == 1
        assert [name.partition(" ")[0] for name in told["not_acknowledged_by"]] == [
            f"http://127.0.0.1:{two.port}"
        ]


@pytest.mark.promise("LOCK-1")
async def test_a_damaged_file_of_locks_lets_nobody_pass_until_it_is_whole_again(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        told = await locked(live, "--principal", "somebody-else")
        file = live.data_dir / "locks" / "locks.jsonl"
        whole = file.read_bytes()
        file.write_bytes(whole.replace(b"somebody", b"nobodyat"))
        await live.until_logged("the locks cannot be read")
        assert await live.ready() == 503
        before = len(upstream.requests)
        assert (await live.post(call("echo"), session)).status == 503
        assert len(upstream.requests) == before
        file.write_bytes(whole)
        await live.until_logged("the locks can be read again")
        assert await live.ready() == 200
        assert (await live.post(call("echo", text="x"), session)).json["result"]["content"]
        assert told["is_complete"]


@pytest.mark.promise("LOCK-3")
async def test_locks_that_are_taken_away_let_nobody_pass_and_a_copy_that_is_put_back_does(
    tmp_path: Path,
) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        await locked(live, "--principal", "somebody-else")
        folder, copy = live.data_dir / "locks", tmp_path / "copy"
        await asyncio.to_thread(shutil.copytree, folder, copy)
        await asyncio.to_thread(shutil.rmtree, folder)
        await live.until_logged("the locks cannot be read")
        before = len(upstream.requests)
        assert (await live.post(call("echo"), session)).status == 503
        code, told = await cli(live, "lock", "create", "--principal", "ci", "--reason", "Fire.")
        assert (code, folder.exists()) == (1, False)
        assert "taken away or replaced" in told["err"]
        assert "Nobody passes until it is back" in told["err"]
        assert len(upstream.requests) == before
        await asyncio.to_thread(shutil.copytree, copy, folder)
        await live.until_logged("the locks can be read again")
        assert (await live.post(call("echo", text="x"), session)).json["result"]["content"]
        told = await locked(live, "--principal", "ci")
        assert len(told["acknowledged_by"]) == 1
        assert (await live.post(call("echo"), session)).status == 401


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (shutil.rmtree, "Locks are missing"),
        (lambda folder: (folder / "locks.jsonl").write_bytes(b""), "is damaged after change 0"),
        (lambda folder: (folder / "locks.jsonl").write_bytes(b'{"epoch":1,'), "is damaged after change 0"),
        (lambda folder: (folder / "locks.jsonl").write_bytes(b"?\n"), "is damaged after change 0"),
    ],
)
async def test_a_gateway_whose_locks_are_damaged_or_missing_does_not_start_and_says_what_to_do(
    tmp_path: Path, harm: Callable[[Path], object], says: str
) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url})
        await locked(live, "--principal", "ci")
        await live.end(signal.SIGKILL)
        harm(live.data_dir / "locks")
        with pytest.raises(AssertionError, match=f"(?s){says}.*(Put the folder back|or see docs)"):
            await start(tmp_path, {"crm": upstream.url}, token=live.token)
        for words in (("list",), ("create", "--all", "--reason", "Fire.")):
            code, told = await cli(live, "lock", *words)
            assert code != 0
            assert says in told["err"]


async def test_over_the_api_a_role_is_needed_and_an_agent_that_is_locked_lifts_nothing(
    tmp_path: Path,
) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        responder = new_token(live.data_dir, "sam", roles=frozenset({"responder"}))
        viewer = new_token(live.data_dir, "vera", roles=frozenset({"viewer"}))

        async def api(token: str, verb: str, path: str, **sent: object) -> Answer:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            if verb == "GET":
                return await ask(live.port, head("GET", f"/api/v1/{path}", live.port, headers))
            return await ask(
                live.port, post(f"/api/v1/{path}", live.port, headers, json.dumps(sent).encode())
            )

        wanted = {"targets": [["principal", "ci"]], "reason": "Stolen."}
        for token, status in ((live.token, 403), (viewer, 403), ("fd_nobody", 401)):
            assert (await api(token, "POST", "locks", **wanted)).status == status
        await live.initialize()
        made = await api(responder, "POST", "locks", **wanted)
        assert made.status == 200, made
        identifier = made.json["lock"]["id"]
        assert (made.json["lock"]["by"], len(made.json["sessions_ended"])) == ("sam", 1)
        assert (await live.post(message("initialize", 0))).status == 401
        assert [each["id"] for each in (await api(viewer, "GET", "locks")).json["locks"]] == [identifier]
        assert (await api(viewer, "GET", f"locks/{identifier}/verify")).json["holds"] is True
        for token, status in ((live.token, 403), (viewer, 403)):
            refused = await api(token, "POST", f"locks/{identifier}/lift", reason="Let me in.")
            assert refused.status == status
        assert (await api(responder, "POST", "locks/l_none/lift", reason="x")).status == 404
        assert (await api(responder, "POST", f"locks/{identifier}/lift", reason="x", more=1)).status == 400
        assert (await api(responder, "POST", "locks", targets=[["shoe", "x"]], reason="x")).status == 400
        lifted = await api(responder, "POST", f"locks/{identifier}/lift", reason="New token.")
        assert lifted.status == 200
        await live.initialize()
        entries = live.records()
    acts = [e.envelope for e in of_kind(entries, EntryKind.CONTROL) if "lock_" in str(e.envelope["what"])]
    assert [(about["what"], about["by"]["name"]) for about in acts] == [
        ("lock_created", "sam"),
        ("lock_lifted", "sam"),
    ]


async def test_who_is_locked_by_name_is_told_so_and_lifts_nothing_whatever_else_is_locked(
    tmp_path: Path,
) -> None:
    """An older lock on everything, or on an upstream, hides no lock on a person; nor does what narrows it."""
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        sam = new_token(live.data_dir, "sam", roles=frozenset({"responder"}))
        mine = {"Authorization": f"Bearer {sam}", "Content-Type": "application/json"}

        async def lift(name: str) -> int:
            sent = post(f"/api/v1/locks/{name}/lift", live.port, mine, b'{"reason": "Mine."}')
            return (await ask(live.port, sent)).status

        opening = message("initialize", 0, protocolVersion="2025-11-25", capabilities={}, clientInfo={})
        await live.post(opening, mine)
        everything = await locked(live, "--all")
        (session,) = everything["sessions_ended"]
        for words in (
            ("--principal", "sam"),
            ("--principal", "sam", "--upstream", "crm"),
            ("--principal", "sam", "--tool", "echo", "--read-only"),
            ("--session", session),
        ):
            own = (await locked(live, *words))["lock"]["id"]
            assert await lift(own) == 403, words
            listed = await ask(live.port, head("GET", "/api/v1/locks", live.port, mine))
            assert listed.json["error"]["code"] == "responder_locked"
            assert (await cli(live, "lock", "lift", own, "--reason", "Over."))[0] == 0
        assert await lift(everything["lock"]["id"]) == 200
        await locked(live, "--upstream", "crm")
        assert (await live.post(opening)).status == 200
        await locked(live, "--principal", "ci")
        assert (await live.post(opening)).status == 401


POINTS = 40
"""Locks at so many points of calls' lives. 1,000 in all with the sweep over the engine's own turns."""


@pytest.mark.promise("LOCK-1", "PATH-2")
async def test_after_a_lock_was_acknowledged_no_byte_leaves_in_either_direction(tmp_path: Path) -> None:
    """Streams and calls run; at a random moment one principal is locked; the other goes on."""
    dice = random.Random(7)  # noqa: S311 - repeatable
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        for point in range(POINTS):
            token = new_token(live.data_dir, f"p{point}")
            mine = {"Authorization": f"Bearer {token}"}
            opened = await live.post(
                message("initialize", 0, protocolVersion="2025-11-25", capabilities={}, clientInfo={}), mine
            )
            session = {
                **mine,
                "Mcp-Session-Id": opened.headers["mcp-session-id"],
                "MCP-Protocol-Version": "2025-11-25",
            }
            before = sum(request.verb == "POST" for request in upstream.requests)
            calls = [asyncio.create_task(live.post(call("echo", n, text="x"), session)) for n in range(8)]
            await upstream.until_requests("POST", before + dice.randrange(9))
            acknowledged = await asyncio.to_thread(lock_now, live, f"p{point}")
            seen = len(upstream.received)
            answers = await asyncio.gather(*calls)
            assert acknowledged["is_complete"]
            assert len(upstream.received) == seen
            assert all(answer.status in {200, 401, 404} for answer in answers)


def lock_now(live: Live, principal: str) -> dict:
    wanted = {"targets": [["principal", principal]], "reason": "Stolen."}
    told = ask_gateway(live.data_dir, "lock.create", wanted)
    assert told is not None
    return dict(told)
