"""Texts that look like others: full-width digits and letters, and characters without width between them.

What a person or a model reads as `4111 1111` must be found as that. Only texts with such characters are
folded.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable

_UNUSUAL = re.compile(
    "[\u00ad\u00a0\u034f\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u202a-\u202f\u205f-\u2064\u2066-\u206f\u2010-\u2015\u3000\ufe00-\ufe0f\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff\U000e0000-\U000e007f]"
)
_WIDTHLESS = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)


def folded(text: str) -> tuple[str, Callable[[int], int]] | None:
    """The plain form, and the way from its offsets to those of the text; None if the text is plain."""
    if text.isascii() or _UNUSUAL.search(text) is None:
        return None
    pieces: list[str] = []
    values = [0]
    shifts = [0]
    size = 0
    for index, char in enumerate(text):
        if not _UNUSUAL.match(char):
            plain = char
        elif _WIDTHLESS.match(char):
            plain = ""
        else:
            plain = _plain(char)
        size += len(plain)
        pieces.append(plain)
        if len(plain) != 1:
            values.append(size)
            shifts.append(index + 1 - size)

    def place(offset: int) -> int:
        return offset + shifts[bisect_right(values, offset) - 1]

    return "".join(pieces), place


def _plain(char: str) -> str:
    if "\u2010" <= char <= "\u2015":
        return "-"
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else " "
