"""Servers that people run work behind the gateway as they do beside it: list, and one real call."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.clients.run import SCRIPTS, run
from tests.helpers.gateway import Gateway
from tests.helpers.node import package_program
from tests.helpers.program import environment
from tests.helpers.venvs import venv

pytestmark = [pytest.mark.timeout(300), pytest.mark.promise("PATH-5")]

ONE_CALL = [sys.executable, str(SCRIPTS / "one_call.py")]


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server: its command line, one of its tools, and a word that a true answer contains."""

    command: list[str]
    tool: str
    says: str
    arguments: dict[str, Any] = field(default_factory=dict)


def git(folder: Path, *words: str) -> None:
    """Git with no settings but these."""
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, env=environment(own), check=True, capture_output=True)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Server]:
    folder = tmp_path_factory.mktemp("files").resolve()
    (folder / "note.txt").write_text("The door is shut \U0001f6aa.\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "a note about a door")
    everything = package_program("@modelcontextprotocol/server-everything", "dist/index.js")
    files = package_program("@modelcontextprotocol/server-filesystem", "dist/index.js")
    sqlite = str(venv("mcp1") / "mcp-server-sqlite")
    git_server = str(Path(sys.executable).with_name("mcp-server-git"))
    return {
        "everything": Server(
            command=[*everything, "stdio"],
            tool="echo",
            arguments={"message": "\U0001f525 door"},
            says="\U0001f525 door",
        ),
        "filesystem": Server(
            command=[*files, str(folder)],
            tool="read_text_file",
            arguments={"path": str(folder / "note.txt")},
            says="The door is shut",
        ),
        "git": Server(
            command=[git_server, "--repository", str(folder)],
            tool="git_log",
            arguments={"repo_path": str(folder)},
            says="a note about a door",
        ),
        "sqlite": Server(
            command=[sqlite, "--db-path", str(folder / "a.db")],
            tool="read_query",
            arguments={"query": "SELECT 6 * 7 AS answer"},
            says="42",
        ),
    }


@pytest.fixture(scope="module")
def door(servers: dict[str, Server], tmp_path_factory: pytest.TempPathFactory) -> Any:
    entries = {name: {"command": it.command[0], "args": it.command[1:]} for name, it in servers.items()}
    with Gateway(tmp_path_factory.mktemp("servers"), entries) as running:
        yield running


@pytest.mark.parametrize("name", ["everything", "filesystem", "git", "sqlite"])
def test_a_server_works_behind_the_gateway_as_beside_it(
    servers: dict[str, Server], door: Gateway, name: str
) -> None:
    server = servers[name]
    call = {"tool": server.tool, "arguments": server.arguments}
    beside = run(ONE_CALL, {"command": server.command, **call})
    way = door.way(name)
    behind = run(ONE_CALL, {"url": way.url, "headers": way.headers, **call})
    assert behind == beside
    assert server.says in str(behind["result"])
    assert not behind["result"]["isError"]
