"""Recorded text, safe to show: what a client or an upstream sent cannot move a cursor, hide, or forge a line.

Everything that is not a visible character or a space is written as an escape: controls, escape sequences,
line ends, marks that turn the direction of writing, invisible characters, blanks that are no space, and what
is not assigned.
It changes only what is shown. The record keeps every byte.
"""

from firedoor.core.reply.spelling import is_seen

BMP_END = 0xFFFF
"""The last code point that four digits name."""


def printable(text: str) -> str:
    """Escape what is not safe to show, as JSON would."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if is_seen(c) else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= BMP_END else f"\\U{code:08x}"
