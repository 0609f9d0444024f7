"""Real clients through a mask: what they get is masked, and none of them throws over an output schema."""

import json
import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.run import SCRIPTS, run
from tests.helpers.gateway import Gateway
from tests.helpers.node import script

PEOPLE = str(Path(__file__).parents[1] / "helpers" / "people_upstream.py")
MASK = {
    "default": "mine",
    "profiles": {"mine": {"kinds": {"email": "reversible"}, "reveal_to": ["send_*"]}},
}
CLIENTS = {
    "mcp 2.3": [sys.executable, str(SCRIPTS / "masked.py"), "mcp"],
    "fastmcp 4": [sys.executable, str(SCRIPTS / "masked.py"), "fastmcp"],
    "TypeScript 1.32": [*script(SCRIPTS / "masked.mjs"), "1"],
    "TypeScript 2.4": [*script(SCRIPTS / "masked.mjs"), "2"],
}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    upstreams = {"people": {"command": sys.executable, "args": [PEOPLE]}}
    gateway = Gateway(tmp_path_factory.mktemp("masked"), upstreams, mask=MASK).start()
    yield gateway
    gateway.stop()


def saw(gateway: Gateway, name: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {gateway.token}"}
    asked = {"url": f"http://127.0.0.1:{gateway.port}/mcp/people", "headers": headers}
    return run(CLIENTS[name], asked)


@pytest.mark.promise("MASK-2")
@pytest.mark.parametrize("name", CLIENTS)
def test_no_client_throws_over_a_masked_answer(masked: Gateway, name: str) -> None:
    seen = saw(masked, name)
    assert seen["schemas"] == []
    assert seen["person"]["phone"] == 0
    assert seen["person"]["balance"] == 1.5
    assert seen["person"]["card"].startswith("CARD_")
    assert seen["person"]["email"].startswith("EMAIL_r")
    assert json.loads(seen["text"])["phone"] == 0
    for part in ("failed", "prompt", "resource", "completion", "confirmed", "elicited"):
        assert "EMAIL_r" in json.dumps(seen[part]), part
    assert len(seen["steps"]) == 3
    (blob,) = re.findall(r'"blob": "([^"]+)"', json.dumps(seen["blob"]))
    assert b64decode(blob).startswith(b"EMAIL_r")
    whole = json.dumps({**seen, "blob": b64decode(blob).decode()})
    assert "@" not in whole
    assert "4111 1111" not in whole


@pytest.mark.promise("MASK-1", "MASK-3")
def test_nothing_leaves_in_progress_or_errors_and_a_tool_that_may_gets_the_value(masked: Gateway) -> None:
    seen = saw(masked, "mcp 2.3")
    assert len(seen["steps"]) == 3
    assert "@" not in json.dumps(seen)
    assert "4111 1111" not in json.dumps(seen)
    assert "EMAIL_r" in seen["failed"]
    assert seen["sent"] == "15 True"
    found = masked.cli("exposure", "--value-file", str(_values(masked)), "--json").stdout.splitlines()
    lines = [json.loads(line) for line in found]
    assert {one["line"] for one in lines} == {1, 2}
    assert {(one["principal"], one["upstream"]) for one in lines} == {("ci", "people")}
    shown = masked.cli("exposure", "--session", lines[0]["session"]).stdout
    assert "masked" in shown
    assert "ada@example.com" not in shown


def _values(gateway: Gateway) -> Path:
    file = gateway.folder / "values.txt"
    file.write_text("ada@example.com\n4111-1111-1111-1111\nnobody@example.com\n")
    return file
