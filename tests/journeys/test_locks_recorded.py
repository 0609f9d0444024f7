"""A lock, and a lift, that no running gateway made are in its record before it serves, and once."""

import signal
from pathlib import Path

import pytest

from firedoor.edges.store.locks import LockFile
from firedoor.model.entry import EntryKind
from firedoor.model.json import JsonObject
from firedoor.model.lock import Lift, LockId
from tests.helpers.command import cli, locked
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, of_kind, start

pytestmark = pytest.mark.anyio


def acts(live: Live) -> list[JsonObject]:
    entries = of_kind(live.records(), EntryKind.CONTROL)
    return [each.envelope for each in entries if str(each.envelope.get("what")).startswith("lock_")]


def told(live: Live) -> list[tuple[object, object, object]]:
    return [(each["what"], each["id"], each.get("made")) for each in acts(live)]


@pytest.mark.promise("LOCK-1")
async def test_what_was_made_while_no_gateway_ran_is_in_the_record_once(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url})
        first = (await locked(live, "--principal", "ci"))["lock"]["id"]
        assert await live.end() == 0
        code, _ = await cli(live, "lock", "lift", first, "--reason", "sneaky")
        assert code == 0
        _, made = await cli(live, "lock", "create", "--principal", "eve", "--reason", "Stolen.", "--json")
        second = made["lock"]["id"]
        # The first is killed as soon as it serves: what it has not recorded by then, it never will.
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGTERM):
            live = await start(tmp_path, {"crm": upstream.url}, token=live.token)
            await live.initialize()
            await live.end(number)
            expected = [
                ("lock_created", first, None),
                ("lock_lifted", first, "without_this_gateway"),
                ("lock_created", second, "without_this_gateway"),
            ]
            assert told(live) == expected
    _, lifted, created = acts(live)
    assert (lifted["reason"], lifted["by"]) == ("sneaky", {"name": made["lock"]["by"]})
    assert (created["reason"], created["made_at_us"]) == ("Stolen.", made["lock"]["created_at_us"])


@pytest.mark.promise("LOCK-1")
async def test_what_another_process_lifts_meanwhile_is_in_the_record_too(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        name = (await locked(live, "--principal", "ci"))["lock"]["id"]
        locks = LockFile(live.data_dir / "locks")
        locks.lift(Lift(id=LockId(name), by="eve", reason="sneaky", at_us=7))
        locks.close()
        await live.until_logged("the record was told of 1 changes of the locks made elsewhere")
        assert told(live) == [("lock_created", name, None), ("lock_lifted", name, "without_this_gateway")]
        await live.initialize()


async def test_what_the_gateway_made_itself_is_not_told_again_by_the_next(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url})
        name = (await locked(live, "--principal", "ci"))["lock"]["id"]
        await cli(live, "lock", "lift", name, "--reason", "Over.")
        assert await live.end() == 0
        live = await start(tmp_path, {"crm": upstream.url}, token=live.token)
        assert await live.end() == 0
    assert told(live) == [("lock_created", name, None), ("lock_lifted", name, None)]
