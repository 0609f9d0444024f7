"""The shell's own commands, and those that run another one, which is judged by its own specification."""

import re

from firedoor.core.decide.shell import names
from firedoor.core.decide.shell.specification import Inner, Parsed, Specification, Style
from firedoor.core.decide.shell.specifications.checks import each_operand, first_operand_in
from firedoor.core.decide.shell.tests_of_shell import refused_test
from firedoor.core.decide.shell.values import ANY_WORDS, Argument, known

_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DIGITS = re.compile(r"[0-9]{1,18}")
_CONVERSION = re.compile(r"%[-+ #0']*(\*|[0-9]*)(?:\.(\*|[0-9]*))?([A-Za-z%])")
_TEXTS = frozenset("sbqc")
"""What they print is taken as it is; the others, and `*`, take numbers."""
_PERCENT_IN_DISGUISE = re.compile(r"\\(?:0{0,2}45|x25|[uU]0*25)")
_PLAIN_NUMBER = re.compile(
    r"[-+]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?(?:e[-+]?[0-9]{1,3})?|0[xX][0-9A-Fa-f]{1,16})?"
)
_SIGNS_OF_CODE = re.compile(r"\[.*(\$\(|`)")


def _test(parsed: Parsed) -> str | None:
    arguments = parsed.operands
    if parsed.path[0] == "[":
        if not arguments or arguments[-1].text != "]":
            return "A [ has no ]."
        arguments = arguments[:-1]
    return refused_test(arguments, is_double=False)


def _export(parsed: Parsed) -> str | None:
    for operand in parsed.operands:
        begin = operand.text if operand.text is not None else operand.prefix
        found = _ASSIGNED.fullmatch(begin)
        if operand.is_many:
            return f"{parsed.path[0]} {operand.shown}: put it in quotes."
        if found is None or not names.may_be_set(found[1], found[2] if operand.text is not None else None):
            return (
                f"{parsed.path[0]} {operand.shown}: only variables without a meaning of their own may be set."
            )
    return (
        None if parsed.operands else f"{parsed.path[0]} alone shows the environment, which may hold secrets."
    )


def _read(parsed: Parsed) -> str | None:
    for operand in parsed.operands:
        text = operand.text
        if text is None or _IDENTIFIER.fullmatch(text) is None or not names.may_be_set(text, None):
            return f"read {operand.shown}: only variables without a meaning of their own may be set."
    return None


def _number(parsed: Parsed) -> str | None:
    """A name there is arithmetic in zsh and ksh, and a subscript in it runs commands; so does `wait -p`."""
    for operand in parsed.operands:
        is_number = operand.is_count if operand.text is None else _DIGITS.fullmatch(operand.text)
        if not is_number:
            return f"{parsed.path[0]} {operand.shown}: numbers are written out, or $? and $!."
    return None


def _printf(parsed: Parsed) -> str | None:
    for operand in parsed.operands:
        if operand.text is not None and _SIGNS_OF_CODE.search(operand.text):
            return "printf with a subscript that holds a command is not allowed: some shells run it."
    written, *values = parsed.operands or (known(""),)
    if written.may_be_option:
        return "The format of printf could be an option; write it out."
    if not all(map(_is_plain_number, _taken_as_numbers(written, values))):
        return "Some shells read what printf takes for a number as arithmetic; print it with %s."
    return None


def _taken_as_numbers(written: Argument, values: list[Argument]) -> list[Argument]:
    """The values that a format takes for numbers. Of a format that is not understood, all."""
    text = written.text
    if text is None or _PERCENT_IN_DISGUISE.search(text) or "%" in _CONVERSION.sub("", text):
        return values
    takes_text: list[bool] = []
    for width, precision, kind in _CONVERSION.findall(text):
        takes_text += [False for asked in (width, precision) if asked == "*"]
        takes_text += [kind in _TEXTS for _ in kind.strip("%")]
    if all(takes_text):
        return []
    if any(value.is_many for value in values):
        return values
    return [value for at, value in enumerate(values) if not takes_text[at % len(takes_text)]]


def _is_plain_number(value: Argument) -> bool:
    return value.is_count if value.text is None else _PLAIN_NUMBER.fullmatch(value.text) is not None


