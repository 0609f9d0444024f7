import pytest

from firedoor.core.decide.shell.grammar import read_script
from firedoor.core.decide.shell.syntax import Unclear
from firedoor.core.decide.shell.values import Argument, arguments_of, known, value_of

VARIABLES = {
    "x": known("v"),
    "two": known("a b"),
    "glob": known("*"),
    "open": Argument(text=None),
    "empty": known(""),
}


def word(text: str):
    (chain,) = read_script(f"c {text}").chains
    return chain.pipelines[0].nodes[0].words[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a'b'\"c\"", ["abc"]),
        ("$x", ["v"]),
        ('"$x"y', ["vy"]),
        ("{a,b}c", ["ac", "bc"]),
        ("$empty", []),
        ('"$empty"', [""]),
        ('"$two"', ["a b"]),
        ("''", [""]),
        ("{1..3}", ["1", "2", "3"]),
        ("~/x", ["~/x"]),
    ],
)
def test_a_word_becomes_what_the_shell_makes_of_it(text: str, expected: list[str]) -> None:
    assert [a.text for a in arguments_of(word(text), VARIABLES)] == expected


@pytest.mark.parametrize(
    ("text", "prefix", "is_many", "may_be_option"),
    [
        ("*.log", "", True, True),
        ("/var/*.log", "/var/", True, False),
        ('"$open"', "", False, True),
        ("$open", "", True, True),
        ("pod/$open", "", True, True),
        ('"pod/$open"', "pod/", False, False),
        ("$two", "", True, True),
        ("$glob", "", True, True),
        ('"$HOME/x"', "/", False, False),
        ("$?", "", False, False),
        ("$(ls)", "", True, True),
        ('"$(ls)"', "", False, True),
        ("-*", "-", True, True),
        ('"$undefined"', "", False, True),
    ],
)
def test_what_is_not_known_is_open(text: str, prefix: str, is_many: bool, may_be_option: bool) -> None:
    (found,) = arguments_of(word(text), VARIABLES)
    assert (found.text, found.prefix, found.is_many, found.may_be_option) == (
        None,
        prefix,
        is_many,
        may_be_option,
    )


def test_braces_are_bounded() -> None:
    with pytest.raises(Unclear):
        arguments_of(word("{1..64}{1..64}"), {})


def test_an_assignment_splits_nothing() -> None:
    assert value_of(word("$two"), VARIABLES).text == "a b"
    assert value_of(word("*"), VARIABLES).text is None


def test_an_argument_is_shown_as_far_as_it_is_known() -> None:
    assert known("x").shown == "x"
    assert Argument(text=None, prefix="/x").shown == "/x…"
    assert not known("-").may_be_option
