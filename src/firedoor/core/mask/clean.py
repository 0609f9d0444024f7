"""Whether a small document holds nothing at all: one question for all its strings.

Theory of operation. Most answers are short and hold nothing, and taking them apart leaf by leaf costs more
than asking. So their strings are joined, an empty line between them, and one pass of the automaton says
which patterns may match anywhere; where it is unsure, these alone are run. What matches nowhere in the joined
text matches in none of its pieces: an empty line is for every pattern what the beginning or the end of a text
is. Fields are asked by their names, as `structure.leaves` understands them. Names of members in which there
was nothing are not asked again. Says "no" wherever it is not sure, and never what is found: that is for the
way that takes a document apart.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from firedoor.core.mask.detectors.scanner import Scanner
from firedoor.core.mask.finder import Finder
from firedoor.core.mask.structure.apart import has_names, holds_columns
from firedoor.core.mask.structure.escapes import has_escapes
from firedoor.core.mask.structure.field_names import LIKELY_NAME
from firedoor.core.mask.structure.fields import is_folder, may_be_named, value_kind
from firedoor.core.mask.structure.folding import folded
from firedoor.core.mask.structure.json_text import parse
from firedoor.core.mask.structure.leaves import (
    OF_SECRETS,
    VALUES,
    Field,
    field_beside,
    is_large,
    is_secret_object,
    shape_of,
)
from firedoor.model.json import Json
from firedoor.model.mask import Kind

SMALL = 16 * 1024
"""Bytes of a message that is asked. A longer one is taken apart as fast, and seldom holds nothing."""
_GAP = "\n\n"
_SHAPES = 512
_NAMES = 2_048
"""So many lists of names, each of so many characters, are remembered. Stops answers whose members never have
the same names from filling the memory. A name in which there was something is never remembered."""
_BREAK = "\0"
"""Neither a part of the name of a field, nor what ends one."""
_HITS = 4
"""Patterns that are asked where. More of them seldom all match nothing."""
_TOP = Field("", None, asks=False, is_key=False, is_person=False, step="")

_Shape: TypeAlias = tuple[tuple[str, ...], str, bool, bool]
"""Names of the members of an object, the name it stands under, whether it holds secrets or is a person."""


class _Members(NamedTuple):
    each: tuple[Field, ...]
    quiet: tuple[bool, ...]
    """Whether nothing but the value itself can say what it is."""


class _Unsure(Exception):
    """Something may be there."""


class Clean:
    """Asks documents for one masker. One thread at a time."""

    __slots__ = ("_deepest", "_finder", "_most", "_scanner", "_shapes")

    def __init__(self, scanner: Scanner, finder: Finder, most: int, deepest: int) -> None:
        """`most`: characters of a text that may be looked through. `deepest`: JSON in JSON, so often."""
        self._scanner = scanner
        self._finder = finder
        self._most = most
        self._deepest = deepest
        self._shapes: dict[_Shape, _Members] = {}
        """Of objects met before: what their members hold."""

    def says(self, value: Json, more: Iterable[str] = ()) -> bool:
        """Whether there is nothing in any string, number or name of it, nor in these texts beside."""
        question = _Question(self._shapes)
        try:
            question.ask(value, _TOP)
            texts = question.opened(self._deepest)
        except _Unsure:
            return False
        if not self._is_silent([*texts, *more]):
            return False
        self._remember(question.met)
        return True

    def _is_silent(self, texts: Sequence[str]) -> bool:
        joined = _GAP.join(texts)
        is_usual = joined.isascii() or folded(joined) is None
        if self._scanner.anchored or len(joined) > self._most or not is_usual or has_escapes(joined):
            return False
        hits = self._scanner.hits(f"{_GAP}{joined}{_GAP}".encode())
        return not hits or self._is_only_called(set(hits), texts, joined)

    def _is_only_called(self, hits: set[int], texts: Sequence[str], joined: str) -> bool:
        """Whether what the automaton is not sure of is nothing."""
        if len(hits) > _HITS:
            return False
        matches, sign = self._scanner.matches, self._finder.sign
        if any(matches(number, f"{_GAP}{joined}{_GAP}") for number in hits if number != sign):
            return False
        if sign not in hits or not matches(sign, _BREAK.join(texts)):
            return True
        return not any(self._finder.by_names(text) for text in texts if matches(sign, text))

    def _remember(self, met: dict[_Shape, _Members]) -> None:
        if not met:
            return
        if len(self._shapes) + len(met) > _SHAPES:
            self._shapes.clear()
        for shape, fields in met.items():
            if sum(map(len, shape[0])) + len(shape[1]) <= _NAMES:
                self._shapes[shape] = fields


_ALONE = frozenset({str, int, float, bool, type(None)})


class _Question:
    """The strings of one document, gathered."""

    __slots__ = ("_known", "_texts", "met")

    def __init__(self, known: dict[_Shape, _Members]) -> None:
        self._known = known
        self._texts: list[str] = []
        self.met: dict[_Shape, _Members] = {}

    def ask(self, value: Json, field: Field) -> None:
        """Gather what this value holds, under a field.

        Raises:
            _Unsure: its place may say what it is.
        """
        kind = type(value)
        if kind is str:
            if field.asks:
                _unless_nothing(field, str(value))
            self._texts.append(str(value))
        elif isinstance(value, dict):
            self._ask_object(value, field.name)
        elif isinstance(value, list):
            self._ask_list(value, field)
        elif kind is int or kind is float:
            self._ask_number(value, field)
        elif value is not None and kind is not bool:
            raise _Unsure

    def _ask_list(self, value: list[Json], field: Field) -> None:
        if has_names(value):
            raise _Unsure
        for child in value:
            self.ask(child, field)

    def _ask_number(self, value: Json, field: Field) -> None:
        if field.asks:
            if type(value) is not int:
                raise _Unsure
            _unless_nothing(field, str(value))
        if isinstance(value, int) and is_large(value):
            self._texts.append(str(value))

    def _ask_object(
        self, value: dict[str, Json], name: str, *, is_secret: bool = False, is_person: bool = False
    ) -> None:
        names = tuple(value)
        shape = names, name, is_secret, is_person
        fields = self._known.get(shape)
        if fields is None:
            fields = self._fields(shape)
        texts = self._texts
        for child, field, is_quiet in zip(value.values(), fields.each, fields.quiet, strict=True):
            if is_quiet and type(child) in _ALONE:
                if isinstance(child, str):
                    texts.append(child)
                elif isinstance(child, int) and is_large(child):
                    texts.append(str(child))
            elif isinstance(child, dict):
                holds_secrets = field.name in OF_SECRETS and is_secret_object(value)
                is_named = field.is_person and field.kind == LIKELY_NAME
                self._ask_object(child, field.name, is_secret=holds_secrets, is_person=is_named)
            elif isinstance(child, list) or field.name not in VALUES:
                self.ask(child, field)
            else:
                self.ask(child, field_beside(value, field))

    def _fields(self, shape: _Shape) -> "_Members":
        names, parent, is_secret, is_person = shape
        if holds_columns(names):
            raise _Unsure
        fields = self.met.get(shape)
        if fields is None:
            each = shape_of(names, parent, is_secret, is_person).fields[1::2]
            quiet = tuple(not field.asks and field.name not in VALUES for field in each)
            fields = self.met[shape] = _Members(each, quiet)
            self._texts += names
        return fields

    def opened(self, deepest: int) -> list[str]:
        """All texts, and those of what is JSON in them.

        Raises:
            _Unsure: as `ask`.
        """
        texts: list[str] = []
        for _ in range(1, deepest):
            joined = "".join(self._texts)
            if "{" not in joined and "[" not in joined:
                break
            inner: list[Json] = []
            for text in self._texts:
                nested = _json(text)
                if nested is None:
                    texts.append(text)
                else:
                    inner.append(nested)
            self._texts = []
            for value in inner:
                self.ask(value, _TOP)
        return texts + self._texts


def _unless_nothing(field: Field, text: str) -> None:
    kind = field.kind
    if kind == LIKELY_NAME and not may_be_named(text):
        return
    if kind is None or (
        kind != Kind.EMAIL
        and not is_folder(field.name, text)
        and value_kind(kind, text, is_about_a_person=field.is_person) is not None
    ):
        raise _Unsure


def _json(text: str) -> Json:
    if text.lstrip()[:1] not in _OPENING:
        return None
    try:
        return parse(text.encode()) or None
    except ValueError:
        return None


_OPENING = frozenset("{[")
