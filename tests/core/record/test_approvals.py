"""What the record says of approvals."""

import pytest

from firedoor.core.record.approvals import (
    REDEEMED,
    about_redemption,
    about_request,
    about_review,
    approval_entry,
)
from firedoor.model.entry import EntryKind
from tests.helpers.approvals import approval, review
from tests.helpers.nouns import SESSION


def test_a_request_says_who_asks_whom_for_what_and_no_argument() -> None:
    entry = approval_entry("requested", approval(), SESSION, 5, about_request(approval()))
    said = entry.envelope
    assert (entry.kind, entry.session, entry.at_us, entry.payload) == (EntryKind.APPROVAL, SESSION, 5, b"")
    assert (said["what"], said["approval"], said["call"]) == ("requested", approval().id, f"{SESSION}.1")
    assert (said["principal"], said["actors"], said["upstream"]) == ("dana", ["claw"], "disk")
    assert (said["name"], said["risk"], said["rules"]) == ("add", "high", ["writes"])
    assert said["demands"] == [{"quorum": 1, "roles": ["approver"], "groups": []}]
    assert about_request(approval(risk=None))["risk"] is None


@pytest.mark.promise("REC-3")
def test_a_redemption_names_those_who_agreed() -> None:
    asked = approval(reviews=(review("sam"), review("kim")))
    said = approval_entry(REDEEMED, asked, SESSION, 5, about_redemption(asked, "s.9")).envelope
    assert (said["approvers"], said["executes"]) == (["sam", "kim"], "s.9")


def test_a_review_says_who_said_what_and_why() -> None:
    said = about_review(review("sam", is_approval=False), "refused")
    assert said == {
        "by": "sam", "by_grant": "g_sam", "decision": "refuse", "reason": "Agreed.", "state": "refused",
    }  # fmt: skip
    assert about_review(review("sam"), "approved")["decision"] == "approve"


def test_without_anything_to_add_an_entry_names_the_approval_and_its_call() -> None:
    assert set(approval_entry("expired", approval(), SESSION, 5).envelope) == {"what", "approval", "call"}
