"""What is told of a permit, and of a call that it did not let pass after all."""

import json

from firedoor.core.reply.permit import not_passed, permit_object, use_objects
from firedoor.model.ids import CallId
from firedoor.model.permit import Use
from tests.helpers.approvals import review
from tests.helpers.nouns import SESSION, message
from tests.helpers.permits import permit

CALL = CallId(f"{SESSION}.1")


def test_a_permit_is_told_with_whom_it_needs_and_what_was_said() -> None:
    told = permit_object(permit(reviews=(review(), review("kim", is_approval=False)), uses=3))
    json.dumps(told)
    assert told["id"] == "prm_0000000000000001"
    assert (told["kind"], told["risk"], told["uses"]) == ("permit", "high", 3)
    assert [each["decision"] for each in told["reviews"]] == ["approve", "refuse"]  # pyright: ignore
    assert permit_object(permit(risk=None))["risk"] is None


def test_each_use_says_whether_it_was_forwarded() -> None:
    use = Use(permit=permit().id, call=CALL, session=SESSION, method="tools/call", name="add", at_us=1)
    good, bad = use_objects([use, Use(**{**{f: getattr(use, f) for f in use.__slots__}, "flaw": "Locked."})])
    assert (good["not_forwarded"], bad["not_forwarded"]) == (None, "Locked.")  # pyright: ignore


def test_a_call_is_told_that_it_was_not_executed_in_the_way_of_its_method() -> None:
    told = json.loads(not_passed(message(), "Locked: Stolen.", CALL))["result"]
    assert told["isError"]
    assert told["content"][0]["text"].startswith("Denied: Locked: Stolen. Not executed.")
    other = json.loads(not_passed(message("resources/read"), "It ended", CALL))
    assert "It ended. Not executed." in other["error"]["message"]
