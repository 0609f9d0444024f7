"""Tells of approvals by webhook, signed as Standard Webhooks has it. The body holds no argument of a call."""

import secrets
from datetime import UTC, datetime

import msgspec
from standardwebhooks import Webhook

from firedoor.core.reply.approval import approval_object
from firedoor.core.reply.permit import permit_object
from firedoor.edges.notify.sender import Letter, Sender
from firedoor.model.approval import Approval
from firedoor.model.json import JsonObject
from firedoor.model.permit import Permit
from firedoor.model.verdict import PermitKind


class WebhookNotifier:
    """Implements the port `Notifier` for one address."""

    def __init__(self, url: str, secret: str, public_url: str, sender: Sender | None = None) -> None:
        """`secret` is `whsec_` and base64, as receivers are given it."""
        self._url = url
        self._webhook = Webhook(secret)
        self._public_url = public_url
        self._sender = sender or Sender("webhook")

    def tell(self, what: str, approval: Approval) -> None:
        """Say it to the receiver."""
        page = f"{self._public_url}/approvals/{approval.id}"
        self._say(f"approval.{what}", approval.id, {**approval_object(approval), "url": page})

    def tell_permit(self, what: str, permit: Permit) -> None:
        """Say it of a permit, or of break-glass."""
        kind = "break_glass" if permit.kind is PermitKind.BREAK_GLASS else "permit"
        is_loud = permit.kind is PermitKind.BREAK_GLASS
        self._say(f"{kind}.{what}", permit.id, permit_object(permit), is_loud=is_loud)

    def _say(self, what: str, about: str, told: JsonObject, *, is_loud: bool = False) -> None:
        identifier = f"msg_{secrets.token_hex(12)}"
        body = {
            "type": what,
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "data": told,
        }
        payload = msgspec.json.encode(body)

        def write() -> tuple[bytes, dict[str, str]]:
            now = datetime.now(UTC)
            signature = self._webhook.sign(identifier, now, payload.decode())
            return payload, {
                "webhook-id": identifier,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signature,
            }

        self._sender.send(Letter(url=self._url, write=write, about=f"{what} {about}", is_loud=is_loud))

    def close(self) -> None:
        """Stop sending."""
        self._sender.close()
