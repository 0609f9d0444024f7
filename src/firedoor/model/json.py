"""The shape of parsed JSON. Only a type: parsing is done in `core.accept`."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""Any JSON value as the standard types."""

JsonObject: TypeAlias = Mapping[str, Json]
