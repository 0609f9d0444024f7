"""A profile at work: a text or a JSON document in, edits and findings out.

Theory of operation. A text is folded (full width, no width), scanned, and, where it names fields, read by
structure; what is found is joined where it overlaps, so that of two findings neither leaves a piece of the
other. A text that is JSON is read as JSON: each string in it is a text of its own with the name of its
field, and its edits are made in its literal. One quick pass over all strings of a document answers the
usual case, which is that there is nothing. Whatever cannot be looked through (too large, ambiguous, too
many findings) raises `CannotMask`: it is withheld, never passed.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from firedoor.core.mask.cannot import CannotMask
from firedoor.core.mask.catalogue import Detectors, detectors
from firedoor.core.mask.changes import Change, MaskedText, applied, made, moved, noted
from firedoor.core.mask.clean import Clean
from firedoor.core.mask.detectors.beginnings import beginnings_of
from firedoor.core.mask.detectors.scanner import Kept, Span
from firedoor.core.mask.finder import Finder
from firedoor.core.mask.spans import apart
from firedoor.core.mask.structure.field_names import LIKELY_NAME
from firedoor.core.mask.structure.fields import is_folder, may_be_named, squeezed, value_kind
from firedoor.core.mask.structure.folding import folded
from firedoor.core.mask.structure.json_text import Literal, literals, parse
from firedoor.core.mask.structure.leaves import ENCODED, Field, Flat, Leaf, decoded, flattened, is_large
from firedoor.core.mask.structure.places import of_leaves
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


_Fate: TypeAlias = tuple[Action, str, str | None]
"""What becomes of a value of a kind wherever it stands: the action, its mark, and what takes its place."""
_Known: TypeAlias = Mapping[str, list[Span] | None]
"""What stands in the strings of a document, those left out in which there is nothing. None: ask again."""


@dataclass(slots=True)
class _Work:
    """What one call adds up. It ends with the call: values in clear are kept no longer."""

    left: int
    fates: dict[tuple[str, str], _Fate] = field(default_factory=dict[tuple[str, str], _Fate])
    """By kind and value: in a table, the same value stands in many rows."""
    across: Across = field(default_factory=dict[str, list[tuple[int, int, str]]])

    def count(self, findings: int) -> None:
        """Count more findings."""
        self.left -= findings
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
        self._beginnings = beginnings_of(
            tuple(rule for rule in found.rules if self.profile.action(rule.kind) is not Action.NOTE)
        )
        self._custom_fields = {squeezed(name): own for own in self.profile.custom for name in own.fields}
        self._actions = {kind: self.profile.action(kind) for kind in Kind} | {
            own.kind: own.action for own in self.profile.custom
        }
        off = frozenset(kind for kind, action in self._actions.items() if action is Action.OFF)
        self._finder = Finder(found, off)
        self._paths = tuple((of_leaves(path), own) for own in self.profile.custom for path in own.paths)
        by_name = self._custom_fields or self._paths
        self._clean = (
            None if by_name else Clean(found.scanner, self._finder, self.profile.text_bytes, _DEEPEST)
        )

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
        return made(text, self._text(text, _Work(left=self.profile.findings), 0))

    def is_clean(self, value: Json, more: Iterable[str] = ()) -> bool:
        """Whether nothing is in a document, nor in these texts. False: perhaps something is."""
        return self._clean is not None and self._clean.says(value, more)

    def document(
        self, document: str, value: Json, passed: Passed = nothing, across: Across = _NONE
    ) -> MaskedText:
        """Mask a JSON document that was parsed to `value`.

        `passed` says which leaves are left as they are, `across` what else is a finding.

        Raises:
            CannotMask: it cannot be looked through.
        """
        work = _Work(left=self.profile.findings, across=across)
        return made(document, self._document(document, value, work, 0, passed))

    def spans(self, text: str) -> list[Span]:
        """Findings in a text, in order, apart from each other."""
        return self._finder.spans(text)

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

    # A text.

    def _text(self, text: str, work: _Work, depth: int) -> list[Change]:
        self._fits(text)
        nested = _json(text) if depth < _DEEPEST else None
        if nested is not None:
            return self._document(text, nested, work, depth, nothing)
        return self._changes(text, self.spans(text), work)

    def _fits(self, text: str) -> None:
        if len(text) > self.profile.text_bytes:
            raise CannotMask("too large to be looked through")

    def _changes(self, text: str, spans: Sequence[Span], work: _Work) -> list[Change]:
        changes: list[Change] = []
        fates, off, withhold = work.fates, Action.OFF, Action.WITHHOLD
        for start, end, kind in spans:
            value = text[start:end]
            action, mark, new = fates.get((kind, value)) or self._fate(kind, value, work)
            if action is off:
                continue
            changes.append((start, end, kind, action, mark, new))
            if action is withhold:
                work.count(len(changes))
                return [*noted(changes), (0, len(text), "", action, "", WITHHELD.format(kind))]
        work.count(len(changes))
        return changes

    def _fate(self, kind: str, value: str, work: _Work) -> _Fate:
        if kind == UNDECIDED:
            fate = Action.DROP, "", WITHHELD.format(kind)
        elif self.tokens.is_made_here(value):
            fate = Action.OFF, "", None  # masked before: what stands there is no value
        else:
            action = self._action(kind)
            new = None if action is Action.NOTE else self.tokens.made(action, kind, value)
            fate = action, self.tokens.mark(value), new
        work.fates[kind, value] = fate
        return fate

    def _action(self, kind: str) -> Action:
        return self._actions.get(kind, Action.WITHHOLD)

    # A JSON document.

    def _document(self, document: str, value: Json, work: _Work, depth: int, passed: Passed) -> list[Change]:
        flat = flattened(value)
        known = self._known(flat, depth)
        telling = self._telling(flat, known, work if depth == 0 else None)
        places: list[Literal] = []
        changes: list[Change] = []
        for index in telling:
            leaf = flat.leaf(index)
            if leaf is None or passed(leaf):
                continue
            if isinstance(leaf.value, str):
                inner = self._string(leaf, leaf.value, work, depth, known)
                if not inner:
                    continue
                places = places or _places(document, flat)
                changes += moved(document, places[index], inner)
            else:
                places = places or _places(document, flat)
                changes += self._number(leaf, document, places[index], work)
        return changes

    def _known(self, flat: Flat, depth: int) -> _Known:
        """What stands in the strings and large numbers of a document, each looked at once."""
        most, is_deep = self.profile.text_bytes, depth + 1 < _DEEPEST
        texts: dict[str, None] = {}
        alone: dict[str, None] = {}
        for one in dict.fromkeys(flat.values):
            if type(one) is str:
                by_itself = len(one) > most or (is_deep and one.lstrip()[:1] in _OPENING)
                (alone if by_itself else texts)[one] = None
            elif type(one) is int and is_large(one):
                texts[str(one)] = None
        return self._finder.each(texts) | alone

    def _telling(self, flat: Flat, known: _Known, work: _Work | None) -> Iterable[int]:
        """The numbers of the leaves that have to be looked at, for what they hold or where they stand."""
        across = work.across if work is not None else _NONE
        if self._custom_fields or self._paths or across:
            return range(len(flat.values))
        placed = [index for index in flat.asking if _may_be_one(flat.fields[index], flat.values[index])]
        if not known:
            return placed
        numbers: set[Json] = {int(text) for text in known if text.isdecimal() or text[1:].isdecimal()}
        values = flat.values
        holding = [index for index, value in enumerate(values) if value in known or value in numbers]
        return sorted({*placed, *holding}) if placed else holding

    def _string(self, leaf: Leaf, value: str, work: _Work, depth: int, known: _Known) -> list[Change]:
        try:
            return self._looked_through(leaf, value, work, depth, known)
        except CannotMask as cause:
            # A field that cannot be masked is withheld; the rest of the message need not be.
            return [(0, len(value), "withheld", Action.WITHHOLD, "", WITHHELD.format(cause))]

    def _looked_through(self, leaf: Leaf, value: str, work: _Work, depth: int, known: _Known) -> list[Change]:
        kind = self._kind_of(leaf, value)
        if kind is not None:
            return self._changes(value, [Span(0, len(value), kind)], work)
        across = work.across.get(leaf.path) if depth == 0 else None
        text = decoded(value) if leaf.name in ENCODED else None
        if across is not None and not leaf.is_key:
            within = [(0, len(value), span.kind) for span in self.spans(text)] if text is not None else []
            return self._with_pieces(value, [*across, *within], work, depth)
        if text is not None:
            return self._blob(value, text, work, depth)
        spans = known.get(value, _NOTHING)
        if spans is None:
            return self._text(value, work, depth + 1)
        return self._changes(value, spans, work) if spans else []

    def _with_pieces(
        self, value: str, across: Sequence[tuple[int, int, str]], work: _Work, depth: int
    ) -> list[Change]:
        """What is found in a text by itself, JSON included, and what only its surroundings tell."""
        own = [Span(start, end, kind) for start, end, kind, *_ in self._text(value, work, depth + 1) if kind]
        return self._changes(value, apart([*own, *(Span(*piece) for piece in across)]), work)

    def _kind_of(self, leaf: Leaf, value: str) -> str | None:
        """The kind of a whole value, if its place says it."""
        if leaf.is_key:
            return None
        own = self._custom_of(leaf)
        if own is not None:
            return own.kind
        field = leaf.kind
        if field is None or field == Kind.EMAIL:
            return None  # an address is found by itself, and text around it stays
        if is_folder(leaf.name, value):
            return None
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

    def _blob(self, value: str, text: str, work: _Work, depth: int) -> list[Change]:
        inner = self._text(text, work, depth + 1)
        changed = applied(text, inner)
        whole: list[Change] = [
            (0, len(value), kind, action, mark, None) for _, _, kind, action, mark, _ in inner if kind
        ]
        if changed == text:
            return whole
        return [*whole, (0, len(value), "", Action.NOTE, "", b64encode(changed.encode()).decode())]

    def _number(self, leaf: Leaf, document: str, place: Literal, work: _Work) -> list[Change]:
        start, end = place
        written = document[start:end]
        kind = self._kind_of(leaf, written)
        if kind is None and isinstance(leaf.value, int) and is_large(leaf.value):
            spans = self.spans(written)
            kind = spans[0].kind if spans else None
        if kind is None or leaf.value == 0:
            return []
        action = self._action(kind)
        work.count(1)
        # A number stays one: clients that check a schema would refuse a token.
        new = None if action is Action.NOTE else "0"
        return [(start, end, kind, action, self.tokens.mark(written), new)]


def _may_be_one(field: Field, value: Json) -> bool:
    """Whether a value may be what its field holds. Most fields of a name hold the name of a thing."""
    if field.kind != LIKELY_NAME or not isinstance(value, str):
        return True
    return may_be_named(value)


def _places(document: str, flat: Flat) -> list[Literal]:
    places = literals(document)
    if len(places) != len(flat.values):
        raise CannotMask("JSON that two readers understand differently")
    return places


_OPENING = frozenset("{[")
_NOTHING: list[Span] = []


def _json(text: str) -> Json:
    """The value of a text that is a JSON object or array; None if it is not."""
    if text.lstrip()[:1] not in _OPENING:
        return None
    try:
        value = parse(text.encode())
    except ValueError:
        return None
    return value or None
