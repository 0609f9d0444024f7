"""JSON whose numbers are as somebody wrote them, and how two values are compared: by one text for each.

Members are in the order of their names; every digit of a number counts, since 1 and 1.0 are not the same to
every server. Two values have one text only if nobody could tell them apart. It never parses: whoever does
gives `Number` to `json.loads` for both sorts of numbers.
"""

import json
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as it was written."""

    text: str


ExactJson: TypeAlias = "bool | str | Number | list[ExactJson] | dict[str, ExactJson] | None"
"""Any JSON value, with its numbers as they were written."""


def written(value: ExactJson) -> str:
    """Write a value as the one text that stands for it."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{written(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item) for item in value) + "]"
    return json.dumps(value)
