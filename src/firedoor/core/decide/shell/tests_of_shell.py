"""The language of `[ … ]`, `test …` and `[[ … ]]`. Reads; names of files are looked at, nothing else.

Some shells read a number there as arithmetic, and a subscript in it runs commands (`a[$(…)]`): numbers
are written out. `-v` and `-R` do the same.
"""

import re

from firedoor.core.decide.shell.values import Argument

_OF_ONE = frozenset(
    [
        "-b",
        "-c",
        "-d",
        "-e",
        "-f",
        "-g",
        "-h",
        "-k",
        "-n",
        "-p",
        "-r",
        "-s",
        "-u",
        "-w",
        "-x",
        "-z",
        "-G",
        "-L",
        "-N",
        "-O",
        "-S",
    ]
)
_OF_TWO = frozenset({"=", "==", "!=", "=~", "-nt", "-ot", "-ef"})
_NUMERIC = frozenset({"-eq", "-ne", "-lt", "-le", "-gt", "-ge"})
_JOINS = frozenset({"!", "-a", "-o"})
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def refused_test(arguments: tuple[Argument, ...], *, is_double: bool) -> str | None:
    """Return why a test is not allowed, or None. Within `[[ … ]]` no word is split and none is looked up."""
    for at, argument in enumerate(arguments):
        text = argument.text
        if text is None:
            refused = None if is_double else _refused_open(argument, arguments[:at], arguments[at + 1 :])
            if refused is not None:
                return refused
        elif text in _NUMERIC:
            around = (*arguments[max(at - 1, 0) : at], *arguments[at + 1 : at + 2])
            if len(around) != len(("left", "right")) or not all(_is_number(one) for one in around):
                return f"The numbers around {text} in a test are written out as digits."
        elif text.startswith("-") and text not in _OF_ONE | _OF_TWO | _JOINS and not _NUMBER.fullmatch(text):
            return f"The test {text} is not specified."
    return None


def _refused_open(
    argument: Argument, before: tuple[Argument, ...], behind: tuple[Argument, ...]
) -> str | None:
    """What is open may not become `-v`, or a sign between two others: `test "$x" "$y"`, `[ $x ]`."""
    if argument.is_many and (before or behind or argument.may_be_option):
        return f"The word {argument.shown} in a test may be several words; put it in quotes."
    left = before[-1].text if before else "!"
    right = behind[0].text if behind else "-a"
    is_compared = left in _OF_TWO | _OF_ONE | _JOINS and right in {"-a", "-o"}
    if is_compared or right in _OF_TWO | _NUMERIC or not argument.may_be_option:
        return None
    return f"The word {argument.shown} stands where a test has a sign; write the sign out."


def _is_number(argument: Argument) -> bool:
    return argument.is_count if argument.text is None else _NUMBER.fullmatch(argument.text) is not None
