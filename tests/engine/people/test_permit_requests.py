"""What can be asked for, and why something cannot."""

import pytest

from firedoor.engine.people.permit_requests import PermitTerms, asked_for
from firedoor.model.errors import ClientError
from firedoor.model.verdict import PermitKind
from tests.helpers.nouns import upstream
from tests.helpers.permits import MINUTE_US
from tests.helpers.permitting import DANA, HOLD, emergency, wanted


def test_a_permit_waits_for_people_as_long_as_its_risk_says() -> None:
    permit = asked_for(DANA, wanted(), PermitTerms(), upstream(), HOLD)
    assert (permit.expires_at_us, permit.demands[0].quorum) == (10 * MINUTE_US, 1)
    assert (permit.asked_by, permit.asked_through, permit.policy_version) == ("dana", "g_dana", HOLD.version)


def test_break_glass_waits_for_two_with_the_roles_of_the_settings_and_is_open_for_an_hour_at_most() -> None:
    terms = PermitTerms(longest_us=24 * 60 * MINUTE_US, openers=frozenset({"admin"}))
    [demand] = asked_for(DANA, emergency(), terms, upstream(), HOLD).demands
    assert (demand.quorum, demand.roles) == (2, {"admin"})
    asked_for(DANA, wanted(span_us=24 * 60 * MINUTE_US), terms, upstream(), HOLD)
    with pytest.raises(ClientError, match="at most 60 minutes"):
        asked_for(
            DANA,
            wanted(kind=PermitKind.BREAK_GLASS, tools=(), span_us=61 * MINUTE_US),
            terms,
            upstream(),
            HOLD,
        )
