"""What a command prints with blanks between: columns below their titles, and numbered names and values.

`NAME   EMAIL` above rows, `KEY   VALUE` above settings, and `1) "password"` above `2) "…"`, as Redis answers.
"""

import re
from dataclasses import dataclass

from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.field_names import LIKELY_ADDRESS
from firedoor.core.mask.structure.fields import PERSONAL_FIELDS, field_kind, value_kind
from firedoor.core.mask.structure.kin import kind_among
from firedoor.model.mask import Kind

_CELL = re.compile(r"[^ \t\r]+(?: [^ \t\r]+)*")
_TITLE = re.compile(r"[^\W\d][\w ()%#/.-]{0,39}")
_RULE = frozenset("-=+ \t\r")
_MOST_COLUMNS = 40
_NAMES = frozenset({"key", "name", "variable", "setting", "parameter", "option", "field", "attribute"})
"""Titles of a column that holds names of fields, beside one of values."""
_OF_A_THING = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+|\d{1,6}")
"""What a column of secrets holds that names them, or counts them."""
_OF_PEOPLE = PERSONAL_FIELDS - {LIKELY_ADDRESS}
"""Devices have addresses too."""
_WORDS = re.compile(r"[a-z_]+|\w+(?:[:/]\w+)+")
"""What no value is beside its name: a name itself, or the key of an entry."""
_CREDENTIALS = frozenset({Kind.PASSWORD, Kind.SECRET})
_NUMBERED = re.compile(
    r"(?m)^[ \t]{0,16}(\d{1,5})\) \"(?P<name>[\w.-]{1,64})\"\r?\n"
    r"[ \t]{0,16}\d{1,5}\) \"(?P<value>[^\"\n]{1,4096})\""
)
_BRACKETED = re.compile(r"\[\"(?P<name>[\w-]{1,64})\", ?\"(?P<value>[^\"\n]{1,4096})\"\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Titles:
    starts: tuple[int, ...]
    telling: tuple[tuple[int, str], ...]
    """The columns that say something: number and kind."""
    is_person: bool
    named: tuple[int, int] | None
    """Of a list of settings: the columns of their names and of their values."""


def listed(text: str) -> list[Span]:
    """Findings that the title above them, or the number before them, gives away."""
    found = _aligned(text) if "  " in text else []
    if '1) "' in text:
        found += _valued([match for match in _NUMBERED.finditer(text) if int(match[1]) % 2])
    return found + _valued(list(_BRACKETED.finditer(text))) if '["' in text else found


def _aligned(text: str) -> list[Span]:
    found: list[Span] = []
    titles: _Titles | None = None
    at = 0
    for line in text.split("\n"):
        if titles is None:
            titles = _titles(line) if "  " in line else None
        elif not line.strip():
            titles = None
        elif not _RULE.issuperset(line):
            found += _row(line, at, titles)
        at += len(line) + 1
    return found


def _titles(line: str) -> _Titles | None:
    places = [match.span() for match in _CELL.finditer(line)][: _MOST_COLUMNS + 1]
    cells = [line[start:end] for start, end in places]
    if len(cells) < len(("name", "value")) or not all(map(_TITLE.fullmatch, cells)):
        return None
    lower = tuple(cell.lower() for cell in cells)
    kinds = tuple(kind_among(cell, lower, "") for cell in cells)
    telling = tuple((number, kind) for number, kind in enumerate(kinds) if kind is not None)
    naming = next((number for number, title in enumerate(lower) if title in _NAMES), None)
    named = (naming, lower.index("value")) if naming is not None and "value" in lower else None
    if not telling and named is None:
        return None
    starts = tuple(start for start, _ in places)
    is_person = not _OF_PEOPLE.isdisjoint(kinds)
    return _Titles(starts=starts, telling=telling, is_person=is_person, named=named)


def _row(line: str, at: int, titles: _Titles) -> list[Span]:
    telling = titles.telling
    if titles.named is not None:
        name, value = titles.named
        start, end = _place(line, titles.starts, name)
        field = field_kind(line[start:end])
        telling = telling if field is None else tuple(sorted((*telling, (value, field))))
    found: list[Span] = []
    behind = 0
    for column, field in telling:
        start, end = _place(line, titles.starts, column)
        if start < behind:
            continue  # inside a cell that is wider than its column: nothing is read twice
        behind = end
        cell = line[start:end]
        kind = value_kind(field, cell, is_about_a_person=titles.is_person) if cell else None
        if kind is not None and not (kind in _CREDENTIALS and _OF_A_THING.fullmatch(cell)):
            found.append(Span(at + start, at + end, kind))
    return found


def _place(line: str, starts: tuple[int, ...], column: int) -> tuple[int, int]:
    """Where the cell below this title stands. One that does not begin there is empty."""
    start = starts[column]
    if start and line[start - 1 : start] != " ":
        return start, start
    following = starts[column + 1] if column + 1 < len(starts) else len(line)
    limit = following if line[following - 1 : following] == " " else len(line)
    match = _CELL.match(line, start, limit)
    return (start, start) if match is None else match.span()


def _is_name(value: str) -> bool:
    return _WORDS.fullmatch(value) is not None or field_kind(value) is not None


def _valued(matches: list[re.Match[str]]) -> list[Span]:
    """Values of names by turns. A list of names alone has no values."""
    pairs = [
        (match, field)
        for match in matches
        if (field := field_kind(match["name"])) is not None and not _is_name(match["value"])
    ]
    is_person = any(field in PERSONAL_FIELDS for _, field in pairs)
    found: list[Span] = []
    for match, field in pairs:
        kind = value_kind(field, match["value"], is_about_a_person=is_person)
        if kind is not None:
            found.append(Span(*match.span("value"), kind))
    return found
