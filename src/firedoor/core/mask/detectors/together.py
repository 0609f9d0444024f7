"""Many texts, looked through at once: one pass over all of them, and each finding in the text it stands in.

Theory of operation. The strings of a document are many and short, and asking each by itself costs as much for
the question as for the answer. So they are joined, with an empty line between them, and the automata run over
the whole. An empty line is for every pattern what the beginning or the end of a text is: no letter, no digit,
a line break, a space. A match that goes beyond it is none; the texts that it touches are asked by themselves
for that pattern, since it may have hidden a match in one of them. So are all texts for patterns that name the
beginning or the end of a text.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from firedoor.core.mask.detectors.scanner import Place, Scanner, Span

_GAP = "\n\n"
_WIDTH = len(_GAP)
_HALF = _WIDTH // 2
"""A match may take so much of the gap before its text and of the gap behind it, and hides nothing there."""


class Together:
    """The findings of some texts, by the number of the text. No text has unusual characters."""

    def __init__(self, scanner: Scanner, texts: Sequence[str], *, sign: int) -> None:
        """Look through them. `sign`: the number of a rule that finds nothing, but says something of a text.

        Raises:
            CannotMask: they are nothing but candidates.
        """
        self._scanner = scanner
        self._texts = texts
        self._text = _GAP + _GAP.join(texts)
        self._encoded = self._text.encode()
        self._sizes: list[int] = []
        self._starts: list[int] = []
        self.found: dict[int, list[Span]] = {}
        """Confirmed matches, in no order; they may overlap."""
        self.signed: set[int] = set()
        """Texts in which the sign is."""
        hits = set(scanner.hits(self._encoded))
        if hits:
            self._sizes = list(map(len, texts))
            self._starts = list(accumulate((size + _WIDTH for size in self._sizes[:-1]), initial=_WIDTH))
        if sign in hits:
            hits.remove(sign)
            self._find_signs(sign)
        for number in sorted(hits - scanner.anchored):
            self._find(number)
        for number in sorted(scanner.anchored):
            self._ask(number, range(len(texts)))

    def _find_signs(self, sign: int) -> None:
        places = self._scanner.candidates(sign, self._text, self._encoded)
        for (start, end), _ in places:
            self.signed.update(self._touched(start, end))

    def _find(self, number: int) -> None:
        inside: list[Place] = []
        beyond: set[int] = set()
        starts, sizes, found = self._starts, self._sizes, self.found
        for (start, end), place in self._scanner.candidates(number, self._text, self._encoded):
            index = bisect_right(starts, start + _HALF) - 1
            begin = starts[index]
            if index >= 0 and begin - _HALF <= start and end <= begin + sizes[index] + _HALF:
                inside.append(place)
            else:
                beyond.update(self._touched(start, end))
        for start, end, kind in self._scanner.confirmed(number, self._text, inside):
            index = bisect_right(starts, start) - 1
            if index not in beyond:
                begin = starts[index]
                found.setdefault(index, []).append(Span(start - begin, end - begin, kind))
        self._ask(number, sorted(beyond))

    def _ask(self, number: int, indexes: Sequence[int]) -> None:
        for index in indexes:
            found = self._scanner.find(self._texts[index], (number,))
            if found:
                self.found.setdefault(index, []).extend(found)

    def _index(self, start: int) -> int:
        """Of the text in which something starts, or in the gap before which."""
        return max(bisect_right(self._starts, start + _HALF) - 1, 0)

    def _touched(self, start: int, end: int) -> range:
        return range(self._index(start), max(bisect_right(self._starts, end), 1))
