"""All commands under one name."""

from importlib.metadata import version as version_of

from cyclopts import App

from firedoor.cli import explain, gateway, keys, lock, record, secret, start, token, verify


def commands() -> App:
    """Put the groups together."""
    app = App(
        name="firedoor",
        help="A gateway for MCP that knows who calls, decides, and records before it forwards.",
        version=lambda: version_of("firedoor"),
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
    )
    for group in (start.GROUP, gateway.GROUP, record.GROUP, verify.GROUP):
        for name, command in group.items():
            app.command(command, name=name)
    tokens = App(name="token", help="Make, list and revoke tokens.")
    for name, command in token.GROUP.items():
        tokens.command(command, name=name)
    app.command(tokens)
    locks = App(name="lock", help="Close doors at once, and open them again.")
    for name, command in lock.GROUP.items():
        locks.command(command, name=name)
    app.command(locks)
    keyring = App(name="keys", help="Say who may read recordings, and try it out.")
    for name, command in keys.GROUP.items():
        keyring.command(command, name=name)
    app.command(keyring)
    secrets = App(name="secret", help="Keep the secrets of upstreams, encrypted.")
    for name, command in secret.GROUP.items():
        secrets.command(command, name=name)
    app.command(secrets)
    explains = App(
        name="explain", help="Show what the guards and detectors see of each line of standard input."
    )
    for name, command in explain.GROUP.items():
        explains.command(command, name=name)
    app.command(explains)
    app.command(version, name="version")
    return app


def version() -> None:
    """Print the version."""
    print(version_of("firedoor"))
