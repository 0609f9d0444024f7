from dataclasses import replace

from firedoor.operations.create_token import TokenRequest, create_token
from firedoor.operations.list_tokens import TokenState, list_tokens
from tests.operations.kept import KeptGrants


def test_each_grant_is_listed_with_what_it_is_worth_now() -> None:
    grants = KeptGrants()
    for number, ttl in enumerate((None, 10, 10, None)):
        request = TokenRequest(principal=f"p{number}", ttl_us=ttl)
        create_token(request, grants, now_us=number, random=lambda size, n=number: bytes([n]) * size)
    last = grants.list()[3]
    grants.kept[last.id] = replace(last, revoked_at_us=5)
    states = [(one.grant.principal.name, one.state) for one in list_tokens(grants, now_us=11)]
    assert states == [
        ("p0", TokenState.ACTIVE),
        ("p1", TokenState.EXPIRED),  # at the instant itself
        ("p2", TokenState.ACTIVE),
        ("p3", TokenState.REVOKED),
    ]
