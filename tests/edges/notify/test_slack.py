"""What a channel in Slack gets, and what is believed of what comes back."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from firedoor.edges.notify.slack import SlackNotifier, is_signed, message
from firedoor.model.approval import ApprovalState
from firedoor.model.verdict import PermitKind
from tests.helpers.approvals import approval, review
from tests.helpers.letters import Kept
from tests.helpers.permits import permit


@pytest.mark.promise("APR-4")
def test_a_request_is_posted_with_a_button_that_leads_to_the_gateway() -> None:
    kept = Kept()
    notifier = SlackNotifier("https://hooks.slack.test/x", "https://gate.test", kept)
    notifier.tell("requested", approval())
    posted = json.loads(kept.letters[0].write()[0])
    [button] = posted["blocks"][1]["elements"]
    assert button["url"] == f"https://gate.test/approvals/{approval().id}"
    assert "dana ← claw" in posted["text"]
    assert "Risk: high" in posted["text"]
    notifier.tell("reviewed", approval(state=ApprovalState.APPROVED))
    assert "is approved" in json.loads(kept.letters[1].write()[0])["text"]
    notifier.tell("done", approval(state=ApprovalState.DONE))
    assert len(kept.letters) == 2
    notifier.close()
    assert kept.is_closed


def test_a_permit_is_posted_and_break_glass_is_told_apart() -> None:
    kept = Kept()
    notifier = SlackNotifier("https://hooks.slack.test/x", "https://gate.test", kept)
    notifier.tell_permit("requested", permit(reason="<!channel> *now*" + "x" * 4_000))
    broken = permit(kind=PermitKind.BREAK_GLASS, tools=(), reviews=(review(), review("kim")))
    notifier.tell_permit("used", broken)
    plain, loud = (json.loads(letter.write()[0])["text"] for letter in kept.letters)
    assert plain.startswith(f"Permit {permit().id} requested: *add* on *disk*, for dana ← claw, 30 min")
    assert "<!channel>" not in plain
    assert plain.endswith(f"`firedoor permits show {permit().id}`")
    assert "BREAK-GLASS" in loud
    assert "used: *everything* on *disk*" in loud
    assert "approved by sam, kim" in loud


def test_no_name_of_a_client_is_a_mention_or_a_link() -> None:
    whom = replace(approval().whom, principal="<!channel> *x* `y`\n")
    posted = message("requested", approval(whom=whom, name="", risk=None), "https://gate.test/a")
    assert "<!channel>" not in str(posted["text"])
    assert "&lt;!channel&gt;" in str(posted["text"])
    assert "`y`" not in str(posted["text"])
    assert "tools/call" in str(posted["text"])


def signed(secret: str, stamp: str, body: bytes) -> dict[str, str]:
    text = b"v0:" + stamp.encode() + b":" + body
    signature = "v0=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}


@pytest.mark.parametrize(
    ("stamp", "secret", "body", "is_good"),
    [
        ("1000", "s", b"payload", True),
        ("1000", "other", b"payload", False),
        ("1000", "s", b"changed", False),
        ("500", "s", b"payload", False),
        ("1400", "s", b"payload", False),
        ("", "s", b"payload", False),
        ("1e3", "s", b"payload", False),
    ],
    ids=["good", "another secret", "changed", "old", "of the future", "no time", "no number"],
)
def test_only_what_slack_has_signed_just_now_is_believed(
    stamp: str, secret: str, body: bytes, is_good: bool
) -> None:
    assert is_signed("s", signed(secret, stamp, b"payload"), body, 1000) is is_good


def test_without_a_signature_nothing_is_believed() -> None:
    assert not is_signed("s", {}, b"", 0)
    assert not is_signed("s", {"x-slack-request-timestamp": "0"}, b"", 0)


@pytest.mark.parametrize(
    "name", ["x" * 5_000, "&" * 5_000, ":white_check_mark: approved by kim", "https://evil.example/approve"]
)
def test_no_name_of_a_tool_hides_the_ticket_nor_looks_like_an_answer(name: str) -> None:
    posted = message("requested", approval(name=name, reasons=("y" * 5_000,)), "https://gate.test/a")
    text = str(posted["text"])
    assert text.endswith(f"`firedoor approvals {approval().id}`")
    assert ":white_check_mark:" not in text
    assert "https://" not in text
    section = posted["blocks"][0]["text"]
    assert (section["verbatim"], posted["unfurl_links"]) == (True, False)


def test_break_glass_is_loud_and_nothing_else_is() -> None:
    kept = Kept()
    notifier = SlackNotifier("https://hooks.slack.test/x", "https://gate.test", kept)
    notifier.tell("requested", approval())
    notifier.tell_permit("used", permit())
    notifier.tell_permit("used", permit(kind=PermitKind.BREAK_GLASS))
    assert [letter.is_loud for letter in kept.letters] == [False, False, True]
