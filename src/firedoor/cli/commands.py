"""All commands under one name."""

from collections.abc import Callable, Mapping
from importlib.metadata import version as version_of

from cyclopts import App, Group

from firedoor.cli import (
    approvals,
    copies,
    explain,
    exposure,
    gateway,
    keys,
    lock,
    permits,
    policy,
    record,
    recover,
    retention,
    second_look,
    secret,
    start,
    token,
    tools,
    verify,
)

Commands = Mapping[str, Callable[..., int | None]]

BY_THEMSELVES: tuple[Commands, ...] = (
    start.GROUP, gateway.GROUP, record.GROUP, approvals.GROUP, exposure.GROUP, verify.GROUP,
    recover.GROUP, second_look.GROUP,
)  # fmt: skip
GROUPS: Mapping[str, tuple[str, Commands]] = {
    "token": ("Make, list and revoke tokens.", token.GROUP),
    "policy": ("Check, try, apply and take back the rules.", policy.GROUP),
    "permits": ("Let calls pass for a while without waiting, or break the glass.", permits.GROUP),
    "lock": ("Close doors at once, and open them again.", lock.GROUP),
    "tools": ("See what upstreams say of their tools, and accept what has changed.", tools.GROUP),
    "keys": ("Say who may read recordings, and try it out.", keys.GROUP),
    "copies": ("See which of the record is only here; bring copies back.", copies.GROUP),
    "retention": ("Delete recordings whose time is over; keep those under legal hold.", retention.GROUP),
    "secret": ("Keep the secrets of upstreams, encrypted.", secret.GROUP),
    "explain": ("Show what the guards and detectors see of each line of standard input.", explain.GROUP),
}
"""By name: what a group of commands is for, and its commands."""


HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Begin": ("demo", "init", "doctor", "serve", "connect", "token", "secret"),
    "Decide": ("policy", "tools", "approvals", "approve", "deny", "permits", "explain"),
    "Contain": ("lock",),
    "Look": ("sessions", "tail", "replay", "search", "exposure", "second-look"),
    "Keep": ("keys", "retention", "verify", "verifier", "checkpoint", "copies", "recover"),
}
"""What people do, in the order in which they come to it, and the commands for it."""
_PANELS = {heading: Group(heading, sort_key=place) for place, heading in enumerate(HEADINGS)}
_GROUPS = {name: _PANELS[heading] for heading, names in HEADINGS.items() for name in names}
_OTHERS = Group("Others", sort_key=len(HEADINGS))


def commands() -> App:
    """Put the groups together."""
    app = App(
        name="firedoor",
        help="A gateway for MCP that knows who calls, decides, and records before it forwards.",
        version=lambda: version_of("firedoor"),
        group_commands=_OTHERS,
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
    )
    for group in BY_THEMSELVES:
        for name, command in group.items():
            app.command(command, name=name, group=_GROUPS.get(name, _OTHERS))
    for name, (purpose, group) in GROUPS.items():
        inner = App(
            name=name, help=purpose, group=_GROUPS.get(name, _OTHERS), group_commands=Group("Commands")
        )
        for of_group, command in group.items():
            inner.command(command, name=of_group)
        app.command(inner)
    app.command(version, name="version", group=_OTHERS)
    return app


def version() -> None:
    """Print the version."""
    print(version_of("firedoor"))
