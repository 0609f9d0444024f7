"""JSON as text with places.

Where each string and number of a document stands, so that only a finding is rewritten.

Theory of operation. A document is parsed once, strictly (`jiter`, which refuses duplicate members: a second
value under a name would be one that nobody looked at). Its strings and numbers are then numbered twice in
the order in which they are written: by walking the parsed tree, and by a flat scan of the text. Both must
agree in number and in kind; if not, the document is refused. A change to a string is made in its literal:
offsets of the value are mapped to offsets of the literal through its escapes, and the new piece is escaped.
All else keeps its bytes: numbers, spaces, escapes.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

import jiter

from firedoor.model.json import Json

_SCALAR = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|-?[0-9][0-9.eE+-]*+|NaN|-?Infinity')
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_PLAIN = re.compile(r"[\w :.\-]*")


class Edit(NamedTuple):
    """A piece of a text and what takes its place. A tuple: there may be thousands in one answer."""

    start: int
    end: int
    new: str


class Literal(NamedTuple):
    """Where a string (with its quotes) or a number stands in the text of its document."""

    start: int
    end: int


def parse(document: bytes) -> Json:
    """Return the value.

    Raises:
        ValueError: not JSON, or not unambiguous.
    """
    value: Json = jiter.from_json(document, allow_inf_nan=True, catch_duplicate_keys=True)
    return value


def literals(document: str) -> list[Literal]:
    """Every string and number, keys included, in the order in which they are written."""
    return [Literal(*match.span()) for match in _SCALAR.finditer(document)]


def applied(text: str, edits: Sequence[Edit]) -> str:
    """The text with its edits made. They are in order and do not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.start], edit.new)
        position = edit.end
    pieces.append(text[position:])
    return "".join(pieces)


def in_literal(document: str, literal: Literal, edits: Sequence[Edit]) -> list[Edit]:
    """Edits of a string's value as edits of the document that the string stands in."""
    return placed_edits(placed(document, literal), edits)


def placed_edits(place: Callable[[int], int], edits: Sequence[Edit]) -> list[Edit]:
    """Edits of a string's value as edits of its document, where the way between the two is known."""
    return [Edit(place(start), place(end), escaped(new)) for start, end, new in edits]


def placed(document: str, literal: Literal) -> Callable[[int], int]:
    """From offsets of a string's value to offsets of the document that it stands in."""
    return _places(document[literal.start + 1 : literal.end - 1], literal.start + 1)


def escaped(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return text if _PLAIN.fullmatch(text) is not None else json.dumps(text, ensure_ascii=False)[1:-1]


def _places(inner: str, start: int) -> Callable[[int], int]:
    """From offsets of the value to those of a text in which what is between the quotes starts at `start`."""
    if "\\" not in inner:
        return start.__add__
    values = [0]
    shifts = [start]
    shift = 0
    for match in _ESCAPE.finditer(inner):
        # After this escape, the literal is this much longer than the value.
        after = match.end() - shift - (match.end() - match.start() - 1)
        shift += match.end() - match.start() - 1
        values.append(after)
        shifts.append(start + shift)

    def place(offset: int) -> int:
        return offset + shifts[bisect_right(values, offset) - 1]

    return place
