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
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from firedoor.core.mask.catalogue import Detectors, detectors
from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.fields import field_kind, squeezed, value_kind
from firedoor.core.mask.structure.folding import folded
from firedoor.core.mask.structure.json_text import Edit, Literal, applied, in_literal, literals, parse, placed
from firedoor.core.mask.structure.leaves import ENCODED, Leaf, decoded, gathered, leaves, telling
from firedoor.core.mask.structure.pairs import pairs
from firedoor.core.mask.structure.tables import tables
from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.model.json import Json
from firedoor.model.mask import Action, CustomDetector, Kind, MaskProfile

WITHHELD = "[withheld: {}]"
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


class CannotMask(Exception):
    """A text that cannot be looked through. `args[0]` says why, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding and what became of it. `mark` stands for the value in the exposure index."""

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


@dataclass(slots=True)
class _Work:
    """What one call adds up."""

    left: int
    found: list[Found]
    across: Across = field(default_factory=dict[str, list[tuple[int, int, str]]])


class Masker:
    """Masks by one profile. One thread at a time; `aside` makes another for another thread."""

    def __init__(self, profile: MaskProfile, tokens: TokenMaker) -> None:
        """Compile the profile's detectors.

        Raises:
            SettingsError: a detector cannot be compiled, or does not find its own sample.
        """
        self.profile = profile
        self.tokens = tokens
        self._prepare(detectors(profile))

    def _prepare(self, found: Detectors) -> None:
        self._detectors = found
        self._scanner = found.scanner
        self._structure = found.structure
        self._custom_fields = {squeezed(name): own for own in self.profile.custom for name in own.fields}
        self._custom_actions: Mapping[str, Action] = {own.kind: own.action for own in self.profile.custom}
        self._paths = tuple((place(path), own) for own in self.profile.custom for path in own.paths)

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
        found.sort(key=_by_start)
        if has_fields:
            found += pairs(shown, is_about_a_person=bool(found))
            found.sort(key=_by_start)
        if has_fields or ("|" in shown or "," in shown or "\t" in shown):
            found += tables(shown, found)
        if plain is not None:
            place = plain[1]
            found = [Span(place(span.start), place(span.end), span.kind) for span in found]
        wanted = [span for span in found if self._action(span.kind) is not Action.OFF]
        return apart(wanted)

    def _edits(self, text: str, spans: Sequence[Span], work: _Work) -> list[Edit]:
        edits: list[Edit] = []
        for span in spans:
            value = text[span.start : span.end]
            if self.tokens.is_made_here(value):
                continue
            action = self._note(span, value, work)
            if action is Action.WITHHOLD:
                return [Edit(0, len(text), WITHHELD.format(span.kind))]
            if action is not Action.NOTE:
                edits.append(Edit(span.start, span.end, self.tokens.made(action, span.kind, value)))
        return edits

    def _note(self, span: Span, value: str, work: _Work) -> Action:
        work.left -= 1
        if work.left < 0:
            raise CannotMask("it holds too many findings")
        action = self._action(span.kind)
        work.found.append(
            Found(kind=span.kind, action=action, start=span.start, end=span.end, mark=self.tokens.mark(value))
        )
        return action

    def _action(self, kind: str) -> Action:
        return self._custom_actions.get(kind) or self.profile.action(kind)

    # A JSON document.

    def _document(self, document: str, value: Json, work: _Work, depth: int, passed: Passed) -> list[Edit]:
        places = literals(document)
        found = list(leaves(value))
        if len(places) != len(found):
            raise CannotMask("JSON that two readers understand differently")
        edits: list[Edit] = []
        for place, leaf in zip(places, found, strict=True):
            if passed(leaf):
                continue
            before = len(work.found)
            if isinstance(leaf.value, str):
                inner = self._string(leaf, leaf.value, work, depth)
                if inner or len(work.found) > before:
                    edits += in_literal(document, place, inner)
                    work.found[before:] = moved(work.found[before:], document, place)
            elif (new := self._number(leaf, document[place.start : place.end], work)) is not None:
                edits.append(Edit(place.start, place.end, new))
                work.found[before:] = [
                    replace(one, start=place.start, end=place.end) for one in work.found[before:]
                ]
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
            return self._edits(value, apart([*self.spans(value), *(Span(*piece) for piece in across)]), work)
        return self._text(value, work, depth + 1)

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
        work.found[before:] = [replace(one, start=0, end=len(value)) for one in work.found[before:]]
        return [Edit(0, len(value), b64encode(applied(text, inner).encode()).decode())] if inner else []

    def _number(self, leaf: Leaf, written: str, work: _Work) -> str | None:
        kind = self._kind_of(leaf, written)
        if kind is None and isinstance(leaf.value, int):
            spans = self.spans(written)
            kind = spans[0].kind if spans else None
        if kind is None or leaf.value == 0:
            return None
        action = self._note(Span(0, len(written), kind), written, work)
        # A number stays one: clients that check a schema would refuse a token.
        return None if action is Action.NOTE else "0"


_SURROGATE = re.compile("[\ud800-\udfff]")


def apart(spans: list[Span]) -> list[Span]:
    """Spans in order, apart from each other. What overlaps becomes one, of the kind of the longest."""
    joined: list[Span] = []
    widest = 0
    for span in sorted(spans, key=_by_start):
        if not joined or span.start >= joined[-1].end:
            joined.append(span)
            widest = span.end - span.start
            continue
        last = joined[-1]
        kind = last.kind if span.end - span.start <= widest else span.kind
        widest = max(widest, span.end - span.start)
        joined[-1] = Span(last.start, max(last.end, span.end), kind)
    return joined


def place(path: str) -> re.Pattern[str]:
    """`$.a[*].b` as a pattern of the places of leaves."""
    parts = (
        r"[^.\[\]]+" if part == ".*" else r"\[\d+\]" if part == "[*]" else re.escape(part)
        for part in _PATH.findall(path)
    )
    named = "".join(f"\\.{part}" if part.startswith("[^") else part for part in parts)
    return re.compile(named)


_PATH = re.compile(r"\.\*|\[\*\]|[^.\[]+|\.|\[")


def moved(found: Sequence[Found], document: str, place: Literal) -> list[Found]:
    """Findings of a string's value as findings of the document that it stands in."""
    offset = placed(document, place)
    return [
        Found(kind=one.kind, action=one.action, start=offset(one.start), end=offset(one.end), mark=one.mark)
        for one in found
    ]


def _by_start(span: Span) -> tuple[int, int]:
    return span.start, -span.end


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
