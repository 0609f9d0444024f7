"""How many connections of clients are open, in all and from each address. Never looks at what they say.

Each connection costs a descriptor. The journal, the database and child processes need some too: without a
bound, whoever opens connections and says nothing stops the record, and so everybody.
"""

import resource
from collections import Counter
from dataclasses import dataclass, field

OWN = 256
"""Descriptors that connections never take: segments, databases, upstreams, pipes of children."""
ENOUGH = 65_536
"""Where no limit is set, there is one all the same."""


@dataclass(slots=True, kw_only=True)
class Connections:
    """Those that are open now."""

    total: int
    """Of all addresses. Stops many that take all descriptors."""
    per_peer: int
    """Of one address. Stops one that takes all connections; a proxy in front is one address too."""
    refused: int = 0
    _open: Counter[str] = field(default_factory=Counter[str])
    _count: int = 0

    @property
    def count(self) -> int:
        """How many are open."""
        return self._count

    def admit(self, peer: str) -> bool:
        """Count one more connection of an address; False if there is no room for it."""
        if self._count >= self.total or self._open[peer] >= self.per_peer:
            self.refused += 1
            return False
        self._open[peer] += 1
        self._count += 1
        return True

    def leave(self, peer: str) -> None:
        """Forget one that was admitted."""
        self._count -= 1
        self._open[peer] -= 1
        if not self._open[peer]:
            del self._open[peer]


def connections_for(descriptors: int) -> Connections:
    """The bounds for a process that may have so many descriptors: three quarters of one address at most."""
    room = max(min(descriptors, ENOUGH) - OWN, min(descriptors, ENOUGH) // 2)
    return Connections(total=room, per_peer=max(room * 3 // 4, 1))


def allow_many() -> Connections:
    """Take all descriptors that this process may have, and bound its connections by them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return connections_for(ENOUGH if soft == resource.RLIM_INFINITY else soft)
