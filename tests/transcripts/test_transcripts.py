"""Plays the transcripts beside this file: what each command prints, and its exit code.

`$` is a command, `|` the lines of a file that it writes or of its standard input, `!` a line on standard
error, `=` the exit code; anything else is a line on standard output. What differs each time is replaced by
its name in `<>`.
"""

import os
import pwd
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

TRANSCRIPTS = sorted(Path(__file__).parent.glob("*.txt"))
VARYING = (
    (re.compile(r"fd_[A-Za-z0-9_-]{43}"), "<token>"),
    (re.compile(r"g_[0-9a-f]{16}"), "<grant>"),
    (re.compile(r"age1[02-9ac-hj-np-z]{58}"), "<recipient>"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<session>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<time>"),
    (re.compile(r"firedoor/[0-9a-f]{12}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"), "<public key of the log>"),
    (re.compile(r"firedoor/[0-9a-f]{12}"), "<log>"),
    (re.compile(rf"^{re.escape(version('firedoor'))}$", re.MULTILINE), "<version>"),
    (re.compile(rf" {re.escape(pwd.getpwuid(os.getuid()).pw_name)}(?= )"), " <user>"),
    (re.compile(r"(?<=\S)   +"), "  "),  # how wide a column is depends on what stands in it
)
PROGRAM = "import sys; from firedoor.cli import main; main(sys.argv[1:])"


@dataclass
class Step:
    line: int
    command: list[str]
    given: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    complained: list[str] = field(default_factory=list)
    code: int = 0


def steps(transcript: Path) -> list[Step]:
    found: list[Step] = []
    is_over = True
    for number, line in enumerate(transcript.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("$ "):
            found.append(Step(line=number, command=shlex.split(line[2:])))
            is_over = False
        elif line.startswith("| "):
            found[-1].given.append(line[2:])
        elif line.startswith("! "):
            found[-1].complained.append(line[2:])
        elif line.startswith("= "):
            found[-1].code = int(line[2:])
            is_over = True
        elif not is_over:
            found[-1].printed.append(re.sub(r"(?<=\S)   +", "  ", line))
    return found


def masked(text: str) -> list[str]:
    for pattern, name in VARYING:
        text = pattern.sub(name, text)
    return text.splitlines()


def play(step: Step, folder: Path) -> tuple[list[str], list[str], int]:
    verb, *words = step.command
    if verb == "write":
        (folder / words[0]).write_text("\n".join(step.given) + "\n", encoding="utf-8")
        return step.printed, [], 0
    if verb == "show":
        return (folder / words[0]).read_text(encoding="utf-8").splitlines(), [], 0
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FIREDOOR") and k != "WIKI"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=30,
        input="".join(f"{line}\n" for line in step.given),
    )  # fmt: skip
    complained = [
        line for line in masked(done.stderr) if not line.startswith("{")
    ]  # logs are not transcripts
    return masked(done.stdout), complained, done.returncode


@pytest.mark.timeout(240)  # a process for each command
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_command_line_prints_what_the_transcript_says(transcript: Path, tmp_path: Path) -> None:
    played = steps(transcript)
    assert len(played) > 2
    for step in played:
        where = f"{transcript.name}:{step.line}"
        assert (where, *play(step, tmp_path)) == (where, step.printed, step.complained, step.code)
