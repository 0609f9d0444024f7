"""The strings and numbers of a parsed document, each with the name of the field it stands under."""

from base64 import b64decode
from binascii import Error
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from firedoor.core.mask.structure.apart import (
    ROWS,
    are_pairs,
    by_turns,
    columns_of,
    holds_columns,
    titles_of,
)
from firedoor.core.mask.structure.field_names import CERTAIN, LIKELY_NAME
from firedoor.core.mask.structure.fields import PERSONAL_FIELDS, field_kind
from firedoor.core.mask.structure.kin import is_of_a_person, kind_among
from firedoor.model.json import Json
from firedoor.model.mask import Kind

_SMALLEST = 100_000
"""Integers below it are no number of a person or a card."""
VALUES = frozenset({"value", "Value", "content", "Content"})
_NAMES = frozenset(
    {"name", "Name", "key", "Key", "variable", "header", "parameter"}
    | {"attribute", "field", "label", "property", "id"}
)
"""Members of an object that is a name and a value: a variable of a pod, a header, a tag."""


ENCODED = frozenset({"blob", "data"})
"""Members of MCP that hold base64."""


class Leaf(NamedTuple):
    """One string or number of a document, or the name of a member."""

    value: str | int | float
    name: str
    """The name of the member it stands under, or of the column."""
    is_key: bool
    is_person: bool
    """What stands beside it is personal."""
    path: str
    kind: str | None
    """What a field of its name holds, where it stands."""


class Field(NamedTuple):
    """Where a leaf stands in what holds it. Rows of the same members share theirs."""

    name: str
    kind: str | None
    """What a field of this name holds, if the name says it."""
    asks: bool
    """Its value is looked at for its place, whatever it is."""
    is_key: bool
    is_person: bool
    step: str
    """From the path of what holds it to its own."""


class Flat:
    """Every scalar and every name of a member of a document, in the order in which they are written.

    Lists beside each other, and no object for each leaf: an answer has thousands, and few are looked at.
    """

    __slots__ = ("_firsts", "_homes", "asking", "fields", "values")

    def __init__(self) -> None:
        self.values: list[Json] = []
        self.fields: list[Field] = []
        self.asking: list[int] = []
        """Numbers of the leaves whose place says something of them."""
        self._firsts: list[int] = []
        self._homes: list[_Home] = []

    def enter(self, path: str, width: int = 0) -> None:
        """What is put from now on stands in this object or list, or in rows of it of so many leaves each."""
        self._firsts.append(len(self.values))
        self._homes.append(_Home(path, width))

    def put(self, value: Json, field: Field) -> None:
        """Add one."""
        if field.asks:
            self.asking.append(len(self.values))
        self.values.append(value)
        self.fields.append(field)

    def put_rows(self, values: Iterable[Json], shape: "Shape", rows: int) -> None:
        """Add names and values of so many objects of one shape."""
        first, width = len(self.values), len(shape.fields)
        self.values.extend(values)
        self.fields.extend(shape.fields * rows)
        if shape.asking:
            self.asking += [
                at + one for at in range(first, first + rows * width, width) for one in shape.asking
            ]

    def leaf(self, index: int) -> Leaf | None:
        """One of them, with its path; None of what is neither text nor number."""
        value, field = self.values[index], self.fields[index]
        if type(value) not in _LEAVES or not isinstance(value, str | int | float):
            return None
        if field.is_key:
            return Leaf(value, "", is_key=True, is_person=False, path="", kind=None)
        number = bisect_right(self._firsts, index) - 1
        path, width = self._homes[number]
        row = f"[{(index - self._firsts[number]) // width}]" if width else ""
        return Leaf(value, field.name, field.is_key, field.is_person, f"{path}{row}{field.step}", field.kind)


class _Home(NamedTuple):
    path: str
    width: int


_LEAVES = frozenset({str, int, float})
_SCALARS = frozenset({str, int, float, bool, type(None)})
"""Whatever is of another type is walked into: nothing is taken for a scalar that may hold one."""


def is_large(number: float) -> bool:
    """Whether a number may be one of a person or a card."""
    return number >= _SMALLEST or number <= -_SMALLEST


@lru_cache(maxsize=1024)
def _is_about_a_person(names: tuple[str, ...]) -> bool:
    """Whether one of these fields is personal. Kept, as the rows of an answer have the same fields."""
    return any(field_kind(name) in PERSONAL_FIELDS for name in names)


