"""`awk`: programs of known words only. No output but to standard output, no pipes, no functions of others.

The words of a program are read by awk's own rules. Where a slash could begin a pattern or divide, and
both readings differ in what is text, the program is not understood.
"""

import re
from itertools import pairwise

from firedoor.core.decide.shell.specification import Parsed

OPTIONS = "-F: -v: --field-separator: --assign: --version"
_NEVER = re.compile(
    r"\b(system|getline|close|fflush|popen|ENVIRON|PROCINFO|SYMTAB|FUNCTAB|ARGV|extension)\b|@"
)
_FUNCTIONS = frozenset(
    [
        "length",
        "substr",
        "split",
        "gsub",
        "sub",
        "gensub",
        "match",
        "tolower",
        "toupper",
        "sprintf",
        "int",
        "index",
        "sqrt",
        "exp",
        "log",
        "sin",
        "cos",
        "atan2",
        "rand",
        "srand",
        "strftime",
        "systime",
        "mktime",
        "asort",
        "asorti",
        "print",
        "printf",
        "if",
        "while",
        "for",
        "and",
        "or",
        "xor",
        "lshift",
        "rshift",
        "compl",
        "strtonum",
        "in",
        "return",
        "delete",
    ]
)
_KEYWORDS = frozenset(
    [
        "print",
        "printf",
        "in",
        "return",
        "if",
        "else",
        "while",
        "for",
        "do",
        "BEGIN",
        "END",
        "BEGINFILE",
        "ENDFILE",
        "delete",
    ]
)
_TOKEN = re.compile(
    r"(?P<space>[ \t]+|\\\n)|(?P<comment>\#[^\n]*)|(?P<line>\n)|(?P<string>\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<operator>\+\+|--|&&|\|\||[<>=!+*/%^-]=|!~|\*\*|>>|\|&|[-+*/%^<>=!~?:,;(){}\[\]$|&])"
)
_REGEX = re.compile(r"/(?:[^/\\\n\[]|\\.|\[\^?\]?(?:[^\]\\\n/]|\\.)*\])*/")
_CONTINUES = frozenset({",", "&&", "||", "?", ":", "{", "do", "else"})
"""Behind these a line end ends nothing."""
_PRINTS = frozenset({"print", "printf"})
_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}
_ENDS_PRINT = frozenset({";", "}", "\n"})


def refused(parsed: Parsed) -> str | None:
    """Return why this use of awk is not allowed, or None."""
    if not parsed.operands:
        return None if parsed.has("--version") else "awk has no program."
    for value in parsed.values("-v", "--assign"):
        begin = value.text if value.text is not None else value.prefix
        if re.match(r"[A-Za-z_][A-Za-z0-9_]*=", begin) is None or _NEVER.search(begin.partition("=")[0]):
            return "awk -v sets a plain variable, written out."
    program = parsed.operands[0]
    if program.text is None:
        return "The program of awk is written out."
    why = _refused_program(program.text)
    return None if why is None else f"The program of awk is not understood as a read: {why}."


def _refused_program(program: str) -> str | None:
    never = _NEVER.search(program)
    if never is not None:
        return f"it holds {never[0]}"
    tokens = _tokens(program)
    if isinstance(tokens, str):
        return tokens
    return _refused_calls(tokens) or _refused_output(tokens)


def _tokens(program: str) -> list[tuple[str, str]] | str:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(program):
        if program[at] == "/":
            before = _before(tokens)
            if before == "unclear" and "/" in program[at + 1 :]:
                return "a slash in it could begin a pattern or divide"
            if before == "pattern":
                found = _REGEX.match(program, at)
                if found is None:
                    return "a pattern in it is not closed"
                tokens.append(("regex", found[0]))
                at = found.end()
                continue
        found = _TOKEN.match(program, at)
        if found is None or found.lastgroup is None:
            return f"the sign {program[at]!r} is not known"
        if found.lastgroup not in {"space", "comment"}:
            tokens.append((found.lastgroup, found[0]))
        at = found.end()
    return tokens


def _before(tokens: list[tuple[str, str]]) -> str:
    """What a slash is behind these tokens: the start of a pattern, a division, or unclear."""
    kind, text = next(((k, t) for k, t in reversed(tokens) if k != "line"), ("", ""))
    if tokens and tokens[-1][0] == "line":
        return "pattern" if kind != "operator" or text in {"{", "}", ";", "&&", "||", ","} else "unclear"
    if kind in {"number", "string", "regex"}:
        return "division" if kind == "number" else "unclear"
    if kind == "name":
        return "pattern" if text in _KEYWORDS else "division"
    if text in {")", "++", "--", "]", "$"}:
        return "unclear"
    return "pattern"


def _refused_calls(tokens: list[tuple[str, str]]) -> str | None:
    for (kind, text), (_, after) in pairwise((*tokens, ("", ""))):
        if kind == "name" and text in {"function", "func"}:
            return "it defines a function"
        if kind == "name" and after == "(" and text not in _FUNCTIONS and not _is_variable(text):
            return f"it calls {text}"
    return None


def _is_variable(name: str) -> bool:
    """`NR (…)`: a built-in variable before a parenthesis joins texts."""
    return name in {
        "NR",
        "NF",
        "FNR",
        "FS",
        "OFS",
        "RS",
        "ORS",
        "FILENAME",
        "BEGIN",
        "END",
        "RSTART",
        "RLENGTH",
    }


def _refused_output(tokens: list[tuple[str, str]]) -> str | None:
    depth = 0
    is_printing = False
    before = ""
    for kind, text in tokens:
        last, before = before, text
        if kind not in {"operator", "line", "name"} or (kind == "line" and last in _CONTINUES):
            continue
        if text in {"|", "|&"}:
            return "it opens a pipe"
        if text == ">>" or (text == ">" and is_printing and depth <= 0):
            return "it writes to a file"
        if text in _PRINTS:
            is_printing, depth = True, 0
        depth += _DEPTH.get(text, 0)
        is_printing = is_printing and not (text in _ENDS_PRINT and depth <= 0)
    return None
