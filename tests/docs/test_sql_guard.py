"""The page about the SQL guard says what the guard does."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from firedoor.core.decide.sql.dialects import DIALECTS, known_dialect
from firedoor.core.decide.sql.prescan import DEEPEST, LARGEST_BYTES
from firedoor.edges.understanding.readers import SHORT
from firedoor.model.sql import SqlEffect

PAGE = (Path(__file__).parents[2] / "docs" / "explain" / "sql-guard.md").read_text(encoding="utf-8")
PROGRAM = "import sys; from firedoor.cli import main; main(sys.argv[1:])"


def test_the_page_names_every_dialect_and_its_other_names() -> None:
    for dialect in DIALECTS:
        assert f"`{dialect}`" in PAGE
    others = PAGE.split("are other names of these")[0].rsplit("\n", 1)[1]
    for name in re.findall(r"`(\w+)`", others):
        assert known_dialect(name) is not None


def test_the_page_has_every_effect_and_the_limits() -> None:
    for effect in SqlEffect:
        assert f"| `{effect.value}` |" in PAGE
    assert f"more than {LARGEST_BYTES // 1024} KB" in PAGE
    assert f"deeper than {DEEPEST}" in PAGE
    assert f"Up to {SHORT} characters" in PAGE


def test_the_command_of_the_page_answers() -> None:
    block = next(block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
    given, command = block.strip().split(" | ")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *shlex.split(command)[1:]],
        input=shlex.split(given)[1] + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("destructive: ")
