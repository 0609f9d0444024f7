"""Text → lexemes, by the rules of each dialect. An opinion of our own beside the parsers', never instead.

Theory of operation. Every disguise that works on a guard works because the guard and the database disagree
on where a string or a comment ends. So the extents are found here a second time, by the dialects' own
manuals, with one regular expression a dialect that is tried at each place in turn: linear, no nesting.
Where a dialect has several readings (MySQL's `NO_BACKSLASH_ESCAPES`, comments that some servers nest) the
text is marked, and `prescan` refuses it or reads it both ways.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache


class Kind(Enum):
    """What a lexeme is."""

    WORD = "word"
    """Letters, digits, `_`, `$`, `@` and everything beyond ASCII, unquoted; in two dialects `#` as well."""
    QUOTED = "quoted"
    """An identifier in quotes, with them."""
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    MARK = "mark"
    """One character of punctuation."""
    BROKEN = "broken"
    """A string, identifier or comment that does not end."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One lexeme: its kind, and its text as written."""

    kind: Kind
    text: str
    at: int = 0
    """Where it starts in the text."""

    @property
    def word(self) -> str:
        """In upper case if it is a word, else nothing."""
        return self.text.upper() if self.kind is Kind.WORD else ""

    @property
    def name(self) -> str:
        """The name that it stands for, in lower case: a word, or what is between the quotes."""
        if self.kind is Kind.WORD:
            return self.text.lower()
        if self.kind is not Kind.QUOTED:
            return ""
        last = self.text[-1]
        return self.text[1:-1].replace(last + last, last).lower()


