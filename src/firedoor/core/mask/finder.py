"""Where findings stand in a text: by pattern, by what names them, by the column they stand in.

One text, or all texts of a document at once. Changes nothing.
"""

import re
from collections.abc import Iterable
from operator import itemgetter

from firedoor.core.mask.cannot import CannotMask
from firedoor.core.mask.catalogue import Detectors
from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.detectors.together import Together
from firedoor.core.mask.spans import apart
from firedoor.core.mask.structure.escapes import has_escapes, unescaped
from firedoor.core.mask.structure.folding import folded
from firedoor.core.mask.structure.listed import listed
from firedoor.core.mask.structure.marked import marked
from firedoor.core.mask.structure.pairs import pairs
from firedoor.core.mask.structure.tables import tables

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONG = 1000
"""Characters of a text that is worth a question of its own."""
_PLACE = itemgetter(0, 1)
_START = itemgetter(0)
"""Where a span starts."""


class Finder:
    """Finds what a profile turns on. One thread at a time."""

    def __init__(self, detectors: Detectors, off: frozenset[str]) -> None:
        """`off`: kinds that the profile does not look for, though structure may say them."""
        self._scanner = detectors.scanner
        self.sign = detectors.structure
        """The number of the rule that says that a text names a field."""
        self._off = off

    def spans(self, text: str) -> list[Span]:
        """Findings in a text, in order, apart from each other.

        Raises:
            CannotMask: it holds more candidates than can be looked at.
        """
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        found = self._plain_spans(text)
        if (plain := unescaped(text)) is not None:
            # Beside, not instead: what is an escape here may be a part of a value there.
            place = plain[1]
            found += [
                Span(place(span.start), place(span.end), span.kind) for span in self._plain_spans(plain[0])
            ]
        return apart(found)

    def _plain_spans(self, text: str) -> list[Span]:
        plain = folded(text)
        shown = text if plain is None else plain[0]
        hits = set(self._scanner.hits(shown.encode())) | self._scanner.anchored
        if not hits:
            return []
        has_fields = self.sign in hits and self._scanner.matches(self.sign, shown)
        hits.discard(self.sign)
        found = self._with_structure(shown, self._scanner.find(shown, hits), has_fields=has_fields)
        if plain is not None:
            place = plain[1]
            found = [Span(place(span.start), place(span.end), span.kind) for span in found]
        return found

    def by_names(self, text: str) -> list[Span]:
        """What the names of fields in a text tell, if no pattern finds anything in it."""
        return self._with_structure(text, [], has_fields=True)

    def each(self, texts: Iterable[str]) -> dict[str, list[Span] | None]:
        """The same of all these texts, those in which there is nothing left out.

        None: only `spans` can tell, or say why it cannot.
        """
        found: dict[str, list[Span] | None] = {}
        plain: list[str] = []
        for text in texts:
            if len(text) > _LONG:
                self._look(text, found)
            elif text.isascii() or (folded(text) is None and _SURROGATE.search(text) is None):
                plain.append(text)
            else:
                found[text] = None
        plain = self._without_escapes(plain, found)
        return self._together(plain, found) if plain else found

    @staticmethod
    def _without_escapes(texts: list[str], found: dict[str, list[Span] | None]) -> list[str]:
        """Of these texts, those that are as they read; the others are asked by themselves."""
        if not has_escapes("".join(texts)):
            return texts
        found.update((text, None) for text in texts if has_escapes(text))
        return [text for text in texts if text not in found]

    def _together(
        self, plain: list[str], found: dict[str, list[Span] | None]
    ) -> dict[str, list[Span] | None]:
        try:
            together = Together(self._scanner, plain, sign=self.sign)
        except CannotMask:
            return dict.fromkeys(plain, None) | found
        matched, signed = together.found, together.signed
        for number in matched.keys() | signed:
            text = plain[number]
            spans = self._with_structure(text, matched.get(number, []), has_fields=number in signed)
            if spans:
                found[text] = apart(spans)
        return found

    def _look(self, text: str, found: dict[str, list[Span] | None]) -> None:
        try:
            spans = self.spans(text)
        except CannotMask:
            found[text] = None
            return
        if spans:
            found[text] = spans

    def _with_structure(self, text: str, found: list[Span], *, has_fields: bool) -> list[Span]:
        off = self._off
        if has_fields:
            found.sort(key=_PLACE)  # of those that start alike, the longest last
            known = {start: end for start, end, kind in found if kind not in off}
            is_about_a_person = bool(found)
            found += pairs(text, is_about_a_person=is_about_a_person, known=known)
            found += marked(text, is_about_a_person=is_about_a_person)
            found += listed(text)
        found.sort(key=_START)
        if has_fields or "|" in text or "," in text or "\t" in text:
            found += tables(text, found, off)
        return [span for span in found if span.kind not in off]
