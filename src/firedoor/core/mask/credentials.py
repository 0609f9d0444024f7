"""An upstream's own credential never reaches a client or a record, also when the upstream repeats it.

Theory of operation. JSON has many spellings of one text: each character may stand for itself or as an
escape of four digits in either case, and some have a short escape. The usual spellings are looked for as
bytes, which costs next to nothing; a payload that escapes what needs no escape is looked at with those
escapes undone. Only where one of the two finds something is the pattern run that knows every spelling.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache

WITHHELD = b"[credential withheld]"

_SHORTEST = 6
"""Shorter values occur by chance; they are no credentials worth the name."""

_HTML = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})
_SHORT = {
    '"': rb"\"",
    "\\": rb"\\",
    "/": rb"\/",
    "\b": rb"\b",
    "\f": rb"\f",
    "\n": rb"\n",
    "\r": rb"\r",
    "\t": rb"\t",
}
_NEEDLESS = re.compile(rb"\\(?:u00([2-7][0-9a-fA-F])|/|(\\))")
"""ASCII that need not be escaped, and is; and a backslash, which escapes nothing that stands behind it."""


def spellings(credentials: Iterable[str]) -> tuple[bytes, ...]:
    """The byte strings to look for: each credential as it stands and as JSON writes it, longest first.

    The usual encoders escape more than they must: some the slash, Go's the three marks of HTML.
    """
    found: set[bytes] = set()
    for credential in credentials:
        if len(credential) >= _SHORTEST:
            found.add(credential.encode())
            for is_ascii in (True, False):
                written = json.dumps(credential, ensure_ascii=is_ascii)[1:-1]
                found.add(written.encode())
                found.add(written.replace("/", r"\/").encode())
                found.add(written.translate(_HTML).encode())
    return tuple(sorted(found, key=lambda spelling: (-len(spelling), spelling)))


def without_credentials(payload: bytes, spelled: tuple[bytes, ...]) -> bytes:
    """The payload with each of them replaced, however it is spelled; the same object when none occurs."""
    if not spelled or not (any(s in payload for s in spelled) or _may_hide(payload, spelled)):
        return payload
    masked = _every_spelling(spelled).sub(_withheld, payload)
    return payload if masked == payload else masked


@lru_cache(maxsize=64)
def texts(spelled: tuple[bytes, ...]) -> tuple[str, ...]:
    """The credentials that these are spellings of, longest first; one that reads two ways is both."""
    found: set[str] = set()
    for spelling in spelled:
        text = spelling.decode()
        found.add(text)
        try:
            found.add(json.loads(f'"{text}"', strict=False))
        except ValueError:
            continue  # as it stands, and no JSON
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def _may_hide(payload: bytes, spelled: tuple[bytes, ...]) -> bool:
    if b"\\u" not in payload and b"\\/" not in payload:
        return False
    if not all(spelling.isascii() for spelling in spelled):
        return True  # each escape of such a character has two cases of digits
    if _NEEDLESS.search(payload) is None:
        return False
    plain = _NEEDLESS.sub(_undone, payload)
    return any(spelling in plain for spelling in spelled)


def _undone(found: re.Match[bytes]) -> bytes:
    if found[2] is not None:
        return found[0]
    character = b"/" if found[1] is None else bytes([int(found[1], 16)])
    # These two cannot stand for themselves: what is left must be the usual spelling.
    return b"\\" + character if character in b'"\\' else character


def _withheld(found: re.Match[bytes]) -> bytes:
    # An escape that the match had cut in half would leave no JSON: half of a pair goes with it.
    before = len(found[1])
    return b"\\" * (before - before % 2) + WITHHELD


@lru_cache(maxsize=64)
def _every_spelling(spelled: tuple[bytes, ...]) -> re.Pattern[bytes]:
    known = [*texts(spelled)]
    return re.compile(rb"(\\*)(?:" + b"|".join(_pattern(text) for text in known) + rb")", re.DOTALL)


def _pattern(text: str) -> bytes:
    return b"".join(_any_of(character) for character in text)


def _any_of(character: str) -> bytes:
    """Each way to write one character, the longest first. There are three at most: matching is linear."""
    units = character.encode("utf-16-be")
    escaped = b"".join(rb"\\u" + _digits(units[at : at + 2]) for at in range(0, len(units), 2))
    short = [re.escape(_SHORT[character])] if character in _SHORT else []
    return b"(?:" + b"|".join([escaped, *short, re.escape(character.encode())]) + b")"


def _digits(unit: bytes) -> bytes:
    return b"".join(
        b"[%c%c]" % (digit, ord(chr(digit).upper())) if chr(digit).isalpha() else b"%c" % digit
        for digit in unit.hex().encode()
    )
