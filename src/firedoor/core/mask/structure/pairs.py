"""`key=value`, `Key: value` and quoted members in a text: the name of the key says what the value is.

Keys are found by RE2 in one pass; a value is looked at from its start, up to a fixed length, so that a long
line costs no more than its length.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import re2

from firedoor.core.mask.detectors.scanner import Span
from firedoor.core.mask.structure.field_names import LIKELY_ADDRESS, LIKELY_NAME
from firedoor.core.mask.structure.fields import (
    PERSONAL_FIELDS,
    field_kind,
    value_kind,
)
from firedoor.model.mask import Kind

_KEY = re2.compile(
    r"""([\p{L}][\p{L}\p{N}_.\-]*(?: [\p{L}][\p{L}\p{N}_.]*){0,2})\\*["'`]?\s?(?::|=>?|:=)\s{0,3}"""
)
_KEY_IN_BYTES = re2.compile(_KEY.pattern.encode())
_LONGEST = 400
"""Characters of an unquoted value. Longer ones are not what a person or a program writes on a line."""
_LONGEST_QUOTED = 8192
_NAMES = frozenset({Kind.NAME, LIKELY_NAME})
_ADDRESSES = frozenset({Kind.ADDRESS, LIKELY_ADDRESS})
_SPACED = frozenset(
    {Kind.PHONE, Kind.CARD, Kind.IBAN, Kind.NATIONAL_ID, Kind.BIRTH_DATE, Kind.PASSPORT, Kind.LICENCE}
)
_SCHEME = re.compile(r"(?i:bearer|basic|token|digest|negotiate) ")
_PASSWORD_END = re.compile(r"\s|[,;)](?=\s|$)")
_WORD_END = re.compile(r"[\s,;&)\]}|]")
_NUMBER_END = re.compile(r"[,;|)\]}]|\s[^\W\d_]{2,}(?=[\s=:.,]|$)|\s[-\u2013\u2014(>]|\.(?=\s|$)")
_ADDRESS_END = re.compile(
    r",?\s[^\W\d_][\w.-]{0,40}=|[;|)\]}]|,?\s[^\W\d_]\w{0,20}: |\.(?= [A-Z])\s(?=[A-Z]\w+ [a-z]+)"
)
_NAME_END = re.compile(
    r"[,;:!?()\[\]|{}<>\"=]|\.(?=\s|$)|\s(?=[a-ząćęłńóśźż]{2,}|[-\u2013\u2014>(]|\d|[A-Z][A-Z0-9_]{2,}|\S{1,40}=)"
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


def pairs(text: str, *, is_about_a_person: bool) -> list[Span]:
    """Findings that a key before them gives away."""
    found = _expanded(text) if _RECORD in text else []
    behind = 0
    for first, last, after in _keys(text):
        if last <= behind:
            continue
        # A value may reach into what looks like the words of the next key.
        field = _field(text[max(first, behind) : last].strip())
        if field is None:
            continue
        start, end = _value(text, after, field)
        is_person = is_about_a_person or field in PERSONAL_FIELDS
        kind = value_kind(field, text[start:end], is_about_a_person=is_person) if end > start else None
        if kind is not None:
            found.append(Span(start, end, kind))
            behind = end
    return found


def _expanded(text: str) -> list[Span]:
    found: list[Span] = []
    for match in _EXPANDED.finditer(text):
        field = field_kind(match[1])
        kind = value_kind(field, match[2], is_about_a_person=True) if field is not None else None
        if kind is not None:
            found.append(Span(match.start(2), match.end(2), kind))
    return found


def _keys(text: str) -> Iterator[tuple[int, int, int]]:
    """Where keys start and end, and where their values may start."""
    # Most texts are ASCII: their bytes are their characters, and RE2 need not count these for every match.
    found = _KEY_IN_BYTES.finditer(text.encode()) if text.isascii() else _KEY.finditer(text)
    return ((*match.span(1), match.end(0)) for match in found)


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
    return start, start + _length(field, rest)


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
    pattern = _WORD_END
    if field == Kind.PASSWORD:
        pattern = _PASSWORD_END
    elif field in _ADDRESSES:
        pattern = _ADDRESS_END
    elif field in _SPACED:
        pattern = _NUMBER_END
    end = pattern.search(value)
    length = end.start() if end is not None else len(value)
    return length if field == Kind.PASSWORD else len(value[:length].rstrip(" .,;"))


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
