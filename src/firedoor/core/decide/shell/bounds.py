"""Sizes and characters beyond which a command line is not read at all. Looks at nothing else."""

import unicodedata

LONGEST_TEXT = 16_384
"""Code points. Longer is no command line that somebody reviews, and parsers are made slow by size."""
LONGEST_VALUE = 4_096
"""Code points of a value that is put together of variables. Stops `a=$a$a` from doubling without an end."""
MOST_ARGUMENTS = 1_024
DEEPEST = 12
"""Levels of nesting: groups, substitutions, commands within commands. Stops exhaustion of the stack."""
MOST_STEPS = 4_000
"""Commands judged in one text, loops counted as often as they turn. Stops loops within loops."""

_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
"""Control, format (bidi, zero width), surrogates, private, unassigned, and every blank but a space:
what is shown differs from what is run, or one shell splits where another does not."""


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
