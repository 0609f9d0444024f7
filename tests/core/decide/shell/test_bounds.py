from contextlib import suppress

import pytest

from firedoor.core.decide.shell.bounds import (
    LONGEST_TEXT,
    MOST_STEPS,
    Steps,
    refused_character,
    refused_size,
)
from firedoor.core.decide.shell.findings import Findings
from firedoor.core.decide.shell.judge import Judge
from firedoor.core.decide.shell.syntax import Unclear
from firedoor.core.decide.shell.understand import understand_shell
from tests.helpers.shell_cases import CORPUS_BENIGN, FOURTH_BENIGN, THIRD_BENIGN


@pytest.mark.parametrize(
    "sign",
    ["\r", "\x00", "\x1b", "\x7f", "\u00a0", "\u200b", "\u202e", "\u2028", "\u3000", "\ud800", "\ue000"],
)
def test_a_character_that_is_not_shown_as_it_is_read_is_refused(sign: str) -> None:
    assert f"U+{ord(sign):04X}" in (refused_character(f"ls{sign}x") or "")


@pytest.mark.parametrize("text", ["ls", "ls\n-l\tx", "grep 'café' x", "echo '日本語'"])
def test_letters_of_any_language_are_not(text: str) -> None:
    assert refused_character(text) is None


def test_a_text_is_bounded() -> None:
    assert refused_size("x" * LONGEST_TEXT) is None
    assert refused_size("x" * (LONGEST_TEXT + 1)) is not None


def test_a_value_that_doubles_does_not_grow_without_an_end() -> None:
    facts = understand_shell("a=xxxxxxxx;" + "a=$a$a;" * 150 + "ls $a")
    assert not facts.allowed
    assert any("longer than 4096" in reason for reason in facts.reasons)
    assert understand_shell("a=x;" + "a=$a$a;" * 10 + "ls $a").allowed


def _steps_of(line: str) -> int:
    findings = Findings()
    with suppress(Unclear):
        Judge(findings).text(line)
    return findings.steps.taken


_LONGEST_WORD = LONGEST_TEXT // 2
"""Steps are counted before what they are for is done, so a bound is passed by one item at most."""


@pytest.mark.parametrize(
    "line",
    [
        "ls;" * 5_000 + "ls",
        "ls " + "a " * 8_000,
        "echo " + "$(ls)" * 3_000,
        "ls " + "{a,b}{c,d}{e,f} " * 1_000,
        "sh -c '" + "ls;" * 5_000 + "'",
        "ls " + "2>&1 " * 3_000,
        "".join(f"v{i}=1;" for i in range(2_000)),
        "x=" + "a" * 4_000 + ";ls " + '"$x" ' * 2_000,
        "for i in 1 2 3 4 5 6 7 8 9;do " * 6 + "ls;" + "done;" * 6,
        "for i in " + " ".join(map(str, range(900))) + ";do awk '" + "{print $1+$2}" * 500 + "' $i;done",
        "timeout 5 " * 1_600 + "ls",
        "psql -c 'select 1';" * 800,
    ],
    ids=lambda line: line[:24],
)
def test_a_line_that_would_take_more_steps_than_a_line_is_granted_is_not_judged_to_its_end(line: str) -> None:
    facts = understand_shell(line[:LONGEST_TEXT])
    assert not facts.allowed
    assert any("too many steps" in reason or "levels deep" in reason for reason in facts.reasons)
    assert _steps_of(line[:LONGEST_TEXT]) <= MOST_STEPS + _LONGEST_WORD


def test_a_line_that_people_write_takes_a_fraction_of_the_steps() -> None:
    lines = (*CORPUS_BENIGN, *THIRD_BENIGN, *FOURTH_BENIGN)
    assert max(map(_steps_of, lines)) < MOST_STEPS // 4
    inventory = "for h in " + " ".join(f"web{i}" for i in range(60)) + "; do ping -c 1 $h | tail -n 1; done"
    assert understand_shell(inventory).allowed


def test_steps_are_granted_up_to_their_bound() -> None:
    steps = Steps()
    steps.take(MOST_STEPS)
    with pytest.raises(Unclear, match="too many steps"):
        steps.take_for("")
