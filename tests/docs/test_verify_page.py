"""The commands of docs/howto/verify.md work on another machine: a copy, an empty folder, no package."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firedoor.app.verifying import checkpoints
from firedoor.edges.export import verify_record
from tests.architecture.source import REPOSITORY
from tests.edges.store.log.recorded import checkpoint_of, recorded

PAGE = (REPOSITORY / "docs" / "howto" / "verify.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## On another machine, without our program")[1].split("\n## ")[0]
BLOCKS = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)

NOT_FOR_OTHERS = ("log.key", "replay.agekey", "mask-0.key", "secrets.agekey", "approvals.key")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """What the auditor brings, and the folder of the gateway."""
    data_dir = recorded(tmp_path / "firedoor-data", sessions=2, runs=2)
    keys = [key for key, _ in checkpoints(data_dir)]
    (tmp_path / "pinned-key.txt").write_text("".join(f"{key}\n" for key in keys))
    (tmp_path / "checkpoint.txt").write_bytes(checkpoint_of(data_dir))
    shutil.copy(verify_record.__file__, tmp_path / "verify_record.py")
    shutil.copy(data_dir / "keys" / "replay.agekey", tmp_path / "identity.txt")
    for name in NOT_FOR_OTHERS:
        (data_dir / "keys" / name).touch()
    (tmp_path / "bin").mkdir()
    alone = f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n'
    (tmp_path / "bin" / "python3").write_text(alone)
    (tmp_path / "bin" / "python3").chmod(0o755)
    return tmp_path


def typed(block: str, machine: Path) -> subprocess.CompletedProcess[str]:
    path = f"{machine / 'bin'}:/usr/bin:/bin"
    return subprocess.run(
        ["sh", "-ec", block], cwd=machine, env={"PATH": path}, capture_output=True, text=True, check=False
    )


def test_a_copy_is_verified_without_keys(machine: Path) -> None:
    ended = typed(BLOCKS[0], machine)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("L3  ")
    assert ended.stdout.endswith("verified\n")


@pytest.mark.skipif(shutil.which("age", path="/usr/bin:/bin") is None, reason="age is not installed")
def test_a_copy_is_opened_with_keys_that_age_unwrapped(machine: Path) -> None:
    ended = typed(BLOCKS[0] + BLOCKS[1], machine)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("verified\n") == 2
    wrong = next((machine / "opened").rglob("view-0"))
    wrong.write_bytes(bytes(32))
    ended = typed(BLOCKS[1].splitlines()[-1], machine)
    assert ended.returncode == 1
    assert "it is sealed with another key" in ended.stdout


def test_of_keys_only_the_wrapped_ones_of_sessions_are_handed_over(machine: Path) -> None:
    lines = BLOCKS[1].splitlines()[:2]
    ended = typed(BLOCKS[0] + "\n".join(lines), machine)
    assert (ended.returncode, ended.stderr) == (0, "")
    original = machine / "firedoor-data" / "keys"
    sessions = {folder.name for folder in original.iterdir() if folder.is_dir()}
    assert {found.name for found in (machine / "copy" / "keys").iterdir()} == sessions
    assert len(sessions) > 1
    assert {file.name for file in original.iterdir()} - sessions >= set(NOT_FOR_OTHERS)
