"""`find`: its tests, its prints, and `-exec` of what is specified itself. Never -delete, never to files."""

import fnmatch
from itertools import pairwise

from firedoor.core.decide.shell.secrets_named import ends_like_credentials
from firedoor.core.decide.shell.specification import Inner, Parsed
from firedoor.core.decide.shell.values import Argument

_ALONE = frozenset(
    [
        "-print",
        "-print0",
        "-ls",
        "-prune",
        "-quit",
        "-not",
        "!",
        "-a",
        "-and",
        "-o",
        "-or",
        "(",
        ")",
        ",",
        "-empty",
        "-readable",
        "-writable",
        "-executable",
        "-nouser",
        "-nogroup",
        "-true",
        "-false",
        "-mount",
        "-xdev",
        "-depth",
        "-d",
        "-daystart",
        "-follow",
        "-noleaf",
        "-L",
        "-H",
        "-P",
        "-ignore_readdir_race",
        "-noignore_readdir_race",
        "-warn",
        "-nowarn",
        "-help",
        "-version",
    ]
)
_WITH_VALUE = frozenset(
    [
        "-name",
        "-iname",
        "-path",
        "-ipath",
        "-wholename",
        "-iwholename",
        "-regex",
        "-iregex",
        "-regextype",
        "-lname",
        "-ilname",
        "-type",
        "-xtype",
        "-size",
        "-mtime",
        "-mmin",
        "-atime",
        "-amin",
        "-ctime",
        "-cmin",
        "-newer",
        "-anewer",
        "-cnewer",
        "-maxdepth",
        "-mindepth",
        "-printf",
        "-perm",
        "-user",
        "-group",
        "-uid",
        "-gid",
        "-links",
        "-inum",
        "-samefile",
        "-fstype",
        "-used",
        "-context",
    ]
)
_RUNS = frozenset({"-exec", "-execdir"})
_NAMES_FILES = frozenset({"-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename"})
_SHOW_NO_CONTENT = frozenset({"ls", "stat", "file", "wc", "du", "md5sum", "sha256sum", "echo"})
_NOT_ALLOWED = (
    "-delete", "-fprint", "-fprint0", "-fprintf", "-fls", "-ok", "-okdir", "-files0-from", "-D", "-O",
)  # fmt: skip
_WORDS = (*_ALONE, *_WITH_VALUE, *_RUNS, *_NOT_ALLOWED)
_NEWER = frozenset(f"-newer{x}{y}" for x in "aBcm" for y in "aBcmt")


def unwrap(parsed: Parsed) -> Inner | str:
    """Read the arguments of find."""
    left = list(parsed.operands)
    starts: list[Argument] = []
    commands: list[tuple[Argument, ...]] = []
    while left:
        argument = left.pop(0)
        if argument.text in _RUNS:
            command = _command(left)
            if isinstance(command, str):
                return command
            commands.append(_with_found(*command, starts))
            continue
        refused = _open(argument, starts) if argument.text is None else _word(argument, left, starts)
        if refused is not None:
            return refused
    names = [after.text for before, after in pairwise(parsed.operands) if before.text in _NAMES_FILES]
    is_telling = any(name is not None and ends_like_credentials(name) for name in names)
    if is_telling and any(command[:1] and command[0].text not in _SHOW_NO_CONTENT for command in commands):
        return "find -exec on what ends like keys and certificates may only list it: ls, stat, file."
    return Inner(commands=tuple(commands))


def _word(argument: Argument, left: list[Argument], starts: list[Argument]) -> str | None:
    text = argument.text or ""
    if text in _WITH_VALUE or text in _NEWER:
        return _value(text, left)
    if text in _ALONE:
        return None
    if text.startswith("-"):
        return f"find {text} is not specified as a read."
    starts.append(argument)
    return None


def _open(argument: Argument, starts: list[Argument]) -> str | None:
    """A pattern of names is harmless if it can be none of find's own words."""
    if not argument.may_be_option and argument.prefix[:1] not in {"(", "!", ","}:
        starts.append(argument)
        return None
    if argument.pattern is not None and not _could_be_word(argument.pattern):
        return None
    return f"find {argument.shown}: what it becomes is not known and could be -delete; put it in quotes."


def _could_be_word(pattern: str) -> bool:
    return any(fnmatch.fnmatchcase(word, pattern) for word in (*_WORDS, *_NEWER))


def _value(name: str, left: list[Argument]) -> str | None:
    if not left:
        return f"find {name} has no value."
    value = left.pop(0)
    if value.is_many and (value.pattern is None or _could_be_word(value.pattern)):
        return f"find {name} {value.shown}: put the pattern in quotes."
    return None


def _command(left: list[Argument]) -> tuple[tuple[Argument, ...], bool] | str:
    """The command, and whether it is given many at once."""
    command: list[Argument] = []
    while left:
        argument = left.pop(0)
        if argument.text == ";" or (argument.text == "+" and command and command[-1].text == "{}"):
            return tuple(command), argument.text == "+"
        if argument.is_many:
            return f"find -exec … {argument.shown}: what it becomes is not known; put it in quotes."
        command.append(argument)
    return "find -exec has no end; write \\; or {} + ."


def _with_found(command: tuple[Argument, ...], is_many: bool, starts: list[Argument]) -> tuple[Argument, ...]:
    """Put in what is found: paths that begin with one of the places where the search began."""
    begins = {(start.text or start.prefix)[:1] for start in starts} or {"."}
    prefix = begins.pop() if len(begins) == 1 else ""
    if prefix == "-":
        prefix = ""
    found = Argument(text=None, prefix=prefix, is_many=is_many, is_operand=True)
    return tuple(_put(argument, found) for argument in command)


def _put(argument: Argument, found: Argument) -> Argument:
    if argument.text is None or "{}" not in argument.text:
        return argument
    before = argument.text.partition("{}")[0]
    if not before:
        return found
    return Argument(text=None, prefix=before)
