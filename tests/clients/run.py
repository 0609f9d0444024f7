"""Runs a client script in a process of its own and reads the JSON object that it prints."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.helpers.program import environment

SCRIPTS = Path(__file__).with_name("scripts")
_PATIENCE_S = 90


def run(command: Sequence[str], asked: dict[str, Any]) -> dict[str, Any]:
    """What the script saw.

    Raises:
        AssertionError: it failed; the message holds its errors.
    """
    done = subprocess.run(
        [*command, json.dumps(asked)],
        env=environment(), capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{asked}\n{done.stdout}\n{done.stderr[-6000:]}"
    return json.loads(done.stdout.splitlines()[-1])
