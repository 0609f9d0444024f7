import pytest

from firedoor.core.decide.shell.specification import Parsed
from firedoor.core.decide.shell.specifications.sed import refused
from firedoor.core.decide.shell.values import ANYTHING, known


def why(script: str) -> str | None:
    return refused(Parsed(path=("sed",), operands=(known(script),)))


@pytest.mark.parametrize(
    "script",
    [
        "1,20p",
        "/a/,/b/p",
        "s/a/b/g",
        "s|a|b|2",
        "$!d",
        "$p",
        "1~2p",
        "/a/{p;q}",
        "s/[^ ]*//;p",
        "y/abc/xyz/",
        "10q",
        "/x/I d",
        "s/a\\/b/c/",
        "1!G;h;$!d",
        "n;d",
        "/a/,+3p",
        "=",
    ],
)
def test_a_script_that_changes_only_the_output_is_a_read(script: str) -> None:
    assert why(script) is None


@pytest.mark.parametrize(
    "script",
    [
        "w x",
        "1w x",
        "s/a/b/w x",
        "s/a/b/e",
        "s/a/b/ge",
        "e id",
        "1e",
        "r x",
        "R x",
        "W x",
        "a text",
        "i\\\nx",
        "c x",
        ":a;ba",
        "p;w x",
        "/a/{w x\n}",
        "s/a/b",
        "s/a/b/;e",
        "\\,x,w y",
        "s/[/]/w x/",
        "p }",
        "{p",
        "Fx",
        "s\na\nb\nw x",
        "v",
        "y/a/b/w x",
        ",5p",
    ],
)
def test_a_script_that_does_more_or_is_unclear_is_not(script: str) -> None:
    assert why(script) is not None


def test_the_script_is_written_out() -> None:
    assert refused(Parsed(path=("sed",), operands=(ANYTHING,)))
    assert refused(Parsed(path=("sed",)))
    assert refused(Parsed(path=("sed",), options=(("-e", known("w x")),)))
    assert refused(Parsed(path=("sed",), options=(("--version", None),))) is None
