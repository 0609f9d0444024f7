"""The entries of permits hold who, what and why, and no argument."""

import json

from firedoor.core.record.permits import REQUESTED, USED, about_permit, about_use, permit_entry
from firedoor.model.entry import EntryKind
from firedoor.model.ids import CallId
from tests.helpers.nouns import CONTROL, SESSION
from tests.helpers.permits import permit


def test_a_request_says_who_asks_that_who_may_do_what() -> None:
    entry = permit_entry(
        REQUESTED, permit().id, CONTROL, 5, about_permit(permit(conditions=("args.a == 1",)))
    )
    said = entry.envelope
    json.dumps(said)
    assert (entry.kind, entry.session, entry.at_us) == (EntryKind.APPROVAL, CONTROL, 5)
    assert (said["what"], said["permit"], said["by"]) == ("permit_requested", permit().id, "dana")
    assert said["conditions"] == ["args.a == 1"]
    assert about_permit(permit(risk=None))["risk"] is None


def test_a_use_says_which_call_goes_on_whose_word() -> None:
    call = CallId(f"{SESSION}.1")
    said = permit_entry(USED, permit().id, SESSION, 5, about_use(call, ("sam",))).envelope
    assert (said["executes"], said["approvers"]) == (call, ["sam"])
