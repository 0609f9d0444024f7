"""Where the record takes nothing, reads go on at an upstream that says so, and nothing else does."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firedoor.edges.store.journal.reader import RecordedEntry
from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import Counting, counting_upstream
from tests.helpers.live_gateway import Live, message, notification, of_kind, start
from tests.helpers.moody_disk import SERVE, until_kept
from tests.helpers.raw_http import Answer, ask, head

pytestmark = pytest.mark.anyio

POLICY = """
tools:
  - {tool: echo, read_only: true}
rules:
  - {id: everything, match: {method: "*"}, effect: allow, tests: [{tool: echo, expect: allow}]}
"""
BEST_EFFORT = "\n    record: best_effort"
CODES = {"EIO": "record_unavailable", "ENOSPC": "disk_full", "stall": "record_too_slow"}


@asynccontextmanager
async def moody(folder: Path, upstream: Counting) -> AsyncIterator[Live]:
    """A gateway with two upstreams, that are one: `crm` of best effort, and `strict`."""
    (folder / "policy.yaml").write_text(POLICY)
    served = {"crm": f"{upstream.url} allow{BEST_EFFORT}", "strict": upstream.url}
    live = await start(folder, served, "policies: [policy.yaml]\n", serve=SERVE)
    try:
        yield live
    finally:
        feels(live, "")
        await live.end()


def feels(live: Live, mood: str) -> None:
    new = live.folder / "mood.new"
    new.write_text(mood)
    new.rename(live.folder / "mood")


async def call(live: Live, tool: str, session: dict[str, str], upstream: str = "crm") -> Answer:
    return await live.post(message("tools/call", 5, name=tool, arguments={"text": tool}), session, upstream)


def told(records: list[RecordedEntry]) -> list[RecordedEntry]:
    control = of_kind(records, EntryKind.CONTROL)
    return [each for each in control if each.envelope.get("what") == "unrecorded"]


async def shown(live: Live, path: str) -> str:
    return (await ask(live.port, head("GET", path, live.port))).body.decode()


@pytest.mark.promise("PATH-1")
@pytest.mark.parametrize("mood", CODES)
async def test_reads_go_on_writes_are_refused_and_the_next_start_tells_how_many(
    tmp_path: Path, mood: str
) -> None:
    async with counting_upstream() as upstream:
        async with moody(tmp_path, upstream) as live:
            session, strict = await live.initialize(), await live.initialize(upstream="strict")
            for opened, where in ((session, "crm"), (strict, "strict")):
                assert (await call(live, "echo", opened, where)).status == 200  # its definitions are known
            before = len(upstream.calls)
            feels(live, mood)
            assert (await call(live, "echo", session)).json["result"]["content"][0]["text"] == "echo"
            for tool, opened, where in (("other", session, "crm"), ("echo", strict, "strict")):
                refused = await call(live, tool, opened, where)
                assert refused.status == 503
                assert "error" in refused.json
            assert (
                await live.post(notification("notifications/cancelled", requestId=9), session)
            ).status < 300
            late = await live.initialize()  # a session that begins meanwhile
            assert (await call(live, "echo", late)).status == 200
            assert (await live.post(message("tools/list", 6), late)).status == 200
            assert len(upstream.calls) == before + 2
            unrecorded = int((await shown(live, "/readyz")).split("unrecorded: ")[1])
            assert unrecorded >= 10
            assert "not ready: " in await shown(live, "/readyz")
            assert f"firedoor_unrecorded_messages {unrecorded}.0" in await shown(live, "/metrics")
            assert live.log.count("not recorded: ") == unrecorded
            await until_kept(live.data_dir, unrecorded)
            await live.end(9)
        async with moody(tmp_path, upstream) as live:
            await live.until_logged("the record was told that")
            session = await live.initialize()
            assert (await call(live, "echo", session)).status == 200
            assert "unrecorded" not in await shown(live, "/readyz")
        (entry,) = told(live.records())
        assert entry.envelope["messages"] == unrecorded
        sessions = entry.envelope["sessions"]
        assert sum(each["messages"] for each in sessions) == unrecorded
        assert {(each["principal"], each["upstream"]) for each in sessions} == {("ci", "crm")}
        assert len(sessions) == 2
        assert 0 < entry.envelope["from_us"] <= entry.envelope["to_us"] < entry.at_us


@pytest.mark.promise("PATH-1")
async def test_a_disk_that_answers_again_is_told_at_once_and_a_session_that_began_meanwhile_is_opened(
    tmp_path: Path,
) -> None:
    async with counting_upstream() as upstream:
        async with moody(tmp_path, upstream) as live:
            early = await live.initialize()
            assert (await call(live, "echo", early)).status == 200
            feels(live, "stall")
            assert (await call(live, "echo", early)).status == 200  # that it stalls is known from here on
            late = await live.initialize()
            assert (await call(live, "echo", late)).status == 200
            feels(live, "")
            await live.until_logged("the record was told that")
            assert (await call(live, "other", late)).status == 200
        records = live.records()
        (entry,) = told(records)
        (opened,) = [
            each for each in of_kind(records, EntryKind.OPEN) if "unrecorded_before" in each.envelope
        ]
        assert opened.session in {each["session"] for each in entry.envelope["sessions"]}
        calls = [
            each.envelope["name"]
            for each in of_kind(records, EntryKind.INTENT)
            if each.session == opened.session
        ]
        assert calls == ["other"]
        assert [each.sequence for each in records if each.session == opened.session] == [0, 1, 2, 3]


@pytest.mark.promise("PATH-1")
async def test_who_sends_enough_at_once_opens_no_way_past_the_record(tmp_path: Path) -> None:
    """Reads go on unrecorded while the disk fails: a client that keeps it busy must not look like that."""
    text = " ".join(hashlib.sha256(n.to_bytes(4)).hexdigest() for n in range(14_000))
    async with counting_upstream() as upstream, moody(tmp_path, upstream) as live:
        sessions = [await live.initialize() for _ in range(8)]
        assert (await call(live, "echo", sessions[0])).status == 200
        before = len(upstream.calls)
        feels(live, "slow")
        long = message("tools/call", 5, name="echo", arguments={"text": text})
        answers = await asyncio.gather(*(live.post(long, each) for each in sessions))
        assert {answer.status for answer in answers} <= {200, 503}
        assert len(upstream.calls) > before
        assert "not recorded: " not in live.log
        assert "not ready" not in await shown(live, "/readyz")
        feels(live, "")
        intents = [e for e in of_kind(live.records(), EntryKind.INTENT) if len(e.payload) > len(text)]
        assert len(intents) >= len(upstream.calls) - before


async def test_without_the_setting_nothing_goes_on_and_nothing_is_kept(tmp_path: Path) -> None:
    async with counting_upstream() as upstream:
        live = await start(tmp_path, {"crm": upstream.url}, serve=SERVE)
        session = await live.initialize()
        assert (await call(live, "echo", session)).status == 200
        feels(live, "EIO")
        assert (await call(live, "echo", session)).status == 503
        assert (await shown(live, "/readyz")) == "not ready: record_unavailable\n"
        assert not (live.data_dir / "journal" / "unrecorded").exists()
        await live.end()
