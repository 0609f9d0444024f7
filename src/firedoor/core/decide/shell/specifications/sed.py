"""`sed`: scripts of which every command is known to change nothing but the output.

Allowed: p P d D q Q = n N g G h H x l, s without the flags e and w, y, { }. Not allowed: w W r R e a i c,
labels, -i, -f.
"""

import re

from firedoor.core.decide.shell.specification import Parsed

OPTIONS = (
    "-n -E -r -s -u -z -e: -l: --quiet --silent --regexp-extended --expression: --separate --unbuffered "
    "--null-data --line-length: --posix --sandbox --debug --help --version"
)
_SIMPLE = frozenset("pPdDqQ=nNgGhHxlz")
_NUMBER = re.compile(r"[0-9]+(?:~[0-9]+)?|\$|[+~][0-9]+")
_FLAGS = re.compile(r"[gpiIM0-9m]*")
_EXIT = re.compile(r"[ \t]*[0-9]*")


def refused(parsed: Parsed) -> str | None:
    """Return why this use of sed is not allowed, or None."""
    scripts = parsed.values("-e", "--expression")
    if not parsed.has("-e", "--expression"):
        scripts = parsed.operands[:1]
    if not scripts:
        return None if parsed.has("--help", "--version") else "sed has no script."
    for script in scripts:
        if script.text is None:
            return "The script of sed is written out."
        if not _is_read(script.text):
            return f"The script {script.text[:80]} of sed is not understood as a read."
    return None


def _is_read(script: str) -> bool:
    at: int | None = 0
    depth = 0
    while at is not None and at < len(script):
        if script[at] in " \t\n;":
            at += 1
            continue
        if script[at] == "}":
            depth -= 1
            at = _ended(script, at + 1)
            continue
        at = _address(script, at)
        if at is not None and at < len(script) and script[at] == "{":
            depth += 1
            at += 1
            continue
        at = None if at is None else _command(script, at)
    return at is not None and depth == 0


def _address(script: str, at: int) -> int | None:
    """Go past an address or two, and `!`."""
    first = _one_address(script, at)
    if first is None:
        return None
    has_first, at = first > at, _blanks(script, first)
    if has_first and script[at : at + 1] == ",":
        begin = _blanks(script, at + 1)
        second = _one_address(script, begin)
        if second is None or second == begin:
            return None
        at = _blanks(script, second)
    while script[at : at + 1] == "!":
        at = _blanks(script, at + 1)
    return at


def _one_address(script: str, at: int) -> int | None:
    """Return the place behind an address, the same place if there is none, None if it is not read."""
    found = _NUMBER.match(script, at)
    if found is not None:
        return found.end()
    if script[at : at + 1] != "/":
        return at
    end = _delimited(script, at + 1, "/")
    while end is not None and script[end : end + 1] in {"I", "M"}:
        end += 1
    return end


def _blanks(script: str, at: int) -> int:
    while script[at : at + 1] in {" ", "\t"}:
        at += 1
    return at


def _delimited(script: str, at: int, delimiter: str) -> int | None:
    """Return the place behind the next delimiter that is not escaped.

    A delimiter inside brackets ends it in some seds and not in others: not read.
    """
    in_brackets = False
    while at < len(script):
        sign = script[at]
        if sign == "\\":
            at += 2
            continue
        if sign == "\n":
            return None
        if sign == delimiter:
            return None if in_brackets else at + 1
        if sign == "[" and not in_brackets:
            in_brackets = "]" in script[at + 2 :]
        elif sign == "]":
            in_brackets = False
        at += 1
    return None


def _command(script: str, at: int) -> int | None:
    name = script[at : at + 1]
    if name in {"s", "y"}:
        return _substitution(script, at + 1, name)
    if not name or name not in _SIMPLE:
        return None
    if name in "qQl":
        found = _EXIT.match(script, at + 1)
        return _ended(script, at + 1 if found is None else found.end())
    return _ended(script, at + 1)


def _substitution(script: str, at: int, name: str) -> int | None:
    delimiter = script[at : at + 1]
    if not delimiter or delimiter.isalnum() or delimiter in "\\\n \t;{}[]":
        return None
    middle = _delimited(script, at + 1, delimiter)
    end = None if middle is None else _delimited(script, middle, delimiter)
    if end is None:
        return None
    flags = _FLAGS.match(script, end) if name == "s" else None
    return _ended(script, end if flags is None else flags.end())


def _ended(script: str, at: int) -> int | None:
    """A command ends at `;`, a line end, `}` or the end."""
    at = _blanks(script, at)
    return at if script[at : at + 1] in {"", ";", "\n", "}"} else None
