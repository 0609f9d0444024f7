"""Python environments for what does not resolve beside the packages the tests run with.

Each is made once per checkout by uv, from a requirements file with hashes in `tests/venvs`; nothing is built
from source.
"""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.helpers.locked import REPOSITORY, made_once

_PINS = REPOSITORY / "tests" / "venvs"


def _make(pins: Path, folder: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    steps = (
        [uv, "venv", "--no-config", "--allow-existing", "--python", sys.executable, folder],
        [uv, "pip", "sync", "--no-config", "--require-hashes", "--only-binary", ":all:",
         "--python", folder / "bin" / "python", pins],
    )  # fmt: skip
    for step in steps:
        done = subprocess.run(step, env=os.environ, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{step} failed:\n{done.stdout}\n{done.stderr}")


def venv(name: str) -> Path:
    """The folder of programs of an environment: `venv("mcp1") / "python"`."""
    pins = _PINS / f"{name}.txt"
    return made_once(f"venv-{name}", [pins], partial(_make, pins)) / "bin"
