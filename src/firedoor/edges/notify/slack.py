"""Tells of approvals in Slack, and answers its buttons. Nobody approves in Slack.

Who presses a button in a chat is not who the gateway knows: the button leads to where approvers show who
they are. What Slack sends back is believed to come from Slack only if its signature says so.
"""

import hashlib
import hmac
from collections.abc import Mapping

import msgspec

from firedoor.edges.notify.sender import Letter, Sender
from firedoor.model.approval import Approval, ApprovalState
from firedoor.model.permit import Permit
from firedoor.model.verdict import PermitKind

OLD_S = 300
"""A request that Slack signed longer ago is a replay."""
_TEXT = 2_900
"""Characters of a section; Slack takes 3,000."""
_PART = 600
"""Of what somebody else has written, so that no name pushes the ticket out of the message."""
_PLAINLY = {"unfurl_links": False, "unfurl_media": False}
"""What is named in a message is not fetched and shown."""


class SlackNotifier:
    """Implements the port `Notifier` for one incoming webhook of Slack."""

    def __init__(self, url: str, public_url: str, sender: Sender | None = None) -> None:
        self._url = url
        self._public_url = public_url
        self._sender = sender or Sender("slack")

    def tell(self, what: str, approval: Approval) -> None:
        """Post what is asked for, and how it ended. In between there is nothing to do."""
        if what != "requested" and approval.state is ApprovalState.DONE:
            return
        payload = msgspec.json.encode(message(what, approval, f"{self._public_url}/approvals/{approval.id}"))
        self._sender.send(
            Letter(url=self._url, write=lambda: (payload, {}), about=f"approval.{what} {approval.id}")
        )

    def tell_permit(self, what: str, permit: Permit) -> None:
        """Post who asks to let what pass, who opened it, and each use of break-glass."""
        payload = msgspec.json.encode({"text": permit_text(what, permit), **_PLAINLY})
        about = f"permit.{what} {permit.id}"
        is_loud = permit.kind is PermitKind.BREAK_GLASS
        self._sender.send(Letter(url=self._url, write=lambda: (payload, {}), about=about, is_loud=is_loud))

    def close(self) -> None:
        """Stop sending."""
        self._sender.close()


def message(what: str, approval: Approval, page: str) -> dict[str, object]:
    """What is posted. No argument of the call, and nothing that Slack would take for markup."""
    whom = approval.whom
    who = escaped(" ← ".join((whom.principal, *whom.agents)))
    name = escaped(approval.name or approval.method)[:_PART]
    asked = f"*{name}* on *{escaped(whom.upstream)}*, for {who[:_PART]}"
    if what != "requested":
        text = f"{approval.id} is {approval.state.value}: {asked}"
        return {"text": text[:_TEXT], **_PLAINLY}
    why = escaped(" ".join(approval.reasons))[:_PART]
    risk = approval.risk.value if approval.risk is not None else "medium"
    text = f"{asked} waits for approval. Risk: {risk}. {why}\n`firedoor approvals {approval.id}`"
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Look at it"},
        "url": page,
        "action_id": "firedoor_look",
        "value": approval.id,
    }
    return {
        **_PLAINLY,
        "text": text[:_TEXT],
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text[:_TEXT], "verbatim": True}},
            {"type": "actions", "elements": [button]},
        ],
    }


def permit_text(what: str, permit: Permit) -> str:
    """What is posted of a permit. What somebody wrote is cut last, so that what happened is always said."""
    is_loud = permit.kind is PermitKind.BREAK_GLASS
    loud = ":rotating_light: BREAK-GLASS" if is_loud else "Permit"
    who = escaped(" ← ".join((permit.principal, *permit.agents)))
    tools = escaped(", ".join(permit.tools)) or "everything"
    by = escaped(", ".join(permit.approvers))
    text = f"{loud} {permit.id} {what}: *{tools}* on *{escaped(permit.upstream)}*, for {who}"
    text += f", {permit.span_us // 60_000_000} min"
    if by:
        text += f", approved by {by}"
    text += f". Asked for by {escaped(permit.asked_by)}: {escaped(permit.reason)}"
    return f"{text[:_TEXT]}\n`firedoor permits show {permit.id}`"


def escaped(text: str) -> str:
    """Nothing in it is a mention, a link, an emoji or markup: an agent chooses the names of its tools."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    for sign, harmless in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("*", "\u2217"),
        ("`", "\u02cb"),
        (":", "\u2236"),
    ):
        plain = plain.replace(sign, harmless)
    return plain


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether Slack has sent this, and just now. `headers` by lower-case name."""
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now_s - int(stamp[:12])) > OLD_S:
        return False
    text = b"v0:" + stamp.encode() + b":" + body
    wanted = "v0=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))
