"""What nouns are made with that every message needs: frozen for whoever reads them, cheap to make.

`@dataclass(frozen=True)` sets each field through a call, which made a tenth of what a small call costs. A
value is frozen by the type checker instead: pyright refuses to assign to a field, in all of `src`, and a test
sees it refuse. It never changes what a field holds, and is compared and hashed by its fields.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a slotted dataclass whose fields the type checker lets nobody assign to."""
    return dataclass(slots=True, kw_only=kw_only, unsafe_hash=True)
