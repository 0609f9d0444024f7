"""How long recordings are kept, and what stands against deleting one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firedoor.model.ids import SessionId

KEEP = "keep"
"""Stands for no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Microseconds since a session ended; None keeps it for ever."""

    default_us: int | None = None
    control_us: int | None = None
    """Sessions in which a gateway recorded what belongs to no other: starts, refused input, who watched."""
    upstreams_us: Mapping[str, int | None] = field(default_factory=dict[str, int | None])

    def for_upstream(self, upstream: str | None) -> int | None:
        """How long recordings of an upstream are kept. One that is no longer configured has the default."""
        if upstream is None:
            return self.default_us
        return self.upstreams_us.get(upstream, self.default_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """A person's or a lock's word that a recording must not be deleted. Not a hold of a call."""

    session: SessionId
    name: str
    """What it is for: a case, a lock. A session may have several; it is kept until the last is lifted."""
    reason: str
    by: str
    placed_at_us: int
