"""A lock is made while a gateway stands still, or cannot be asked: what is said of it is true."""

import os
import signal
from pathlib import Path

import pytest

from firedoor.app.admin_client import ask_gateway
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError
from tests.helpers.command import cli
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, of_kind

pytestmark = pytest.mark.anyio


def changes_of(live: Live) -> int:
    return (live.data_dir / "locks" / "locks.jsonl").read_bytes().count(b"\n")


@pytest.mark.promise("LOCK-1", "LOCK-3")
async def test_a_gateway_that_stands_still_is_locked_without_it_and_never_twice(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        os.kill(live.process.pid, signal.SIGSTOP)
        try:
            words = ("lock", "create", "--principal", "ci", "--reason", "Stolen.", "--json")
            code, told = await cli(live, *words)
            assert (code, told["is_complete"], changes_of(live)) == (1, False, 1)
            assert [name.partition(" ")[0] for name in told["not_acknowledged_by"]] == [
                f"http://127.0.0.1:{live.port}"
            ]
            name = told["lock"]["id"]
            with pytest.raises(RecordError, match="does not answer"):
                ask_gateway(live.data_dir, "lock.lift", {"id": name, "reason": "No."}, wait_s=0.1)
            code, proof = await cli(live, "lock", "verify", name, "--json")
            assert (code, proof["holds"]) == (3, None)
        finally:
            os.kill(live.process.pid, signal.SIGCONT)
        reached = len(upstream.calls)
        assert (await live.post(message("tools/call", 5, name="echo", arguments={}), session)).status == 401
        assert len(upstream.calls) == reached
        # It has read what was asked meanwhile: the lock is the same one, and nothing was lifted late.
        code, proof = await cli(live, "lock", "verify", name, "--json")
        assert (code, proof["holds"], changes_of(live)) == (0, True, 1)
    acts = [entry.envelope.get("what") for entry in of_kind(live.records(), EntryKind.CONTROL)]
    assert (acts.count("lock_created"), acts.count("lock_lifted")) == (1, 0)


async def test_a_gateway_that_cannot_be_asked_is_not_said_to_be_gone(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await live.initialize()
        (live.data_dir / "admin.sock").unlink()
        code, told = await cli(live, "lock", "create", "--principal", "ci", "--reason", "Stolen.")
        assert (code, "No gateway runs" in told["out"]) == (0, False)
        assert f"Acknowledged by: http://127.0.0.1:{live.port}" in told["out"]
        name = told["out"].split()[0]
        code, proof = await cli(live, "lock", "verify", name)
        assert (code, "nothing passes" in proof["out"], "nothing can be proved" in proof["out"]) == (
            3,
            False,
            True,
        )
        assert (await live.post(message("initialize", 0))).status == 401


async def test_where_no_gateway_runs_a_lock_that_there_is_not_is_a_mistake(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        pass
    _, told = await cli(live, "lock", "create", "--principal", "ci", "--reason", "Stolen.", "--json")
    code, proof = await cli(live, "lock", "verify", told["lock"]["id"])
    assert (code, "No gateway runs here: nothing passes" in proof["out"]) == (3, True)
    code, refused = await cli(live, "lock", "verify", "l_0123456789abcdef")
    assert (code, "There is no lock" in refused["err"]) == (2, True)
