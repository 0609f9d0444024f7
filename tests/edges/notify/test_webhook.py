"""What receivers of a webhook get."""

import base64
import json

import pytest
from standardwebhooks import Webhook

from firedoor.edges.notify.webhook import WebhookNotifier
from firedoor.model.verdict import PermitKind
from tests.helpers.approvals import approval
from tests.helpers.letters import Kept
from tests.helpers.permits import permit

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.mark.promise("APR-4")
def test_a_webhook_is_signed_as_receivers_check_it_and_holds_no_argument() -> None:
    kept = Kept()
    WebhookNotifier("https://pager.test/x", SECRET, "https://gate.test", kept).tell("requested", approval())
    [letter] = kept.letters
    body, headers = letter.write()
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "approval.requested"
    assert told["data"]["url"] == f"https://gate.test/approvals/{approval().id}"
    assert (told["data"]["name"], told["data"]["principal"], told["data"]["state"]) == (
        "add",
        "dana",
        "requested",
    )
    assert "params" not in json.dumps(told)
    assert "https://pager.test/x" not in repr(letter)


@pytest.mark.parametrize(
    ("kind", "told"), [(PermitKind.PERMIT, "permit.opened"), (PermitKind.BREAK_GLASS, "break_glass.opened")]
)
def test_a_permit_is_told_by_its_kind(kind: PermitKind, told: str) -> None:
    kept = Kept()
    notifier = WebhookNotifier("https://pager.test/x", SECRET, "https://gate.test", kept)
    notifier.tell_permit("opened", permit(kind=kind))
    assert kept.letters[0].is_loud is (kind is PermitKind.BREAK_GLASS)
    said = Webhook(SECRET).verify(*kept.letters[0].write())
    assert (said["type"], said["data"]["id"], said["data"]["principal"]) == (told, permit().id, "dana")


def test_another_try_has_the_same_id_and_a_signature_that_still_holds() -> None:
    kept = Kept()
    notifier = WebhookNotifier("https://pager.test/x", SECRET, "https://gate.test", kept)
    notifier.tell("expired", approval())
    first, second = (kept.letters[0].write() for _ in range(2))
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    assert Webhook(SECRET).verify(*second)["type"] == "approval.expired"
    notifier.close()
    assert kept.is_closed
