"""Builds those who tell people that a call waits, and the doors that such messages lead to."""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from firedoor.app.settings.approvals import is_secret
from firedoor.app.settings.resolved import Settings
from firedoor.edges.notify.slack import SlackNotifier, is_signed
from firedoor.edges.notify.webhook import WebhookNotifier
from firedoor.model.errors import SettingsError
from firedoor.ports.notifier import Notifier, Notifiers

SLACK = "/api/v1/slack"
PAGE = re.compile(r"/approvals/(apr_[0-9a-f]{16})")
BODY_BYTES = 64 * 1024
"""Of what Slack sends. Stops bodies from filling the memory."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def notifiers_of(settings: Settings) -> Notifiers:
    """Everybody whom the settings name.

    Raises:
        SettingsError: a secret is none that a webhook can be signed with.
    """
    wanted = settings.approvals
    every: list[Notifier] = []
    for index, entry in enumerate(wanted.webhooks):
        if not is_secret(entry.secret):
            what = f"approvals.webhooks.{index}.secret is not a secret of a webhook."
            raise SettingsError("settings_invalid", what, "whsec_ and at least 24 bytes in base64.")
        every.append(WebhookNotifier(entry.url, entry.secret, settings.public_url))
    if wanted.slack is not None:
        every.append(SlackNotifier(wanted.slack.url, settings.public_url))
    return Notifiers(every)


def page_of(path: str) -> str | None:
    """What the address in a message shows. It says nothing about the call: whoever looks is nobody yet."""
    found = PAGE.fullmatch(path)
    if found is None:
        return None
    return (
        f"{found[1]}\n\nLook at it:  firedoor approvals {found[1]}\n"
        f"Approve it:  firedoor approve {found[1]} --reason WHY\n"
        f"Refuse it:   firedoor deny {found[1]} --reason WHY\n\n"
        "With the token of an approver in FIREDOOR_TOKEN or --token-file.\n"
    )


async def answer_slack(settings: Settings, scope: Scope, receive: Receive, send: Send) -> None:
    """Acknowledge a button. Nothing follows from it: who presses one in a chat is nobody here."""
    body = b""
    while len(body) <= BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    slack = settings.approvals.slack
    is_good = slack is not None and is_signed(slack.signing_secret, headers, body, int(time.time()))
    status = 200 if is_good and scope["method"] == "POST" and len(body) <= BODY_BYTES else 401
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
