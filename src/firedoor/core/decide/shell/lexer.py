"""Text → words, by the rules of POSIX shells. Refuses where shells differ or a word is hard to see.

Only what sh, dash, bash, ksh and zsh read alike is read here; the rest is `Unclear`. A second parser
(`second_reading`) must find the same words.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from firedoor.core.decide.shell.bounds import DEEPEST, Steps
from firedoor.core.decide.shell.syntax import Part, PartKind, Script, Unclear, Word

BETWEEN_WORDS = frozenset(" \t\n;&|<>()")
_ENDS_A_RUN = BETWEEN_WORDS | frozenset("\\'\"$`*?[{!")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = frozenset("?#$!@*-0123456789")
_DIGITS_ONLY = re.compile(r"\$\(\(([0-9+\-*/% \t]*)\)\)")
_CUT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(##|#|%%|%)([A-Za-z0-9_./:,*-]{1,32})\}")
"""`${path##*/}`, `${file%.log}`: what is taken away holds nothing to expand."""
_PLAIN_ANSI = re.compile(r"(?:[^'\\\n]|\\[tn\\])*")
_LIST = re.compile(r"\{([A-Za-z0-9_./@:-]*(?:,[A-Za-z0-9_./@:-]*)+)\}")
_RANGE = re.compile(r"\{([0-9]{1,5})\.\.([0-9]{1,5})\}")
_NO_BRACES = re.compile(r"\{([^\s,{}'\"\\$`;&|<>()]*)\}")
_LONGEST_RANGE = 64


@dataclass(slots=True)
class Cursor:
    """A place in a text, and how deep it is nested."""

    text: str
    at: int = 0
    depth: int = 0
    parentheses: int = 0
    """How many of them: a here-document could reach over one."""
    steps: Steps = field(default_factory=Steps)
    owed: list[tuple[str, bool, bool]] = field(default_factory=list[tuple[str, bool, bool]])
    """Here-documents whose bodies begin on the next line: delimiter, tabs stripped, verbatim."""

    @property
    def sign(self) -> str:
        """The character here, or nothing at the end."""
        return self.text[self.at : self.at + 1]

    def starts(self, sign: str) -> bool:
        """Whether the text goes on with a sign."""
        return self.text.startswith(sign, self.at)

    def skip_blanks(self) -> None:
        """Go past blanks, comments, and lines continued after a blank."""
        while True:
            if self.sign in {" ", "\t"}:
                self.at += 1
            elif self.starts("\\\n") and self._is_after_blank():
                self.at += 2
            elif self.sign == "#" and self._is_at_word_start():
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def enter(self) -> None:
        """Go one level down.

        Raises:
            Unclear: that is too deep.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unclear(f"It is nested more than {DEEPEST} levels deep.")

    def _is_after_blank(self) -> bool:
        return self.text[self.at - 1 : self.at] in {" ", "\t"}

    def _is_at_word_start(self) -> bool:
        return self.at == 0 or self.text[self.at - 1] in BETWEEN_WORDS


Commands = Callable[[Cursor], Script]
"""Reads commands up to and with the `)` that ends them."""


