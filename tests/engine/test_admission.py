"""How much of one grant may be under way: calls and streams are counted apart, and given back."""

from firedoor.engine.admission import Admission
from firedoor.model.limits import Limits
from tests.helpers.nouns import grant, message

FEW = Limits(hosts=frozenset(), concurrent_calls=5, concurrent_streams=2)
GRANT, OTHER = grant().id, grant("g_2").id


def test_a_grant_with_too_much_under_way_is_told_when_to_come_back() -> None:
    admission = Admission(under_way=list)
    for _ in range(2):
        assert admission.refusal(GRANT, message(), FEW) is None
        admission.enter(GRANT)
    refusal = admission.refusal(GRANT, message(), FEW)
    assert refusal is not None
    assert (refusal.code, refusal.id, refusal.fields) == (4429, 7, {"retryAfterSeconds": 1})
    assert admission.refusal(OTHER, message(), FEW) is None


def test_what_ended_makes_room() -> None:
    admission = Admission(under_way=list)
    admission.enter(GRANT)
    admission.enter(GRANT)
    admission.leave(GRANT)
    assert admission.refusal(GRANT, message(), FEW) is None
