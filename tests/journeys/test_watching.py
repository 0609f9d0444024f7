"""Somebody watches while a client works: what is recorded is shown as it comes."""

import asyncio
import itertools
import json
import os
import sys
from pathlib import Path

import pytest

from firedoor.model.entry import EntryKind
from tests.helpers.counting_upstream import counting_upstream
from tests.helpers.live_gateway import Live, live_gateway, message, of_kind

pytestmark = pytest.mark.anyio

PROGRAM = "import sys; from firedoor.cli import main; main(sys.argv[1:])"


async def watching(live: Live, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, "tail", *words, "--json", "-c", str(live.folder / "firedoor.yaml"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip


async def until_shown(live: Live, session: dict[str, str], watcher: asyncio.subprocess.Process) -> list[dict]:
    """Call until the watcher shows a call: it shows nothing from before it looked."""
    reading = asyncio.create_task(watcher.stdout.readline())
    for number in itertools.count(100):
        await live.post(message("tools/call", number, name="echo", arguments={"text": "seen"}), session)
        done, _ = await asyncio.wait({reading}, timeout=0.05)
        if done:
            break
    line = await reading
    assert line, (await watcher.stderr.read()).decode()
    return [json.loads(line)]


async def test_the_tail_of_one_session_shows_it_and_ends_with_it(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        other = await live.initialize()
        (opened, _) = [e.session for e in of_kind(live.records(), EntryKind.OPEN) if "upstream" in e.envelope]
        watcher = await watching(live, opened)
        shown = await until_shown(live, session, watcher)
        await live.post(message("tools/call", 9, name="stream"), other)
        await live.other("DELETE", session)
        out, errors = await asyncio.wait_for(watcher.communicate(), 20)
        assert watcher.returncode == 0, errors.decode()
        shown += [json.loads(line) for line in out.splitlines()]
        assert {moment["session"] for moment in shown} == {opened}
        assert any("echo" in json.dumps(moment) for moment in shown)


async def test_the_tail_of_everything_shows_every_session(tmp_path: Path) -> None:
    async with counting_upstream() as upstream, live_gateway(tmp_path, {"crm": upstream.url}) as live:
        session = await live.initialize()
        watcher = await watching(live)
        await until_shown(live, session, watcher)
        other = await live.initialize()
        await live.post(message("tools/call", "the-last", name="echo"), other)
        seen: set[str] = set()
        async with asyncio.timeout(20):
            while b"the-last" not in (line := await watcher.stdout.readline()):
                seen.add(json.loads(line)["session"])
        assert json.loads(line)["session"] in seen
        assert len(seen) >= 2
        watcher.kill()
        await watcher.wait()
