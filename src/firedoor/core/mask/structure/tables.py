"""Tables in a text.

CSV, tab- and pipe-separated rows, what psql and mysql print, Markdown. The header says what a column is.

Rows without a header are looked at too: beside an e-mail address or a card, a cell of two capitalised words
is a name.
"""

import re
from collections.abc import Set
from dataclasses import dataclass

from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.fields import (
    PERSONAL_FIELDS,
    field_kind,
    looks_like_name,
    value_kind,
)
from firedoor.core.mask.structure.kin import kind_among
from firedoor.model.mask import Kind

_DELIMITERS = ("|", "\t", ",", ";")
_MOST_COLUMNS = 256
_COLUMNS = range(3, _MOST_COLUMNS + 1)
"""Of a row without a header: two cells, or one comma, are a sentence."""
_LONGEST_TITLE = 40
_RULE = frozenset("-+|=: \t")
_BEFORE = " \r'\"`("
_AFTER = " \r'\"`)"
_NOT_IN_TITLES = re.compile(r"[@=:/{}\[\]]")


@dataclass(frozen=True, slots=True)
class _Header:
    delimiter: str
    kinds: tuple[str | None, ...]
    telling: tuple[tuple[int, str], ...]
    """The columns that say something: number and kind."""
    is_person: bool
    named: tuple[int, int] | None = None
    """Of a list of settings: the columns of their names and of their values."""


def tables(text: str, known: list[Span], off: Set[str] = frozenset()) -> list[Span]:
    """Findings that a column or a row gives away.

    `known`: what was found already, in order of `start`. `off`: kinds of which it does not matter.
    """
    settled = {(start, end) for start, end, kind in known if kind not in off}
    found: list[Span] = []
    header: _Header | None = None
    position = index = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        while index < len(known) and known[index].end <= start:
            index += 1
        if header is not None and _RULE.issuperset(line) and line.strip():
            continue
        if header is not None:
            cells = _cells(line, header.delimiter)
            if len(cells) == len(header.kinds):
                found += _row(line, start, cells, header, settled)
                continue
        # Most lines are rows, which a number tells at once.
        header = None if line[:1].isdigit() else _header(line)
        if header is None and index < len(known) and known[index].start < position:
            found += _loose_row(line, start, settled)
    return found


def _header(line: str) -> _Header | None:
    # An address or a date in it tells a row: that is asked first.
    if _NOT_IN_TITLES.search(line) is not None:
        return None
    for delimiter in _DELIMITERS:
        if delimiter not in line:
            continue
        cells = [line[start:end] for start, end in _cells(line, delimiter)]
        if len(cells) > _MOST_COLUMNS or not all(_is_title(cell) for cell in cells):
            continue
        titles = tuple(cell.lower() for cell in cells)
        kinds = tuple(kind_among(cell, titles, "") for cell in cells)
        naming = next((number for number, title in enumerate(titles) if title in _NAMES), None)
        named = (naming, titles.index("value")) if naming is not None and "value" in titles else None
        if named is not None or any(kind is not None for kind in kinds):
            telling = tuple((number, kind) for number, kind in enumerate(kinds) if kind is not None)
            return _Header(delimiter, kinds, telling, not PERSONAL_FIELDS.isdisjoint(kinds), named)
    return None


_NAMES = frozenset(
    {"key", "name", "variable", "setting", "parameter", "option", "variable_name"}
    | {"field", "attribute", "property"}
)
"""Titles of a column that holds names of fields, beside one of values."""


def _is_title(cell: str) -> bool:
    return len(cell) < _LONGEST_TITLE and not cell[:1].isdigit()


def _row(
    line: str,
    offset: int,
    cells: list[tuple[int, int]],
    header: _Header,
    settled: Set[tuple[int, int]],
) -> list[Span]:
    found: list[Span] = []
    telling = header.telling
    if header.named is not None:
        start, end = cells[header.named[0]]
        named = field_kind(line[start:end])
        telling = telling if named is None else (*telling, (header.named[1], named))
    for column, field in telling:
        start, end = cells[column]
        # What was found already, just so, is not confirmed once more: most of a table of people is that.
        if start == end or (offset + start, offset + end) in settled:
            continue
        kind = value_kind(field, line[start:end], is_about_a_person=header.is_person)
        if kind is not None:
            found.append(Span(offset + start, offset + end, kind))
    return found


def _loose_row(line: str, offset: int, settled: Set[tuple[int, int]]) -> list[Span]:
    """A row that has a finding and no header above it."""
    for delimiter in _DELIMITERS[:2] + ((",",) if line.count(",") > 1 else ()):
        cells = _cells(line, delimiter) if delimiter in line else []
        if len(cells) in _COLUMNS:
            return [
                Span(offset + start, offset + end, Kind.NAME)
                for start, end in cells
                if (offset + start, offset + end) not in settled and looks_like_name(line[start:end])
            ]
    return []


def _cells(line: str, delimiter: str) -> list[tuple[int, int]]:
    """Where the cells stand, without blanks and quotes around them."""
    spans = _quoted_cells(line, delimiter) if '"' in line else _plain_cells(line, delimiter)
    if delimiter == "|" and spans and spans[0][0] == spans[0][1]:
        spans = spans[1:]
    if delimiter == "|" and spans and spans[-1][0] == spans[-1][1]:
        spans = spans[:-1]
    return spans


def _plain_cells(line: str, delimiter: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = 0
    for part in line.split(delimiter, _MOST_COLUMNS + 1)[: _MOST_COLUMNS + 1]:
        end = begin + len(part)
        if part and part[0] not in _BEFORE and part[-1] not in _AFTER:
            spans.append((begin, end))
        else:
            left = part.lstrip(_BEFORE)
            start = end - len(left)
            spans.append((start, start + len(left.rstrip(_AFTER))))
        begin = end + 1
    return spans


def _quoted_cells(line: str, delimiter: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = position = 0
    size = len(line)
    while True:
        end = line.find(delimiter, _after_quotes(line, begin, position))
        if end == -1:
            spans.append(_trimmed(line, begin, size))
            break
        spans.append(_trimmed(line, begin, end))
        begin = position = end + 1
        while position < size and line[position] == " ":
            position += 1
        if len(spans) > _MOST_COLUMNS:
            break
    return spans


def _after_quotes(line: str, begin: int, position: int) -> int:
    """Where the delimiter of a cell is looked for: not inside its quotes."""
    if line[position : position + 1] != '"' or line[begin:position].strip():
        return position
    close = line.find('"', position + 1)
    while close != -1 and line[close : close + 2] == '""':
        close = line.find('"', close + 2)
    return close if close != -1 else position


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    part = line[start:end]
    left = part.lstrip(_BEFORE)
    start += len(part) - len(left)
    return start, start + len(left.rstrip(_AFTER))
