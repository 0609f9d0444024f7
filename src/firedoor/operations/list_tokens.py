"""Lists grants and says of each whether it still opens anything. It has no token to show."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.grant import Grant
from firedoor.ports.grants import Grants


class TokenState(StrEnum):
    """Whether a token is good."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedToken:
    """A grant and what it is worth at the moment of asking."""

    grant: Grant
    state: TokenState


def list_tokens(grants: Grants, *, now_us: int) -> tuple[ListedToken, ...]:
    """List every grant, oldest first.

    Raises:
        SettingsError: the store cannot be read.
    """
    return tuple(ListedToken(grant=grant, state=_state(grant, now_us)) for grant in grants.list())


def _state(grant: Grant, now_us: int) -> TokenState:
    if grant.revoked_at_us is not None:
        return TokenState.REVOKED
    if grant.expires_at_us is not None and grant.expires_at_us <= now_us:
        return TokenState.EXPIRED
    return TokenState.ACTIVE