def leaves(value: Json) -> list[Leaf]:
    """Every string, number and name of a member, in the order in which they are written."""
    flat = flattened(value)
    found = (flat.leaf(index) for index in range(len(flat.values)))
    return [leaf for leaf in found if leaf is not None]


def flattened(value: Json) -> Flat:
    """The same side by side, and what is true, false or null."""
    flat = Flat()
    _add(flat, value, _Place("", False, "$", None, None))
    return flat


class _Place(NamedTuple):
    """Where a value stands."""

    name: str
    is_person: bool
    path: str
    columns: Sequence[str] | None
    kind: str | None
    """What it holds, if what is around it says so."""


class _Around(NamedTuple):
    """What stands around an object."""

    is_secret: bool
    """All of it is."""
    is_person: bool
    """What stands beside it is personal."""
    columns: Sequence[str] | None
    """Of the rows in it."""


_NOTHING = _Around(False, False, None)


def decoded(value: str) -> str | None:
    """The text that base64 stands for; None if it stands for none."""
    try:
        return b64decode(value, validate=True).decode()
    except (Error, ValueError):
        return None


def _add(flat: Flat, value: Json, place: _Place) -> None:
    # Into one list: a generator for each level costs every leaf as much as the levels above it.
    if isinstance(value, dict):  # asked before `Mapping`, which takes twenty times as long to answer
        _add_members(flat, value, place.path, place.name)
    elif isinstance(value, list | tuple):
        _add_items(flat, value, place)
    elif isinstance(value, Mapping):
        _add_members(flat, value, place.path, place.name)
    else:
        flat.enter(place.path)
        flat.put(value, _field(place.name, "", is_person=place.is_person, kind=place.kind))


def _add_items(flat: Flat, value: Sequence[Json], place: _Place) -> None:
    if len(value) >= _ROWS_FROM and _add_rows(flat, value, place):
        return
    columns, rows = place.columns, value
    if columns is None and value and isinstance(value[0], list):
        if are_pairs(value):
            _add_pairs(flat, value, place)
            return
        if (columns := titles_of(value)) is not None:
            # Titles are no values.
            _add_items(flat, value[0], _Place("", False, f"{place.path}[0]", ("",) * len(columns), None))
            rows = value[1:]
    row = _names_of(value, columns)
    about = place.is_person or (row is not None and _is_about_a_person(tuple(row)))
    for index, child in enumerate(rows, len(value) - len(rows)):
        path = f"{place.path}[{index}]"
        label, kind = (place.name, place.kind) if row is None else (row[index], None)
        if isinstance(child, dict):
            inside = _NOTHING if columns is None else _Around(False, row is not None and about, columns)
            _add_members(flat, child, path, label, inside)
        else:
            _add(flat, child, _Place(label, about, path, columns if isinstance(child, list) else None, kind))


def _add_pairs(flat: Flat, value: Sequence[Json], place: _Place) -> None:
    """Add names and values, each two a list."""
    names = [str(pair[0]) for pair in value if isinstance(pair, list)]
    about = place.is_person or _is_about_a_person(tuple(names))
    for index, (name, pair) in enumerate(zip(names, value, strict=True)):
        _add(flat, pair, _Place(place.name, about, f"{place.path}[{index}]", ("", name), None))


def _names_of(value: Sequence[Json], columns: Sequence[str] | None) -> Sequence[str] | None:
    """The name of each item of a row, or of names and values by turns."""
    if columns is None:
        return by_turns(value)
    return columns if len(value) == len(columns) and not _is_nested(value) else None


_ROWS_FROM = 4
"""Fewer are added one by one: asking whether they are alike costs more."""


def _add_rows(flat: Flat, value: Sequence[Json], place: _Place) -> bool:
    """Add rows of the same members, all at once: most of a large answer is that. False: it is none."""
    rows: list[Mapping[str, Json]] = [child for child in value if isinstance(child, dict)]
    if not rows or len(rows) != len(value) or len(set(map(tuple, rows))) > 1:
        return False
    shape = shape_of(tuple(rows[0]), place.name, False, False)
    cells = chain.from_iterable(row.values() for row in rows)
    if not shape.fields or not shape.is_plain or not _SCALARS.issuperset(map(type, cells)):
        return False
    flat.enter(place.path, len(shape.fields))
    flat.put_rows(chain.from_iterable(chain.from_iterable(row.items() for row in rows)), shape, len(rows))
    return True


