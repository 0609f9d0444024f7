"""`key=value`, `Key: value` and quoted members in a text: the name of the key says what the value is.

Keys are found from what ends them: separators are few, and words are many. The text is read backwards, in
one pass of a pattern that gives nothing back; a value is looked at from its start, up to a fixed length, so
that a long line costs no more than its length.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.field_names import KNOWN, LIKELY_ADDRESS, LIKELY_NAME, SOMEBODY
from firedoor.core.mask.structure.fields import (
    PERSONAL_FIELDS,
    field_kind,
    is_folder,
    squeezed,
    value_kind,
)
from firedoor.model.mask import Kind

_YEK = re.compile(r"""[:=](?:[ ]{2,40}+|[ \t\n\f\r]?)["'`]?\**+\\*+([\w.\-]++(?: [\w.\-]++){0,2}+)""")
"""A key, read backwards: what ends it, then up to three words."""
_SPACE = " \t\n\f\r"
_MOST_SPACE = 3
_MOST_INDENT = 40
_NONE: Mapping[int, int] = MappingProxyType({})
_LINE_END = ("", "\n")
_LONGEST_KEY = 130
"""Characters of two names of fields. What is longer is none, and is kept nowhere."""
_LONGEST = 400
"""Characters of an unquoted value. Longer ones are not what a person or a program writes on a line."""
_LONGEST_QUOTED = 8192
_NAMES = frozenset({Kind.NAME, LIKELY_NAME, SOMEBODY})
_ADDRESSES = frozenset({Kind.ADDRESS, LIKELY_ADDRESS})
_SPACED = frozenset(
    {Kind.PHONE, Kind.CARD, Kind.IBAN, Kind.NATIONAL_ID, Kind.BIRTH_DATE, Kind.PASSPORT, Kind.LICENCE}
)
_SCHEME = re.compile(r"(?i:bearer|basic|token|digest|negotiate|aws4-hmac-sha256) ")
_PASSWORD_END = re.compile(r"\s|[,;)](?=\s|$)")
_WORD_END = re.compile(r"[\s,;&)\]}|]")
_NUMBER_END = re.compile(r"[,;|)\]}&]|\s[^\W\d_]{2,}(?=[\s=:.,]|$)|\s[-\u2013\u2014(>]|\.(?=\s|$)")
_ADDRESS_END = re.compile(
    r"&[\w.-]{1,40}=|,?\s[^\W\d_][\w.-]{0,40}=|[;|)\]}]|,?\s[^\W\d_]\w{0,20}: |"
    r"\.(?= [A-Z])\s(?=[A-Z]\w+ [a-z]+)"
)
_NAME_END = re.compile(
    r"[,;:!?()\[\]|{}<>\"=&]|\.(?=\s|$)|\s(?=[a-ząćęłńóśźż]{2,}|[-\u2013\u2014>(]|\d|[A-Z][A-Z0-9_]{2,}|\S{1,40}=)"
)
_TURNED = re.compile(r"(?:[A-Z][\w'\u2019-]+)(, [A-Z][\w'\u2019-]+)(?=\s*(?:$|[|;<(]))")
"""`Curie, Marie`, and nothing behind it that goes on."""
_EXPANDED = re.compile(r"(?m)^([\w ]{1,40}?)[ ]*\|[ ]?(.*)$")
_RECORD = "-[ RECORD "
"""psql, expanded: a row is a block, a line a column."""
_INITIAL = re.compile(r"(?:^|\s)[A-Z]\.$")
_PARTICLE = re.compile(
    r"\s(?:van der|van den|van de|van|von der|von|de la|de los|del|della|de|da|dos|das|di|der|den"
    r"|la|le|ter|zu|du|do|al|bin|e|y) "
)


def pairs(text: str, *, is_about_a_person: bool, known: Mapping[int, int] = _NONE) -> list[Span]:
    """Findings that a key before them gives away.

    `known`: those that were found already, by their start the end of each; they are not told again.
    """
    found = _expanded(text) if _RECORD in text else []
    behind = 0
    keys = _keys(text)
    is_about_a_person = is_about_a_person or not _OF_ONE.isdisjoint(field for _, _, _, field in keys)
    for first, last, separator, kind_of_key in keys:
        if last <= behind:
            continue
        # A value may reach into what looks like the words of the next key.
        field = kind_of_key if first >= behind else _field(text[behind:last].strip())
        if field is None:
            continue
        after = _after(text, separator)
        if (settled := _settled(text, after, field, known)) is not None:
            behind = settled
            continue
        told = _told(text, text[first:last], _value(text, after, field), field, is_about_a_person)
        if told:
            found += told
            behind = told[-1].end
    return found


