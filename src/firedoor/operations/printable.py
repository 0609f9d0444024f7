"""Recorded text, safe to show: what a client or an upstream sent cannot move a cursor, hide, or forge a line.

Everything that is not a visible character or a space is written as an escape: controls, escape sequences,
line ends, marks that turn the direction of writing, invisible characters, and what is not assigned.
It changes only what is shown. The record keeps every byte.
"""

import unicodedata

UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's general categories, https://www.unicode.org/reports/tr44/#General_Category_Values."""

BMP_END = 0xFFFF
"""The last code point that four digits name."""


def printable(text: str) -> str:
    """Escape what is not safe to show, as JSON would."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in UNSAFE else c for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= BMP_END else f"\\U{code:08x}"
