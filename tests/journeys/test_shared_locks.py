"""Gateways that share a folder of locks: what one locks, the others end, refuse and acknowledge."""

import asyncio
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from firedoor.app.locking import wait_for_all
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.nodes import NodeFolder
from firedoor.model.entry import EntryKind
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target
from tests.helpers.command import cli
from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, of_kind, start

pytestmark = pytest.mark.anyio

SAMPLES = int(os.environ.get("FIREDOOR_SHARED_LOCKS", "40"))


@dataclass(frozen=True, slots=True)
class Two:
    """Two gateways with one upstream and one folder of locks; all else is their own."""

    one: Live
    other: Live
    upstream: Counting
    folder: Path


@asynccontextmanager
async def two_gateways(folder: Path) -> AsyncIterator[Two]:
    shared = f"lock_dir: {folder / 'shared'}\n"
    for name in ("one", "other"):
        (folder / name).mkdir()
    async with (
        counting_upstream() as upstream,
        live_gateway(folder / "one", {"crm": upstream.url}, shared) as one,
        live_gateway(folder / "other", {"crm": upstream.url}, shared) as other,
    ):
        yield Two(one, other, upstream, folder / "shared")


def session_of(live: Live) -> str:
    """The session that is open there, by the gateway's own name for it."""
    [opened] = [
        each.session for each in of_kind(live.records(), EntryKind.OPEN) if "upstream" in each.envelope
    ]
    return opened


def call(name: str) -> bytes:
    return message("tools/call", 5, name=name, arguments={"text": "x"})


@pytest.mark.promise("LOCK-1", "LOCK-2")
async def test_a_session_of_another_gateway_ends_there_and_cannot_begin_anew(tmp_path: Path) -> None:
    async with two_gateways(tmp_path) as two:
        headers = await two.other.initialize()
        held = asyncio.create_task(two.other.post(call("hold"), headers))
        await two.upstream.until_held(1)
        code, told = await cli(two.one, "lock", "create", "--session", session_of(two.other),
                               "--reason", "Stolen.", "--json")  # fmt: skip
        assert code == 0, told
        assert len(told["acknowledged_by"]) == 2
        assert (told["lock"]["grant"] or "").startswith("g_"), told
        assert told["lock"]["upstream"] == "crm"
        assert (await held).json["result"]["isError"] is True
        assert (await two.other.post(call("echo"), headers)).status == 404
        anew = await two.other.post(message("initialize", 0))
        assert (anew.status, anew.json["error"]["code"]) == (200, 4401)
        await two.upstream.until_requests("DELETE")


@pytest.mark.promise("LOCK-2")
async def test_a_session_of_a_gateway_of_other_settings_is_locked_where_none_runs(tmp_path: Path) -> None:
    async with two_gateways(tmp_path) as two:
        await two.other.initialize()
        session = session_of(two.other)
        await two.one.end()
        code, told = await cli(
            two.one, "lock", "create", "--session", session, "--reason", "Stolen.", "--json"
        )
        assert (code, told["is_running"], told["lock"]["upstream"]) == (0, False, "crm"), told
        assert (await two.other.post(message("initialize", 0))).json["error"]["code"] == 4401


async def test_a_session_that_is_over_is_known_from_the_index_and_one_that_never_was_is_not(
    tmp_path: Path,
) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        headers = await live.initialize()
        session = session_of(live)
        assert (await live.other("DELETE", headers)).status < 300
        await live.initialize()
        _, told = await cli(live, "lock", "create", "--session", session, "--reason", "Stolen.", "--json")
        assert told["lock"]["upstream"] == "crm"
        assert len(told["sessions_ended"]) == 1  # what its grant has begun there since
        assert (await live.post(message("initialize", 0))).json["error"]["code"] == 4401
        wrong = ("0" if session[0] != "0" else "1") + session[1:]
        code, said = await cli(live, "lock", "create", "--session", wrong, "--reason", "Stolen.")
        assert (code, "No gateway knows that session: NOBODY IS LOCKED OUT" in said["out"]) == (1, True)
        assert "Nobody whom it holds for" not in said["out"]
        code, said = await cli(live, "lock", "create", "--session", session[:8], "--reason", "Stolen.")
        assert (code, "has 36 characters" in said["err"]) == (2, True)


