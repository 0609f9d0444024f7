"""On whose authority a call runs, and through whom."""

from dataclasses import dataclass
from enum import StrEnum


class PrincipalKind(StrEnum):
    """What a principal is."""

    PERSON = "person"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """An agent that acts for a principal."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The accountable party of a call."""

    name: str
    kind: PrincipalKind
    groups: frozenset[str] = frozenset()
    """As the directory or whoever made the token has them."""
    actors: tuple[Actor, ...] = ()
    """The chain that acts for it, outermost last: person ← agent ← agent."""
