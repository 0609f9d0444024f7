from dataclasses import replace

import pytest

from firedoor.model.lock import Lock, LockId, LockMode, Target
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
    states = [(one.grant.principal.name, one.state) for one in list_tokens(grants, (), now_us=11)]
    assert states == [
        ("p0", TokenState.ACTIVE),
        ("p1", TokenState.EXPIRED),  # at the instant itself
        ("p2", TokenState.ACTIVE),
        ("p3", TokenState.REVOKED),
    ]


def lock(*targets: tuple[Target, str], mode: LockMode = LockMode.STOP, ends: int | None = None) -> Lock:
    return Lock(
        id=LockId("l_1"),
        targets=targets,
        mode=mode,
        reason="r",
        by="sam",
        created_at_us=1,
        expires_at_us=ends,
    )


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (lock((Target.PRINCIPAL, "p0")), TokenState.LOCKED),
        (lock((Target.GROUP, "night")), TokenState.LOCKED),
        (lock((Target.ALL, "")), TokenState.LOCKED),
        (lock((Target.PRINCIPAL, "p0"), mode=LockMode.SUSPEND), TokenState.SUSPENDED),
        (lock((Target.ALL, ""), mode=LockMode.READ_ONLY), TokenState.READ_ONLY),
        (lock((Target.PRINCIPAL, "p0"), ends=11), TokenState.ACTIVE),
        (lock((Target.PRINCIPAL, "P0")), TokenState.ACTIVE),
        # These leave some of what it opens.
        (lock((Target.PRINCIPAL, "p0"), (Target.UPSTREAM, "crm")), TokenState.ACTIVE),
        (lock((Target.NETWORK, "0.0.0.0/0")), TokenState.ACTIVE),
    ],
)
def test_a_token_under_a_lock_says_so_if_the_lock_holds_for_all_that_it_opens(
    standing: Lock, state: TokenState
) -> None:
    grants = KeptGrants()
    request = TokenRequest(principal="p0", groups=frozenset({"night"}))
    create_token(request, grants, now_us=1, random=lambda size: b"1" * size)
    [listed] = list_tokens(grants, (standing,), now_us=11)
    assert listed.state is state
