"""How commands print: text from elsewhere can neither move the cursor nor forge a line."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

WIDEST = 48
"""Characters of a cell that an agent or an asker may fill."""


def clean(text: object) -> str:
    """Show a value on one line of a terminal: control and direction characters become escapes."""
    from firedoor.operations.printable import printable

    return "-" if text is None else printable(str(text))


def short(text: object) -> str:
    """What fits a cell: whoever chooses a name chooses how wide a table is, and what is out of sight."""
    shown = clean(text)
    return shown if len(shown) <= WIDEST else f"{shown[: WIDEST - 1]}…"


def print_json(value: Mapping[str, object]) -> None:
    """Print one object on one line."""
    print(json.dumps(value, ensure_ascii=True, separators=(", ", ": ")))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Print rows below their heads, in columns; or say that there are none."""
    if not rows:
        print(empty)
        return
    shown = [list(heads), *([clean(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(heads))]
    for row in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def note_cut(shown: int, limit: int) -> None:
    """Say that a list may be longer than what is shown, beside it: nothing is missed unseen."""
    if shown == limit:
        print(f"The newest {limit} are shown. More, if there are any: --limit {limit * 10}", file=sys.stderr)


def instant(at_us: int | None) -> str | None:
    """Show an instant as RFC 3339 in UTC, to the second."""
    if at_us is None:
        return None
    try:
        return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):  # One that is in no calendar hides none of the others.
        return f"{at_us} µs"
