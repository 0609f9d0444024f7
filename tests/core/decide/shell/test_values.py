import pytest

from firedoor.core.decide.shell.grammar import read_script
from firedoor.core.decide.shell.syntax import Unclear
from firedoor.core.decide.shell.understand import understand_shell
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


@pytest.mark.parametrize(
    "command",
    [
        'f=/var/log/a.log; echo "${f##*/}"',
        'for f in *.log; do cat "${f%.log}.txt"; done',
        'f=/a/b; cat "${f%/*}/c"',
        "f=/etc/shadow; f=${f%/shadow}/passwd; cat $f",
        "f=aXbX; echo ${f%%X*} ${f#*X}",
        "f=a.log; cat ${f##*/}",
        "f=/x/a.log; cat ${f##*/} ${f#*/}",
        "f=/x/a/shadow; cat ${f%/*}",
    ],
)
def test_a_variable_with_its_beginning_or_end_taken_away_is_read(command: str) -> None:
    assert understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "f=/etc/shadowx; cat ${f%x}",
        'f=/etc/shadow-old; cat "${f%%-*}"',
        "f=/x/etc/shadow; cat ${f#/x}",
        "f=shadow; cat /etc/${f##*/}",
        "f=shadow; cat /etc/${f#*/}",
        "f=/etc/shadow; cat ${f%x*}",
        "f='x/a -o b'; sort ${f#x}",
        "a=0123456789abcdef; " + "a=${a%x}${a%x}; " * 9 + "echo ok",
        "f=/etc/shadow/x; cat ${f%/*}",
        "f=a/b/rm; ${f##*/} y",
        "f=a/rm/x; f=${f#*/}; ${f%%/*} y",
        "f=a.rm; ${f##*.} y",
        "f=x-o; sort ${f#x} /etc/motd",
        "${f%x} y",
        "sort ${f#x}",
        "echo ${DB_PASSWORD%x}",
        'f=a; ls "${f%[a]}"',
        "f=axb; cat ${f#a*b*}",
        "ls ${f%$(rm x)}",
    ],
)
def test_what_is_left_of_a_variable_is_judged_as_it_would_be_written_out(command: str) -> None:
    assert not understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "ls; exit $?",
        'ls; rc=$?; exit "$rc"',
        "ls; [ $? -eq 0 ] && echo ok",
        'ls; rc=$?; if [ "$rc" -ne 0 ]; then echo no; fi',
        'ls; exit "$?"',
    ],
)
def test_what_the_shell_counts_is_a_number(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "exit $?+'a[$(reboot)]'",
        'x="$?+a[\\$(reboot)]"; exit "$x"',
        "for x in $?+'a[$(reboot)]'; do exit \"$x\"; done",
        "rc=$?; rc+='+a[$(reboot)]'; exit \"$rc\"",
        "exit $?$x",
        "exit $?*",
        "exit x$?",
        "exit \u0664",
        "[ $?+x -eq 0 ]",
    ],
)
def test_what_stands_beside_a_count_is_none(command: str) -> None:
    assert not understand_shell(command).allowed
