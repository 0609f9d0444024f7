"""Commands about keys: who may read recordings."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, Identities, Printing, SettingsFile

if TYPE_CHECKING:
    from firedoor.edges.keys.folder import Rewrapped
    from firedoor.model.custody import Recipient


def init(
    *,
    offline: Annotated[Path, Parameter(help="A new file for the identity. Move it off this machine.")],
    printing: Printing = PLAINLY,
) -> None:
    """Make an offline identity that opens every recording, beside the local one."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import init_keys

    recipients = init_keys(settings_for_people(printing.settings), offline)
    _print(recipients, as_json=printing.as_json)
    if not printing.as_json:
        print(f"\nMove {offline} off this machine, to where two people find it, and then try it:")
        print("  firedoor keys drill --identity FILE")


def list_keys(*, printing: Printing = PLAINLY) -> None:
    """List who recordings are wrapped for."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import state_of_keys

    state = state_of_keys(settings_for_people(printing.settings))
    _print(state.recipients, as_json=printing.as_json)
    if not printing.as_json:
        print(f"\n{state.keys} keys of {state.sessions} sessions.")


def add_recipient(
    recipient: str,
    /,
    *,
    name: Annotated[str, Parameter(help="What to call whoever holds its identity.")],
    raw: Annotated[bool, Parameter(negative="", help="Also the raw layer: before masking.")] = False,
    printing: Printing = PLAINLY,
) -> None:
    """Let somebody else read what is recorded from now on. For what is there: keys rewrap."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import add_recipient as add
    from firedoor.model.custody import Recipient
    from firedoor.model.entry import Layer

    layers = frozenset(Layer) if raw else frozenset({Layer.VIEW})
    new = Recipient(name=name, recipient=recipient, layers=layers)
    _print(add(settings_for_people(printing.settings), new), as_json=printing.as_json)


def remove_recipient(name: str, /, *, printing: Printing = PLAINLY) -> None:
    """Wrap what is recorded from now on for one fewer. For what is there: keys rewrap."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import remove_recipient as remove

    _print(remove(settings_for_people(printing.settings), name), as_json=printing.as_json)


def rotate(*, identity: Identities = None, settings: SettingsFile = None) -> int:
    """Give the local identity a successor, and wrap every key for it."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import rotate_identity

    return _told(rotate_identity(settings_for_people(settings), identity or ()))


def rotate_mask(*, settings: SettingsFile = None) -> None:
    """Begin a new key epoch of masking: new tokens for every value. Tokens of older epochs still open."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import rotate_mask as rotate_mask_key

    epoch = rotate_mask_key(settings_for_people(settings))
    print(f"Epoch {epoch} has begun. A gateway that runs takes it up within a second.")


def rewrap(*, identity: Identities = None, settings: SettingsFile = None) -> int:
    """Wrap the key of every recording for those who may read now. Exit code 1 if some do not open here."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import rewrap_keys

    return _told(rewrap_keys(settings_for_people(settings), identity or ()))


def drill(*, identity: Identities = None, printing: Printing = PLAINLY) -> int:
    """Read every recording with one identity, as if all others were lost. Exit code 1 if some do not open."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.keys import drill as try_out
    from firedoor.cli.output import print_json

    found = try_out(settings_for_people(printing.settings), identity or ())
    if printing.as_json:
        print_json(
            {
                "keys": found.keys,
                "opened": found.opened,
                "sessions": found.sessions,
                "entries": found.entries,
                "lost": list(found.lost),
            }
        )
        return 1 if found.lost else 0
    print(
        f"{found.opened} of {found.keys} keys open. "
        f"{found.entries} entries of {found.sessions} sessions read."
    )
    for session in found.lost:
        print(f"{session} has a key that does not open")
    return 1 if found.lost else 0


def _told(done: "Rewrapped") -> int:
    print(f"{done.done} keys are wrapped for those who may read now.")
    for key in done.left:
        print(f"{key.file} does not open here and is as it was: give --identity")
    return 1 if done.left else 0


def _print(recipients: "tuple[Recipient, ...]", *, as_json: bool) -> None:
    from firedoor.cli.output import print_json, print_table

    if as_json:
        for each in recipients:
            print_json({"name": each.name, "recipient": each.recipient, "layers": sorted(each.layers)})
        return
    rows = [(each.name, ", ".join(sorted(each.layers, reverse=True)), each.recipient) for each in recipients]
    print_table(
        ("NAME", "LAYERS", "RECIPIENT"),
        rows,
        empty="Nobody yet. A gateway that may read its record makes an identity when it starts.",
    )


GROUP: dict[str, Callable[..., int | None]] = {
    "init": init,
    "list": list_keys,
    "add-recipient": add_recipient,
    "remove-recipient": remove_recipient,
    "rotate": rotate,
    "rotate-mask": rotate_mask,
    "rewrap": rewrap,
    "drill": drill,
}
