"""The entry `approvals` of the settings: how long clients wait, and who is told that somebody waits."""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from firedoor.app.settings.yaml import Place, Problem
from firedoor.core.decide.patience import USUAL_S, Patience
from firedoor.operations.durations import duration_us

MINUTE_US = 60 * 1_000_000
LONGEST_US = 24 * 60 * MINUTE_US
"""Of a permit. What is let pass for longer is a rule."""
LONGEST_WAIT_US = 30 * MINUTE_US
"""Of a client. No approval of a usual risk lives longer."""
_LEAST_SECRET = 24
"""Bytes, as Standard Webhooks has it."""


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class WebhookKeys(_Keys):
    """An entry of `approvals.webhooks`."""

    url: str
    secret: str


class SlackKeys(_Keys):
    """The entry `approvals.slack`."""

    url: str
    signing_secret: str


class ClientKeys(_Keys):
    """An entry of `approvals.clients`."""

    name: str
    silent: str
    shown: str | None = None


class PermitKeys(_Keys):
    """The entry `approvals.permits`."""

    longest: str = "60m"


class BreakGlassKeys(_Keys):
    """The entry `approvals.break_glass`."""

    roles: list[str] = ["approver"]
    opens_denied: bool = False


class ApprovalKeys(_Keys):
    """The entry `approvals`."""

    wait: str = f"{USUAL_S:.0f}s"
    clients: list[ClientKeys] = []
    webhooks: list[WebhookKeys] = []
    slack: SlackKeys | None = None
    permits: PermitKeys = PermitKeys()
    break_glass: BreakGlassKeys = BreakGlassKeys()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Who is told by webhook."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """The channel in Slack that is told."""

    url: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitSettings:
    """What people may let pass for a while."""

    longest_us: int = 60 * MINUTE_US
    openers: frozenset[str] = frozenset({"approver"})
    """Roles of the two who open break-glass."""
    opens_denied: bool = False
    """Whether break-glass lets pass what no rule allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalSettings:
    """Approvals, as the gateway has them."""

    wait_s: float = USUAL_S
    clients: tuple[Patience, ...] = ()
    """Clients that wait for another time than is measured."""
    webhooks: tuple[WebhookSettings, ...] = ()
    slack: SlackSettings | None = None
    permits: PermitSettings = field(default_factory=PermitSettings)


Fill = Callable[[str, Place], str]
"""Puts the values of references in place."""


def approvals_of(keys: ApprovalKeys, fill: Fill) -> ApprovalSettings:
    """Make them of their keys."""
    at: Place = ("approvals",)
    slack = None
    if keys.slack is not None:
        slack = SlackSettings(
            url=fill(keys.slack.url, (*at, "slack", "url")),
            signing_secret=fill(keys.slack.signing_secret, (*at, "slack", "signing_secret")),
        )
    return ApprovalSettings(
        wait_s=(duration_us(keys.wait) or 0) / 1_000_000,
        clients=tuple(_patience(entry) for entry in keys.clients),
        webhooks=tuple(
            WebhookSettings(
                url=fill(entry.url, (*at, "webhooks", index, "url")),
                secret=fill(entry.secret, (*at, "webhooks", index, "secret")),
            )
            for index, entry in enumerate(keys.webhooks)
        ),
        slack=slack,
        permits=PermitSettings(
            longest_us=duration_us(keys.permits.longest) or 0,
            openers=frozenset(keys.break_glass.roles),
            opens_denied=keys.break_glass.opens_denied,
        ),
    )


def _patience(entry: ClientKeys) -> Patience:
    silent_s = (duration_us(entry.silent) or 0) / 1_000_000
    shown_s = (duration_us(entry.shown) or 0) / 1_000_000 if entry.shown else silent_s
    return Patience(names=(entry.name.lower(),), silent_s=silent_s, shown_s=shown_s)


def _client_problems(entry: ClientKeys, place: Place) -> Iterator[Problem]:
    if not entry.name:
        yield Problem(place=(*place, "name"), what="every client is of this name", hint="Use wait for all.")
    for member, text in (("silent", entry.silent), ("shown", entry.shown or entry.silent)):
        span_us = duration_us(text)
        if not span_us or span_us > LONGEST_WAIT_US:
            what = f'"{text}" is no length of time up to half an hour'
            yield Problem(place=(*place, member), what=what, hint="Write 45s or 4m.")


def approval_problems(keys: ApprovalKeys) -> Iterator[Problem]:
    """Say what cannot be understood, as far as it is written out."""
    if not duration_us(keys.wait):
        what = f'"{keys.wait}" is no length of time'
        yield Problem(place=("approvals", "wait"), what=what, hint="Write 45s or 4m.")
    for index, client in enumerate(keys.clients):
        yield from _client_problems(client, ("approvals", "clients", index))
    span_us = duration_us(keys.permits.longest)
    if not span_us or span_us > LONGEST_US:
        what = f'"{keys.permits.longest}" is no length of time up to a day'
        yield Problem(place=("approvals", "permits", "longest"), what=what, hint="Write 30m or 2h.")
    if not keys.break_glass.roles or not all(keys.break_glass.roles):
        what, hint = "nobody could open it", "Name a role, such as approver."
        yield Problem(place=("approvals", "break_glass", "roles"), what=what, hint=hint)
    for index, entry in enumerate(keys.webhooks):
        place: Place = ("approvals", "webhooks", index)
        yield from _url_problems(entry.url, (*place, "url"))
        if "${" not in entry.secret and not is_secret(entry.secret):
            hint = "whsec_ and at least 24 bytes in base64, as Standard Webhooks has it."
            yield Problem(place=(*place, "secret"), what="not a secret of a webhook", hint=hint)
    if keys.slack is not None:
        yield from _url_problems(keys.slack.url, ("approvals", "slack", "url"))


def is_secret(text: str) -> bool:
    """Whether a webhook can be signed with it."""
    try:
        return len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) >= _LEAST_SECRET
    except (binascii.Error, ValueError):
        return False


def _url_problems(url: str, place: Place) -> Iterator[Problem]:
    if "${" in url:
        return
    parts = urlsplit(url)
    is_loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
        hint = "It tells who does what: https:// beyond this machine."
        yield Problem(place=place, what="not an address that may be told", hint=hint)
