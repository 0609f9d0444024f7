"""Two gateways, each with a data directory of its own, and one database."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from firedoor.edges.store.store import Store
from firedoor.ports.index import CallFilter, SessionFilter
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import message, start
from tests.helpers.postgres import running_postgres
from tests.helpers.shared_token import shared_token

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path / 'shared.db'}"
        return
    with running_postgres() as server:
        yield server.fresh()


@pytest.mark.promise("REC-1")
async def test_each_ends_only_what_it_left_open_itself_and_all_of_it_is_found_in_one_place(
    database: str, tmp_path: Path
) -> None:
    token = shared_token(database, tmp_path)
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    async with counting_upstream() as upstream:
        one, other = [
            await start(folder, {"crm": upstream.url}, f'database: "{database}"\n', token)
            for folder in folders
        ]
        sessions = [await live.initialize() for live in (one, other)]
        under_way = asyncio.create_task(one.post(message("tools/call", 7, name="hold"), sessions[0]))
        await upstream.until_held(1)
        await one.end(signal.SIGKILL)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await under_way
        again = await start(folders[0], {"crm": upstream.url}, f'database: "{database}"\n', token)
        await again.until_logged("the index took")
        assert "the last run left 1 sessions open" in again.log
        assert (await other.post(message("tools/call", 2, name="echo"), sessions[1])).status == 200
        assert await again.end() == 0
        store = Store.open(database, tmp_path)
        try:
            found = {each.close_reason for each in store.index.sessions(SessionFilter())}
            unknown = [each.name for each in store.index.calls(CallFilter()) if each.result == "unknown"]
        finally:
            store.close()
        assert found == {"lost", None}  # the other one's session is open, and stays so
        assert unknown == ["hold"]
        assert await other.end() == 0
    assert [len(list((folder / "firedoor-data" / "log").iterdir())) for folder in folders] == [1, 1]


async def test_one_data_directory_has_one_writer(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        one = await start(tmp_path, {"crm": upstream.url})
        with pytest.raises(AssertionError, match="Another process records"):
            await start(tmp_path, {"crm": upstream.url}, token=one.token)
        assert await one.end() == 0
