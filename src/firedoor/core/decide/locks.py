"""Which lock holds for a message. Asked before any rule; an exact match, never a pattern.

Theory of operation. Locks are few and messages are many, so that the common case, no lock at all, costs one
test. A lock names one target or several that must all hold. A lock on a session holds for its grant and its
upstream as well: else the next `initialize` would undo it. The worst of several locks counts; of equals one
on the credential itself, whose answer is the hardest, whichever came first.
"""

import ipaddress
from functools import lru_cache

from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId, SessionId, TokenDigest
from firedoor.model.lock import Lock, LockMode, LockView, Target, Whom

WORST_FIRST = (LockMode.STOP, LockMode.SUSPEND, LockMode.READ_ONLY)

_OF_THE_CREDENTIAL = frozenset(
    {Target.PRINCIPAL, Target.GROUP, Target.GRANT, Target.CREDENTIAL, Target.AGENT},
)
_NAMES_SOMEBODY = (
    Target.PRINCIPAL,
    Target.GRANT,
    Target.CREDENTIAL,
    Target.GROUP,
    Target.AGENT,
    Target.SESSION,
    Target.NETWORK,
)
"""The first of these that a lock names says whom it is about. The rest narrows what it holds for."""


def whom_of(
    grant: Grant, peer: str, upstream: str, *, tool: str = "", session: SessionId | None = None
) -> Whom:
    """Everything a lock can name about a message of a grant. `peer` is its network address."""
    principal = grant.principal
    return Whom(
        principal=principal.name,
        groups=principal.groups,
        grant=grant.id,
        token=grant.token_digest,
        agents=tuple([actor.name for actor in principal.actors]),
        peer=peer,
        upstream=upstream,
        session=session,
        tool=tool,
    )


def lock_on(view: LockView, whom: Whom, now_us: int) -> Lock | None:
    """Return the worst lock that holds now, if any does; of equals the oldest."""
    if not view.locks:
        return None
    holding = [lock for lock in view.locks if holds(lock, whom, now_us)]
    return min(holding, key=rank) if holding else None


def rank(lock: Lock) -> tuple[int, bool]:
    """Which of several that hold counts: the lowest. Not by age: an older lock must not hide a harder one."""
    return WORST_FIRST.index(lock.mode), not is_of_the_credential(lock)


def holds(lock: Lock, whom: Whom, now_us: int) -> bool:
    """Whether this lock holds for this message at this instant."""
    if lock.expires_at_us is not None and lock.expires_at_us <= now_us:
        return False
    return all(_is_meant(lock, target, value, whom) for target, value in lock.targets)


def is_about(lock: Lock, whom: Whom) -> bool:
    """Whether it is a lock on somebody, whatever narrows it. One on everything, or a tool, is about nobody.

    One on a session is about the grant of that session.
    """
    kinds = {target for target, _ in lock.targets}
    naming = next((target for target in _NAMES_SOMEBODY if target in kinds), None)
    if naming is Target.SESSION:
        return lock.grant == whom.grant
    values = [value for target, value in lock.targets if target is naming]
    return naming is not None and all(_is_meant(lock, naming, value, whom) for value in values)


def probe_of(lock: Lock) -> Whom:
    """Somebody whom a lock names, and of whom nothing else is known: every door must refuse them."""
    named = dict(lock.targets)
    grant = named.get(Target.GRANT, "") or lock.grant or ""
    session = named.get(Target.SESSION)
    network = named.get(Target.NETWORK)
    return Whom(
        principal=named.get(Target.PRINCIPAL, ""),
        groups=frozenset(value for target, value in lock.targets if target is Target.GROUP),
        grant=GrantId(grant),
        token=TokenDigest(named.get(Target.CREDENTIAL, "")),
        agents=tuple(value for target, value in lock.targets if target is Target.AGENT),
        peer="" if network is None else str(ipaddress.ip_network(network)[0]),
        upstream=named.get(Target.UPSTREAM, "") or lock.upstream or "",
        session=None if session is None else SessionId(session),
        tool=named.get(Target.TOOL, ""),
    )


def is_of_the_credential(lock: Lock) -> bool:
    """Whether it makes the credential itself dead: it names who calls, and nothing that narrows it."""
    return all(target in _OF_THE_CREDENTIAL for target, _ in lock.targets)


def is_of_whoever(lock: Lock) -> bool:
    """Whether it holds for all that somebody does, wherever and with whatever."""
    return is_of_the_credential(lock) or all(target is Target.ALL for target, _ in lock.targets)


def _is_meant(lock: Lock, target: Target, value: str, whom: Whom) -> bool:
    match target:
        case Target.ALL:
            return True
        case Target.SESSION:
            is_begun_anew = lock.grant == whom.grant and lock.upstream == whom.upstream
            return whom.session == value or is_begun_anew
        case Target.GROUP:
            return value in whom.groups
        case Target.AGENT:
            return value in whom.agents
        case Target.NETWORK:
            return is_in_network(whom.peer, value)
        case _:
            return _plain(target, whom) == value


def _plain(target: Target, whom: Whom) -> str:
    return {
        Target.PRINCIPAL: whom.principal,
        Target.GRANT: whom.grant,
        Target.CREDENTIAL: whom.token,
        Target.UPSTREAM: whom.upstream,
        Target.TOOL: whom.tool,
    }[target]


@lru_cache(maxsize=4096)
def is_in_network(address: str, network: str) -> bool:
    """Whether an address is in a network (CIDR, or one address). IPv4 inside IPv6 is seen as IPv4.

    An address that is none is in every network: a caller that cannot be placed is not let past a lock.
    """
    place = placed(address)
    return place is None or place in ipaddress.ip_network(network)


def placed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as locks see it; None if it is none."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped is not None:
        return place.ipv4_mapped
    return place