def _set(parsed: Parsed) -> str | None:
    texts = [operand.text for operand in parsed.operands]
    while texts:
        text = texts.pop(0)
        if text in {"-o", "+o"} or (text is not None and re.fullmatch(r"[-+][eux]*o", text)):
            if not texts or texts.pop(0) not in {"pipefail", "errexit", "nounset", "xtrace"}:
                return "set -o is allowed with pipefail, errexit, nounset and xtrace."
        elif text is None or re.fullmatch(r"[-+][eux]+", text) is None:
            return "set is allowed with -e, -u, -x and -o pipefail."
    return None if parsed.operands else "set alone shows every variable, which may hold secrets."


def _env(parsed: Parsed) -> Inner | str:
    left = list(parsed.operands)
    while left and (begin := left[0].text if left[0].text is not None else left[0].prefix):
        found = _ASSIGNED.fullmatch(begin)
        if found is None:
            break
        if not names.may_be_set(found[1], found[2] if left[0].text is not None else None):
            return f"env {found[1]}=…: only variables without a meaning of their own may be set."
        left.pop(0)
    if not left:
        return "env alone shows the environment, which may hold secrets."
    return Inner(commands=(tuple(left),))


def _printenv(parsed: Parsed) -> str | None:
    if not parsed.operands or any(o.text is None or names.is_secret(o.text) for o in parsed.operands):
        return "printenv is allowed with names that are not named like secrets."
    return None


def _timed(parsed: Parsed) -> Inner | str:
    """Timeout DURATION COMMAND."""
    if len(parsed.operands) <= 1 or parsed.operands[0].text is None:
        return f"{parsed.path[0]} has a duration and a command."
    return Inner(commands=(parsed.operands[1:],))


def _whole(parsed: Parsed) -> Inner | str:
    """Everything behind the options is a command."""
    return Inner(commands=(parsed.operands,)) if parsed.operands else f"{parsed.path[0]} has no command."


def _watch(parsed: Parsed) -> Inner | str:
    """Watch joins its words with blanks and hands them to a shell; with -x it runs them."""
    if not parsed.operands or any(operand.text is None for operand in parsed.operands):
        return "The command of watch is written out."
    if parsed.has("-x", "--exec"):
        return Inner(commands=(parsed.operands,))
    return Inner(texts=(known(" ".join(operand.text or "" for operand in parsed.operands)),))


def _command(parsed: Parsed) -> Inner | str:
    if parsed.has("-v", "-V"):
        return Inner()
    return _whole(parsed)


def _xargs(parsed: Parsed) -> Inner | str:
    command = parsed.operands
    replaced = parsed.values("-I")
    if not command:
        return Inner()
    if not replaced:
        return Inner(commands=((*command, ANY_WORDS),))
    mark = replaced[-1].text
    if not mark:
        return "The mark of xargs -I is written out."
    return Inner(commands=(tuple(_replaced(argument, mark) for argument in command),))


def _replaced(argument: Argument, mark: str) -> Argument:
    if argument.text is None or mark not in argument.text:
        return argument
    return Argument(text=None, prefix=argument.text.partition(mark)[0])


_DASH_N_AND_FILE = 2


def _shell(parsed: Parsed) -> Inner | str:
    """Sh -c TEXT. The options are read by hand: shells join them in their own way."""
    left = list(parsed.operands)
    if [argument.text for argument in left[:1]] == ["-n"] and len(left) == _DASH_N_AND_FILE:
        return f"{parsed.path[0]} -n reads one file." if left[1].may_be_option or left[1].is_many else Inner()
    has_text = False
    while (
        left
        and left[0].text is not None
        and re.fullmatch(r"[-+][euxlc]*o?", left[0].text)
        and left[0].text != "-"
    ):
        options = left.pop(0).text or ""
        has_text = has_text or ("c" in options and options.startswith("-"))
        if options.endswith("o") and (not left or left.pop(0).text != "pipefail"):
            return f"{parsed.path[0]} -o is allowed with pipefail."
    if not has_text or not left:
        return f"{parsed.path[0]} is allowed with -c and a text that is understood."
    return Inner(texts=(left[0],))


