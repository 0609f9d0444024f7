"""A door is closed from the command line: at once, in flight, over restarts, and without the database."""

import asyncio
import json
import random
import signal
import sys
from pathlib import Path

import pytest

from firedoor.app.admin_client import ask_gateway
from firedoor.edges.store.locks import LockFile
from firedoor.model.entry import EntryKind
from firedoor.model.lock import Lock, LockId, LockMode, Target
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

pytestmark = pytest.mark.anyio


async def cli(live: Live, *words: str, given: bytes = b"") -> tuple[int, dict]:
    """Run a command as a person would; its exit code and the JSON it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from firedoor.cli import main; main()", *words,
        "-c", str(live.folder / "firedoor.yaml"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(given)
    code = process.returncode
    assert code is not None
    return code, json.loads(out) if out.strip().startswith(b"{") else {
        "out": out.decode(),
        "err": err.decode(),
    }


async def locked(live: Live, *words: str, given: bytes = b"") -> dict:
    code, told = await cli(live, "lock", "create", *words, "--reason", "Stolen token.", "--json", given=given)
    assert code == 0, told
    return told


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
        assert code == 2
        assert "There is no lock" in refused["err"]


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
