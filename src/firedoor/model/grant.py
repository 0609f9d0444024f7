"""One login of one client by one principal, or one service token."""

from dataclasses import dataclass

from firedoor.model.ids import GrantId, TokenDigest
from firedoor.model.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a token stands for. Instants are unix microseconds."""

    id: GrantId
    principal: Principal
    token_digest: TokenDigest
    upstreams: frozenset[str] | None
    """The upstreams it opens; None for all."""
    roles: frozenset[str] = frozenset()
    issued_at_us: int
    expires_at_us: int | None
    revoked_at_us: int | None = None
