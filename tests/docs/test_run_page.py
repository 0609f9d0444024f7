"""The commands of docs/howto/run.md: a gateway that runs is backed up, lost, and restored."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.architecture.source import REPOSITORY
from tests.clients.held_ground import MONEY
from tests.helpers.gateway import FIREDOOR, Gateway

PAGE = (REPOSITORY / "docs" / "howto" / "run.md").read_text(encoding="utf-8")
HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a", "version": "0"}}


def typed(heading: str, gateway: Gateway) -> str:
    """What the commands under a heading print, typed beside the settings of a gateway."""
    section = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    commands = "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    path = os.pathsep.join((str(FIREDOOR.parent), "/usr/bin", "/bin"))
    done = subprocess.run(
        ["sh", "-ec", commands], cwd=gateway.folder, capture_output=True, text=True, check=False,
        env={"PATH": path, "FIREDOOR_CONFIG": str(gateway.settings_file)},
    )  # fmt: skip
    # verify without a pinned key ends with 3: nothing is wrong, and nobody says so.
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done.stdout


def greet(gateway: Gateway) -> int:
    """The status of a session's first message."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
    headers = {
        "Authorization": f"Bearer {gateway.token}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    url = f"http://127.0.0.1:{gateway.port}/mcp/money"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own address
        return answer.status


@pytest.mark.takes_seconds
def test_what_is_backed_up_from_a_gateway_that_runs_can_be_restored(tmp_path: Path) -> None:
    entry = {"command": sys.executable, "args": [MONEY, str(tmp_path / "calls")]}
    with Gateway(tmp_path, {"money": entry}) as gateway:
        data_dir = tmp_path / "firedoor-data"
        data_dir.symlink_to(gateway.data_dir)
        assert greet(gateway) == 200
        gateway.cli("lock", "create", "--agent", "stray", "--reason", "Strays.")
        typed("Back up", gateway)
        assert greet(gateway) == 200  # of which the backup has nothing
        gateway.stop()
        shutil.rmtree(gateway.data_dir)
        data_dir.unlink()
        gateway.data_dir.symlink_to(data_dir)
        said = typed("Restore", gateway)
        assert "FAIL" not in said
        assert "ok    locks: 1 in force" in said
        assert said.endswith("not anchored\n")
        gateway.start()
        assert greet(gateway) == 200  # the token is as good as before
        assert gateway.cli("verify", "--all", check=False).stdout.startswith("L1  ")
