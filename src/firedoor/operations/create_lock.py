"""Locks a door: checks what was asked for, and keeps the lock. Ending what is under way is the engine's."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from firedoor.model.errors import ClientError
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lock, LockId, LockMode, LockView, Target
from firedoor.operations.lock_words import case_of, reason_of
from firedoor.ports.locks import Locks

ID_BYTES = 8
VALUE = 256
"""Characters of a value at most."""
LONGEST_US = 10 * 365 * 86_400 * 1_000_000
"""Ten years. Stops an end that no calendar can show; what is to hold longer holds until it is lifted."""
MOST = 10_000
"""Locks that may stand. Stops a program that locks without end from making each change slow for everybody."""
_DIGEST = 64
_IDS = {
    Target.SESSION: (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), 36),
    Target.GRANT: (re.compile(r"g_[0-9a-f]{16}"), 18),
}
"""How they are written, and their characters. Stops one that was cut short from being taken for a lock."""
_MAPPED = 96
"""Bits before an IPv4 address inside IPv6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRequest:
    """What is to be locked, and why."""

    targets: tuple[tuple[Target, str], ...]
    mode: LockMode = LockMode.STOP
    reason: str
    by: str
    case: str | None = None
    ttl_us: int | None = None
    """None: until it is lifted."""
    grant: GrantId | None = None
    """Of the session, where one is locked."""
    upstream: str | None = None
    id: LockId | None = None
    """Given: its name. Whoever asks twice with one name has one lock."""


def fresh_lock_id(random: Callable[[int], bytes]) -> LockId:
    """A name for a lock. `random(n)` gives n unpredictable bytes."""
    return LockId(f"l_{random(ID_BYTES).hex()}")


def create_lock(
    request: LockRequest,
    locks: Locks,
    *,
    now_us: int,
    random: Callable[[int], bytes],
    known_upstreams: frozenset[str] | None = None,
) -> Lock:
    """Make a lock and keep it. It is durable when this returns. `random(n)` gives n unpredictable bytes.

    Raises:
        ClientError: the targets, the reason, the case or the time make no sense.
        RecordError: it could not be made durable.
    """
    reason, case = reason_of(request.reason), case_of(request.case)
    _check_ttl(request.ttl_us)
    targets = tuple((target, _value(target, value)) for target, value in request.targets)
    _check_targets(targets, known_upstreams)
    if (Target.ALL, "") not in targets and (request.id is None or locks.find(request.id) is None):
        _check_room(locks.view(), now_us)
    lock = Lock(
        id=request.id or fresh_lock_id(random),
        targets=targets,
        mode=request.mode,
        reason=reason,
        by=request.by,
        created_at_us=now_us,
        case=case,
        expires_at_us=None if request.ttl_us is None else now_us + request.ttl_us,
        grant=request.grant,
        upstream=request.upstream,
    )
    locks.create(lock)
    return lock


def _check_room(view: LockView, now_us: int) -> None:
    standing = sum(1 for lock in view.locks if lock.expires_at_us is None or lock.expires_at_us > now_us)
    if standing >= MOST:
        hint = "Lock their group, their upstream or their network at once, or --all. Lift what is over."
        raise ClientError("lock_many", f"{MOST} locks stand already.", hint)


def _check_ttl(ttl_us: int | None) -> None:
    if ttl_us is not None and not 0 < ttl_us <= LONGEST_US:
        hint = "Give a time such as 1h, or none: then it holds until it is lifted."
        raise ClientError("lock_ttl", "A lock holds for a while, and for ten years at most.", hint)


def _check_targets(targets: tuple[tuple[Target, str], ...], known: frozenset[str] | None) -> None:
    kinds = [target for target, _ in targets]
    if not kinds:
        raise ClientError("lock_target", "Say what to lock.", "--all locks everything.")
    if Target.ALL in kinds and len(kinds) > 1:
        raise ClientError("lock_target", "Everything is locked, or something in particular: not both.")
    twice = {kind for kind in kinds if kinds.count(kind) > 1} - {Target.GROUP, Target.AGENT}
    if twice:
        raise ClientError("lock_target", f"Nobody is two of a kind: {min(twice)}.", "Make a lock for each.")
    for target, value in targets:
        if target is Target.UPSTREAM and known is not None and value not in known:
            hint = f"The upstreams are: {', '.join(sorted(known))}."
            raise ClientError("lock_target", f"There is no upstream {value!r} in the settings.", hint)


def _value(target: Target, value: str) -> str:
    if target is Target.ALL:
        if value:
            hint = "Lock all, or what is named."
            raise ClientError("lock_target", "Everything is locked without a value.", hint)
        return ""
    if not value or value != value.strip() or len(value) > VALUE or not value.isprintable():
        raise ClientError(
            "lock_target", f"The {target.value} is empty or not a name.", "It is matched exactly."
        )
    if "*" in value:
        raise ClientError("lock_target", f"{value!r} is a pattern, and locks match exactly.")
    if target in _IDS:
        return _id(target, value)
    if target is Target.NETWORK:
        return _network(value)
    if target is Target.CREDENTIAL and (len(value) != _DIGEST or not _is_hexadecimal(value)):
        raise ClientError("lock_target", "A token is named by its SHA-256, 64 hexadecimal digits.")
    return value


def _id(target: Target, value: str) -> str:
    written, characters = _IDS[target]
    if not written.fullmatch(value):
        whole = f"the id of a {target.value} has {characters} characters, all of them small letters or digits"
        hint = f"`firedoor {'sessions' if target is Target.SESSION else 'token list'}` shows them whole."
        raise ClientError("lock_target", f"{value!r} names no {target.value}: {whole}.", hint)
    return value


def _network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value)
    except ValueError as fault:
        hint = "Write 10.0.0.7 or 10.0.0.0/24."
        raise ClientError("lock_target", f"{value!r} is no network: {fault}.", hint) from fault
    inside = network.network_address
    if isinstance(inside, ipaddress.IPv6Address) and inside.ipv4_mapped and network.prefixlen >= _MAPPED:
        # Callers from there are seen as IPv4: as it is written it would hold for nobody.
        return str(ipaddress.ip_network((inside.ipv4_mapped, network.prefixlen - _MAPPED)))
    return str(network)


def _is_hexadecimal(value: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in value)
