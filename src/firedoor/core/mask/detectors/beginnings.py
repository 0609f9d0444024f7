"""Whether a text ends with what may be the beginning of a finding.

Theory of operation. A detector is a pattern, and what could still become a match of it is another pattern:
of `AKIA[0-9A-Z]{16}` it is `AKIA[0-9A-Z]{0,15}`, at the end of a text. It is derived from the tree of the
pattern, so that a detector of the operator's own has one as well. A place at which a match may be cut counts
where enough was said before it (`_BITS`, the sum of what each character rules out), and where more of the
finding stands before it than the partial action shows. So five digits are the beginning of a card; a word
is not the beginning of an address, unless "@" follows it. Kinds that are made of words have none.
What is found whole needs no beginning: whoever asks looks for that first.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import re2

from firedoor.core.mask.detectors.pattern import (
    Edge,
    Either,
    Node,
    One,
    Repeated,
    Row,
    UnknownPatternError,
    grouped,
    has_finding,
    read,
    repeated,
    written,
)
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.errors import SettingsError
from firedoor.model.mask import CREDENTIALS, Kind

_BITS = 15.0
"""Of five digits. A word of six letters says four, and any word is the beginning of something."""
_SHOWN = 4
"""Characters that may leave: the partial action shows as many."""
_LOOKED_AT = 1024
"""Characters at the end of a text. What is longer is found by itself."""
_TOGETHER = 8
"""Beginnings that are asked at once."""
_MEMORY = 8 << 20
"""Bytes that one automaton may take. There are a hundred: what they forget they work out again."""
_UNROLLED = 12
"""Times that something is written out until enough was said."""
_MOST_TIMES = 1000
"""RE2 repeats nothing more often."""
MADE_OF_WORDS = frozenset({Kind.EMAIL, Kind.NAME, Kind.ADDRESS})
"""Kinds that any word seems to begin, or to go on with."""
_SETTLED = CREDENTIALS
"""Kinds whose check judges how a value looks: a match it refused is none, and is not to become one."""

_COUNTRIES = (
    "AD|AE|AL|AT|AZ|BA|BE|BG|BH|BR|BY|CH|CR|CY|CZ|DE|DK|DO|EE|EG|ES|FI|FO|FR|GB|GE|GI|GL|GR|GT|HR|HU|IE|IL|IQ|IS"
    "|IT|JO|KW|KZ|LB|LC|LI|LT|LU|LV|LY|MC|MD|ME|MK|MR|MT|MU|NL|NO|PK|PL|PS|PT|QA|RO|RS|SA|SC|SD|SE|SI|SK|SM|ST|SV"
    "|TL|TN|TR|UA|VA|VG|XK"
)
_WRITTEN = (
    # An address, from "@" on.
    (Kind.EMAIL, r"([\p{L}\p{N}][\p{L}\p{N}.+'_%~-]*(?:@|%40)[\p{L}\p{N}.-]*)"),
    # An account number, from the country on that has such.
    (Kind.IBAN, rf"\b((?:{_COUNTRIES})\d{{2}}(?: ?[A-Z0-9]){{1,30}} ?)"),
    # A password in an address: what stands behind the colon is no port.
    (
        Kind.CONNECTION_STRING,
        r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s:/@\"'<>\\]*:"
        r"((?:[^\s/0-9\"'<>\\]|[0-9]{1,5}[^\s/0-9\"'<>\\]|[0-9]{6})[^\s\"'<>\\]*)",
    ),
    # A value behind its name, too short yet to be told from a word.
    (
        Kind.SECRET,
        r"(?i:(?:secret|token|api[_-]?key|access[_-]?key|passw(?:or)?d|pwd|credential)[a-z0-9_-]{0,16})"
        r"\\?[\"']?\s?[:=]\s?\\?[\"']?"
        r"([0-9]{1,7}[A-Za-z][A-Za-z0-9_+/=-]{3,30}|[A-Za-z_+/-]{1,7}[0-9][A-Za-z0-9_+/=-]{3,30})",
    ),
    # Digits and hexadecimal digits that are half of a token: so many numbers and digests are none.
    (Kind.VENDOR_TOKEN, r"\b(?:bot)?([0-9a-f]{32}-u?|[0-9]{8,10}:[A-Za-z0-9_-]*)"),
)
"""Beginnings that say more than their pattern does."""
_PART_OF_ANOTHER = re.compile(r"[\w$#]$|\w[./-]$|\d:$")
"""Before a number: it is a piece of a longer one, of a version or of an identifier."""
_MEASURED = re.compile(
    r"(?<![a-z])(?:p?pid|tid|xid|lsn|port|epoch|ts|timestamp|offset|lag|seq|sequence|bytes|size|length|len|count|total"
    r"|duration|latency|elapsed|took|m?s|us|ns|mem|memory|rss|inode|disk|rows|lines?|build|revision|shard|partition"
    r"|status|exit code|retries|attempt|generation|resourceversion)[\"']?\s*[=:|]?\s*$",
    re.IGNORECASE,
)
"""Before a number: it is a measurement. Logs end with those all day, and would wait all day."""
_FAR = re.compile(r"\(\?i")
_LISTED = frozenset(f"listed_{what}_{form}" for what in ("password", "secret") for form in ("quoted", "bare"))
"""Found from their third character on."""
_MACHINE = "passport_machine_readable"
"""Begins with ten digits or letters, as numbers of everything do."""
_BY_HAND = _LISTED | {
    "address_with_password",
    "odbc",
    "dsn_pairs",
    "mailchimp",
    "telegram",
    "pem",
    "iban",
    _MACHINE,
}
"""Rules whose beginnings are written, or whose first part is public, or found by the name of a field."""


class _Beginning:
    """The beginning of one rule. Compiled when it is needed first, which is seldom."""

    def __init__(self, text: str, rule: Rule | None = None) -> None:
        self.text = text
        self._rule = rule
        self._pattern: re2.Pattern[bytes] | None = None
        self._whole: re2.Pattern[bytes] | None = None
        """Of the rule, where its word is the last one."""

    def start(self, text: bytes) -> int | None:
        """Where it begins, if the text ends with it."""
        if self._pattern is None:
            self._pattern = _at_end(self.text)
            if self._rule is not None and self._rule.kind in _SETTLED:
                self._whole = _at_end(rf"\A(?:{self._rule.pattern})")
        found = self._pattern.search(text)
        if found is None or (self._whole and self._whole.search(text[found.start() :]) is not None):
            return None
        groups = range(1, self._pattern.groups + 1)
        start = next((found.start(number) for number in groups if found.start(number) >= 0), found.start())
        if self._rule is None or not self._rule.is_number:
            return start
        before = text[:start].decode()
        return None if _PART_OF_ANOTHER.search(before) or _MEASURED.search(before) else start


class Beginnings:
    """What may be the beginning of a finding of these rules. Serves any thread."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Derive and compile them.

        Raises:
            SettingsError: a pattern is too large to be asked for its beginnings.
        """
        kinds = {rule.kind for rule in rules}
        derived = [
            (beginning(rule.pattern, is_number=rule.is_number), rule) for rule in rules if _has_one(rule)
        ]
        each = [_Beginning(text, rule) for text, rule in derived if text]
        each += [_Beginning(text) for kind, text in _WRITTEN if kind in kinds]
        # Some together: one automaton of all has more states than fit, one of each is asked too often.
        each.sort(key=lambda one: _FAR.search(one.text) is not None)
        several = (tuple(each[at : at + _TOGETHER]) for at in range(0, len(each), _TOGETHER))
        self._several = [(_at_end("|".join(one.text for one in some)), some) for some in several]

    def at_end(self, text: str) -> int | None:
        """Where the first beginning starts that the text ends with; None if it ends with none."""
        encoded = text[-_LOOKED_AT:].encode(errors="replace")
        found = [
            start
            for any_of_them, some in self._several
            if any_of_them.search(encoded) is not None
            for one in some
            if (start := one.start(encoded)) is not None
        ]
        return len(text) - len(encoded[min(found) :].decode()) if found else None


@lru_cache(maxsize=32)
def beginnings_of(rules: tuple[Rule, ...]) -> Beginnings:
    """The beginnings of these rules. Profiles that look for the same share them."""
    return Beginnings(rules)


def _has_one(rule: Rule) -> bool:
    return rule.kind not in MADE_OF_WORDS and rule.name not in _BY_HAND


def _at_end(pattern: str) -> "re2.Pattern[bytes]":
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(rf"(?:{pattern})\z".encode(), options)
    except re2.error as fault:
        raise SettingsError("mask_pattern", f"The beginnings of a pattern are too many: {fault}") from fault


# Of a pattern, the pattern of its beginnings.


@dataclass(frozen=True, slots=True)
class _Said:
    """What is certain of a match, up to a place in it."""

    bits: float = 0.0
    shown: int = 0
    """Characters of the finding."""
    is_inside: bool = True
    is_number: bool = False

    @property
    def is_enough(self) -> bool:
        return self.is_inside and self.bits >= _BITS and self.shown > _SHOWN

    def missing(self, bits: float) -> int:
        """How many more characters like this it takes until it is enough."""
        if not self.is_inside:
            return 1 << 16
        of_bits = (
            math.ceil((_BITS - self.bits) / bits) if bits > 0 else (0 if self.bits >= _BITS else 1 << 16)
        )
        return max(of_bits, _SHOWN + 1 - self.shown, 0)

    def after(self, bits: float, count: int) -> "_Said":
        shown = self.shown + count if self.is_inside else 0
        return replace(self, bits=self.bits + bits * count, shown=shown)


def beginning(pattern: str, *, is_number: bool = False) -> str:
    """The pattern of the beginnings of its matches; empty if they say too little, or it cannot be read."""
    try:
        node = read(pattern)
    except UnknownPatternError:
        return ""
    return _cut(node, _Said(is_inside=not has_finding(node), is_number=is_number))[0]


def _cut(node: Node, said: _Said) -> tuple[str, _Said]:
    """The beginnings of a node, behind what was said before it; and what is certain behind all of it.

    The pattern is empty where there are none; `(?:)` is the cut before its first character.
    """
    match node:
        case One():
            return ("(?:)" if said.is_enough else "", _behind(said, node, 1))
        case Edge():
            return ("", said)
        case Repeated():
            return _cut_repeated(node, said)
        case Row():
            return _cut_row(node, said)
        case Either():
            cuts = [_cut(inner, said) for inner in node.nodes]
            return (_any_of([text for text, _ in cuts]), _least([after for _, after in cuts]))
        case _:
            begun = replace(said, is_inside=True) if node.is_finding else said
            text, after = _cut(node.node, begun)
            return (grouped(node, text) if text else "", after)


_BETWEEN = re.compile(r"\[?[ ./()\\-]+\]?")
"""What people put between digits. It says nothing of a value, and every measurement has a point in it."""


def _behind(said: _Said, one: One, count: int) -> _Said:
    return said if said.is_number and _BETWEEN.fullmatch(one.written) else said.after(one.bits, count)


def _cut_row(row: Row, said: _Said) -> tuple[str, _Said]:
    before, found = "", list[str]()
    for node in row.nodes:
        text, said = _cut(node, said)
        if text:
            found.append(before + text)
        before += written(node)
    return (_any_of(found), said)


def _cut_repeated(node: Repeated, said: _Said) -> tuple[str, _Said]:
    if isinstance(node.node, One):
        least = said.missing(node.node.bits)
        is_possible = node.most is None or least < node.most
        most = None if node.most is None else node.most - 1
        text = repeated(node, least, most) if is_possible and least <= _MOST_TIMES else ""
        return (text, _behind(said, node.node, node.least))
    found: list[str] = []
    after = behind = said
    for count in range(min(_UNROLLED, _UNROLLED if node.most is None else node.most)):
        text, following = _cut(node.node, behind)
        is_settled = behind.is_enough or following == behind
        if text:
            most = count if not is_settled else None if node.most is None else node.most - 1
            found.append(repeated(node, count, most) + text)
        if count < node.least:
            after = following
        if is_settled:
            break
        behind = following
    return (_any_of(found), after)


def _any_of(found: Sequence[str]) -> str:
    kept = [text for text in found if text]
    return f"(?:{'|'.join(kept)})" if kept else ""


def _least(several: Sequence[_Said]) -> _Said:
    return _Said(
        bits=min(said.bits for said in several),
        shown=min(said.shown for said in several),
        is_inside=all(said.is_inside for said in several),
        is_number=several[0].is_number,
    )
