"""Locks, arranged by what they name: what a look at the locks costs does not grow with their number.

Each lock is kept under one of the things that it names, the one that is shared by the fewest. A look takes
what is kept under everything that is known of a message, and asks of these few alone whether they hold. Says
nothing that asking each lock would not say: `core.decide.locks` is what decides.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from firedoor.core.decide.locks import holds, placed, rank
from firedoor.model.lock import Lock, LockMode, LockView, Target, Whom

_BY_VALUE = (
    Target.SESSION,
    Target.GRANT,
    Target.CREDENTIAL,
    Target.PRINCIPAL,
    Target.AGENT,
    Target.GROUP,
    Target.TOOL,
    Target.UPSTREAM,
)
"""The first of these that a lock names is what it is kept under."""
_BEGUN_ANEW = "begun anew"
_BITS = {4: 32, 6: 128}

_Key = tuple[str, ...]
_Net = tuple[int, int]
"""Version of the protocol, and bits of the prefix."""


class LockIndex:
    """All locks of one view."""

    def __init__(self, view: LockView) -> None:
        """Arrange them. A few milliseconds for thousands."""
        self.view = view
        self._named = defaultdict[_Key, list[int]](list)
        self._networks = defaultdict[_Net, dict[int, list[int]]](dict)
        self._everywhere: list[int] = []
        for number, lock in enumerate(view.locks):
            self._keep(number, lock)

    def lock_on(self, whom: Whom, now_us: int) -> Lock | None:
        """Return the worst lock that holds now, if any does (see `locks.rank`); of equals the oldest."""
        locks = self.view.locks
        if not locks:
            return None
        holding = [n for n in self._meant(whom) if holds(locks[n], whom, now_us)]
        return locks[min(holding, key=lambda n: (rank(locks[n]), n))] if holding else None

    def stop_on(self, whom: Whom) -> Lock | None:
        """The lock that ends whom it holds for, of locks that do not run out."""
        lock = self.lock_on(whom, 0)
        return lock if lock is not None and lock.mode is LockMode.STOP else None

    def _keep(self, number: int, lock: Lock) -> None:
        named = dict(lock.targets)
        target = next((each for each in _BY_VALUE if each in named), None)
        if target is not None:
            self._named[target, named[target]].append(number)
        elif Target.NETWORK in named:
            net, address = _range(named[Target.NETWORK])
            self._networks[net].setdefault(address, []).append(number)
        else:
            self._everywhere.append(number)
        if target is Target.SESSION and lock.grant is not None and lock.upstream is not None:
            self._named[_BEGUN_ANEW, lock.grant, lock.upstream].append(number)

    def _meant(self, whom: Whom) -> Iterator[int]:
        """Those that may hold. A few, and of each that does hold its number."""
        yield from self._everywhere
        for key in _keys(whom):
            if (found := self._named.get(key)) is not None:
                yield from found
        if self._networks:
            yield from self._around(whom.peer)

    def _around(self, peer: str) -> Iterator[int]:
        place = _number(peer)
        for (version, prefix), kept in self._networks.items():
            if place is None:  # Who cannot be placed is in every network.
                for numbers in kept.values():
                    yield from numbers
            elif place[0] == version:
                free = _BITS[version] - prefix
                yield from kept.get(place[1] >> free << free, ())


def merged(earlier: LockIndex | None, later: LockIndex | None) -> LockIndex | None:
    """The locks of both, where there are two."""
    if earlier is None or later is None:
        return earlier or later
    every = {lock.id: lock for each in (earlier, later) for lock in each.view.locks}
    return LockIndex(LockView(later.view.epoch, tuple(every.values())))


def _keys(whom: Whom) -> Iterator[_Key]:
    yield Target.PRINCIPAL, whom.principal
    yield Target.GRANT, whom.grant
    yield Target.CREDENTIAL, whom.token
    yield Target.UPSTREAM, whom.upstream
    yield Target.TOOL, whom.tool
    yield _BEGUN_ANEW, whom.grant, whom.upstream
    if whom.session is not None:
        yield Target.SESSION, whom.session
    for group in whom.groups:
        yield Target.GROUP, group
    for agent in whom.agents:
        yield Target.AGENT, agent


@lru_cache(maxsize=4096)
def _number(address: str) -> tuple[int, int] | None:
    place = placed(address)
    return None if place is None else (place.version, int(place))


@lru_cache(maxsize=16_384)
def _range(network: str) -> tuple[_Net, int]:
    read = ipaddress.ip_network(network)
    return (read.version, read.prefixlen), int(read.network_address)