_ANY = (
    "true",
    "false",
    ":",
    "pwd",
    "type",
    "which",
    "times",
    "help",
)

BUILTINS = (
    *(Specification(name=name, any_arguments=True) for name in sorted(_ANY)),
    *(
        Specification(name=name, check=_number, note="numbers are written out")
        for name in ("exit", "return", "break", "continue", "shift", "wait")
    ),
    Specification(name="cd", options="-L -P -e", most_operands=1),
    Specification(
        name="sleep", check=each_operand(r"[0-9.]{1,6}[smh]?", "its time is written out"), most_operands=2
    ),
    Specification(name="test", style=Style.RAW, check=_test, note="numbers are written out"),
    Specification(name="[", style=Style.RAW, check=_test, note="numbers are written out"),
    Specification(
        name="printf", stops_at_operand=True, check=_printf, note="not -v; what is not known by %s"
    ),
    Specification(
        name="read", options="-r -s -n: -d: -t: -p: -N: -u:", check=_read, note="into plain variables"
    ),
    *(
        Specification(name=name, check=_export, note="sets variables without a meaning of their own")
        for name in ("export", "local", "readonly")
    ),
    Specification(name="set", style=Style.RAW, check=_set, note="only -e, -u, -x, -o pipefail"),
    Specification(name="ulimit", options="-a -H -S -n -u -c -v -f -m -s -t", most_operands=0),
    Specification(name="umask", options="-S -p", most_operands=0),
    Specification(
        name="printenv", options="-0", check=_printenv, note="names that are not named like secrets"
    ),
    Specification(
        name="env",
        options="-i -u: --ignore-environment --unset: -0 --null --version --help",
        stops_at_operand=True,
        unwrap=_env,
        note="a command that is specified itself",
    ),
    Specification(
        name="timeout",
        options="-s: --signal: -k: --kill-after: --foreground --preserve-status -v --verbose",
        stops_at_operand=True,
        unwrap=_timed,
        note="a command that is specified itself",
    ),
    *(
        Specification(
            name=name,
            options=options,
            stops_at_operand=True,
            unwrap=_whole,
            note="a command that is specified itself",
        )
        for name, options in (
            ("nice", "-n: --adjustment:"),
            ("ionice", "-c: -n: -t --class: --classdata:"),
            ("nohup", ""),
            ("time", "-p"),
            ("stdbuf", "-i: -o: -e: --input: --output: --error:"),
        )
    ),
    Specification(
        name="command",
        options="-v -V",
        stops_at_operand=True,
        unwrap=_command,
        note="a command that is specified itself",
    ),
    Specification(
        name="watch",
        options="-n: -d? -t -e -g -b -c -x -p -w --interval: --differences? --no-title --errexit --chgexit "
        "--beep --color --exec --precise",
        stops_at_operand=True,
        unwrap=_watch,
        note="a command that is specified itself",
    ),
    Specification(
        name="xargs",
        options="-0 -r -t -x -n: -P: -I: -d: -L: -s: -a: --null --no-run-if-empty --verbose --max-args: "
        "--max-procs: --delimiter: --max-lines: --arg-file: --max-chars: --exit --show-limits",
        stops_at_operand=True,
        unwrap=_xargs,
        note="a command that is allowed with any further words",
    ),
    *(
        Specification(
            name=name,
            style=Style.RAW,
            unwrap=_shell,
            note="only -c with a text that is understood itself, or -n FILE, which runs nothing",
        )
        for name in ("sh", "bash", "dash")
    ),
    Specification(name="history", most_operands=1, check=each_operand("[0-9]+", "only a number")),
    Specification(name="hash", options="-r -l -t", most_operands=0),
    Specification(name="alias", most_operands=0),
    Specification(name="jobs", options="-l -p -r -s", most_operands=0),
    Specification(name="dirs", options="-p -v -l", most_operands=0),
    Specification(name="locale", options="-a -m -k -c", most_operands=3),
    Specification(name="getconf", options="-a", most_operands=2),
    Specification(
        name="getent",
        options="-s: -i",
        check=first_operand_in(
            "passwd group hosts services protocols networks ahosts ahostsv4 ahostsv6 netgroup rpc"
        ),
    ),
)
