"""Real clients see the same through the gateway as directly, over every kind of upstream.

Each script lists, calls, follows progress, cancels, is asked back, reads and prompts, and prints what it saw.
"""

import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from tests.clients.run import SCRIPTS, run
from tests.helpers.node import script
from tests.helpers.upstreams import Way
from tests.helpers.venvs import venv

pytestmark = [pytest.mark.timeout(300), pytest.mark.promise("PATH-5")]


def python(name: str) -> list[str]:
    return [sys.executable, str(SCRIPTS / name)]


def python_1(name: str) -> list[str]:
    return [str(venv("mcp1") / "python"), str(SCRIPTS / name)]


def node(name: str) -> list[str]:
    return script(SCRIPTS / name)


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client: its script, how to run it, in which mode, and its mode where only the old era is served."""

    script: str
    runner: Callable[[str], list[str]]
    mode: str = "legacy"
    where_old: str | None = "legacy"


CLIENTS = {
    "mcp 2.3, auto": Client(script="mcp2.py", runner=python, mode="auto"),
    "mcp 2.3, legacy": Client(script="mcp2.py", runner=python),
    # Pinned to a revision that the transport of 2024-11-05 does not have: such a client cannot use it.
    "mcp 2.3, pinned": Client(script="mcp2.py", runner=python, mode="2026-07-28", where_old=None),
    "mcp 1.28": Client(script="mcp1.py", runner=python_1),
    "fastmcp 4": Client(script="fastmcp4.py", runner=python),
    "TypeScript 1.32": Client(script="sdk1.mjs", runner=node),
    "TypeScript 2.4, legacy": Client(script="client2.mjs", runner=node),
    "TypeScript 2.4, auto": Client(script="client2.mjs", runner=node, mode="auto"),
}
MATRIX = [
    (client, kind)
    for client in CLIENTS
    for kind in ("rawproxy", "http", "stdio", "sse")
    if kind != "sse" or CLIENTS[client].where_old
]

See = Callable[[str, Way, str], dict[str, Any]]


def see(name: str, way: Way, mode: str) -> dict[str, Any]:
    client = CLIENTS[name]
    asked = {"url": way.url, "headers": way.headers, "mode": mode, "key": uuid.uuid4().hex}
    return run(client.runner(client.script), asked)


@pytest.fixture(scope="session")
def seen_directly(direct: Way) -> Callable[[str, str], dict[str, Any]]:
    """What a client sees of the upstream itself, in a mode; run once."""
    return cache(lambda name, mode: see(name, direct, mode))


@pytest.mark.parametrize(("name", "through"), MATRIX, indirect=["through"])
def test_a_client_sees_the_same(
    seen_directly: Callable[[str, str], dict[str, Any]], through: Way, name: str
) -> None:
    mode = CLIENTS[name].mode
    expected_mode = (CLIENTS[name].where_old or mode) if through.name == "gateway-sse" else mode
    assert see(name, through, mode) == seen_directly(name, expected_mode)


@pytest.mark.parametrize("name", CLIENTS)
def test_what_a_client_sees_directly_is_worth_comparing(
    seen_directly: Callable[[str, str], dict[str, Any]], name: str
) -> None:
    seen = seen_directly(name, CLIENTS[name].mode)
    assert seen["cancelled"] == "yes"
    assert len(seen["steps"]) == 3
    assert seen["big"] == 500_000
    assert {"add", "test_simple_text"} <= set(seen["tools"])
