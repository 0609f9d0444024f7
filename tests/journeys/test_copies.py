"""A gateway whose record is copied elsewhere while it runs, and one whose copies cannot be made."""

from pathlib import Path

import pytest

from firedoor.edges.export import verify_record as alone
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, start
from tests.helpers.raw_http import ask, head

pytestmark = pytest.mark.anyio


async def ended_session(live: Live) -> None:
    session = await live.initialize()
    assert (await live.post(message("tools/call", 2, name="echo"), session)).status == 200
    assert (await live.other("DELETE", session)).status in {200, 204}


async def metrics(live: Live) -> str:
    return (await ask(live.port, head("GET", "/metrics", live.port))).body.decode()


async def test_what_ended_is_copied_while_the_gateway_runs_and_the_rest_when_it_stops(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    more = "record: {copies: copies}\n"
    async with counting_upstream() as upstream:
        async with live_gateway(tmp_path, {"crm": upstream.url}) as live:
            await ended_session(live)
        live = await start(tmp_path, {"crm": upstream.url}, more)
        await live.until_logged("copies of the record are made")
        assert "firedoor_copies_failing 0.0" in await metrics(live)
        assert list(place.rglob("*.fdrec"))
        assert list(place.glob("log/*/checkpoints/*"))
        early = len(list(place.rglob("*.fdrec")))
        await ended_session(live)
        assert await live.end() == 0
    assert len(list(place.rglob("*.fdrec"))) == early + 2  # and the control session of the second run
    for file in place.rglob("*"):
        own = live.data_dir / file.relative_to(place)
        assert file.is_dir() or not own.exists() or file.read_bytes() == own.read_bytes()
    (log,) = place.glob("log/*")
    newest = max(log.glob("checkpoints/*"), key=lambda each: int(each.name))
    assert newest.read_bytes() == (live.data_dir / log.relative_to(place) / "checkpoint").read_bytes()
    (log / "checkpoint").write_bytes(newest.read_bytes())
    pins = [alone.Key((log / "key").read_text().strip())]
    found = alone.Verification(str(place), alone.Given(pins, [newest.read_bytes()], None, 1 << 62))
    assert (found.faults, found.level) == ([], 3)


async def test_copies_that_cannot_be_made_hold_no_call_and_no_end(tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file where a folder should be")
    more = "record: {copies: copies/below}\n"
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}, more) as live:
        await ended_session(live)
        await live.until_logged("copies of the record cannot be made, and wait")
        assert "firedoor_copies_failing 1.0" in await metrics(live)
        await ended_session(live)
        assert await live.ready() == 200
        assert await live.end() == 0
        assert "Traceback" not in live.log
