"""The file of locks is damaged while calls are under way: nothing joins it, and everything can be stopped."""

import asyncio
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.command import cli
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import live_gateway, message, of_kind

pytestmark = pytest.mark.anyio


@pytest.mark.promise("LOCK-1", "LOCK-3")
async def test_where_no_lock_can_be_read_everything_can_still_be_stopped_at_once(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        await cli(live, "lock", "create", "--principal", "kim", "--reason", "Before.")
        session = await live.initialize()
        held = asyncio.create_task(live.post(message("tools/call", 5, name="hold"), session))
        await upstream.until_held(1)
        file = live.data_dir / "locks" / "locks.jsonl"
        whole = file.read_bytes()
        damaged = whole.replace(b"kim", b"kym")
        file.write_bytes(damaged)
        code, told = await cli(live, "lock", "create", "--principal", "sam", "--reason", "Stolen.")
        assert (code == 0, "is damaged" in told["err"], held.done()) == (False, True, False)
        code, told = await cli(live, "lock", "create", "--all", "--reason", "Fire.")
        assert (code == 0, "No lock was kept" in told["err"]) == (False, True)
        assert "Everything ends" in told["err"]
        # It does not wait for the 10 s after which what is under way would end by itself.
        assert b"cannot read its locks" in (await held).body
        assert file.read_bytes() == damaged
        # What was put back opens nothing: a stop that nothing keeps would be undone by it.
        file.write_bytes(whole)
        reached = len(upstream.calls)
        answer = await live.post(message("tools/call", 6, name="echo", arguments={}), session)
        assert (answer.status, answer.json["id"], len(upstream.calls)) == (503, 6, reached)
        assert answer.json["error"]["code"] == 4401
        assert "exchange failed" not in live.log
        assert (await live.post(message("initialize", 0))).status == 503
        code, told = await cli(live, "lock", "create", "--all", "--reason", "Fire.")
        assert (code == 0, "is kept" in told["err"], "nobody passes" in told["err"]) == (False, True, True)
        assert file.read_bytes().startswith(whole)
        assert file.read_bytes().count(b"\n") == 2
    shut = [entry for entry in of_kind(live.records(), EntryKind.CONTROL) if "shut" in entry.envelope["what"]]
    assert [(entry.envelope["what"], entry.envelope["reason"]) for entry in shut] == [
        ("everything_shut", "Fire.")
    ]
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        answer = await live.post(message("initialize", 0))
        assert b"4401" in answer.body