_SINGLE = r"'(?:[^']|'')*+'"
_SINGLE_ESCAPED = r"'(?:[^'\\]|''|\\.)*+'"
_DOUBLE = r'"(?:[^"]|"")*+"'
_DOUBLE_ESCAPED = r'"(?:[^"\\]|""|\\.)*+"'
_BACKTICK = r"`(?:[^`]|``)*+`"
_BACKTICK_ESCAPED = r"`(?:[^`\\]|``|\\.)*+`"
_BRACKET = r"\[(?:[^\]]|\]\])*+\]"
_BRACKET_OF_SQLITE = r"\[[^\]]*+\]"
_DASHES = r"--[^\n]*+"
_BLOCK = r"/\*(?s:.*?)\*/"
_DOLLAR = r"\$(?P<tag>(?:[^\W\d]\w*+)?)\$(?s:.*?)\$(?P=tag)\$"
_TRIPLE = r"(?:[rRbB]{1,2}+)?(?:'''(?s:(?:[^\\]|\\.)*?)'''|\"\"\"(?s:(?:[^\\]|\\.)*?)\"\"\")"
_RAW = r"(?:[rRbB]{1,2}+)(?:'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\")"
_ORACLE_Q = (
    r"[nN]?+[qQ]'(?:\[(?s:.*?)\]'|\{(?s:.*?)\}'|<(?s:.*?)>'|\((?s:.*?)\)'|(?P<q>[^\s\[{<(])(?s:.*?)(?P=q)')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    strings: tuple[str, ...]
    quoted: tuple[str, ...]
    comments: tuple[str, ...]


_POSTGRES = _Shape(
    strings=(rf"[eE]{_SINGLE_ESCAPED}", rf"(?:[uU]&|[bBxXnN])?+{_SINGLE}", _DOLLAR),
    quoted=(rf"(?:[uU]&)?+{_DOUBLE}",),
    comments=(_DASHES, _BLOCK),
)
_SHAPES = {
    "postgres": _POSTGRES,
    "redshift": _POSTGRES,
    "duckdb": _POSTGRES,
    "mysql": _Shape(
        strings=(rf"(?:[bBxXnN]|_[a-zA-Z0-9]+\s*)?+{_SINGLE_ESCAPED}", _DOUBLE_ESCAPED),
        quoted=(_BACKTICK,),
        comments=(r"--(?=[\x00-\x20]|\Z)[^\n]*+", r"\#[^\n]*+", _BLOCK),
    ),
    "sqlite": _Shape(
        strings=(rf"[xX]?+{_SINGLE}",),
        quoted=(_DOUBLE, _BACKTICK, _BRACKET_OF_SQLITE),
        comments=(_DASHES, _BLOCK),
    ),
    "tsql": _Shape(strings=(rf"[nN]?+{_SINGLE}",), quoted=(_DOUBLE, _BRACKET), comments=(_DASHES, _BLOCK)),
    "oracle": _Shape(strings=(_ORACLE_Q, rf"[nN]?+{_SINGLE}"), quoted=(_DOUBLE,), comments=(_DASHES, _BLOCK)),
    "bigquery": _Shape(
        strings=(_TRIPLE, _RAW, r"'(?:[^'\\]|\\.)*+'", r'"(?:[^"\\]|\\.)*+"'),
        quoted=(_BACKTICK_ESCAPED,),
        comments=(_DASHES, r"\#[^\n]*+", _BLOCK),
    ),
    "snowflake": _Shape(
        strings=(rf"[xX]?+{_SINGLE_ESCAPED}", r"\$\$(?s:.*?)\$\$"),
        quoted=(_DOUBLE,),
        comments=(_DASHES, r"//[^\n]*+", _BLOCK),
    ),
    "clickhouse": _Shape(
        strings=(rf"[bBxX]?+{_SINGLE_ESCAPED}", _DOLLAR),
        quoted=(_DOUBLE_ESCAPED, _BACKTICK_ESCAPED),
        comments=(_DASHES, r"\#[ !][^\n]*+", _BLOCK),
    ),
}


_HASH_IN_WORDS = frozenset({"tsql", "oracle"})
"""Elsewhere, # begins a comment or is an operator, also right behind a word."""
_WORD = r"(?P<word>[^\W\d]\w*+(?:\$\w*+)*+|[@$]++\w*+)"
_WORD_WITH_HASH = r"(?P<word>[^\W\d]\w*+(?:[$\#]\w*+)*+|[@\#$]++\w*+)"


@cache
def _pattern(dialect: str) -> re.Pattern[str]:
    shape = _SHAPES[dialect]
    openings = [r"/\*", r"['\"`]"]
    if {_BRACKET, _BRACKET_OF_SQLITE} & set(shape.quoted):
        openings.append(r"\[")
    if _DOLLAR in shape.strings:
        openings.append(r"\$(?:[^\W\d]\w*+)?+\$")
    if _ORACLE_Q in shape.strings:
        openings.append(r"[nN]?+[qQ]'")
    parts = (
        f"(?P<comment>{'|'.join(shape.comments)})",
        f"(?P<string>{'|'.join(shape.strings)})",
        f"(?P<quoted>{'|'.join(shape.quoted)})",
        f"(?P<broken>{'|'.join(openings)})",
        r"(?P<number>(?:0[xX][0-9a-fA-F]++|[0-9]++(?:\.[0-9]*+)?+(?:[eE][+-]?+[0-9]++)?+))",
        _WORD_WITH_HASH if dialect in _HASH_IN_WORDS else _WORD,
        r"(?P<blank>[ \t\r\n\f\v]++)",
        r"(?P<mark>(?s:.))",
    )
    return re.compile("|".join(parts))


def lexemes(text: str, dialect: str) -> tuple[Lexeme, ...]:
    """Return the lexemes of a text, without blanks. The first that does not end is the last, and broken."""
    found: list[Lexeme] = []
    for match in _pattern(dialect).finditer(text):
        kind = match.lastgroup or "mark"
        if kind in {"tag", "q"}:  # the innermost named group that closed last is never the outer one
            kind = "string"
        if kind != "blank":
            found.append(Lexeme(Kind(kind), match.group(), match.start()))
        if kind == "broken":
            break  # trying each further place to the end of the text would take the square of its length
    return tuple(found)


def without_comments(found: tuple[Lexeme, ...]) -> tuple[Lexeme, ...]:
    """Return what is left without comments."""
    return tuple(lexeme for lexeme in found if lexeme.kind is not Kind.COMMENT)