def read_word(cursor: Cursor, commands: Commands) -> Word:
    """Read one word. The cursor is at its first character, which is not between words.

    Raises:
        Unclear: it cannot be read with certainty.
    """
    start = cursor.at
    parts: list[Part] = []
    cursor.steps.take()
    while cursor.sign and cursor.sign not in BETWEEN_WORDS:
        reader = _READERS.get(cursor.sign)
        if reader is not None:
            reader(cursor, parts)
        elif cursor.sign == '"':
            _double(cursor, parts, commands)
        elif cursor.sign == "$":
            _dollar(cursor, parts, commands, is_quoted=False)
        else:
            _run(cursor, parts)
    if cursor.owed and "\n" in cursor.text[start : cursor.at]:
        raise Unclear("A quoted line break follows a here-document on its line.")
    cursor.steps.take(len(parts) // 2)
    return Word(parts=tuple(parts), start=start, end=cursor.at)


def _run(cursor: Cursor, parts: list[Part]) -> None:
    begin = cursor.at
    while cursor.sign and cursor.sign not in _ENDS_A_RUN:
        cursor.at += 1
    parts.append(Part(kind=PartKind.LITERAL, text=cursor.text[begin : cursor.at]))


def _backslash(cursor: Cursor, parts: list[Part]) -> None:
    escaped = cursor.text[cursor.at + 1 : cursor.at + 2]
    if escaped in {"", "\n"}:
        raise Unclear("A line is continued inside a word; put a blank before the backslash.")
    parts.append(Part(kind=PartKind.QUOTED, text=escaped, is_quoted=True))
    cursor.at += 2


def _single(cursor: Cursor, parts: list[Part]) -> None:
    end = cursor.text.find("'", cursor.at + 1)
    if end < 0:
        raise Unclear("A single quote is not closed.")
    parts.append(Part(kind=PartKind.QUOTED, text=cursor.text[cursor.at + 1 : end], is_quoted=True))
    cursor.at = end + 1


def _backtick(_cursor: Cursor, _parts: list[Part]) -> None:
    raise Unclear("Backticks are not read; write $(…).")


def _glob(cursor: Cursor, parts: list[Part]) -> None:
    sign = "[[" if cursor.starts("[[") else cursor.sign
    parts.append(Part(kind=PartKind.GLOB, text=sign))
    cursor.at += len(sign)


def _braces(cursor: Cursor, parts: list[Part]) -> None:
    if cursor.text[cursor.at + 1 : cursor.at + 2] in BETWEEN_WORDS | {""}:
        parts.append(Part(kind=PartKind.LITERAL, text="{"))
        cursor.at += 1
        return
    for pattern, alternatives in ((_LIST, _listed), (_RANGE, _counted)):
        found = pattern.match(cursor.text, cursor.at)
        if found is not None:
            if parts and parts[-1].kind is PartKind.VARIABLE and cursor.text[cursor.at - 1] != "}":
                raise Unclear("Braces behind a variable become part of its name; write ${name}.")
            parts.append(Part(kind=PartKind.BRACES, alternatives=alternatives(found)))
            cursor.steps.take(len(parts[-1].alternatives))
            cursor.at = found.end()
            return
    plain = _NO_BRACES.match(cursor.text, cursor.at)
    if plain is None or ".." in plain[1]:
        raise Unclear("Braces are read only as plain lists {a,b} or counts {1..9}; quote them otherwise.")
    parts.append(Part(kind=PartKind.LITERAL, text=plain[0]))
    cursor.at = plain.end()


def _listed(found: re.Match[str]) -> tuple[str, ...]:
    return tuple(found[1].split(","))


def _counted(found: re.Match[str]) -> tuple[str, ...]:
    first, last = int(found[1]), int(found[2])
    if abs(last - first) >= _LONGEST_RANGE or found[1] != str(first) or found[2] != str(last):
        raise Unclear(f"A count in braces goes over at most {_LONGEST_RANGE} plain numbers.")
    step = 1 if last >= first else -1
    return tuple(str(number) for number in range(first, last + step, step))


def _exclamation(cursor: Cursor, parts: list[Part]) -> None:
    _refuse_history(cursor, " \t\n=;|&)")
    parts.append(Part(kind=PartKind.LITERAL, text="!"))
    cursor.at += 1


def _refuse_history(cursor: Cursor, harmless: str) -> None:
    """`!rm` runs an earlier command again where a shell is interactive, within double quotes as well."""
    following = cursor.text[cursor.at + 1 : cursor.at + 2]
    if following and following not in harmless:
        raise Unclear("An exclamation mark before a word recalls history; put it in single quotes.")


_READERS: dict[str, Callable[[Cursor, list[Part]], None]] = {
    "\\": _backslash,
    "'": _single,
    "`": _backtick,
    "*": _glob,
    "?": _glob,
    "[": _glob,
    "{": _braces,
    "!": _exclamation,
}


def _double(cursor: Cursor, parts: list[Part], commands: Commands) -> None:
    cursor.at += 1
    parts.append(Part(kind=PartKind.QUOTED, is_quoted=True))  # "" is a word, too
    while cursor.sign != '"':
        if not cursor.sign:
            raise Unclear("A double quote is not closed.")
        if cursor.sign == "$":
            _dollar(cursor, parts, commands, is_quoted=True)
        else:
            parts.append(Part(kind=PartKind.QUOTED, text=_in_double(cursor), is_quoted=True))
    cursor.at += 1


def _in_double(cursor: Cursor) -> str:
    sign = cursor.sign
    if sign == "`":
        raise Unclear("Backticks are not read; write $(…).")
    if sign == "!":
        _refuse_history(cursor, ' \t\n="')
    if sign == "\\":
        escaped = cursor.text[cursor.at + 1 : cursor.at + 2]
        if escaped in {"", "\n"}:
            raise Unclear("A line is continued inside double quotes.")
        if escaped in {"$", "`", '"', "\\"}:
            cursor.at += 2
            return escaped
    begin = cursor.at
    cursor.at += 1
    while cursor.sign and cursor.sign not in '"$`!\\':
        cursor.at += 1
    return cursor.text[begin : cursor.at]


def _dollar(cursor: Cursor, parts: list[Part], commands: Commands, *, is_quoted: bool) -> None:
    following = cursor.text[cursor.at + 1 : cursor.at + 2]
    if following == "(":
        _parenthesis(cursor, parts, commands, is_quoted=is_quoted)
    elif following == "{":
        _braced_variable(cursor, parts, is_quoted=is_quoted)
    elif following == "'" and not is_quoted:
        _ansi(cursor, parts)
    elif following == "[" or (following == '"' and not is_quoted):
        raise Unclear(f"The form ${following} is not read.")
    else:
        _plain_variable(cursor, parts, is_quoted=is_quoted)


def _plain_variable(cursor: Cursor, parts: list[Part], *, is_quoted: bool) -> None:
    name = _NAME.match(cursor.text, cursor.at + 1)
    following = cursor.text[cursor.at + 1 : cursor.at + 2]
    if name is not None:
        parts.append(Part(kind=PartKind.VARIABLE, text=name[0], is_quoted=is_quoted))
        cursor.at = name.end()
        if cursor.sign == "[" and not is_quoted:
            raise Unclear("A subscript behind a variable is not read.")
    elif following and following in _SPECIAL:
        parts.append(Part(kind=PartKind.VARIABLE, text=following, is_quoted=is_quoted))
        cursor.at += 2
    else:
        kind = PartKind.QUOTED if is_quoted else PartKind.LITERAL
        parts.append(Part(kind=kind, text="$", is_quoted=is_quoted))
        cursor.at += 1


def _braced_variable(cursor: Cursor, parts: list[Part], *, is_quoted: bool) -> None:
    name = _NAME.match(cursor.text, cursor.at + 2)
    cut = _CUT.match(cursor.text, cursor.at)
    if cut is not None:
        parts.append(Part(kind=PartKind.CUT, text=cut[1], is_quoted=is_quoted, cut=(cut[2], cut[3])))
        cursor.at = cut.end()
        return
    if name is None or not cursor.text.startswith("}", name.end()):
        raise Unclear("Of ${…} only a plain name is read, with a plain beginning or end taken away.")
    parts.append(Part(kind=PartKind.VARIABLE, text=name[0], is_quoted=is_quoted))
    cursor.at = name.end() + 1


def _ansi(cursor: Cursor, parts: list[Part]) -> None:
    r"""`$'\t'`: only tabs, line feeds and backslashes; a quote within ends it in some shells only."""
    found = _PLAIN_ANSI.match(cursor.text, cursor.at + 2)
    if found is None or not cursor.text.startswith("'", found.end()):
        raise Unclear("Of $'…' only \\t, \\n and \\\\ are read; write the characters themselves.")
    text = re.sub(r"\\(.)", lambda escape: {"t": "\t", "n": "\n"}.get(escape[1], "\\"), found[0])
    parts.append(Part(kind=PartKind.QUOTED, text=text, is_quoted=True))
    cursor.at = found.end() + 1


def _parenthesis(cursor: Cursor, parts: list[Part], commands: Commands, *, is_quoted: bool) -> None:
    digits = _DIGITS_ONLY.match(cursor.text, cursor.at)
    if digits is not None:
        parts.append(Part(kind=PartKind.NUMBER, is_quoted=is_quoted))
        cursor.at = digits.end()
        return
    if cursor.starts("$(("):
        raise Unclear("Arithmetic is read only over plain digits: names in it can run commands.")
    cursor.at += 2
    cursor.enter()
    script = commands(cursor)
    cursor.depth -= 1
    parts.append(Part(kind=PartKind.COMMANDS, is_quoted=is_quoted, script=script))
