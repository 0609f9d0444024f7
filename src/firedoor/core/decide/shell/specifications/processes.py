"""ps: processes are shown, their environments are not. It reads options in three styles at once."""

from firedoor.core.decide.shell.specification import Parsed

_WITH_VALUE = "CGgOopqstUu"
_WITH_VALUE_BSD = "OkoptU"
"""Letters that take a value, with a dash and without one."""
_FLAGS = frozenset(
    {"--forest", "--deselect", "--headers", "--no-headers", "--context", "--info", "--version", "--help"}
)


def refused(parsed: Parsed) -> str | None:
    """Refuse the letter e without a dash, and E with one: they show the environment of each process."""
    is_value = False
    for operand in parsed.operands:
        text = operand.text
        if is_value:
            is_value = False
        elif text is None:
            return f"ps {operand.shown}: what it becomes is not known and could be an option."
        elif text.startswith("--"):
            is_value = "=" not in text and text not in _FLAGS
        else:
            refused_letter = "E" if text.startswith("-") else "e"
            letters, is_value = _letters(text)
            if refused_letter in letters:
                return "ps with e shows the environment of processes; -e with a dash shows every process."
    return None


def _letters(word: str) -> tuple[str, bool]:
    """Return the options of a word up to a value, and whether the value is the next word."""
    with_value = _WITH_VALUE if word.startswith("-") else _WITH_VALUE_BSD
    for at, letter in enumerate(word):
        if letter in with_value:
            return word[:at], at == len(word) - 1
    return word, False