def _told(text: str, key: str, place: tuple[int, int], field: str, is_about: bool) -> list[Span]:
    """What a key says of what stands behind it, and of what a plan says that it becomes."""
    start, end = place
    if end <= start or is_folder(key, text[start:end]):
        return []
    is_person = is_about or field in PERSONAL_FIELDS
    kind = value_kind(field, text[start:end], is_about_a_person=is_person)
    if kind is None or (kind in _TURNS and _is_no_value(text, key, start, end)):
        return []
    turned = _ARROW.match(text, end) if kind in _TURNS else None
    found = [Span(start, end, kind)]
    return found if turned is None else [*found, Span(turned.start(1), turned.end(1), kind)]


def _is_no_value(text: str, key: str, start: int, end: int) -> bool:
    """Whether what is around says that it is none: a verdict on a test, a name of a secret, a sentence."""
    if key in _VERDICTS and _OF_A_RUN.match(text, end) is not None:
        return True
    if (
        text[start - 1] == ":"
        and _NAME_OF_RESOURCE.search(text, max(0, start - _LONGEST_KEY), start) is not None
    ):
        return True
    return _GOES_ON.match(text, end) is not None and text[start:end].lower() == "password"


_VERDICTS = ("pass", "PASS")
_OF_A_RUN = re.compile(
    r" \(\d{1,6}\.\d{1,4} ?m?s\)|[,;]? (?:fail|failed|failures|skip|skipped|warn|error)[=:] ?\d"
)
"""Behind the name of a test, or the number of those that passed: how long it took, or how many did not."""
_NAME_OF_RESOURCE = re.compile(r"\barn:[\w-]{1,20}:[\w-]{1,40}:[\w-]{0,40}:\d{0,12}:[\w/-]{1,40}:$")
"""Before the name of a secret, as a cloud addresses it."""
_GOES_ON = re.compile(r" (?:too|must|cannot|should|does|length|expired|requirements)\b")
"""`InvalidPassword: password too short`."""
_OF_ONE = frozenset({Kind.PASSPORT, Kind.NATIONAL_ID, Kind.BIRTH_DATE, Kind.LICENCE})
"""Fields that only a person has: a `holder` beside one is a person."""
_SEPARATORS = frozenset(":=")
_TURNS = frozenset({Kind.PASSWORD, Kind.SECRET})
_ARROW = re.compile(r"\"[ ]{1,4}->[ ]{1,4}\"([^\"\n]{3,400})(?=\")")
"""A plan of a change: what it was, and what it becomes."""


def _before_key(text: str, start: int, end: int) -> int:
    """Where a name ends that the next key follows without a sign: `Vorname: Liesel Nachname: Huber`."""
    words = text[start:end].split(" ") if text[end : end + 1] in _SEPARATORS else []
    for first in range(1, len(words)):
        if squeezed(" ".join(words[first:])) in KNOWN:
            return start + len(" ".join(words[:first]))
    return end


def _settled(text: str, start: int, field: str, known: Mapping[int, int]) -> int | None:
    """Where a value ends that was found already, so that its key has nothing to add."""
    quote = text[start : start + 1]
    if quote and quote in "\"'`":
        end = known.get(start + 1)
        return end if end is not None and text[end : end + 1] == quote else None
    end = known.get(start)
    if end is None or text[end : end + 1] in _LINE_END:
        return end
    if field in _NAMES:
        is_end = _NAME_END.match(text, end) is not None and _PARTICLE.match(text, end) is None
        return end if is_end and text[end] != "." else None
    return end if _end_of(field).match(text, end) is not None else None


def _expanded(text: str) -> list[Span]:
    found: list[Span] = []
    for match in _EXPANDED.finditer(text):
        field = field_kind(match[1])
        kind = value_kind(field, match[2], is_about_a_person=True) if field is not None else None
        if kind is not None:
            found.append(Span(match.start(2), match.end(2), kind))
    return found


