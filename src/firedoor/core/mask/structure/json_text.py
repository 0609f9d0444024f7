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
from collections.abc import Sequence
from itertools import count
from operator import sub
from typing import NamedTuple, TypeAlias

import jiter

from firedoor.model.json import Json

_SCALAR = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|-?[0-9][0-9.eE+-]*+|true|false|null|NaN|-?Infinity')
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_SHORT_ESCAPE = re.compile(r"\\.", re.DOTALL)
_PLAIN = re.compile(r"[\w :.\-]*")


class Edit(NamedTuple):
    """A piece of a text and what takes its place. A tuple: there may be thousands in one answer."""

    start: int
    end: int
    new: str


Literal: TypeAlias = tuple[int, int]
"""Where a string (with its quotes) or another scalar stands in the text of its document."""


def parse(document: bytes) -> Json:
    """Return the value.

    Raises:
        ValueError: not JSON, or not unambiguous.
    """
    value: Json = jiter.from_json(document, allow_inf_nan=True, catch_duplicate_keys=True)
    return value


def literals(document: str) -> list[Literal]:
    """Every scalar, keys included, in the order in which they are written."""
    return [match.span() for match in _SCALAR.finditer(document)]


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
    offsets = [offset for start, end, _ in edits for offset in (start, end)]
    found = placed(document, literal, offsets)
    return [
        Edit(start, end, escaped(edit.new))
        for start, end, edit in zip(found[::2], found[1::2], edits, strict=True)
    ]


def placed(document: str, literal: Literal, offsets: Sequence[int]) -> list[int]:
    """Offsets of a string's value as offsets of the document that it stands in."""
    start = literal[0] + 1
    inner = document[start : literal[1] - 1]
    if "\\" not in inner:
        return [start + offset for offset in offsets]
    values, shifts = _after_escapes(inner)
    return [start + offset + shifts[bisect_right(values, offset) - 1] for offset in offsets]


def escaped(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    # Tokens are identifiers, and most that is escaped is a token: that is known without a pattern.
    if text.isidentifier() or _PLAIN.fullmatch(text) is not None:
        return text
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _after_escapes(inner: str) -> tuple[Sequence[int], Sequence[int]]:
    """Offsets of the value behind each escape, and how much longer what is written is up to there."""
    if "\\u" not in inner:
        # Two characters for one, each time.
        ends = [match.end() for match in _SHORT_ESCAPE.finditer(inner)]
        return [0, *map(sub, ends, count(1))], range(len(ends) + 1)
    values = [0]
    shifts = [0]
    shift = 0
    for match in _ESCAPE.finditer(inner):
        shift += match.end() - match.start() - 1
        values.append(match.end() - shift)
        shifts.append(shift)
    return values, shifts
