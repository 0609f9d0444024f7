"""Lists grants and says of each whether it still opens anything. It has no token to show."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.core.decide.locks import is_of_whoever, lock_on, whom_of
from firedoor.model.grant import Grant
from firedoor.model.lock import Lock, LockMode, LockView
from firedoor.ports.grants import Grants


class TokenState(StrEnum):
    """Whether a token is good."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    LOCKED = "locked"
    """A lock holds for all that it opens."""
    SUSPENDED = "suspended"
    READ_ONLY = "read-only"


_OF_LOCK = {
    LockMode.STOP: TokenState.LOCKED,
    LockMode.SUSPEND: TokenState.SUSPENDED,
    LockMode.READ_ONLY: TokenState.READ_ONLY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedToken:
    """A grant and what it is worth at the moment of asking."""

    grant: Grant
    state: TokenState


def list_tokens(grants: Grants, locks: tuple[Lock, ...], *, now_us: int) -> tuple[ListedToken, ...]:
    """List every grant, oldest first. Locks that leave some of what a token opens are not told.

    Raises:
        SettingsError: the store cannot be read.
    """
    view = LockView(0, tuple(lock for lock in locks if is_of_whoever(lock)))
    return tuple(ListedToken(grant=grant, state=_state(grant, view, now_us)) for grant in grants.list())


def _state(grant: Grant, view: LockView, now_us: int) -> TokenState:
    if grant.revoked_at_us is not None:
        return TokenState.REVOKED
    if grant.expires_at_us is not None and grant.expires_at_us <= now_us:
        return TokenState.EXPIRED
    lock = lock_on(view, whom_of(grant, "", ""), now_us)
    return TokenState.ACTIVE if lock is None else _OF_LOCK[lock.mode]
