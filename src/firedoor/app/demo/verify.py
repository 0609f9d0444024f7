"""The end of the demo: the record is verified, then one byte of a copy is changed, and is found."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

SIGNED_S = 1.5
"""The log is signed a second after an entry at the latest."""
FAILED = 1
_COMMAND = [sys.executable, "-c", "import sys; from firedoor.cli import main; sys.exit(main())"]


class Shown(Protocol):
    """Where the demo plays."""

    @property
    def folder(self) -> Path:
        """With the settings and the data directory in it."""
        ...

    def say(self, text: str, style: str = "") -> None:
        """Print."""
        ...

    def step(self, title: str) -> None:
        """Print what comes next."""
        ...


def show(stage: Shown, check: Callable[[bool, str], None]) -> None:
    """Verify the record, and a copy with one changed byte. `check(is_so, what)` ends the demo if not so."""
    stage.step("The record is verified: firedoor verify")
    time.sleep(SIGNED_S)
    kept = stage.folder / "kept"
    kept.mkdir()
    for name, words in (("key", ("checkpoint", "--key")), ("checkpoint", ("checkpoint",))):
        (kept / name).write_text(_run(stage.folder, *words).stdout, encoding="utf-8")
    verify = ("verify", "--all", "--key", str(kept / "key"), "--checkpoint", str(kept / "checkpoint"))
    done = _run(stage.folder, *verify)
    stage.say(_indented(done.stdout))
    check(done.returncode == 0, "the record verifies")

    stage.step("One byte of a copy is changed: verify names it")
    copy = stage.folder / "copy"
    shutil.copytree(stage.folder / "data", copy / "data", ignore=shutil.ignore_patterns("*.sock"))
    shutil.copy(stage.folder / "firedoor.yaml", copy)
    shutil.copytree(stage.folder / "policies", copy / "policies")
    file, offset = _change(copy / "data")
    stage.say(f"  changed: byte {offset} of {file}")
    done = _run(copy, *verify, "--json")
    faults: list[Mapping[str, object]] = json.loads(done.stdout)["faults"]
    found = [fault for fault in faults if fault["file"] == file]
    for line in _run(copy, *verify).stdout.splitlines():
        if line.startswith("FAIL"):
            stage.say(f"  {line}", style="red")
    check(done.returncode == FAILED, "the changed copy does not verify")
    check(bool(found), f"{file} is named")


def _change(data_dir: Path) -> tuple[str, int]:
    """Flip a bit in the middle of what is recorded."""
    file = max((data_dir / "journal").glob("*.seg"))
    content = bytearray(file.read_bytes())
    offset = len(content.rstrip(b"\0")) // 2
    content[offset] ^= 1
    file.write_bytes(content)
    return file.relative_to(data_dir).as_posix(), offset


def _run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own command
        [*_COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