@pytest.mark.promise("LOCK-2")
async def test_a_session_is_known_from_the_index_also_where_no_gateway_runs(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        session = session_of(live)
        await live.end()
        code, told = await cli(live, "lock", "create", "--session", session, "--reason", "Stolen.", "--json")
        assert (code, told["is_running"], told["lock"]["upstream"]) == (0, False, "crm"), told
        code, said = await cli(live, "lock", "create", "--session", f"{session[:-1]}?", "--reason", "Stolen.")
        assert (code, "names no session" in said["err"]) == (2, True)
        wrong = session[:-1] + ("0" if session[-1] != "0" else "1")
        code, said = await cli(live, "lock", "create", "--session", wrong, "--reason", "Stolen.")
        assert (code, "No gateway knows that session" in said["out"]) == (1, True)
        again = await start(tmp_path, {"crm": upstream.url}, "", live.token)
        assert (await again.post(message("initialize", 0))).json["error"]["code"] == 4401
        await again.end()


async def test_a_token_whose_principal_is_locked_is_listed_as_locked(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        _, told = await cli(live, "lock", "create", "--principal", "ci", "--reason", "Stolen.", "--json")
        _, listed = await cli(live, "token", "list", "--json")
        assert listed["state"] == "locked"
        await cli(live, "lock", "lift", told["lock"]["id"], "--reason", "Over.")
        _, listed = await cli(live, "token", "list", "--json")
        assert listed["state"] == "active"


@pytest.mark.promise("LOCK-1")
async def test_others_have_made_a_lock_effective_and_say_so(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """From the moment that the lock is durable until the other process says that it is effective."""
    async with two_gateways(tmp_path) as two:
        await two.other.initialize()
        locks, nodes = LockFile(two.folder), NodeFolder(two.folder)
        took_ms: list[float] = []
        for number in range(SAMPLES):
            name = LockId(f"l_{number}")
            epoch = locks.create(
                Lock(id=name, targets=((Target.PRINCIPAL, f"p{number}"),), mode=LockMode.STOP, reason="r",
                     by="sam", created_at_us=1)
            )  # fmt: skip
            begun = time.monotonic()
            found = await asyncio.to_thread(wait_for_all, nodes, epoch)
            assert (len(found.by), found.missing) == (2, ())
            took_ms.append((time.monotonic() - begun) * 1000)
            locks.lift(Lift(id=name, by="sam", reason="over", at_us=2))
        locks.close()
    median, worst = statistics.median(took_ms), max(took_ms)
    record_property(
        "figure",
        f"{SAMPLES} locks of one process were effective in two others after {median:.0f} ms (median), "
        f"{worst:.0f} ms (worst)",
    )


@pytest.mark.promise("LOCK-1")
async def test_a_gateway_that_is_stopping_still_sees_what_others_lock(tmp_path: Path) -> None:
    """Calls under way may finish for half a minute: not those that are locked meanwhile."""
    async with two_gateways(tmp_path) as two:
        session = await two.other.initialize()
        held = asyncio.create_task(two.other.post(call("hold"), session))
        await two.upstream.until_held(1)
        two.other.process.send_signal(signal.SIGTERM)
        await two.other.until_logged("stopping")
        code, told = await cli(two.one, "lock", "create", "--principal", "ci", "--reason", "Fire.", "--json")
        assert (code, len(told["acknowledged_by"]), told["not_acknowledged_by"]) == (0, 2, [])
        assert "Terminated: Fire." in (await held).json["result"]["content"][0]["text"]


async def test_a_gateway_that_died_is_not_waited_for(tmp_path: Path) -> None:
    async with two_gateways(tmp_path) as two:
        await two.other.end(signal.SIGKILL)
        code, told = await cli(two.one, "lock", "create", "--all", "--reason", "Fire.", "--json")
        assert (code, len(told["acknowledged_by"]), told["not_acknowledged_by"]) == (0, 1, [])
