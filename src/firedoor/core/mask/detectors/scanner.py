"""All patterns over one text at once: hyperscan says which can match, RE2 bounds them, checks confirm.

Theory of operation. Most texts hold nothing, so the first question is asked for all patterns in one pass of
hyperscan over the UTF-8 bytes (hundreds of megabytes a second). Only patterns that answered are run again
with RE2, which tells where. Both are automata: time grows with the text, whatever the text is. Neither
backtracks, and the `re` module sees candidates only, whose length the patterns bound. Hyperscan releases
the interpreter while it scans; a scanner has a scratch space of its own and serves one thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import hyperscan
import re2

from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.errors import SettingsError

_FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY


@dataclass(frozen=True, slots=True)
class Span:
    """A confirmed match. Offsets are code points."""

    start: int
    end: int
    kind: str


_MEMORY = 64 << 20
"""Bytes that the automaton of one pattern may take; beyond it RE2 goes on without one, slower."""


class Scanner:
    """Finds what a set of rules finds. Compile once; one thread at a time."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Compile.

        Raises:
            SettingsError: a pattern cannot be compiled, or would not run in linear time.
        """
        self._rules = tuple(rules)
        self._bounds = [_bounded(rule) for rule in self._rules]
        self._database = hyperscan.Database()
        self._compile()
        self._scratch = hyperscan.Scratch(self._database)
        self._hits: list[int] = []

    def _compile(self) -> None:
        expressions: list[bytes] = []
        ids: list[int] = []
        for number, rule in enumerate(self._rules):
            hints = rule.hints or (rule.hint or rule.pattern,)
            expressions += [hint.encode() for hint in hints]
            ids += [number] * len(hints)
        try:
            self._database.compile(
                expressions=expressions, ids=ids, elements=len(ids), flags=[_FLAGS] * len(ids)
            )
        except hyperscan.HyperscanError as fault:
            raise SettingsError("mask_pattern", f"A pattern cannot be compiled: {fault}") from fault

    def aside(self) -> "Scanner":
        """Return another of the same rules, for another thread."""
        other = Scanner.__new__(Scanner)
        other._rules, other._bounds, other._database = self._rules, self._bounds, self._database
        other._scratch = hyperscan.Scratch(self._database)
        other._hits = []
        return other

    def hits(self, text: bytes) -> list[int]:
        """The numbers of the rules that match somewhere. Text is UTF-8."""
        self._hits.clear()
        self._database.scan(text, match_event_handler=self._note, scratch=self._scratch)
        return self._hits

    def _note(self, number: int, start: int, end: int, flags: int, context: object) -> None:
        self._hits.append(number)

    def matches(self, number: int, text: str) -> bool:
        """Whether the pattern of this rule, and not only its hint, matches somewhere."""
        return self._bounds[number].search(text) is not None

    def find(self, text: str, numbers: Iterable[int] | None = None) -> list[Span]:
        """All confirmed matches, in no order; they may overlap. `numbers`: of these rules only."""
        encoded = text.encode()
        if numbers is None:
            numbers = set(self.hits(encoded))
        spans: list[Span] = []
        for number in numbers:
            rule, bounds = self._rules[number], self._bounds[number]
            group = 1 if bounds.groups else 0
            for match in bounds.finditer(text):
                start, end = match.span(group)
                if start >= 0 and _stands_alone(rule, text, start, end) and rule.check(text[start:end]):
                    spans.append(Span(start, end, rule.kind))
        return spans


def _bounded(rule: Rule) -> "re2.Pattern":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(rule.pattern, options)
    except re2.error as fault:
        raise SettingsError(
            "mask_pattern", f"The pattern of {rule.name} cannot be compiled: {fault}"
        ) from fault


def _stands_alone(rule: Rule, text: str, start: int, end: int) -> bool:
    """Whether a number is not a piece of a longer one, of a version or of an identifier."""
    if not rule.is_number:
        return True
    before = text[max(0, start - 2) : start]
    after = text[end : end + 2]
    if before and (
        before[-1].isalnum() or before[-1] in "_$#" or (before[-1] in ".-:/" and before[:-1].isalnum())
    ):
        return before[-1] == ":" and not before[:-1].isdigit()
    return not (
        after and (after[0].isalnum() or after[0] == "_" or (after[0] in ".-:/" and after[1:].isalnum()))
    )
