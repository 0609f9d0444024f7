"""The strings and numbers of a parsed document, each with the name of the field it stands under."""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from firedoor.core.mask.structure.fields import PERSONAL_FIELDS, field_kind
from firedoor.model.json import Json

_SMALLEST = 100_000
"""Integers below it are no number of a person or a card."""
_COLUMNS = ("columns", "fields", "headers", "header", "column_names", "columnNames", "cols", "schema")
_COLUMN_NAMES = frozenset(_COLUMNS)
_VALUES = frozenset({"value", "Value", "content", "Content"})
_NAMES = ("name", "Name", "key", "Key", "variable", "header", "parameter")
"""Members of an object that is a name and a value: a variable of a pod, a header, a tag."""
_ROWS = ("rows", "data", "values", "records", "results", "items")


ENCODED = frozenset({"blob", "data"})
"""Members of MCP that hold base64."""


class Leaf(NamedTuple):
    """One string or number of a document, or the name of a member. A tuple: an answer has thousands."""

    value: str | int | float
    name: str
    """The name of the member it stands under, or of the column."""
    is_key: bool
    is_person: bool
    """What stands beside it is personal."""
    path: str


def gathered(value: Json, strings: list[str], keys: set[str]) -> None:
    """Collect every string and large integer, and the names of all members: for a first, quick look."""
    waiting: list[Iterable[Json]] = [(value,)]
    while waiting:
        for here in waiting.pop():
            # The exact type first: most are strings, and this runs for every value of every answer.
            if type(here) is str:
                strings.append(here)
            elif isinstance(here, dict):
                keys.update(here)
                waiting.append(here.values())
                if not ENCODED.isdisjoint(here):
                    strings += _encoded(here)
            elif isinstance(here, list):
                waiting.append(here)
            elif isinstance(here, int | float) and is_large(here):
                strings.append(str(here))


def is_large(number: float) -> bool:
    """Whether a number may be one of a person or a card."""
    return number >= _SMALLEST or number <= -_SMALLEST


def _encoded(value: Mapping[str, Json]) -> list[str]:
    """The texts that stand in base64 in an object."""
    held = (value.get(name) for name in ENCODED)
    return [text for one in held if isinstance(one, str) and (text := decoded(one)) is not None]


def telling(value: Json, keys: Set[str], tells: Callable[[str], bool]) -> Iterator[Leaf]:
    """The leaves under members whose name tells something; `keys` are all names of the document."""
    if not _COLUMN_NAMES.isdisjoint(keys) or not _VALUES.isdisjoint(keys):
        yield from (leaf for leaf in leaves(value) if leaf.name and not leaf.is_key)
        return
    telling_names = frozenset(key for key in keys if tells(key))
    waiting: list[tuple[Json, str]] = [(value, "")]
    while waiting:
        here, name = waiting.pop()
        if isinstance(here, list):
            if name:
                listed: list[Leaf] = []
                _add(listed, here, _Place(name, False, "", None))
                yield from (leaf for leaf in listed if not leaf.is_key)
            waiting += [(child, "") for child in here if isinstance(child, dict | list)]
        elif isinstance(here, dict):
            for key in telling_names.intersection(here):
                yield from _told(here, key)
            waiting += [
                (child, key if key in telling_names else "")
                for key, child in here.items()
                if isinstance(child, dict | list)
            ]


def _told(here: Mapping[str, Json], name: str) -> Iterator[Leaf]:
    value = here[name]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        yield Leaf(value, name, is_key=False, is_person=_is_about_a_person(tuple(here)), path="")


@lru_cache(maxsize=1024)
def _is_about_a_person(names: tuple[str, ...]) -> bool:
    """Whether one of these fields is personal. Kept, as the rows of an answer have the same fields."""
    return any(field_kind(name) in PERSONAL_FIELDS for name in names)


def leaves(value: Json) -> list[Leaf]:
    """Every string, number and name of a member, in the order in which they are written."""
    found: list[Leaf] = []
    _add(found, value, _Place("", False, "$", None))
    return found


class _Place(NamedTuple):
    """Where a value stands."""

    name: str
    is_person: bool
    path: str
    columns: Sequence[str] | None


def decoded(value: str) -> str | None:
    """The text that base64 stands for; None if it stands for none."""
    try:
        return b64decode(value, validate=True).decode()
    except (Error, ValueError):
        return None


def _add(found: list[Leaf], value: Json, place: _Place) -> None:
    # Into one list: a generator for each level costs every leaf as much as the levels above it.
    if isinstance(value, Mapping):
        _add_members(found, value, place.path)
    elif isinstance(value, list | tuple):
        _add_items(found, value, place)
    elif isinstance(value, str | float | int) and not isinstance(value, bool):
        found.append(Leaf(value, place.name, False, place.is_person, place.path))


def _add_items(found: list[Leaf], value: Sequence[Json], place: _Place) -> None:
    columns = place.columns
    row = columns if columns is not None and len(value) == len(columns) and not _is_nested(value) else None
    about = place.is_person or (row is not None and _is_about_a_person(tuple(row)))
    for index, child in enumerate(value):
        label = place.name if row is None else row[index]
        passed = columns if isinstance(child, list) else None
        _add(found, child, _Place(label, about, f"{place.path}[{index}]", passed))


def _is_nested(value: Sequence[Json]) -> bool:
    return any(isinstance(child, list | dict) for child in value)


def _add_members(found: list[Leaf], value: Mapping[str, Json], path: str) -> None:
    about = _is_about_a_person(tuple(value))
    columns = _columns(value)
    for key, child in value.items():
        found.append(Leaf(key, "", True, False, ""))
        if isinstance(child, str):
            label = _label(value, key) if key in _VALUES else key
            found.append(Leaf(child, label, False, about, f"{path}.{key}"))
        else:
            rows = columns if key in _ROWS else None
            _add(found, child, _Place(key, about, f"{path}.{key}", rows))


def _label(value: Mapping[str, Json], key: str) -> str:
    """The name that a value has beside it, if it is the name of a field."""
    names = (value.get(name) for name in _NAMES)
    return next((name for name in names if isinstance(name, str) and field_kind(name) is not None), key)


def _columns(value: Mapping[str, Json]) -> tuple[str, ...] | None:
    """The names of columns, where an object holds rows beside them."""
    if _COLUMN_NAMES.isdisjoint(value):
        return None
    for key in _COLUMNS:
        listed = value.get(key)
        if isinstance(listed, list) and listed and any(row in value for row in _ROWS):
            names = [item if isinstance(item, str) else _named(item) for item in listed]
            return tuple(names)
    return None


def _named(item: Json) -> str:
    name = item.get("name") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else ""
