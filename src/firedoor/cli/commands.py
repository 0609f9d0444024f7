"""All commands under one name."""

from collections.abc import Callable, Mapping
from importlib.metadata import version as version_of

from cyclopts import App

from firedoor.cli import (
    approvals,
    copies,
    explain,
    exposure,
    gateway,
    keys,
    lock,
    policy,
    record,
    retention,
    secret,
    start,
    token,
    tools,
    verify,
)

Commands = Mapping[str, Callable[..., int | None]]

BY_THEMSELVES: tuple[Commands, ...] = (
    start.GROUP, gateway.GROUP, record.GROUP, approvals.GROUP, exposure.GROUP, verify.GROUP,
)  # fmt: skip
GROUPS: Mapping[str, tuple[str, Commands]] = {
    "token": ("Make, list and revoke tokens.", token.GROUP),
    "policy": ("Check, try, apply and take back the rules.", policy.GROUP),
    "lock": ("Close doors at once, and open them again.", lock.GROUP),
    "tools": ("See what upstreams say of their tools, and accept what has changed.", tools.GROUP),
    "keys": ("Say who may read recordings, and try it out.", keys.GROUP),
    "copies": ("See which of the record is only here; bring copies back.", copies.GROUP),
    "retention": ("Delete recordings whose time is over; keep those under legal hold.", retention.GROUP),
    "secret": ("Keep the secrets of upstreams, encrypted.", secret.GROUP),
    "explain": ("Show what the guards and detectors see of each line of standard input.", explain.GROUP),
}
"""By name: what a group of commands is for, and its commands."""


def commands() -> App:
    """Put the groups together."""
    app = App(
        name="firedoor",
        help="A gateway for MCP that knows who calls, decides, and records before it forwards.",
        version=lambda: version_of("firedoor"),
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
    )
    for group in BY_THEMSELVES:
        _add(app, group)
    for name, (purpose, group) in GROUPS.items():
        inner = App(name=name, help=purpose)
        _add(inner, group)
        app.command(inner)
    app.command(version, name="version")
    return app


def _add(app: App, group: Commands) -> None:
    for name, command in group.items():
        app.command(command, name=name)


def version() -> None:
    """Print the version."""
    print(version_of("firedoor"))
