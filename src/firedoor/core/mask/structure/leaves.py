"""The strings and numbers of a parsed document, each with the name of the field it stands under."""

from base64 import b64decode
from binascii import Error
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Leaf:
    """One string or number of a document, or the name of a member."""

    value: str | int | float
    name: str
    """The name of the member it stands under, or of the column."""
    is_key: bool
    is_person: bool
    """What stands beside it is personal."""
    path: str
    siblings: Mapping[str, Json] | None = None


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
            elif isinstance(here, int | float) and (here >= _SMALLEST or here <= -_SMALLEST):
                strings.append(str(here))


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
                yield from (leaf for leaf in _leaves(here, name, False, "", None) if not leaf.is_key)
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
        about = any(field_kind(key) in PERSONAL_FIELDS for key in here)
        yield Leaf(value, name, is_key=False, is_person=about, path="")


def leaves(value: Json) -> Iterator[Leaf]:
    """Every string, number and name of a member, in the order in which they are written."""
    return _leaves(value, "", False, "$", None)


def decoded(value: str) -> str | None:
    """The text that base64 stands for; None if it stands for none."""
    try:
        return b64decode(value, validate=True).decode()
    except (Error, ValueError):
        return None


def _leaves(
    value: Json, name: str, is_person: bool, path: str, columns: Sequence[str] | None
) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        yield from _members(value, path)
    elif isinstance(value, list | tuple):
        is_row = columns is not None and len(value) == len(columns) and not _is_nested(value)
        about = is_row and any(field_kind(column) in PERSONAL_FIELDS for column in columns or ())
        for index, child in enumerate(value):
            label = columns[index] if is_row and columns is not None else name
            passed = columns if isinstance(child, list) else None
            yield from _leaves(child, label, is_person or about, f"{path}[{index}]", passed)
    elif isinstance(value, str | float | int) and not isinstance(value, bool):
        yield Leaf(value, name, is_key=False, is_person=is_person, path=path)


def _is_nested(value: Sequence[Json]) -> bool:
    return any(isinstance(child, list | dict) for child in value)


def _members(value: Mapping[str, Json], path: str) -> Iterator[Leaf]:
    about = any(field_kind(key) in PERSONAL_FIELDS for key in value)
    columns = _columns(value)
    for key, child in value.items():
        yield Leaf(key, "", is_key=True, is_person=False, path="")
        if isinstance(child, str):
            label = _label(value, key) if key in _VALUES else key
            yield Leaf(child, label, is_key=False, is_person=about, path=f"{path}.{key}", siblings=value)
        else:
            rows = columns if key in _ROWS else None
            yield from _leaves(child, key, about, f"{path}.{key}", rows)


def _label(value: Mapping[str, Json], key: str) -> str:
    """The name that a value has beside it, if it is the name of a field."""
    names = (value.get(name) for name in _NAMES)
    return next((name for name in names if isinstance(name, str) and field_kind(name) is not None), key)


def _columns(value: Mapping[str, Json]) -> tuple[str, ...] | None:
    """The names of columns, where an object holds rows beside them."""
    for key in _COLUMNS:
        listed = value.get(key)
        if isinstance(listed, list) and listed and any(row in value for row in _ROWS):
            names = [item if isinstance(item, str) else _named(item) for item in listed]
            return tuple(names)
    return None


def _named(item: Json) -> str:
    name = item.get("name") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) else ""
