r"""Texts with characters as escapes: `%40`, `&#64;`, `\u0040`, as addresses, pages and logs have them.

What a person or a model reads as `ada@example.com` must be found as that. Only ASCII is undone, once.
"""

import re
from bisect import bisect_right
from collections.abc import Callable

_PERCENT = re.compile("%[2-7][0-9A-Fa-f]")
_ENTITY = re.compile(
    "&(?:#[0-9]{2,3}|#[xX][0-9a-fA-F]{2}|amp|quot|apos|lt|gt|nbsp|commat|period|plus|colon);"
)
_UNICODE = re.compile(r"\\u00[2-7][0-9a-fA-F]")
_BYTE = re.compile(r"\\x[2-7][0-9a-fA-F]")
_ANY = re.compile("|".join(one.pattern for one in (_PERCENT, _ENTITY, _UNICODE, _BYTE)))
_NAMED = {"amp": "&", "quot": '"', "apos": "'", "lt": "<", "gt": ">", "nbsp": " "} | {
    "commat": "@",
    "period": ".",
    "plus": "+",
    "colon": ":",
}


def has_escapes(text: str) -> bool:
    """Whether there is one. Each pattern begins with a character of its own, which is seldom there."""
    return (
        ("%" in text and _PERCENT.search(text) is not None)
        or ("&" in text and _ENTITY.search(text) is not None)
        or ("\\" in text and (_UNICODE.search(text) is not None or _BYTE.search(text) is not None))
    )


def unescaped(text: str) -> tuple[str, Callable[[int], int]] | None:
    """The plain form, and the way from its offsets to those of the text; None if there are no escapes."""
    if not has_escapes(text):
        return None
    pieces: list[str] = []
    values, shifts = [0], [0]
    size = at = 0
    for match in _ANY.finditer(text):
        pieces += (text[at : match.start()], _character(match[0]))
        size += match.start() - at + 1
        at = match.end()
        values.append(size)
        shifts.append(at - size)
    pieces.append(text[at:])

    def place(offset: int) -> int:
        return offset + shifts[bisect_right(values, offset) - 1]

    return "".join(pieces), place


def _character(escape: str) -> str:
    if escape[0] == "&":
        name = escape[1:-1]
        if name[0] != "#":
            return _NAMED[name]
        code = int(f"0{name[1:]}", 16) if name[1] in "xX" else int(name[1:])
        return chr(code) if code > _LAST_CONTROL else " "
    return chr(int(escape[-2:], 16))


_LAST_CONTROL = 31
