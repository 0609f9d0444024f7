"""Patterns of `*` and `?`, matched in time that grows with the name alone, and the forms of a URI.

A pattern is cut at its stars into pieces, and each piece is looked for once, from where the last one ended:
nothing is ever tried again, so that no name makes it slow.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_NAME = 16_384
"""Characters of a name. A longer one matches no pattern that allows, and every pattern that does not."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, ready to be matched."""

    text: str
    pieces: tuple[re.Pattern[str], ...]
    """What stands between the stars; the first begins the name, the last ends it."""

    @property
    def is_plain(self) -> bool:
        """Whether it stands for one name alone."""
        return "*" not in self.text and "?" not in self.text

    def matches(self, name: str) -> bool:
        """Whether it is about the whole name."""
        if self.is_plain:
            return self.text == name
        if len(self.pieces) == 1:
            return self.pieces[0].fullmatch(name) is not None
        first = self.pieces[0].match(name)
        if first is None:
            return False
        at = first.end()
        for piece in self.pieces[1:-1]:
            found = piece.search(name, at)
            if found is None:
                return False
            at = found.end()
        # Every piece has one length: what ends the name begins that much before its end.
        start = len(name) - _length(self.text.rpartition("*")[2])
        return start >= at and self.pieces[-1].fullmatch(name, start) is not None


def _length(piece: str) -> int:
    return len(piece)


@lru_cache(maxsize=8192)
def pattern(text: str) -> Pattern:
    """Make a pattern ready."""
    pieces = text.split("*")
    made = ("".join("." if c == "?" else re.escape(c) for c in piece) for piece in pieces)
    return Pattern(text, tuple(re.compile(piece, re.DOTALL) for piece in made))


def covers(wide: str, narrow: str) -> bool:
    """Whether every name that fits `narrow` fits `wide`. May say no where the answer is yes."""
    if wide in {"*", narrow}:
        return True
    if "*" not in narrow and "?" not in narrow:
        return pattern(wide).matches(narrow)
    # A star of the narrow one can be any text: it must fall where the wide one has a star at an end.
    head, star, tail = wide.partition("*")
    is_simple = star and "*" not in tail and "?" not in wide
    return (
        bool(is_simple)
        and narrow.startswith(head)
        and narrow.endswith(tail)
        and len(narrow) >= len(head + tail)
    )


_EXPRESSION = re.compile(r"\{[^{}]*\}")


def wildcard_of(template: str) -> str:
    """The pattern of every URI that a template (RFC 6570) can become: any text for each expression."""
    return _EXPRESSION.sub("*", template)


def may_meet(one: str, other: str) -> bool:
    """Whether some name may fit both patterns. May say yes where the answer is no."""
    return _agree(_head(one), _head(other)) and _agree(_head(one[::-1]), _head(other[::-1]))


def _head(text: str) -> str:
    """What stands before the first wildcard."""
    return re.split(r"[*?]", text, maxsplit=1)[0]


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_ROUNDS = 3
"""How often a URI is decoded: servers decode once or twice."""


def forms_of(uri: str) -> tuple[str, ...]:
    """The ways in which a server may read a URI: as written, and decoded with its dots resolved."""
    decoded = uri
    for _ in range(_ROUNDS):
        once = _ENCODED.sub(lambda found: chr(int(found[1], 16)), decoded)
        if once == decoded:
            break
        decoded = once
    scheme, colon, rest = decoded.partition(":")
    plain = f"{scheme.lower()}{colon}{_without_dots(rest)}" if colon else _without_dots(decoded)
    return (uri,) if plain == uri else (uri, plain)


def _without_dots(path: str) -> str:
    if "." not in path and "\\" not in path:
        return path
    kept: list[str] = []
    root = len(path) - len(path.lstrip("/\\"))
    for part in path.replace("\\", "/")[root:].split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "/" * root + "/".join(kept)
