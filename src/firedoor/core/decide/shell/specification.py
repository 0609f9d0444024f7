"""What a specification of a command is, and how arguments are read by it. Holds no command itself.

The options of a command are one string, in the notation of their own manual:

    -a            a flag; short ones may be joined (-la)
    -n:           takes a value (-n5, -n 5)
    -C?           may take a value, only attached (-C2)
    --all         a flag
    --sort:       takes a value (--sort=x, --sort x)
    --color?      may take a value, only attached (--color=auto)
    -#            a number (-20)

Long options are matched whole: an abbreviation is not specified, so it is not allowed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from firedoor.core.decide.shell.syntax import Unclear
from firedoor.core.decide.shell.values import Argument, known


class Takes(Enum):
    """What follows an option."""

    NOTHING = ""
    VALUE = ":"
    ATTACHED = "?"


class Style(Enum):
    """How a command reads its options."""

    JOINED = "joined"
    """`-la` is `-l -a`."""
    WHOLE = "whole"
    """`-noout` is one option (openssl, terraform, java)."""
    RAW = "raw"
    """The command has a language of its own: its check reads every argument as an operand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The arguments of one command as its specification reads them."""

    path: tuple[str, ...]
    """The command and its sub-commands."""
    options: tuple[tuple[str, Argument | None], ...] = ()
    operands: tuple[Argument, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether one of these options is given."""
        return any(name in names for name, _ in self.options)

    def values(self, *names: str) -> tuple[Argument, ...]:
        """The values given to these options, in order."""
        return tuple(value for name, value in self.options if name in names and value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """What a command would run in its turn."""

    commands: tuple[tuple[Argument, ...], ...] = ()
    texts: tuple[Argument, ...] = ()
    """Each read by a shell."""


Check = Callable[[Parsed], str | None]
"""Says why something is not allowed, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One command, or one sub-command, and everything of it that is allowed."""

    name: str
    options: str = ""
    style: Style = Style.JOINED
    most_operands: int | None = None
    subs: "tuple[Specification, ...]" = ()
    check: Check | None = None
    unwrap: Callable[[Parsed], Inner | str] | None = None
    """Finds what it runs in its turn; that is judged as well."""
    any_arguments: bool = False
    """Whether no argument at all can make it change something."""
    any_option: bool = False
    """Whether no option can make it change something; what is written out is still held to the list."""
    is_static: bool = False
    """Whether every argument must be known: it goes out into the network."""
    sends_input: bool = False
    """Whether it sends what it reads to another machine."""
    stops_at_operand: bool = False
    """Whether everything behind the first operand belongs to another command."""
    are_options_global: bool = False
    """Whether sub-commands take these options as well: `git -C` and `git branch -C` differ."""
    needs: tuple[str, ...] = ()
    """One of these options must be given."""
    steps: int = 0
    """What its check costs beside the length of its arguments, as `Steps` counts."""
    note: str = ""
    """For the table of the documentation: what else is asked."""
    known_options: dict[str, Takes] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known_options", dict(map(_option, self.options.split())))

    def sub(self, name: str) -> "Specification | None":
        """Return the sub-command of a name; names joined by `|` share a specification."""
        return next((sub for sub in self.subs if name in sub.name.split("|")), None)


def _option(written: str) -> tuple[str, Takes]:
    mark = written[-1]
    if mark in ":?" and written != "-?":
        return written[:-1], Takes(mark)
    return written, Takes.NOTHING


_NEGATIVE = re.compile(r"-(?:[0-9].*)?")
_QUESTIONS = frozenset({"--version", "--help", "-version", "-v", "-V"})
_BOOLEANS = frozenset({"true", "false"})


@dataclass(slots=True)
class _Reading:
    path: list[str]
    specification: Specification
    allowed: dict[str, Takes]
    options: list[tuple[str, Argument | None]] = field(default_factory=list[tuple[str, Argument | None]])
    operands: list[Argument] = field(default_factory=list[Argument])
    left: list[Argument] = field(default_factory=list[Argument])
    is_ended: bool = False

    @property
    def shown(self) -> str:
        return " ".join(self.path)


def parse(specification: Specification, arguments: tuple[Argument, ...]) -> tuple[Specification, Parsed]:
    """Read arguments (without the command's own name) by a specification.

    Returns the specification of the last sub-command.

    Raises:
        Unclear: something is not specified.
    """
    reading = _Reading([specification.name], specification, dict(specification.known_options))
    reading.left = list(arguments)
    if specification.style is Style.RAW:
        reading.operands = reading.left
    else:
        while reading.left:
            _next(reading)
            if reading.operands and reading.specification.stops_at_operand:
                reading.operands.extend(reading.left)
                break
    last = reading.specification
    is_question = any(name in _QUESTIONS for name, _ in reading.options)
    if last.subs and not last.check and not reading.operands and not is_question:
        raise Unclear(f"{reading.shown} needs a sub-command: {_names(last)}.")
    parsed = Parsed(
        path=tuple(reading.path), options=tuple(reading.options), operands=tuple(reading.operands)
    )
    _hold_limits(last, parsed)
    return last, parsed


def _hold_limits(last: Specification, parsed: Parsed) -> None:
    shown = " ".join(parsed.path)
    if last.most_operands is not None and len(parsed.operands) > last.most_operands:
        raise Unclear(f"{shown} is allowed with at most {last.most_operands} operands.")
    if last.most_operands is not None and any(o.is_many for o in parsed.operands):
        raise Unclear(
            f"{shown} takes a fixed number of operands, and {parsed.operands[-1].shown} may be many."
        )
    if last.needs and not parsed.has(*last.needs):
        raise Unclear(f"{shown} is allowed only with {' or '.join(last.needs)}.")


def _names(specification: Specification) -> str:
    return ", ".join(sub.name.replace("|", ", ") for sub in specification.subs)


def _next(reading: _Reading) -> None:
    argument = reading.left.pop(0)
    if reading.is_ended:
        if argument.may_be_option and argument.text is not None:
            raise Unclear(f"{argument.shown} behind -- begins with a dash.")
        if reading.specification.subs and not reading.operands:
            raise Unclear(
                f"The sub-command of {reading.shown} stands behind --, where some take it and some do not."
            )
        reading.operands.append(argument)
    elif argument.text is None:
        _open(reading, argument)
    elif argument.text == "--":
        reading.is_ended = True
    elif not argument.may_be_option:
        _operand(reading, argument)
    elif argument.text.startswith("--") or reading.specification.style is Style.WHOLE:
        _long(reading, argument.text)
    else:
        _short(reading, argument.text)


def _open(reading: _Reading, argument: Argument) -> None:
    name, equals, begun = argument.prefix.partition("=")
    takes_value = reading.allowed.get(name) in {Takes.VALUE, Takes.ATTACHED}
    if name.startswith("--") and equals and takes_value and not argument.is_many:
        reading.options.append((name, Argument(text=None, prefix=begun)))
        return
    if argument.may_be_option and not reading.specification.any_option:
        hint = "what it becomes is not known and could be an option; write it out, or put -- before it"
        raise Unclear(f"{reading.shown} {argument.shown}: {hint}.")
    if reading.specification.subs and not reading.operands:
        raise Unclear(f"The sub-command of {reading.shown} is not known.")
    reading.operands.append(argument)


def _operand(reading: _Reading, argument: Argument) -> None:
    last = reading.specification
    sub = last.sub(argument.text or "") if not reading.operands else None
    if sub is not None:
        reading.path.append(argument.text or "")
        reading.specification = sub
        inherited = reading.allowed if last.are_options_global else {}
        reading.allowed = {**inherited, **sub.known_options}
    elif last.subs and not reading.operands and last.check is None:
        raise Unclear(f"{reading.shown} {argument.text} is not specified; allowed are: {_names(last)}.")
    else:
        reading.operands.append(argument)


def _not_specified(reading: _Reading, option: str) -> Unclear:
    return Unclear(f"The option {option} of {reading.shown} is not specified as allowed.")


def _long(reading: _Reading, text: str) -> None:
    name, equals, value = text.partition("=")
    takes = reading.allowed.get(name)
    if takes is None and reading.specification.style is Style.WHOLE and name.startswith("--"):
        name = name[1:]
        takes = reading.allowed.get(name)
    if takes is None and re.fullmatch(r"-[0-9]+", text) and "-#" in reading.allowed:
        reading.options.append(("-#", known(text[1:])))
        return
    if takes is None or (takes is Takes.NOTHING and equals and value not in _BOOLEANS):
        raise _not_specified(reading, name)
    if takes is Takes.NOTHING and value == "false":
        return  # `-check=false`: as if it were not given, also where it is asked for
    if equals:
        reading.options.append((name, known(value)))
    else:
        reading.options.append((name, _value(reading, name) if takes is Takes.VALUE else None))


def _short(reading: _Reading, text: str) -> None:
    if "-#" in reading.allowed and re.fullmatch(r"-[0-9]+", text):
        reading.options.append(("-#", known(text[1:])))
        return
    at = 1
    while at < len(text):
        name = f"-{text[at]}"
        takes = reading.allowed.get(name)
        attached = text[at + 1 :]
        if takes is None:
            raise _not_specified(reading, name if text == name else f"{name} (in {text})")
        if takes is Takes.NOTHING:
            reading.options.append((name, None))
            at += 1
            continue
        if attached or takes is Takes.ATTACHED:
            reading.options.append((name, known(attached) if attached else None))
        else:
            reading.options.append((name, _value(reading, name)))
        return


def _value(reading: _Reading, name: str) -> Argument | None:
    """The next argument. What looks like an option is not taken: the command may see it otherwise."""
    if not reading.left:
        return None
    value = reading.left.pop(0)
    if value.is_many:
        raise Unclear(f"The value {value.shown} of {name} may be none or many words; put it in quotes.")
    if value.text is not None and value.may_be_option and not _NEGATIVE.fullmatch(value.text):
        raise Unclear(
            f"The value {value.shown} of {name} looks like an option; write {name}=… if it is none."
        )
    return value
