"""Commands that show what the guards and detectors see. They send nothing anywhere."""

import json
from collections.abc import Callable, Iterator
from typing import Annotated

from cyclopts import Parameter

JsonLines = Annotated[
    bool,
    Parameter(name="--json", negative="", help="One JSON string a line in, one JSON object a line out."),
]


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
    for text in items(as_json=as_json):
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
    return 0


def shell(*, as_json: JsonLines = False) -> int:
    """Show what the shell guard understands of each line of standard input."""
    from firedoor.cli.output import clean, print_json
    from firedoor.core.decide.shell.understand import understand_shell

    for text in items(as_json=as_json):
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
    return 0


def mask(*, as_json: JsonLines = False) -> int:
    """Show what the detectors find in each line of standard input, and what is left of it."""
    from firedoor.cli.output import clean, print_json
    from firedoor.core.mask.masker import CannotMask, Masker
    from firedoor.core.mask.tokens.maker import TokenMaker
    from firedoor.edges.keys.mask_keys import passing_keys
    from firedoor.model.mask import MaskProfile

    masker = Masker(MaskProfile(name="default"), TokenMaker(passing_keys()))
    for text in items(as_json=as_json):
        try:
            masked = masker.text(text)
        except CannotMask as cause:
            if as_json:
                print_json({"masked": None, "findings": [], "withheld": str(cause)})
            else:
                print(f"withheld: {clean(str(cause))}")
            continue
        if as_json:
            findings = [{"kind": str(one.kind), "start": one.start, "end": one.end} for one in masked.found]
            print_json({"masked": masked.text, "findings": findings})
        else:
            print(clean(masked.text))
    return 0


def items(*, as_json: bool) -> Iterator[str]:
    """Read standard input: one item a line, as plain text or each as one JSON string. Empty lines are none.

    Raises:
        ClientError: a line is not what was announced.
    """
    import sys

    from firedoor.model.errors import ClientError

    for number, line in enumerate(sys.stdin.buffer, start=1):
        bare = line.rstrip(b"\r\n")
        if not bare.strip():
            continue
        if not as_json:
            yield bare.decode("utf-8", errors="surrogateescape")
            sys.stdout.flush()
            continue
        try:
            item = json.loads(bare)
        except (ValueError, RecursionError):
            item = None
        if not isinstance(item, str):
            hint = 'With --json each line is one JSON string: "SELECT 1"'
            raise ClientError("item_malformed", f"Line {number} of standard input is no JSON string.", hint)
        yield item
        sys.stdout.flush()  # whoever writes a line may wait for its answer before the next


GROUP: dict[str, Callable[..., int | None]] = {"sql": sql, "shell": shell, "mask": mask}
