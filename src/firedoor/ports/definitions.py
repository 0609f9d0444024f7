"""Where it is kept which definitions of each upstream were seen, and which of them people rely on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from firedoor.model.definition import Definition, DefinitionKind, Pin

Key = tuple[DefinitionKind, str]
"""Kind and hash: enough to name a definition of an upstream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an upstream's definitions, without their texts."""

    names: frozenset[tuple[DefinitionKind, str]] = frozenset()
    """Kind and name of everything of which some definition is accepted."""
    waiting: frozenset[tuple[DefinitionKind, str]] = frozenset()
    """The same of everything that is listed and of which no definition is accepted."""
    seen: frozenset[Key] = frozenset()
    gone: frozenset[Key] = frozenset()
    """Of them, what is listed no longer."""
    accepted: frozenset[Key] = frozenset()
    begun: frozenset[DefinitionKind] = frozenset()
    """Kinds of which a whole list was seen: what comes now is new."""


class Definitions(Protocol):
    """Definitions are added and accepted; none is ever taken back, and no text of one is changed."""

    def known(self, upstream: str) -> Known:
        """What is known of an upstream.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...

    def pins(self, upstream: str) -> tuple[Pin, ...]:
        """Every definition of an upstream that was seen, by kind and name, the oldest first.

        Raises:
            SettingsError: the store cannot be read.
        """
        ...

    def see(self, upstream: str, found: Sequence[Definition], at_us: int) -> None:
        """Keep definitions that were not seen before; those that were gone are back.

        Raises:
            SettingsError: the store cannot be written.
        """
        ...

    def begin(self, upstream: str, kind: DefinitionKind, at_us: int) -> None:
        """A whole list of this kind was seen.

        Raises:
            SettingsError: the store cannot be written.
        """
        ...

    def lose(self, upstream: str, keys: Sequence[Key], at_us: int) -> None:
        """These are listed no longer.

        Raises:
            SettingsError: the store cannot be written.
        """
        ...

    def accept(self, upstream: str, keys: Sequence[Key], by: str, at_us: int) -> None:
        """Rely on these from now on.

        Raises:
            SettingsError: the store cannot be written.
        """
        ...
