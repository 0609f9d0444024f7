"""A profile at work: a text or a JSON document in, edits and findings out.

Theory of operation. A text is folded (full width, no width), scanned, and, where it names fields, read by
structure; what is found is joined where it overlaps, so that of two findings neither leaves a piece of the
other. A text that is JSON is read as JSON: each string in it is a text of its own with the name of its
field, and its edits are made in its literal. One quick pass over all strings of a document answers the
usual case, which is that there is nothing. Whatever cannot be looked through (too large, ambiguous, too
many findings) raises `CannotMask`: it is withheld, never passed.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from firedoor.core.mask.cannot import CannotMask
from firedoor.core.mask.catalogue import Detectors, detectors
from firedoor.core.mask.detectors.beginnings import beginnings_of
from firedoor.core.mask.detectors.scanner import Kept, Span
from firedoor.core.mask.spans import apart
from firedoor.core.mask.structure.fields import field_kind, squeezed, value_kind
from firedoor.core.mask.structure.folding import folded
from firedoor.core.mask.structure.json_text import (
    Edit,
    Literal,
    applied,
    literals,
    parse,
    placed,
    placed_edits,
)
from firedoor.core.mask.structure.leaves import ENCODED, Leaf, decoded, gathered, is_large, leaves, telling
from firedoor.core.mask.structure.pairs import pairs
from firedoor.core.mask.structure.places import of_leaves
from firedoor.core.mask.structure.tables import tables
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.model.json import Json
from firedoor.model.mask import Action, CustomDetector, Kind, MaskProfile

WITHHELD = "[withheld: {}]"
UNDECIDED = "undecided"
"""In place of a kind: the end of a text of a stream, of which nobody knows whether it begins a finding."""
_DEEPEST = 4
"""JSON in text in JSON: deeper is looked at as text."""


Passed: TypeAlias = Callable[[Leaf], bool]
"""Which leaves of a document are left as they are."""


Across: TypeAlias = Mapping[str, list[tuple[int, int, str]]]
"""Findings by the place of the string they stand in: start, end, kind."""
_NONE: Across = {}


def nothing(_: Leaf) -> bool:
    """Leave none as it is."""
    return False


class Found(NamedTuple):
    """A finding and what became of it. `mark` stands for the value in the exposure index.

    A tuple: there may be thousands in one answer.
    """

    kind: str
    action: Action
    start: int
    end: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedText:
    """A text, masked. Offsets of findings are code points of the text as it came."""

    text: str
    found: tuple[Found, ...] = ()


class _Fate(NamedTuple):
    """What becomes of a value of a kind, wherever it stands."""

    action: Action
    new: str
    mark: str


@dataclass(slots=True)
class _Work:
    """What one call adds up. It ends with the call: values in clear are kept no longer."""

    left: int
    found: list[Found]
    fates: dict[tuple[str, str], _Fate] = field(default_factory=dict[tuple[str, str], _Fate])
    """By kind and value: in a table, the same value stands in many rows."""
    clean: set[str] = field(default_factory=set[str])
    """Texts in which nothing was found, whatever they stand under: names of members, above all."""
    across: Across = field(default_factory=dict[str, list[tuple[int, int, str]]])

    def count(self) -> None:
        """Count one more finding."""
        self.left -= 1
        if self.left < 0:
            raise CannotMask("it holds too many findings")


class Masker:
    """Masks by one profile. One thread at a time; `aside` makes another for another thread."""

    def __init__(self, profile: MaskProfile, tokens: TokenMaker, kept: Kept | None = None) -> None:
        """Compile the profile's detectors, or read back what was compiled at an earlier start.

        Raises:
            SettingsError: a detector cannot be compiled, or does not find its own sample.
        """
        self.profile = profile
        self.tokens = tokens
        self._prepare(detectors(profile, kept))

    def _prepare(self, found: Detectors) -> None:
        self._detectors = found
        self._scanner = found.scanner
        self._structure = found.structure
        self._beginnings = beginnings_of(
            tuple(rule for rule in found.rules if self.profile.action(rule.kind) is not Action.NOTE)
        )
        self._custom_fields = {squeezed(name): own for own in self.profile.custom for name in own.fields}
        self._actions = {kind: self.profile.action(kind) for kind in Kind} | {
            own.kind: own.action for own in self.profile.custom
        }
        self._off = frozenset(kind for kind, action in self._actions.items() if action is Action.OFF)
        self._paths = tuple((of_leaves(path), own) for own in self.profile.custom for path in own.paths)

    def aside(self) -> "Masker":
        """Return another of the same profile, for another thread."""
        other = Masker.__new__(Masker)
        other.profile, other.tokens = self.profile, self.tokens
        own = self._detectors
        other._prepare(Detectors(scanner=own.scanner.aside(), rules=own.rules, structure=own.structure))
        return other

    def text(self, text: str) -> MaskedText:
        """Mask a text. If all of it is JSON, as JSON.

        Raises:
            CannotMask: it is too large, or holds more findings than the profile takes.
        """
        work = _Work(left=self.profile.findings, found=[])
        edits = self._text(text, work, 0)
        return (
            MaskedText(text=applied(text, edits), found=tuple(work.found))
            if edits or work.found
            else MaskedText(text=text)
        )

    def document(
        self, document: str, value: Json, passed: Passed = nothing, across: Across = _NONE
    ) -> MaskedText:
        """Mask a JSON document that was parsed to `value`.

        `passed` says which leaves are left as they are, `across` what else is a finding.

        Raises:
            CannotMask: it cannot be looked through.
        """
        work = _Work(left=self.profile.findings, found=[])
        work.across = across
        edits = self._document(document, value, work, 0, passed)
        return MaskedText(text=applied(document, edits), found=tuple(work.found))

    def is_clean(self, value: Json) -> bool:
        """Whether a first look at all strings of a document says that no detector finds anything.

        True is certain. False is not: a second look, string by string, tells.
        """
        strings: list[str] = []
        keys: set[str] = set()
        gathered(value, strings, keys)
        joined = "\0".join((*strings, *keys))
        if folded(joined) is not None or _SURROGATE.search(joined) is not None:
            return False
        hits = set(self._scanner.hits(joined.encode()))
        if hits and (hits != {self._structure} or self._scanner.matches(self._structure, joined)):
            return False
        if not self._paths and not any(self._says_something(key) for key in keys):
            return True
        # Only the names of fields can give something away now: no string needs to be scanned again.
        looked_at = leaves(value) if self._paths else telling(value, keys, self._says_something)
        return not any(self._kind_of(leaf, str(leaf.value)) is not None for leaf in looked_at)

    def _says_something(self, name: str) -> bool:
        return field_kind(name) is not None or squeezed(name) in self._custom_fields

    # A text.

    def _text(self, text: str, work: _Work, depth: int) -> list[Edit]:
        if len(text) > self.profile.text_bytes:
            raise CannotMask("too large to be looked through")
        nested = _json(text) if depth < _DEEPEST else None
        if nested is not None:
            return self._document(text, nested, work, depth, nothing)
        return self._edits(text, self.spans(text), work)

    def spans(self, text: str) -> list[Span]:
        """Findings in a text, in order, apart from each other."""
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        plain = folded(text)
        shown = text if plain is None else plain[0]
        hits = set(self._scanner.hits(shown.encode()))
        if not hits:
            return []
        has_fields = self._structure in hits and self._scanner.matches(self._structure, shown)
        hits.discard(self._structure)
        found = self._scanner.find(shown, hits)
        if has_fields:
            found += pairs(shown, is_about_a_person=bool(found))
        found.sort(key=_START)
        if has_fields or ("|" in shown or "," in shown or "\t" in shown):
            found += tables(shown, found)
        if plain is not None:
            place = plain[1]
            found = [Span(place(span.start), place(span.end), span.kind) for span in found]
        off = self._off
        return apart([span for span in found if span.kind not in off])

    def begun(self, text: str) -> int | None:
        """Where its end begins, if that may be the beginning of a finding and is not found yet."""
        plain = folded(text)
        shown = text if plain is None else plain[0]
        at = self._beginnings.at_end(shown)
        if at is None:
            return None
        at = at if plain is None else plain[1](at)
        is_found = any(start <= at and end == len(text) for start, end, _ in self.spans(text))
        return None if is_found else at

    def _edits(self, text: str, spans: Sequence[Span], work: _Work) -> list[Edit]:
        edits: list[Edit] = []
        fates, found, off = work.fates, work.found, Action.OFF
        for start, end, kind in spans:
            value = text[start:end]
            fate = fates.get((kind, value)) or self._fate(kind, value, work)
            action = fate.action
            if action is off:
                continue
            work.count()
            found.append(Found(kind, action, start, end, fate.mark))
            if action is Action.WITHHOLD:
                return [Edit(0, len(text), WITHHELD.format(kind))]
            if action is not Action.NOTE:
                edits.append(Edit(start, end, fate.new))
        return edits

    def _fate(self, kind: str, value: str, work: _Work) -> _Fate:
        if kind == UNDECIDED:
            fate = _Fate(Action.DROP, WITHHELD.format(kind), "")
        elif self.tokens.is_made_here(value):
            fate = _Fate(Action.OFF, "", "")  # masked before: what stands there is no value
        else:
            action = self._action(kind)
            fate = _Fate(action, self.tokens.made(action, kind, value), self.tokens.mark(value))
        work.fates[kind, value] = fate
        return fate

    def _action(self, kind: str) -> Action:
        return self._actions.get(kind, Action.WITHHOLD)

    # A JSON document.

    def _document(self, document: str, value: Json, work: _Work, depth: int, passed: Passed) -> list[Edit]:
        places = literals(document)
        found = leaves(value)
        if len(places) != len(found):
            raise CannotMask("JSON that two readers understand differently")
        edits: list[Edit] = []
        for place, leaf in zip(places, found, strict=True):
            if (leaf.is_key and leaf.value in work.clean) or passed(leaf):
                continue
            before = len(work.found)
            if isinstance(leaf.value, str):
                inner = self._string(leaf, leaf.value, work, depth)
                if inner or len(work.found) > before:
                    to_document = placed(document, place)
                    edits += placed_edits(to_document, inner)
                    work.found[before:] = moved(work.found[before:], to_document)
            elif (new := self._number(leaf, document, place, work)) is not None:
                edits.append(Edit(place.start, place.end, new))
        return edits

    def _string(self, leaf: Leaf, value: str, work: _Work, depth: int) -> list[Edit]:
        before = len(work.found)
        try:
            return self._looked_through(leaf, value, work, depth)
        except CannotMask as cause:
            # A field that cannot be masked is withheld; the rest of the message need not be.
            place = Found(kind="withheld", action=Action.WITHHOLD, start=0, end=len(value), mark="")
            work.found[before:] = [place]
            return [Edit(0, len(value), WITHHELD.format(cause))]

    def _looked_through(self, leaf: Leaf, value: str, work: _Work, depth: int) -> list[Edit]:
        if leaf.name in ENCODED and (text := decoded(value)) is not None:
            return self._blob(value, text, work, depth)
        kind = self._kind_of(leaf, value)
        if kind is not None:
            return self._edits(value, [Span(0, len(value), kind)], work)
        across = work.across.get(leaf.path) if depth == 0 else None
        if across is not None and not leaf.is_key:
            return self._with_pieces(value, across, work, depth)
        if value in work.clean:
            return []
        before = len(work.found)
        edits = self._text(value, work, depth + 1)
        if not edits and len(work.found) == before:
            work.clean.add(value)
        return edits

    def _with_pieces(
        self, value: str, across: Sequence[tuple[int, int, str]], work: _Work, depth: int
    ) -> list[Edit]:
        """What is found in a text by itself, JSON included, and what only its surroundings tell."""
        before = len(work.found)
        self._text(value, work, depth + 1)
        own = [Span(one.start, one.end, one.kind) for one in work.found[before:]]
        del work.found[before:]
        return self._edits(value, apart([*own, *(Span(*piece) for piece in across)]), work)

    def _kind_of(self, leaf: Leaf, value: str) -> str | None:
        """The kind of a whole value, if its place says it."""
        if leaf.is_key:
            return None
        own = self._custom_of(leaf)
        if own is not None:
            return own.kind
        field = field_kind(leaf.name) if leaf.name else None
        if field is None or field == Kind.EMAIL:
            return None  # an address is found by itself, and text around it stays
        kind = value_kind(field, value, is_about_a_person=leaf.is_person)
        return kind if kind is not None and self._action(kind) is not Action.OFF else None

    def _custom_of(self, leaf: Leaf) -> CustomDetector | None:
        if (
            self._custom_fields
            and leaf.name
            and (own := self._custom_fields.get(squeezed(leaf.name))) is not None
        ):
            return own
        return next((own for path, own in self._paths if path.fullmatch(leaf.path)), None)

    def _blob(self, value: str, text: str, work: _Work, depth: int) -> list[Edit]:
        before = len(work.found)
        inner = self._text(text, work, depth + 1)
        work.found[before:] = [one._replace(start=0, end=len(value)) for one in work.found[before:]]
        return [Edit(0, len(value), b64encode(applied(text, inner).encode()).decode())] if inner else []

    def _number(self, leaf: Leaf, document: str, place: Literal, work: _Work) -> str | None:
        written = document[place.start : place.end]
        kind = self._kind_of(leaf, written)
        if kind is None and isinstance(leaf.value, int) and is_large(leaf.value):
            spans = self.spans(written)
            kind = spans[0].kind if spans else None
        if kind is None or leaf.value == 0:
            return None
        action = self._action(kind)
        work.count()
        work.found.append(Found(kind, action, place.start, place.end, self.tokens.mark(written)))
        # A number stays one: clients that check a schema would refuse a token.
        return None if action is Action.NOTE else "0"


_SURROGATE = re.compile("[\ud800-\udfff]")


def moved(found: Sequence[Found], place: Callable[[int], int]) -> list[Found]:
    """Findings of a string's value as findings of the document, to whose offsets `place` leads."""
    return [Found(kind, action, place(start), place(end), mark) for kind, action, start, end, mark in found]


_START = itemgetter(0)
"""Where a span starts."""


def _json(text: str) -> Json:
    """The value of a text that is a JSON object or array; None if it is not."""
    first = text.lstrip()[:1]
    if first not in ("{", "["):
        return None
    try:
        value = parse(text.encode())
    except ValueError:
        return None
    return value or None
