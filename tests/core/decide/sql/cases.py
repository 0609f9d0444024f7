"""The corpora of SQL, and disguises that leave what a statement does as it is."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

CORPORA = Path(__file__).parents[3] / "corpora"
TIMES = int(os.environ.get("FIREDOOR_SQL_DISGUISES", "10"))
"""How many disguises each statement gets."""
NO_SQL = {"mongo", "elastic", "redis"}
WITHOUT_A_SEMICOLON = ("", ";", "-- nothing", "wipe_everything")


@dataclass(frozen=True, slots=True)
class Case:
    """One statement, and what has to be said of it: `allow` (a read), `write` or `block` (never a read)."""

    id: str
    dialect: str
    expect: str
    tag: str
    sql: str


def cases(*files: str) -> list[Case]:
    return [
        Case(**json.loads(line))
        for file in files
        for line in (CORPORA / file).read_text(encoding="utf-8").splitlines()
    ]


def shaken(text: str, dice: random.Random) -> str:
    """Change the case of letters outside of strings: every dialect folds its keywords."""
    inside = ""
    letters = []
    for letter in text:
        if inside:
            inside = "" if letter == inside else inside
        elif letter in "'\"`":
            inside = letter
        letters.append(letter if inside else dice.choice((letter.upper(), letter.lower())))
    return "".join(letters)


def spaced(text: str, dice: random.Random) -> str:
    """Put other blanks and comments in the place of the first blank."""
    other = dice.choice(("\t", "\n", "\r\n", "/**/", "/* ; */", "-- x\n", " /* DROP */ ", "\u00a0", "\u3000"))
    return text.replace(" ", other, 1)


FRAMES = (
    "/* a */ @",
    "-- x\n@",
    "@ -- x",
    "@;",
    "@ ; -- x",
    "  @\n",
    "SELECT 1; @",
    "@; SELECT 1",
    "SELECT 1;;@;",
    "/*!@*/",
    "/*!50000 @ */",
    "SELECT 1 /*! ; @ */",
    "SELECT ';'; @",
    "SELECT '--'; @",
    "SELECT 1 /* ' */; @",
    "SELECT 'a'';'; @",
    "SELECT '/*'; @ -- */",
    "BEGIN; @; COMMIT",
    "SELECT 1 -- '\n; @ -- '",
    "\ufeff@",
    "SELECT 1\n;\n@",
    "SELECT '\\\\'; @",
    "\x00@",
    "@\x00",
    "SELECT 1;\u200b@",
)


def wrapped(text: str, dice: random.Random) -> str:
    """Put it where it runs just the same."""
    return dice.choice(FRAMES).replace("@", text)


def disguises(originals: list[Case], seed: int) -> Iterator[Case]:
    """Yield disguises of what must not be read; deterministic."""
    dice = random.Random(seed)  # noqa: S311
    kinds = cycle(((wrapped,), (shaken,), (spaced,), (shaken, wrapped), (spaced, wrapped), (wrapped, spaced)))
    for case in originals:
        if case.expect == "allow" or case.dialect in NO_SQL or case.sql in WITHOUT_A_SEMICOLON:
            continue
        for number in range(TIMES):
            steps = next(kinds)
            text = case.sql
            for step in steps:
                text = step(text, dice)
            tag = " ".join(step.__name__ for step in steps)
            yield Case(f"{case.id}.{number}", case.dialect, "block", tag, text)
