"""Names of fields that stand apart from their values, in a parsed document.

Columns beside rows, a first row of titles, `[["email", "…"], …]`, and names and values by turns, as Redis
answers. Says which names the values have; finds nothing itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from firedoor.core.mask.structure.fields import field_kind
from firedoor.model.json import Json

_COLUMNS = (
    "columns", "fields", "headers", "header", "column_names", "columnNames", "cols", "schema", "Columns",
    "columnMetadata", "ColumnMetadata", "ColumnInfo", "ResultSetMetadata", "resultSetMetaData", "rowType",
)  # fmt: skip
_COLUMN_NAMES = frozenset(_COLUMNS)
_NAMES = ("name", "Name", "label", "column_name", "columnName", "field")
ROWS = frozenset(
    {"rows", "data", "values", "records", "results", "items", "Rows", "Records", "row", "f", "Data"}
)
"""Members that hold rows, or one row."""
_DEEPEST = 2
"""Objects around the list of columns: `schema.fields`."""
_LONGEST_TITLE = 40
_MOST = 64
"""Items of a list of names and values by turns. A longer one is a list of things."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z_.:]{0,39}")
_WORD = re.compile(r"[a-z_]*")


def holds_columns(names: Iterable[str]) -> bool:
    """Whether members of these names may be the names of columns, with rows beside them."""
    return not _COLUMN_NAMES.isdisjoint(names)


def columns_of(value: Mapping[str, Json], depth: int = 0) -> tuple[str, ...] | None:
    """The names of columns, where an object holds rows beside them."""
    if not holds_columns(value) or (depth == 0 and ROWS.isdisjoint(value)):
        return None
    for key in _COLUMNS:
        listed = value.get(key)
        if isinstance(listed, list) and listed:
            return tuple(item if isinstance(item, str) else _named(item) for item in listed)
        if isinstance(listed, dict) and depth < _DEEPEST:
            found = columns_of(listed, depth + 1)
            if found is not None:
                return found
    return None


def _named(item: Json) -> str:
    if not isinstance(item, Mapping):
        return ""
    return next((name for name in map(item.get, _NAMES) if isinstance(name, str)), "")


def titles_of(value: Sequence[Json]) -> tuple[str, ...] | None:
    """The first row of a list of rows, if it says what the cells below it are."""
    first = value[0] if len(value) > 1 else None
    if not isinstance(first, list) or not isinstance(value[1], list):
        return None
    titles = tuple(cell for cell in first if isinstance(cell, str) and len(cell) < _LONGEST_TITLE)
    if len(titles) < len(first) or not titles:
        return None
    # The first of names and values has one name of a field, and a value.
    known = sum(field_kind(title) is not None for title in titles)
    return titles if known > 1 or (known == 1 and len(titles) > _PAIR) else None


_PAIR = 2


def has_names(value: Sequence[Json]) -> bool:
    """Whether a list may hold the names of its values."""
    if not value:
        return False
    if isinstance(value[0], list):
        return titles_of(value) is not None or are_pairs(value)
    return by_turns(value) is not None


def are_pairs(value: Sequence[Json]) -> bool:
    """Whether it is a list of names and values, each two a list: headers, tags."""
    return all(_is_pair(child) for child in value) and any(map(_says, value))


def _is_pair(child: Json) -> bool:
    return (
        isinstance(child, list)
        and len(child) == _PAIR
        and isinstance(child[0], str)
        and not isinstance(child[1], list | dict)
    )


def _says(pair: Json) -> bool:
    return isinstance(pair, list) and isinstance(pair[0], str) and field_kind(pair[0]) is not None


def by_turns(value: Sequence[Json]) -> tuple[str, ...] | None:
    """The name of each item of a list of names and values by turns; of a name, an empty one."""
    if len(value) % _PAIR or not 0 < len(value) <= _MOST:
        return None
    for name in value[::_PAIR]:
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            return None
    labels: list[str] = []
    for name, item in zip(value[::_PAIR], value[1::_PAIR], strict=True):
        # A list of names alone is none of values: what is required, what columns there are.
        if isinstance(item, list | dict) or (isinstance(item, str) and field_kind(item) is not None):
            return None
        is_word = isinstance(item, str) and _WORD.fullmatch(item) is not None
        labels += ("", "" if is_word or not isinstance(name, str) else name)
    return tuple(labels) if any(field_kind(label) is not None for label in labels) else None
