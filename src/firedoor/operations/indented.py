"""JSON text, laid out for reading, without understanding it.

It moves white space between tokens and nothing else: numbers, escapes, duplicate members and their order
stay as they were sent, since a replay shows evidence. What does not
begin like a JSON object or array comes out as it is.
"""

import re
from collections.abc import Iterator

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+|"', re.DOTALL)
EMPTY = {"{": "}", "[": "]"}
DEEPEST = 64
"""Where accepted messages end. Deeper text is not indented further."""


def indented(text: str) -> Iterator[str]:
    """Give the lines, one at a time: who stops early pays for what it took."""
    if text.lstrip().startswith(tuple(EMPTY)):
        return _laid_out(text)
    return iter(text.splitlines())


def _laid_out(text: str) -> Iterator[str]:
    parts = [match[0] for match in TOKEN.finditer(text)]
    line, depth = "", 0
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        is_end = part in EMPTY.values()
        if is_end:
            depth = max(0, depth - 1)
        if is_end and EMPTY.get(before) != part:
            yield from _unless_blank(line)
            line = _margin(depth)
        line += f"{part} " if part == ":" else part
        if part in EMPTY:
            depth += 1
        if part == "," or (part in EMPTY and EMPTY[part] != after):
            yield line
            line = _margin(depth)
    yield from _unless_blank(line)


def _unless_blank(line: str) -> tuple[str, ...]:
    return (line,) if line.strip() else ()


def _margin(depth: int) -> str:
    return "  " * min(depth, DEEPEST)
