import base64
from collections.abc import Callable

import pytest

from firedoor.core.authenticate.token import digest_of
from firedoor.model.errors import SettingsError
from firedoor.model.principal import Actor, PrincipalKind
from firedoor.operations.create_token import ROLES, TokenRequest, create_token, is_token
from tests.operations.kept import KeptGrants


def counting() -> Callable[[int], bytes]:
    """Predictable bytes, other ones at each call."""
    calls = iter(range(1, 256))
    return lambda size: bytes([next(calls)]) * size


def test_a_token_carries_256_bits_and_only_its_digest_is_kept() -> None:
    grants = KeptGrants()
    made = create_token(TokenRequest(principal="ci"), grants, now_us=1_000, random=counting())
    assert made.token == "fd_" + base64.urlsafe_b64encode(b"\x01" * 32).rstrip(b"=").decode()
    (grant,) = grants.list()
    assert grant.token_digest == digest_of(made.token)
    assert made.token[3:] not in repr(grant)
    assert made.id == grant.id == "g_" + "02" * 8
    assert is_token(made.token)
    assert not is_token(made.token[:-1])


def test_a_grant_says_what_was_asked_for() -> None:
    grants = KeptGrants()
    request = TokenRequest(
        principal="ci",
        agent="triage",
        upstreams=frozenset({"crm"}),
        ttl_us=3_600_000_000,
    )
    known = frozenset({"crm", "wiki"})
    made = create_token(request, grants, known_upstreams=known, now_us=1_000, random=counting())
    (grant,) = grants.list()
    assert made.expires_at_us == grant.expires_at_us == 3_600_001_000
    assert (grant.principal.name, grant.principal.kind) == ("ci", PrincipalKind.SERVICE)
    assert grant.principal.actors == (Actor(name="triage"),)
    assert (grant.upstreams, grant.roles) == (frozenset({"crm"}), frozenset())
    assert grant.issued_at_us == 1_000


def test_people_have_roles_that_are_known_here() -> None:
    grants = KeptGrants()
    for roles in (frozenset({"viewer", "admin"}), frozenset({"approver", "dba"})):
        request = TokenRequest(principal="sam", roles=roles)
        create_token(request, grants, known_roles=ROLES | {"dba"}, now_us=1, random=counting())
        assert grants.list()[-1].roles == roles


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (TokenRequest(principal="sam", roles=frozenset({"aprover"})), "'aprover'.*mean 'approver'"),
        (TokenRequest(principal="sam", roles=frozenset({"Admin"})), "mean 'admin'"),
        (TokenRequest(principal="sam", roles=frozenset({"x"})), "admin, approver, responder, viewer"),
        (TokenRequest(principal="sam", agent="a", roles=frozenset({"viewer"})), "agent has no role"),
    ],
)
def test_a_role_that_opens_nothing_is_refused(request_: TokenRequest, said: str) -> None:
    grants = KeptGrants()
    with pytest.raises(SettingsError, match=rf"(?s){said}") as caught:
        create_token(request_, grants, now_us=1, random=counting())
    assert caught.value.code == "token_role"
    assert grants.list() == ()


def test_a_token_without_an_end_or_an_agent_has_none() -> None:
    grants = KeptGrants()
    made = create_token(TokenRequest(principal="ci"), grants, now_us=1, random=counting())
    assert made.expires_at_us is None
    assert grants.list()[0].principal.actors == ()


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (TokenRequest(principal=""), "principal"),
        (TokenRequest(principal=" ci"), "principal"),
        (TokenRequest(principal="c\x1b[2Ji"), "principal"),
        (TokenRequest(principal="c\u202ei"), "principal"),
        (TokenRequest(principal="x" * 129), "principal"),
        (TokenRequest(principal="ci", agent=""), "agent"),
        (TokenRequest(principal="ci", roles=frozenset({"a\nb"})), "role"),
        (TokenRequest(principal="ci", ttl_us=0), "live"),
        (TokenRequest(principal="ci", upstreams=frozenset()), "opens nothing"),
        (TokenRequest(principal="ci", upstreams=frozenset({"cmr"})), "'cmr'.*settings"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(request_: TokenRequest, said: str) -> None:
    grants = KeptGrants()
    with pytest.raises(SettingsError, match=rf"(?s){said}"):
        create_token(request_, grants, known_upstreams=frozenset({"crm"}), now_us=1, random=counting())
    assert grants.list() == ()


def test_upstreams_are_taken_as_given_where_the_settings_are_not_at_hand() -> None:
    grants = KeptGrants()
    request = TokenRequest(principal="ci", upstreams=frozenset({"later"}))
    create_token(request, grants, now_us=1, random=counting())
    assert grants.list()[0].upstreams == frozenset({"later"})
