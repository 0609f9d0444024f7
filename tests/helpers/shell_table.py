"""The table of specified commands, as docs/explain/shell-guard.md shows it.

Made anew by `python -m tests.helpers.shell_table`.
"""

from pathlib import Path

from firedoor.core.decide.shell.specification import Specification
from firedoor.core.decide.shell.specifications.table import FAMILIES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explain" / "shell-guard.md"
BEGIN = "<!-- made from the specifications: begin -->\n"
END = "<!-- made from the specifications: end -->\n"


def _sub_commands(specification: Specification) -> str:
    names = []
    for sub in specification.subs:
        below = _sub_commands(sub)
        shown = sub.name.replace("|", ", ")
        names.append(f"{shown} ({below})" if below else shown)
    return "; ".join(names)


def _row(specification: Specification) -> str:
    what = "any arguments" if specification.any_arguments else _sub_commands(specification)
    limits = "; ".join(part for part in (specification.note, _input(specification)) if part)
    return f"| `{specification.name}` | {what} | {limits} |".replace("|  |", "| |")


def _input(specification: Specification) -> str:
    return "every argument written out" if specification.is_static else ""


def table() -> str:
    lines: list[str] = []
    for family, specifications in FAMILIES.items():
        lines += [f"### {family}", "", "| command | what of it | limits |", "|---|---|---|"]
        lines += [*map(_row, specifications), ""]
    return "\n".join(lines)


def page_with_table(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
