"""All patterns over one text at once: hyperscan says which can match, RE2 bounds them, checks confirm.

Theory of operation. Most texts hold nothing, so the first question is asked for all patterns in one pass of
hyperscan over the UTF-8 bytes (a gigabyte a second), and for those without a piece that is written out in one
pass of RE2, which takes as long again: see `shapes`. Only patterns that answered are run again
with RE2, which tells where. Both are automata: time grows with the text, whatever the text is. Neither
backtracks, and the `re` module sees candidates only, whose length the patterns bound. Hyperscan releases
the interpreter while it scans; a scanner has a scratch space of its own and serves one thread.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple, Protocol, TypeAlias

import hyperscan
from re2._re2 import RE2

from firedoor.core.mask.cannot import CannotMask
from firedoor.core.mask.detectors.rule import Rule, anything
from firedoor.core.mask.detectors.shapes import Shapes
from firedoor.model.errors import SettingsError

_FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY


class Span(NamedTuple):
    """A confirmed match. Offsets are code points.

    A tuple, as there may be thousands in one answer: a frozen dataclass takes three times as long to make.
    """

    start: int
    end: int
    kind: str


Place: TypeAlias = tuple[int, int]
"""Start and end."""
_CANDIDATES = 5_000
_BYTES_OF_ONE = 200
"""So many candidates of one pattern a text may hold, and one more for so many bytes. Stops a text made
of what almost matches: bounding each takes a microsecond, confirming it may take thirty."""
_MEMORY = 64 << 20
"""Bytes that the automaton of one pattern may take; beyond it RE2 goes on without one, slower."""


class Kept(Protocol):
    """Where automata of earlier starts are kept: making one takes a second, reading it back a millisecond."""

    def find(self, key: str) -> bytes | None:
        """What was kept under this key, unharmed; None if there is nothing."""
        ...

    def keep(self, key: str, automaton: bytes) -> None:
        """Keep it, if that is possible. Its content is no secret: it is made of patterns."""
        ...


class Scanner:
    """Finds what a set of rules finds. Compile once; one thread at a time."""

    def __init__(self, rules: Sequence[Rule], kept: Kept | None = None) -> None:
        """Compile, or take what was compiled from the same patterns before.

        Raises:
            SettingsError: a pattern cannot be compiled, or would not run in linear time.
        """
        self._rules = tuple(rules)
        self.anchored = frozenset(n for n, rule in enumerate(self._rules) if _is_anchored(rule.pattern))
        """Numbers of the rules that ask where a text begins or ends: of texts together, they find less."""
        self._bounds = [_Bounds(rule) for rule in self._rules]
        self._shapes = _shapes(self._rules)
        self._database = _automaton(self._rules, kept)
        self._scratch = _scratch(self._database)
        self._hits: list[int] = []

    def aside(self) -> "Scanner":
        """Return another of the same rules, for another thread."""
        other = Scanner.__new__(Scanner)
        other._rules, other._bounds = self._rules, self._bounds
        other._shapes, other._database = self._shapes, self._database
        other._scratch = _scratch(self._database)
        other.anchored = self.anchored
        other._hits = []
        return other

    def hits(self, text: bytes) -> list[int]:
        """The numbers of the rules that match somewhere. Text is UTF-8.

        Raises:
            CannotMask: it was not read to its end.
        """
        self._hits = [] if self._shapes is None else self._shapes.hits(text)
        if self._database is not None:
            self._database.scan(text, match_event_handler=self._note, scratch=self._scratch)
        return self._hits

    def _note(self, number: int, start: int, end: int, flags: int, context: object) -> None:
        self._hits.append(number)

    def matches(self, number: int, text: str) -> bool:
        """Whether the pattern of this rule, and not only its hint, matches somewhere."""
        return self._bounds[number].is_in(text.encode())

    def find(self, text: str, numbers: Iterable[int] | None = None) -> list[Span]:
        """All confirmed matches, in no order; they may overlap. `numbers`: of these rules only.

        Raises:
            CannotMask: it is nothing but candidates, which cost more to bound and confirm than it is worth.
        """
        encoded = text.encode()
        if numbers is None:
            numbers = set(self.hits(encoded))
        found: list[Span] = []
        for number in sorted(numbers):  # of two findings alike, the one of the earlier rule counts
            _, places = self._placed(number, text, encoded)
            found += self.confirmed(number, text, places)
        return found

    def candidates(self, number: int, text: str, encoded: bytes) -> list[tuple[Place, Place]]:
        """Where the pattern of a rule matches, and what of it would be the finding. `encoded`: the text.

        Raises:
            CannotMask: it is nothing but candidates.
        """
        whole, places = self._placed(number, text, encoded)
        return list(zip(whole, places, strict=True))

    def _placed(self, number: int, text: str, encoded: bytes) -> tuple[list[Place], list[Place]]:
        bounds = self._bounds[number]
        matches = bounds.matches(encoded, _CANDIDATES + len(encoded) // _BYTES_OF_ONE)
        if bounds.group:
            whole, places = [m[0] for m in matches if m[1][0] >= 0], [m[1] for m in matches if m[1][0] >= 0]
        else:
            whole = places = [match[0] for match in matches]
        if len(encoded) != len(text):
            is_same = whole is places
            whole = _in_code_points(encoded, whole)
            places = whole if is_same else _in_code_points(encoded, places)
        return whole, places

    def confirmed(self, number: int, text: str, places: Sequence[Place]) -> list[Span]:
        """Of candidates of a rule, those that its check confirms."""
        return _confirmed(self._rules[number], text, places)


def _confirmed(rule: Rule, text: str, places: Sequence[Place]) -> list[Span]:
    check, kind = rule.check, rule.kind
    new = tuple[int | str].__new__  # what a named tuple's own way to make one adds takes as long as making it
    if rule.is_number:
        return [
            new(Span, (start, end, kind))
            for start, end in places
            if _stands_alone(text, start, end) and check(text[start:end])
        ]
    if check is anything:
        return [new(Span, (start, end, kind)) for start, end in places]
    return [new(Span, (start, end, kind)) for start, end in places if check(text[start:end])]


class _Bounds:
    """A pattern as RE2 runs it.

    Over `re2.RE2` itself: what `re2.compile` makes of it makes an object of each match, which takes as long
    as the match. Over bytes, so that nothing is copied nor counted in characters for each.
    """

    __slots__ = ("_automaton", "group")

    def __init__(self, rule: Rule) -> None:
        options = RE2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._automaton = RE2(rule.pattern.encode(), options)
        if not self._automaton.ok():
            fault = self._automaton.error()
            raise SettingsError("mask_pattern", f"The pattern of {rule.name} cannot be compiled: {fault}")
        self.group = self._automaton.NumberOfCapturingGroups() > 0
        """The first group is the finding."""

    def is_in(self, text: bytes) -> bool:
        """Whether it matches somewhere."""
        return self._automaton.Match(_ANYWHERE, text, 0, len(text))[0][0] >= 0

    def matches(self, text: bytes, most: int) -> list[list[Place]]:
        """Where it matches, and where its group does, if it has one (-1: not at all); in order.

        Raises:
            CannotMask: more than `most` times.
        """
        match, size = self._automaton.Match, len(text)
        found: list[list[Place]] = []
        at = 0
        while at <= size:
            spans = match(_ANYWHERE, text, at, size)
            start, end = spans[0]
            if start < 0:
                break
            if len(found) == most:
                raise CannotMask("it holds too much that looks like something to mask")
            found.append(spans)
            at = end if end > at else at + 1  # behind an empty match, or it would be found for ever
        return found


_ANYWHERE = RE2.Anchor.UNANCHORED


def _in_code_points(encoded: bytes, places: Sequence[Place]) -> list[Place]:
    """The same places, which are in order, counted in characters."""
    found: list[Place] = []
    at = count = 0
    for start, end in places:
        count += len(encoded[at:start].decode())
        at = start
        found.append((count, count + len(encoded[start:end].decode())))
    return found


def _shapes(rules: Sequence[Rule]) -> Shapes | None:
    patterns = [(number, rule.hint or rule.pattern) for number, rule in enumerate(rules) if rule.is_shape]
    return Shapes(patterns) if patterns else None


def _automaton(rules: Sequence[Rule], kept: Kept | None) -> hyperscan.Database | None:
    """What hyperscan makes of the hints; None if there are none."""
    hints = [
        (number, hint.encode())
        for number, rule in enumerate(rules)
        for hint in rule.hints or (rule.hint or rule.pattern,)
        if not rule.is_shape
    ]
    if kept is None or not hints:
        return _compiled(hints) if hints else None
    # The version of the library and the kind of processor stand in the automaton: `loadb` asks for both.
    key = sha256(repr((_FLAGS, hints)).encode()).hexdigest()
    found = kept.find(key)
    if found is not None:
        try:
            return hyperscan.loadb(found, hyperscan.HS_MODE_BLOCK)
        except hyperscan.HyperscanError:
            pass  # of another version of the library, or of another processor: made again
    made = _compiled(hints)
    kept.keep(key, hyperscan.dumpb(made))
    return made


def _scratch(database: hyperscan.Database | None) -> hyperscan.Scratch | None:
    return None if database is None else hyperscan.Scratch(database)


def _compiled(hints: Sequence[tuple[int, bytes]]) -> hyperscan.Database:
    database = hyperscan.Database()
    ids, expressions = zip(*hints, strict=True)
    try:
        database.compile(expressions=expressions, ids=ids, elements=len(ids), flags=[_FLAGS] * len(ids))
    except hyperscan.HyperscanError as fault:
        raise SettingsError("mask_pattern", f"A pattern cannot be compiled: {fault}") from fault
    return database


def _is_anchored(pattern: str) -> bool:
    return _ANCHOR.search(_ANCHORED_AT_A_GAP.sub("", pattern)) is not None


_ANCHORED_AT_A_GAP = re.compile(
    r"\(\?:\^\|\[\^\\p\{L\}\\p\{N\}_\]\)|\\[\^$\\]|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?m:[\^$]\)|\(\?:\^\|\\s\)"
)
"""Signs that are no anchors, classes, and anchors that a line break is as good for."""
_ANCHOR = re.compile(r"[\^$]|\\[AzZ]")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a number is not a piece of a longer one, of a version or of an identifier."""
    if start and (before := text[start - 1]) not in _GAPS:
        further = text[start - 2] if start > 1 else ""
        if before.isalnum() or before in "_$#" or (before in ".-:/" and further.isalnum()):
            return before == ":" and not further.isdigit()
    after = text[end : end + 1]
    if not after or after in _GAPS:
        return True
    return not (after.isalnum() or after == "_" or (after in ".-:/" and text[end + 1 : end + 2].isalnum()))


_GAPS = frozenset(" \n\t\r,;|\"'()=<>[]{}")
"""What stands around most numbers, and is no part of any."""
