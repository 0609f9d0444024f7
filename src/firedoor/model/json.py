"""The shape of parsed JSON, and what of it is text. Parsing is done in `core.accept`."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""Any JSON value as the standard types."""

JsonObject: TypeAlias = Mapping[str, Json]


def text_in(said: JsonObject, member: str) -> str:
    """A member that is a text; empty if it is missing, or something else."""
    value = said.get(member)
    return value if isinstance(value, str) else ""


def texts_of(value: Json) -> list[str]:
    """The texts of a list; none if it is no list."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list | tuple) else []
