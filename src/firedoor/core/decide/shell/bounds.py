"""Sizes and characters beyond which a command line is not read at all. Looks at nothing else."""

import unicodedata
from dataclasses import dataclass

from firedoor.core.decide.shell.syntax import Unclear

LONGEST_TEXT = 16_384
"""Code points. Longer is no command line that somebody reviews, and parsers are made slow by size."""
LONGEST_VALUE = 4_096
"""Code points of a value that is put together of variables. Stops `a=$a$a` from doubling without an end."""
MOST_ARGUMENTS = 1_024
DEEPEST = 12
"""Levels of nesting: groups, substitutions, commands within commands. Stops exhaustion of the stack."""
MOST_STEPS = 2_500
"""Steps of one text and all that it runs, loops counted as often as they turn: about 40 ms. A line that
people write takes some hundreds. Stops loops within loops, and thousands of words in one line: whoever judges
holds up every other call.
"""
_SIGNS_OF_A_STEP = 24
"""Characters that are judged in one step: a program of awk costs by its length, in each turn of a loop."""

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
"""Control, format (bidi, zero width), surrogates, private, unassigned, and every blank but a space:
what is shown differs from what is run, or one shell splits where another does not."""


@dataclass(slots=True)
class Steps:
    """Counts work, so that one line cannot take more than is granted to a line."""

    taken: int = 0

    def take(self, steps: int = 1) -> None:
        """Count some.

        Raises:
            Unclear: there are too many.
        """
        self.taken += steps
        if self.taken > MOST_STEPS:
            raise Unclear("It takes too many steps to be judged; send fewer words or commands at a time.")

    def take_for(self, text: str) -> None:
        """Count what a text costs by its length."""
        self.take(1 + len(text) // _SIGNS_OF_A_STEP)


def refused_size(text: str) -> str | None:
    """Return why a text is too long to be read, or None."""
    if len(text) > LONGEST_TEXT:
        return f"It is longer than {LONGEST_TEXT} characters; send shorter commands."
    return None


def refused_character(text: str, *, allowed: str = "\n\t") -> str | None:
    """Return which character makes a text unreadable, or None."""
    if text.isascii() and text.isprintable():
        return None
    for at, character in enumerate(text):
        if character == " " or character in allowed:
            continue
        if unicodedata.category(character) in _REFUSED:
            return f"It holds the character U+{ord(character):04X} at {at}, which is not shown as it is read."
    return None