def _is_nested(value: Sequence[Json]) -> bool:
    """Whether it holds more than cells: a cell may be an object, as `{"stringValue": "Ada"}`."""
    return any(isinstance(child, list) or (isinstance(child, dict) and len(child) > 1) for child in value)


def _field(name: str, step: str, *, is_person: bool, kind: str | None = None) -> Field:
    if kind is None and name:
        kind = field_kind(name)
    # An address is found by itself, and text around it stays.
    asks = (kind is not None and kind != Kind.EMAIL) or name in ENCODED
    return Field(name, kind, asks, False, is_person, step)


class Shape(NamedTuple):
    """What objects with the same names of members have in common."""

    fields: tuple[Field, ...]
    """Of each name, and of each value."""
    is_person: bool
    is_plain: bool
    """No member says what another one holds."""
    asking: tuple[int, ...]
    """Of the fields, those whose place says something."""


@lru_cache(maxsize=1024)
def shape_of(names: tuple[str, ...], parent: str, is_secret: bool, is_person: bool) -> Shape:
    """What objects with members of these names hold, under `parent`.

    `is_secret`: all of it is. `is_person`: what stands beside the object is personal.
    """
    kinds = [CERTAIN if is_secret else kind_among(name, names, parent) for name in names]
    about = is_person or not PERSONAL_FIELDS.isdisjoint(kinds) or (bool(parent) and is_of_a_person(parent))
    fields: list[Field] = []
    for name, kind in zip(names, kinds, strict=True):
        fields += (_KEY, _field(name, f".{name}", is_person=about, kind=kind))
    is_plain = not holds_columns(names) and VALUES.isdisjoint(names)
    asking = tuple(number for number, field in enumerate(fields) if field.asks)
    return Shape(tuple(fields), about, is_plain, asking)


_KEY = Field("", None, asks=False, is_key=True, is_person=False, step="")


def _add_members(
    flat: Flat,
    value: Mapping[str, Json],
    path: str,
    parent: str,
    around: _Around = _NOTHING,
) -> None:
    shape = shape_of(tuple(value), parent, around.is_secret, around.is_person)
    fields, about, is_plain, _ = shape
    flat.enter(path)
    holds_secrets = is_secret_object(value)
    if is_plain and _SCALARS.issuperset(map(type, value.values())):
        flat.put_rows(chain.from_iterable(value.items()), shape, 1)
        return
    columns = around.columns if is_plain else columns_of(value) or around.columns
    for (key, child), field in zip(value.items(), fields[1::2], strict=True):
        flat.values.append(key)
        flat.fields.append(_KEY)
        if isinstance(child, dict):
            is_secret = holds_secrets and key in OF_SECRETS
            is_named = about and field.kind == LIKELY_NAME
            inside = _Around(is_secret, is_named, None) if is_secret or is_named else _NOTHING
            _add_members(flat, child, f"{path}.{key}", key, inside)
            flat.enter(path)
        elif type(child) not in _SCALARS:
            rows = columns if key in ROWS else None
            _add(flat, child, _Place(key, about, f"{path}.{key}", rows, field.kind))
            flat.enter(path)
        else:
            flat.put(child, field if is_plain or key not in VALUES else field_beside(value, field))


OF_SECRETS = frozenset({"data", "stringData"})
"""Members of a Secret of Kubernetes: whatever stands in them is one."""


def is_secret_object(value: Mapping[str, Json]) -> bool:
    """Whether it is a Secret of Kubernetes."""
    return "kind" in value and value["kind"] == "Secret"


def field_beside(value: Mapping[str, Json], field: Field) -> Field:
    """The field of a member of `VALUES`, whose name may stand beside it."""
    label = _label(value, field.name)
    return field if label == field.name else _field(label, field.step, is_person=field.is_person)


def _label(value: Mapping[str, Json], key: str) -> str:
    """The name that a value has beside it, if it is the name of a field."""
    if "keyName" in value:
        return _KEY_OF_AN_ACCOUNT
    for name, said in value.items():
        if name in _NAMES and isinstance(said, str):
            if field_kind(said) is not None:
                return said
            if _OF_A_VAULT in said:
                return _HELD_IN_A_VAULT
    return key


_KEY_OF_AN_ACCOUNT = "account_key"
_OF_A_VAULT = ".vault.azure.net/secrets/"
_HELD_IN_A_VAULT = "client_secret"
"""Names for what has none: as Azure answers with the keys of an account, and with a secret of a vault."""
