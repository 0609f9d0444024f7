"""Commands that show what the guards and detectors see. They send nothing anywhere."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from firedoor.operations.look_again import SecondLook

JsonLines = Annotated[
    bool,
    Parameter(name="--json", negative="", help="One JSON string a line in, one JSON object a line out."),
]


LONGEST_LINE = 16 * 1024 * 1024
"""Bytes. A line without an end would fill the memory; no guard reads more than this anyway."""


def sql(
    *,
    dialect: Annotated[str, Parameter(help="postgres, mysql, sqlite, tsql, oracle and others.")] = "postgres",
    as_json: JsonLines = False,
) -> int:
    """Show what the SQL guard understands of each line of standard input."""
    from firedoor.cli.output import clean, print_json
    from firedoor.core.decide.sql.dialects import dialect_named
    from firedoor.core.decide.sql.understand import understand_sql

    known = dialect_named(dialect)

    def answer(text: str) -> None:
        facts = understand_sql(text, known)
        if as_json:
            print_json(
                {
                    "effect": facts.effect.value,
                    "reasons": facts.reasons,
                    "dialect": facts.dialect,
                    "statements": facts.statements,
                    "tables": facts.tables,
                    "columns": facts.columns,
                    "functions": facts.functions,
                    "is_bounded": facts.is_bounded,
                }
            )
        else:
            print(f"{facts.effect.value}: {clean(' '.join(facts.reasons))}")

    return _each_line(answer, as_json=as_json, unread={"effect": "unknown"})


def shell(*, as_json: JsonLines = False) -> int:
    """Show what the shell guard understands of each line of standard input."""
    from firedoor.cli.output import clean, print_json
    from firedoor.core.decide.shell.understand import understand_shell

    def answer(text: str) -> None:
        facts = understand_shell(text)
        if as_json:
            print_json(
                {
                    "effect": facts.effect.value,
                    "reasons": facts.reasons,
                    "allowed": facts.allowed,
                    "commands": facts.commands,
                    "paths": facts.paths,
                    "urls": facts.urls,
                }
            )
        else:
            verdict = "allowed" if facts.allowed else "not allowed"
            print(f"{verdict}, {facts.effect.value}: {clean(' '.join(facts.reasons))}")

    return _each_line(answer, as_json=as_json, unread={"effect": "unknown", "allowed": False})


def mask(
    *,
    second_look: Annotated[
        bool,
        Parameter(negative="", help="Also what the extras see in what is left: firedoor[ner], [secrets]."),
    ] = False,
    as_json: JsonLines = False,
) -> int:
    """Show what the detectors find in each line of standard input, and what is left of it."""
    from firedoor.app.second_look import second_look as looking

    with looking() if second_look else nullcontext() as look:
        return _masks(look, as_json=as_json)


def _masks(look: "SecondLook | None", *, as_json: bool) -> int:
    from firedoor.app.masking import kept_automata
    from firedoor.cli.output import clean, print_json
    from firedoor.core.mask.masker import CannotMask, Masker
    from firedoor.core.mask.tokens.maker import TokenMaker
    from firedoor.edges.keys.mask_keys import passing_keys
    from firedoor.model.mask import MaskProfile

    masker = Masker(MaskProfile(name="default"), TokenMaker(passing_keys()), kept_automata())

    def answer(text: str) -> None:
        try:
            masked = masker.text(text)
        except CannotMask as cause:
            if as_json:
                print_json({"masked": None, "findings": [], "withheld": str(cause)})
            else:
                print(f"withheld: {clean(str(cause))}")
            return
        if as_json:
            findings = [{"kind": str(one.kind), "start": one.start, "end": one.end} for one in masked.found]
            again = {} if look is None else {"second_look": _again(look, masked.text)}
            print_json({"masked": masked.text, "findings": findings, **again})
        else:
            print(clean(masked.text))
            for one in [] if look is None else _again(look, masked.text):
                print(clean(f"  {one['extra']}: {one['kind']} {one['text']} {one['confidence']}".rstrip()))

    return _each_line(answer, as_json=as_json, unread={"masked": None, "findings": []})


def _again(look: "SecondLook", text: str) -> list[dict[str, str | int]]:
    """What the extras see in what the masks had left. Offsets are those of the masked text."""
    from firedoor.operations.look_again import UNREAD

    seen: list[dict[str, str | int]] = []
    for extra, one in look.at(text):
        if one is None:
            seen.append({"extra": extra, "kind": UNREAD, "text": "", "confidence": ""})
            continue
        said = {"rule": one.rule, "confidence": one.confidence, "text": text[one.start : one.end]}
        seen.append({"extra": extra, "kind": one.kind, "start": one.start, "end": one.end, **said})
    return seen


def _each_line(answer: Callable[[str], None], *, as_json: bool, unread: dict[str, object]) -> int:
    """Answer every line of standard input; with `--json`, one that is no JSON string as well.

    Raises:
        ClientError: lines were not what was announced. All the others have their answers by then.
    """
    from firedoor.cli.output import print_json
    from firedoor.model.errors import ClientError

    wrong: list[int] = []
    for number, line in enumerate(_lines(), start=1):
        text = _text_of(line, as_json=as_json)
        if text is not None:
            answer(text)
        elif as_json:
            wrong.append(number)
            print_json({**unread, "reasons": [f"Line {number} of standard input is no JSON string."]})
        sys.stdout.flush()  # whoever writes a line may wait for its answer before the next
    if wrong:
        hint = 'With --json each line is one JSON string: "SELECT 1"'
        others = f", nor are {len(wrong) - 1} others" if len(wrong) > 1 else ""
        message = f"Line {wrong[0]} of standard input is no JSON string{others}."
        raise ClientError("item_malformed", message, hint)
    return 0


def _lines() -> Iterator[bytes]:
    """Yield the lines of standard input without their ends; of one that is too long, nothing."""
    while line := sys.stdin.buffer.readline(LONGEST_LINE):
        is_whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = sys.stdin.buffer.readline(LONGEST_LINE)
        yield line.rstrip(b"\r\n") if is_whole else b""


def _text_of(line: bytes, *, as_json: bool) -> str | None:
    """Return the item of a line: as plain text, of which empty lines have none, or as one JSON string."""
    if not as_json:
        return line.decode("utf-8", errors="surrogateescape") if line.strip() else None
    try:
        item: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return item if isinstance(item, str) else None


GROUP: dict[str, Callable[..., int | None]] = {"sql": sql, "shell": shell, "mask": mask}
