"""Words → arguments: what each word can become when the shell expands it. Runs nothing, guesses nothing.

An argument is a text that is known, or *open*: some text of which at most the beginning is known.
What could begin with `-` could be any option.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from firedoor.core.decide.shell.bounds import LONGEST_VALUE
from firedoor.core.decide.shell.syntax import Part, PartKind, Unclear, Word

MOST_ALTERNATIVES = 128
"""Words that braces make of one word. Stops {1..64}{1..64}{1..64}."""

_SPLIT_OR_GLOB = re.compile(r"[\s*?\[\\]")
_ROOTED = frozenset({"HOME", "PWD", "OLDPWD"})
_NEVER_AN_OPTION = frozenset("?#$!")
"""Of the shell's own parameters, those that hold digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """What one word becomes."""

    text: str | None
    """The whole text, or None: it is open."""
    prefix: str = ""
    """Of an open one, what it begins with, as far as that is known."""
    is_many: bool = False
    """Whether it may become none, or several words, each beginning with the prefix."""
    is_operand: bool = False
    """Whether an open one cannot begin with `-`."""
    is_count: bool = False
    """Whether an open one is digits and no more: `$?`, and not `$?x`."""
    pattern: str | None = None
    """The pattern of file names that it stands for, if that is known."""
    spelling: str | None = None
    """What is written of it, `*` where it is open. A hint of what it may name, and no bound."""

    @property
    def may_be_option(self) -> bool:
        """Whether a command could take it for an option."""
        if self.text is not None:
            return self.text.startswith("-") and self.text != "-"
        return not self.is_operand and self.prefix[:1] in {"", "-"}

    @property
    def shown(self) -> str:
        """For reasons: the text, or what is known of it."""
        return self.text if self.text is not None else f"{self.prefix}…"


def known(text: str) -> Argument:
    """Return an argument whose text is known."""
    return Argument(text=text)


ANYTHING = Argument(text=None)
ANY_WORDS = Argument(text=None, is_many=True)

Variables = Mapping[str, Argument]


def arguments_of(word: Word, variables: Variables) -> tuple[Argument, ...]:
    """Return what a word becomes, given what its variables hold.

    Raises:
        Unclear: its braces make too many words.
    """
    if word.bare == "[":
        return (known("["),)
    braces = [part.alternatives for part in word.parts if part.kind is PartKind.BRACES]
    if not braces:
        return _expanded(word.parts, variables)
    if prod(map(len, braces)) > MOST_ALTERNATIVES:
        raise Unclear(f"Its braces make more than {MOST_ALTERNATIVES} words.")
    found: list[Argument] = []
    for chosen in product(*braces):
        found.extend(_expanded(_with_chosen(word.parts, chosen), variables))
    return tuple(found)


def value_of(word: Word, variables: Variables) -> Argument:
    """Return what a variable holds after `NAME=word`: nothing is split, braces and globs stay."""
    if any(part.kind in {PartKind.BRACES, PartKind.GLOB} for part in word.parts):
        return ANYTHING
    quoted = tuple(
        Part(kind=part.kind, text=part.text, is_quoted=True, script=part.script, cut=part.cut)
        for part in word.parts
    )
    if not quoted:
        return known("")
    (value,) = _expanded(quoted, variables)
    return value


def _with_chosen(parts: tuple[Part, ...], chosen: tuple[str, ...]) -> tuple[Part, ...]:
    left = iter(chosen)
    return tuple(
        Part(kind=PartKind.LITERAL, text=next(left)) if part.kind is PartKind.BRACES else part
        for part in parts
    )


