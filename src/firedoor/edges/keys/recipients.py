"""Who keys are wrapped for: `keys/recipients.json`. Public halves alone; never an identity."""

import re
from pathlib import Path

import msgspec
import pyrage

from firedoor.edges.keys.private import replace_private
from firedoor.model.custody import Recipient
from firedoor.model.entry import Layer
from firedoor.model.errors import SettingsError

RECIPIENTS_FILE = "recipients.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    recipient: str
    layers: list[Layer]


def load_recipients(keys_dir: Path) -> tuple[Recipient, ...]:
    """Read the recipients there are besides the local identity.

    Raises:
        SettingsError: the file is damaged, or names what is no recipient.
    """
    file = keys_dir / RECIPIENTS_FILE
    try:
        lines = msgspec.json.decode(file.read_bytes(), type=list[_Line])
    except FileNotFoundError:
        return ()
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise SettingsError(
            "recipients_damaged", f"{file} cannot be read: {fault}", "Restore it from a backup."
        ) from None
    found = tuple(
        Recipient(name=line.name, recipient=line.recipient, layers=frozenset(line.layers)) for line in lines
    )
    for recipient in found:
        check_recipient(recipient)
    return found


def save_recipients(keys_dir: Path, recipients: tuple[Recipient, ...]) -> None:
    """Write the list, in place of the one before."""
    lines = [
        _Line(name=each.name, recipient=each.recipient, layers=sorted(each.layers)) for each in recipients
    ]
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_private(keys_dir / RECIPIENTS_FILE, msgspec.json.format(msgspec.json.encode(lines)) + b"\n")


def check_recipient(recipient: Recipient) -> pyrage.x25519.Recipient:
    """Return what keys are wrapped to.

    Raises:
        SettingsError: the name or the recipient is not one.
    """
    if not _NAME.fullmatch(recipient.name):
        hint = "Lower-case letters, digits, dot, dash, underscore; at most 64; first a letter or digit."
        raise SettingsError("recipient_name", f"{recipient.name!r} is not the name of a recipient.", hint)
    try:
        return pyrage.x25519.Recipient.from_str(recipient.recipient)
    except pyrage.RecipientError as fault:
        raise SettingsError(
            "recipient_unknown",
            f"{recipient.recipient[:8]!r}… is not a recipient of age.",  # no more: it may be an identity
            "A recipient begins with age1; `age-keygen -y` prints it.",
        ) from fault