def _keys(text: str) -> list[tuple[int, int, int, str]]:
    """Where keys that say something start and end, where their separators stand, and what they say."""
    size = len(text)
    found: list[tuple[int, int, int, str]] = []
    for match in _YEK.finditer(text[::-1]):
        words = match[1]
        offset, field = (_read if len(words) <= _LONGEST_KEY else _read.__wrapped__)(words)
        if field is not None:
            found.append(
                (size - match.end() + offset, size - match.start(1), size - 1 - match.start(), field)
            )
    found.reverse()
    return found


@lru_cache(maxsize=8192)
def _read(backwards: str) -> tuple[int, str | None]:
    """Where in these words the key starts, and its kind. The first may begin with digits, or have dashes."""
    words = backwards[::-1].split(" ")
    first = len(words) - 1
    while first > 0 and words[first][0].isalpha() and "-" not in words[first]:
        first -= 1
    offset = sum(map(len, words[:first])) + first
    for word in words[first : first + 2]:
        lead = next((index for index, char in enumerate(word) if char.isalpha()), None)
        if lead is not None:
            return offset + lead, _field(" ".join(words)[offset + lead :])
        offset += len(word) + 1
    return offset, None


def _after(text: str, separator: int) -> int:
    """Where the value may start."""
    start = separator + 1
    if text[separator] == "=" and text[start : start + 1] == ">":
        start += 1
    if text[start : start + 1] == "*" and text.startswith("** ", start):
        start += 2  # of Markdown: `**Name:** Ada`
    limit = start + _MOST_SPACE
    while start < limit and text[start : start + 1] in _SPACE and start < len(text):
        start += 1
    # Values of a list stand below each other.
    limit = start + _MOST_INDENT
    while start < limit and text[start : start + 1] == " ":
        start += 1
    return start


@lru_cache(maxsize=8192)
def _field(key: str) -> str | None:
    """The kind of a key: of all its words, or of its last ones, where prose stands before them."""
    words = key.split(" ")
    for first in range(len(words)):
        kind = field_kind(" ".join(words[first:]))
        if kind is not None:
            return kind
    return None


def _value(text: str, start: int, field: str) -> tuple[int, int]:
    """Where the value stands that begins here."""
    opening = start
    while text[opening : opening + 1] == "\\":
        opening += 1
    mark = text[opening : opening + 1]
    if mark and mark in "\"'`":
        close = _closing(text, opening + 1, text[start : opening + 1])
        if close is not None:
            return opening + 1, close
    end = text.find("\n", start, start + _LONGEST)
    rest = text[start : end if end != -1 else start + _LONGEST]
    if field == Kind.SECRET and (scheme := _SCHEME.match(rest)) is not None:
        start, rest = start + scheme.end(), rest[scheme.end() :]
    tab = rest.find("\t")
    rest = (rest if tab == -1 else rest[:tab]).rstrip("\r ")
    end = start + _length(field, rest)
    return start, _before_key(text, start, end) if field in _NAMES else end


def _closing(text: str, start: int, opening: str) -> int | None:
    """Where the quoted value ends; None if it does not within reach."""
    limit = start + _LONGEST_QUOTED
    position = start
    while True:
        close = text.find(opening, position, limit)
        if close == -1:
            return None
        # A plain quote is not the end where a backslash stands before it.
        if len(opening) > 1 or text[close - 1] != "\\":
            return close
        position = close + 1


def _length(field: str, value: str) -> int:
    """How much of the rest of a line is the value."""
    if field in _NAMES:
        return _name_length(value)
    end = _end_of(field).search(value)
    length = end.start() if end is not None else len(value)
    return length if field == Kind.PASSWORD else len(value[:length].rstrip(" .,;"))


def _end_of(field: str) -> re.Pattern[str]:
    """What ends a value of this kind."""
    if field == Kind.PASSWORD:
        return _PASSWORD_END
    if field in _ADDRESSES:
        return _ADDRESS_END
    return _NUMBER_END if field in _SPACED else _WORD_END


def _name_length(value: str) -> int:
    position = 0
    if (turned := _TURNED.match(value)) is not None:
        return turned.end()
    while (end := _NAME_END.search(value, position)) is not None:
        if value[end.start()] == "." and _INITIAL.search(value[: end.start() + 1]) is not None:
            position = end.end()
        elif (particle := _PARTICLE.match(value, end.start())) is not None:
            position = particle.end()
        else:
            return end.start()
    return len(value.rstrip())
