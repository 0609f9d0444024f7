from firedoor.model.ids import GrantId
from firedoor.operations.create_token import TokenRequest, create_token
from firedoor.operations.revoke_token import Revocation, revoke_token
from tests.operations.kept import KeptGrants


def test_a_grant_is_revoked_once_and_what_was_done_is_said() -> None:
    grants = KeptGrants()
    made = create_token(TokenRequest(principal="ci"), grants, now_us=1, random=bytes)
    assert revoke_token(grants, made.id, now_us=5, reason="lost") is Revocation.REVOKED
    assert revoke_token(grants, made.id, now_us=6, reason="again") is Revocation.ALREADY
    assert grants.list()[0].revoked_at_us == 5
    assert grants.reasons == ["lost"]


def test_a_grant_that_there_is_not_is_said_to_be_unknown() -> None:
    assert revoke_token(KeptGrants(), GrantId("g_none"), now_us=5) is Revocation.UNKNOWN
