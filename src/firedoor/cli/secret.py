"""Commands about the secrets of upstreams: set, list, delete. None prints one."""

import sys
from collections.abc import Callable

from firedoor.cli.settings_option import PLAINLY, Printing, SettingsFile


def set_secret(name: str, /, *, settings: SettingsFile = None) -> None:
    """Keep a secret for `${secret:NAME}`: one line of standard input, or asked for without echo."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.secrets import keep_secret

    keep_secret(settings_for_people(settings), name, _read(name))
    print(f"{name} is kept. A gateway that runs takes it up at its next start.", file=sys.stderr)


def list_secrets(*, printing: Printing = PLAINLY) -> None:
    """List the names of the secrets, and which of them the settings use."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.secrets import known_secrets
    from firedoor.cli.output import print_json, print_table

    found = known_secrets(settings_for_people(printing.settings))
    if printing.as_json:
        for name, is_used in found:
            print_json({"name": name, "used": is_used})
        return
    rows = [(name, "yes" if is_used else "no") for name, is_used in found]
    print_table(("NAME", "USED"), rows, empty="No secrets. Keep one: firedoor secret set NAME")


def delete(name: str, /, *, settings: SettingsFile = None) -> None:
    """Delete a secret."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.secrets import delete_secret

    delete_secret(settings_for_people(settings), name)
    print(f"{name} is deleted.")


def _read(name: str) -> str:
    from firedoor.model.errors import ClientError

    if sys.stdin.isatty():
        from getpass import getpass

        value = getpass(f"{name}: ")
    else:
        value = sys.stdin.read(1 << 20).removesuffix("\n").removesuffix("\r")
    if not value:
        raise ClientError(
            "secret_empty", "There was nothing to keep.", f"printf %s VALUE | firedoor secret set {name}"
        )
    return value


GROUP: dict[str, Callable[..., int | None]] = {
    "set": set_secret,
    "list": list_secrets,
    "delete": delete,
}