def _expanded(parts: tuple[Part, ...], variables: Variables) -> tuple[Argument, ...]:
    if _is_url(parts):
        return (known("".join(part.text for part in parts)),)
    text, pattern = "", ""
    first_open: Argument | None = None
    is_many = is_split = False
    for part in parts:
        value = _value(part, variables)
        split = _is_split(part, value)
        is_split = is_split or split
        is_many = is_many or split or part.kind is PartKind.GLOB
        pattern += part.text if part.kind is PartKind.GLOB else _escaped(value)
        if first_open is None and (value.text is None or split):
            first_open = value
        elif first_open is None:
            text += value.text or ""
    if len(text) > LONGEST_VALUE and any(part.kind in {PartKind.VARIABLE, PartKind.CUT} for part in parts):
        raise Unclear(f"A value that is made of others is longer than {LONGEST_VALUE} characters.")
    if first_open is None:
        return () if _is_nothing(parts, text) else (known(text),)
    if is_split:
        return (Argument(text=None, is_many=True, spelling=pattern),)
    return (
        Argument(
            text=None,
            prefix=text + first_open.prefix,
            is_many=is_many,
            is_operand=first_open.is_operand and not text,
            is_count=first_open.is_count and pattern == "*",
            pattern=pattern if is_many else None,
            spelling=pattern,
        ),
    )


def _is_url(parts: tuple[Part, ...]) -> bool:
    """`https://x/y?z` holds a sign of patterns, and no file has such a name."""
    kinds = {part.kind for part in parts}
    begins = parts[0].text.startswith(("http://", "https://")) if parts else False
    return begins and kinds <= {PartKind.LITERAL, PartKind.QUOTED, PartKind.GLOB}


def _is_nothing(parts: tuple[Part, ...], text: str) -> bool:
    return not text and not any(part.is_quoted for part in parts)


def _is_split(part: Part, value: Argument) -> bool:
    """An unquoted value is split at blanks and its patterns are looked up, in most shells."""
    if part.is_quoted or part.kind not in {PartKind.VARIABLE, PartKind.CUT, PartKind.COMMANDS}:
        return False
    if part.text in _NEVER_AN_OPTION and part.kind is PartKind.VARIABLE:
        return False
    return value.text is None or _SPLIT_OR_GLOB.search(value.text) is not None


def _escaped(value: Argument) -> str:
    """A text as a pattern that matches only itself; `*` where it is open."""
    if value.text is None:
        return "*"
    return re.sub(r"([*?\[])", r"[\1]", value.text)


def _value(part: Part, variables: Variables) -> Argument:
    if part.kind in {PartKind.LITERAL, PartKind.QUOTED}:
        return known(part.text)
    if part.kind is PartKind.VARIABLE:
        return _held(part.text, variables)
    if part.kind is PartKind.CUT:
        return _cut(variables.get(part.text, ANYTHING), *part.cut)
    return Argument(text=None, prefix="/dev/fd/" if part.kind is PartKind.READ_AS_FILE else "")


def _held(name: str, variables: Variables) -> Argument:
    if name in variables:
        return variables[name]
    if name in _ROOTED:
        return Argument(text=None, prefix="/")
    is_digits = name in _NEVER_AN_OPTION
    return Argument(text=None, is_operand=is_digits, is_count=is_digits)


def _cut(value: Argument, sign: str, pattern: str) -> Argument:
    """Take the shortest (`#`, `%`) or the longest (`##`, `%%`) match away, as POSIX says.

    Raises:
        Unclear: what would be left of a known text is not worked out; it could spell a name of credentials.
    """
    if value.text is None:
        return ANYTHING
    text, plain = value.text, pattern.replace("*", "")
    if pattern == plain:
        return known(text.removeprefix(plain) if sign[0] == "#" else text.removesuffix(plain))
    if not plain or pattern != (f"*{plain}" if sign[0] == "#" else f"{plain}*"):
        raise Unclear("Of patterns in ${…} only plain text is read, with one * at the outer end.")
    if plain not in text:
        return value
    is_first = sign in {"#", "%%"}
    before, _, behind = text.partition(plain) if is_first else text.rpartition(plain)
    return known(behind if sign[0] == "#" else before)
