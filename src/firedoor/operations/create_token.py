"""Gives a service principal a token. The token is told once; only its digest is kept."""

import base64
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from firedoor.core.authenticate.token import digest_of
from firedoor.model.errors import SettingsError
from firedoor.model.grant import Grant
from firedoor.model.ids import GrantId
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.ports.grants import Grants

PREFIX = "fd_"
"""So that a token is recognised for what it is where it should not be: in a repository, a log, a chat."""
TOKEN_BYTES = 32
ID_BYTES = 8
_TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
ROLES = frozenset({"admin", "approver", "responder", "viewer"})
"""What every gateway asks for. A rule may ask its approvers for another one."""
NAME = 128
"""Characters of a name at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What the token is to be."""

    principal: str
    agent: str | None = None
    upstreams: frozenset[str] | None = None
    """None: every upstream, later ones included."""
    ttl_us: int | None = None
    """None: it never expires."""
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    """For rules and locks that name a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was made. It cannot be shown again."""

    token: str
    id: GrantId
    expires_at_us: int | None


def create_token(
    request: TokenRequest,
    grants: Grants,
    *,
    known_upstreams: frozenset[str] | None = None,
    known_roles: frozenset[str] = ROLES,
    now_us: int,
    random: Callable[[int], bytes],
) -> NewToken:
    """Make a token and keep its grant. `random(n)` gives n unpredictable bytes.

    `known_upstreams`: the upstreams of the settings, where they are at hand. `known_roles`: those that open
    something.

    Raises:
        SettingsError: a name, the upstreams, a role or the time to live makes no sense, or the store failed.
    """
    for what, name in (("principal", request.principal), ("agent", request.agent), *_of(request)):
        _check_name(what, name)
    if request.ttl_us is not None and request.ttl_us <= 0:
        raise SettingsError("token_ttl", "A token must live for a while.", "Give a time to live such as 1h.")
    if request.upstreams is not None:
        _check_upstreams(request.upstreams, known_upstreams)
    _check_roles(request, known_roles)
    token = PREFIX + base64.urlsafe_b64encode(random(TOKEN_BYTES)).rstrip(b"=").decode("ascii")
    grant = Grant(
        id=GrantId(f"g_{random(ID_BYTES).hex()}"),
        principal=Principal(
            name=request.principal,
            kind=PrincipalKind.SERVICE,
            groups=request.groups,
            actors=() if request.agent is None else (Actor(name=request.agent),),
        ),
        token_digest=digest_of(token),
        upstreams=request.upstreams,
        roles=request.roles,
        issued_at_us=now_us,
        expires_at_us=None if request.ttl_us is None else now_us + request.ttl_us,
    )
    grants.create(grant)
    return NewToken(token=token, id=grant.id, expires_at_us=grant.expires_at_us)


def is_token(text: str) -> bool:
    """Whether a text is written as tokens are. Says nothing of whether it was ever made."""
    return _TOKEN.fullmatch(text) is not None


def _of(request: TokenRequest) -> tuple[tuple[str, str], ...]:
    roles = [("role", role) for role in sorted(request.roles)]
    return (*roles, *(("group", group) for group in sorted(request.groups)))


def _check_name(what: str, name: str | None) -> None:
    if name is None:
        return
    if not name or name != name.strip() or len(name) > NAME or not name.isprintable():
        raise SettingsError(
            "token_name",
            f"The name of the {what} is empty, too long, or has characters that cannot be seen.",
            f"Give 1 to {NAME} visible characters.",
        )


def _check_upstreams(wanted: frozenset[str], known: frozenset[str] | None) -> None:
    if not wanted:
        raise SettingsError("token_upstreams", "A token without any upstream opens nothing.")
    unknown = sorted(wanted - known) if known is not None else []
    if unknown:
        raise SettingsError(
            "token_upstreams",
            f"There is no upstream {unknown[0]!r} in the settings.",
            f"The upstreams are: {', '.join(sorted(known or ()))}.",
        )


def _check_roles(request: TokenRequest, known: frozenset[str]) -> None:
    unknown = sorted(request.roles - known)
    if unknown:
        near = difflib.get_close_matches(unknown[0].lower(), sorted(known), n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"The roles are: {', '.join(sorted(known))}."
        what = f"No gateway, and no rule here, asks for the role {unknown[0]!r}."
        raise SettingsError("token_role", what, hint)
    if request.roles and request.agent is not None:
        hint = "Make two tokens: one with --agent, one with --role."
        raise SettingsError("token_role", "An agent has no role: people approve, respond and look.", hint)
