"""What people are told of an approval."""

import json

from firedoor.core.reply.approval import approval_object
from tests.helpers.approvals import approval, review


def test_all_that_a_person_needs_is_told_but_no_argument_and_no_credential() -> None:
    told = approval_object(approval(reviews=(review("sam"), review("kim", is_approval=False))))
    assert [(each["by"], each["decision"]) for each in told["reviews"]] == [
        ("sam", "approve"),
        ("kim", "refuse"),
    ]
    assert (told["risk"], told["state"], told["agents"]) == ("high", "requested", ["claw"])
    assert approval_object(approval(risk=None))["risk"] is None
    text = json.dumps(told)
    assert approval().digest not in text
    assert approval().whom.token not in text
