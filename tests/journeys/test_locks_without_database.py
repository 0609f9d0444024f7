"""A database that is gone, or that takes questions and answers none: doors are closed all the same."""

import asyncio
import signal
from pathlib import Path

import pytest

from firedoor.app.admin_client import ask_gateway
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, message, start
from tests.helpers.postgres import running_postgres
from tests.helpers.raw_http import ask, head
from tests.helpers.shared_token import shared_token

pytestmark = pytest.mark.anyio


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize(("harm", "cure"), [(signal.SIGSTOP, signal.SIGCONT), (signal.SIGKILL, None)])
async def test_a_lock_is_made_ends_what_is_under_way_and_holds(
    tmp_path: Path, harm: signal.Signals, cure: signal.Signals | None
) -> None:
    with running_postgres() as server:
        database = server.fresh()
        token = shared_token(database, tmp_path)
        async with counting_upstream() as upstream:
            live = await start(tmp_path, {"crm": upstream.url}, f'database: "{database}"\n', token)
            session = await live.initialize()
            held = asyncio.create_task(live.post(message("tools/call", 5, name="hold"), session))
            await upstream.until_held(1)
            server.signal(harm)
            try:
                wanted = {"targets": [["principal", "ci"]], "reason": "Stolen."}
                making = asyncio.to_thread(ask_gateway, live.data_dir, "lock.create", wanted)
                told, answer = await asyncio.gather(making, held)
                assert told is not None
                assert (told["calls_ended"], len(told["sessions_ended"])) == (1, 1)
                assert told["not_acknowledged_by"] == []
                assert "Terminated: Stolen." in answer.json["result"]["content"][0]["text"]
                before = len(upstream.requests)
                asking = asyncio.create_task(live.post(message("initialize", 0)))
                await asyncio.wait([asking], timeout=1)
                assert not asking.done() or (await asking).status >= 400
                assert len(upstream.requests) == before
            finally:
                if cure is not None:
                    server.signal(cure)
            if cure is not None:
                assert (await asking).status == 401
            else:
                # Whoever it is learns that it is so, and the log alone where the database would be.
                answer = await asking
                assert (answer.status, b"cannot be read at the moment" in answer.body) == (503, True)
                assert (b"PGSQL" in answer.body, "PGSQL" in live.log) == (False, True)
            await live.end(signal.SIGKILL)


CROWD = 40
"""More than there are threads for what may block."""


@pytest.mark.promise("LOCK-3")
async def test_whoever_waits_for_the_database_keeps_no_lock_waiting(tmp_path: Path) -> None:
    """Tokens that nobody has are enough to have everybody wait for a database that stands still."""
    with running_postgres() as server:
        database = server.fresh()
        token = shared_token(database, tmp_path)
        async with counting_upstream() as upstream:
            live = await start(tmp_path, {"crm": upstream.url}, f'database: "{database}"\n', token)
            session = await live.initialize()
            held = asyncio.create_task(live.post(message("tools/call", 5, name="hold"), session))
            await upstream.until_held(1)
            server.signal(signal.SIGSTOP)
            strangers = [{**session, "Authorization": f"Bearer fd_{n:043}"} for n in range(CROWD)]
            crowd = [asyncio.create_task(live.post(message("ping"), each)) for each in strangers]
            try:
                await until_under_way(live, CROWD + 1)
                wanted = {"targets": [["principal", "ci"]], "reason": "Stolen."}
                making = asyncio.to_thread(ask_gateway, live.data_dir, "lock.create", wanted)
                told, answer = await asyncio.gather(making, held)
                assert told is not None
                assert (told["calls_ended"], len(told["sessions_ended"])) == (1, 1)
                assert told["not_acknowledged_by"] == []
                # What the database knows of approvals nobody can say, and nobody does.
                assert told["is_complete"] is False
                assert "Terminated: Stolen." in answer.json["result"]["content"][0]["text"]
                assert not all(stranger.done() for stranger in crowd)
            finally:
                server.signal(signal.SIGCONT)
                for stranger in crowd:
                    stranger.cancel()
                await asyncio.gather(*crowd, return_exceptions=True)
                await live.end(signal.SIGKILL)


async def until_under_way(live: Live, calls: int) -> None:
    """Wait until so many calls are in the gateway."""
    async with asyncio.timeout(30):
        while f"firedoor_calls_under_way {calls}" not in await metrics_of(live):
            continue


async def metrics_of(live: Live) -> str:
    return (await ask(live.port, head("GET", "/metrics", live.port))).body.decode()
