"""Which strings of a tool's arguments carry shell. Only finds them; what they mean: `understand`.

Names are compared without regard to case, `_`, `-` and spaces, at any depth. A command may be one
text (`{"command": "ls -la"}`) or a list of words (`{"command": ["ls", "-la"]}`), or both
(`{"command": "ls", "args": ["-la"]}`).
"""

import re
from collections.abc import Iterator

from firedoor.model.json import Json, JsonObject

Path = tuple[str, ...]
Command = str | tuple[str, ...]
"""One text for a shell, or words that are run without one."""

_TEXTS = frozenset(
    [
        "command",
        "commands",
        "cmd",
        "cmds",
        "commandline",
        "cmdline",
        "script",
        "scripts",
        "shell",
        "bash",
        "sh",
        "shellcommand",
        "bashcommand",
        "shellscript",
        "code",
        "run",
        "exec",
        "execute",
        "input",
        "line",
        "stdin",
        "oneliner",
        "program",
        "executable",
        "binary",
    ]
)
_WORDS = frozenset(
    [
        "args",
        "argv",
        "arguments",
        "argumentlist",
        "params",
        "parameters",
        "argumentslist",
        "commandargs",
        "cmdargs",
    ]
)
_SAYS_MORE = re.compile(r"[^A-Za-z0-9_./:=,@%+ -]")
"""What a shell may read as more than a word."""
_IGNORED = re.compile(r"[_\-\s.]+")


def commands_in(arguments: JsonObject) -> tuple[tuple[Path, Command], ...]:
    """Return every command that arguments carry, with its path, in order."""
    return tuple(_below(arguments))


def _folded(name: str) -> str:
    return _IGNORED.sub("", name).lower()


def _below(root: JsonObject) -> Iterator[tuple[Path, Command]]:
    """Walk without recursion: nesting is the client's choice."""
    left: list[tuple[Path, Json]] = [((), root)]
    while left:
        path, value = left.pop()
        if isinstance(value, dict):
            words = _words_beside(value)
            children: list[tuple[Path, Json]] = []
            for name, child in value.items():
                at = (*path, name)
                if _folded(name) in _TEXTS:
                    yield from _carried(at, child, words)
                if not isinstance(child, str):
                    children.append((at, child))
            left.extend(reversed(children))
        elif isinstance(value, list):
            left.extend(reversed([((*path, str(n)), child) for n, child in enumerate(value)]))


def _carried(path: Path, value: Json, words: tuple[str, ...] | None) -> Iterator[tuple[Path, Command]]:
    if isinstance(value, str):
        yield from ((path, command) for command in _spelt(value, words or ()))
    elif isinstance(value, list) and value:
        texts = tuple(item for item in value if isinstance(item, str))
        if len(texts) == len(value):
            yield path, texts


def _spelt(name: str, words: tuple[str, ...]) -> Iterator[Command]:
    """A command beside its words is run without a shell by most upstreams; some join both for a shell."""
    if words:
        yield (name, *words)
    if not words or any(_SAYS_MORE.search(word) for word in words):
        yield " ".join((name, *words))


def _words_beside(members: JsonObject) -> tuple[str, ...] | None:
    """The list of words beside a command, if there is one."""
    for name, value in members.items():
        if _folded(name) in _WORDS and isinstance(value, list):
            return tuple(str(item) for item in value)
    return None
