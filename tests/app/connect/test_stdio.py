import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from firedoor.app.connect.stdio import USUAL_URL, gateway_url, split_lines
from firedoor.edges.store.journal.reader import RecordedEntry
from firedoor.model.entry import EntryKind
from firedoor.model.errors import SettingsError
from tests.helpers.live_gateway import Live, live_gateway, message
from tests.helpers.program import free_port
from tests.helpers.upstreams import reference_http

PROGRAM = ("-c", "import sys; from firedoor.cli import main; main(sys.argv[1:])", "connect", "crm", "--url")


@asynccontextmanager
async def gateway(folder: Path) -> AsyncIterator[Live]:
    with reference_http() as upstream:
        async with live_gateway(folder, {"crm": upstream.url}) as live:
            yield live


def shim(live: Live) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=[*PROGRAM, f"http://127.0.0.1:{live.port}"],
        env={**os.environ, "FIREDOOR_TOKEN": live.token},
    )


async def said(port: int, token: str, *lines: bytes) -> list[dict[str, object]]:
    """Everything that the shim answers to these lines before it ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *PROGRAM, f"http://127.0.0.1:{port}",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "FIREDOOR_TOKEN": token},
    )  # fmt: skip
    out, _ = await process.communicate(b"".join(line + b"\n" for line in lines))
    assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


def called(records: list[RecordedEntry]) -> list[str]:
    intents = [entry.envelope for entry in records if entry.kind is EntryKind.INTENT]
    return [f"{said['method']} {said['name']}".strip() for said in intents if said["method"]]


@pytest.mark.anyio
@pytest.mark.promise("PATH-5")
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
async def test_a_client_that_launches_a_command_works_in_both_eras(tmp_path: Path, mode: str) -> None:
    progress: list[float] = []

    async def note(done: float, _total: float | None, _message: str | None) -> None:
        progress.append(done)

    async with gateway(tmp_path) as live:
        async with Client(stdio_client(shim(live)), mode=mode) as client:
            answer = await client.call_tool("test_tool_with_progress", {}, progress_callback=note)
            listed = await client.list_tools()
        records = live.records()
    assert not answer.is_error
    assert len(progress) > 1
    assert len(listed.tools) > 10
    assert "tools/call test_tool_with_progress" in called(records)
    revisions = {
        e.envelope["revision"] for e in records if e.kind is EntryKind.INTENT and e.envelope["method"]
    }
    assert revisions == ({"2026-07-28"} if mode == "2026-07-28" else {"2025-11-25"})


@pytest.mark.anyio
async def test_a_legacy_session_is_ended_when_standard_input_ends(tmp_path: Path) -> None:
    async with gateway(tmp_path) as live:
        async with Client(stdio_client(shim(live)), mode="legacy") as client:
            await client.list_tools()
        records = live.records()
    assert [e.envelope["reason"] for e in records if e.kind is EntryKind.CLOSE] == ["client"]


@pytest.mark.anyio
@pytest.mark.promise("PATH-7")
async def test_a_request_gets_an_answer_when_the_gateway_is_down() -> None:
    answers = await said(free_port(), "fd_x", message("tools/list", 1), message("ping", "two"))
    assert {answer["id"]: answer["error"]["code"] for answer in answers} == {1: 4502, "two": 4502}


@pytest.mark.anyio
@pytest.mark.promise("PATH-7")
async def test_a_refused_token_is_told_as_the_answer(tmp_path: Path) -> None:
    async with gateway(tmp_path) as live:
        (answer,) = await said(live.port, "fd_wrong", message("tools/list", 1))
    assert answer["id"] == 1
    assert "token" in answer["error"]["message"]


def test_lines_are_cut_wherever_the_chunks_end() -> None:
    chunks = iter([b"a", b"b\nc\n\n", b" \nd", b""])
    lines: list[bytes | None] = []
    split_lines(lambda: next(chunks), lines.append)
    assert lines == [b"ab", b"c", b"d", None]


def test_an_endless_line_ends_the_reading(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[bytes | None] = []
    split_lines(lambda: b"x" * 1024 * 1024, lines.append)
    assert lines == [None]
    assert "longer than" in capsys.readouterr().err


def test_the_address_is_that_of_the_settings_that_are_named(tmp_path: Path) -> None:
    file = tmp_path / "firedoor.yaml"
    file.write_text("listen: 127.0.0.1:9999\nupstreams: {crm: {command: crm-server}}\n")
    assert gateway_url(file) == "http://127.0.0.1:9999"
    with pytest.raises(SettingsError):
        gateway_url(tmp_path / "other.yaml")


def test_a_settings_file_where_the_client_happens_to_be_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "firedoor.yaml").write_text("public_url: https://evil.example\n")
    code = "from firedoor.app.connect.stdio import gateway_url; print(gateway_url(None))"
    clean = {name: value for name, value in os.environ.items() if name != "FIREDOOR_CONFIG"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == USUAL_URL
