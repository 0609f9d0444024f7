"""Checks that several specifications share. Each says why something is not allowed, or nothing."""

import re
from collections.abc import Callable

from firedoor.core.decide.shell.specification import Check, Parsed

_ENVIRONMENT = re.compile(
    r"\benv\b|(?<![.\w\"])ENV\b|__prog_args|\binput_filename\b|\bget_search_list\b|\bimport\b|\binclude\b"
)
_LOADING = re.compile(r"\b(env|strenv|envsubst|load\w*|system|eval|filename|input)\b|(?<![.\w\"])ENV\b")


def shown(parsed: Parsed) -> str:
    """The command and its sub-commands."""
    return " ".join(parsed.path)


def no_environment(parsed: Parsed) -> str | None:
    """For jq: its program does not read the environment, modules or names of files."""
    return _program(parsed, _ENVIRONMENT)


def no_loading(parsed: Parsed) -> str | None:
    """For yq: its program reads no other files and no environment."""
    return _program(parsed, _LOADING)


def _program(parsed: Parsed, refused: re.Pattern[str]) -> str | None:
    pairs = sum(name in {"--arg", "--argjson"} for name, _ in parsed.options)
    for at, operand in enumerate(parsed.operands[: pairs + 2]):  # of each pair, a word is counted as operand
        if operand.text is None:
            if at <= pairs:
                return f"The program of {parsed.path[0]} is written out."
            continue
        found = refused.search(operand.text)
        if found is not None:
            return (
                f"A program of {parsed.path[0]} with {found[0]} is not allowed: it reads more than its input."
            )
    return None


def each_operand(matches: str, why: str) -> Check:
    """Every operand is known and has this form."""
    pattern = re.compile(matches)

    def check(parsed: Parsed) -> str | None:
        for operand in parsed.operands:
            if operand.text is None or pattern.fullmatch(operand.text) is None:
                return f"{shown(parsed)} {operand.shown} is not allowed: {why}."
        return None

    return check


def only_values(options: tuple[str, ...], matches: str, why: str) -> Check:
    """Every value of these options is known and has this form."""
    pattern = re.compile(matches)

    def check(parsed: Parsed) -> str | None:
        for value in parsed.values(*options):
            if value.text is None or pattern.fullmatch(value.text) is None:
                return f"{shown(parsed)} with {options[0]} {value.shown} is not allowed: {why}."
        return None

    return check


def operands_only_with(options: tuple[str, ...], why: str) -> Check:
    """There are operands only beside one of these options."""

    def check(parsed: Parsed) -> str | None:
        if parsed.operands and not parsed.has(*options):
            return f"{shown(parsed)} {parsed.operands[0].shown} is not allowed: {why}."
        return None

    return check


def every(*checks: Check) -> Check:
    """All of these hold."""

    def check(parsed: Parsed) -> str | None:
        return next((why for one in checks if (why := one(parsed)) is not None), None)

    return check


def first_operand_in(allowed: str) -> Callable[[Parsed], str | None]:
    """The first operand, if there is one, is one of these words."""
    words = frozenset(allowed.split())

    def check(parsed: Parsed) -> str | None:
        if parsed.operands and parsed.operands[0].text not in words:
            allowed_words = ", ".join(sorted(words))
            return (
                f"{shown(parsed)} {parsed.operands[0].shown} is not specified; allowed are: {allowed_words}."
            )
        return None

    return check


def some_operand(parsed: Parsed) -> str | None:
    """There is an operand."""
    return None if parsed.operands else f"{shown(parsed)} alone is not specified."


def no_list_of_arguments(parsed: Parsed) -> str | None:
    """No operand and no value is `@FILE`, where a command takes further options from."""
    values = (value for _, value in parsed.options if value is not None)
    for operand in (*parsed.operands, *values):
        if (operand.text or operand.prefix)[:1] == "@" or (operand.text is None and not operand.prefix):
            return f"{shown(parsed)} {operand.shown} is not allowed: a file behind @ may hold options."
    return None
