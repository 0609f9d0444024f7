"""Tokens of service principals: opaque, 256 random bits, stored as a digest, bound to what they open.

The token is returned once and kept nowhere. Never shown by `repr`.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from firedoor.app.settings_yaml import suggestion
from firedoor.core.authenticate.token import digest_of
from firedoor.model.errors import ClientError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.ports.grants import Grants

PREFIX = "fd_"
"""Lets secret scanners find a token that was committed somewhere."""
LONGEST_NAME = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a token is to stand for."""

    principal: str
    agent: str | None = None
    upstreams: frozenset[str] | None = None
    """None opens all."""
    roles: frozenset[str] = frozenset()
    lifetime_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token, for the one time it can be seen."""

    token: str = field(repr=False)
    grant: Grant


def create_token(grants: Grants, wanted: Wanted, known_upstreams: Collection[str], now_us: int) -> NewToken:
    """Make a token and keep its digest.

    Raises:
        ClientError: a name cannot be used, or there is no such upstream.
        SettingsError: the store cannot be written.
    """
    for name in (wanted.principal, wanted.agent):
        if name is not None and not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            hint = f"Printable characters, at most {LONGEST_NAME}."
            raise ClientError("name_unusable", "That cannot be the name of a principal or an agent.", hint)
    for upstream in sorted(wanted.upstreams or ()):
        if upstream not in known_upstreams:
            hint = suggestion(upstream, sorted(known_upstreams))
            raise ClientError("upstream_unknown", f'There is no upstream "{upstream}".', hint)
    token = PREFIX + secrets.token_urlsafe(32)
    grant = Grant(
        id=GrantId(f"g_{secrets.token_hex(8)}"),
        principal=Principal(
            name=wanted.principal,
            kind=PrincipalKind.SERVICE,
            actors=() if wanted.agent is None else (Actor(name=wanted.agent),),
        ),
        token_digest=digest_of(token),
        upstreams=wanted.upstreams,
        roles=wanted.roles,
        issued_at_us=now_us,
        expires_at_us=now_us + wanted.lifetime_us,
    )
    grants.create(grant)
    return NewToken(token=token, grant=grant)


def state_of(grant: Grant, now_us: int) -> str:
    """Say whether a grant still opens anything: `live`, `expired` or `revoked`."""
    if grant.revoked_at_us is not None:
        return "revoked"
    is_over = grant.expires_at_us is not None and grant.expires_at_us <= now_us
    return "expired" if is_over else "live"
