"""The name of a data directory, made once: it tells the gateways of one database apart. No secret."""

import secrets
from pathlib import Path

from firedoor.edges.keys.private import make_private
from firedoor.model.errors import SettingsError

FILE = "instance"
_BYTES = 16


def instance_of(data_dir: Path) -> str:
    """Read the name; make it once.

    Raises:
        SettingsError: the file is damaged.
    """
    file = data_dir / FILE
    if not file.exists():
        make_private(file, secrets.token_hex(_BYTES).encode() + b"\n")
    name = file.read_text(encoding="ascii", errors="replace").strip()
    if len(name) != 2 * _BYTES or not name.isalnum():
        hint = "Delete it: calls that were being executed then stay so in the list."
        raise SettingsError("instance_damaged", f"{file} holds no name of a data directory.", hint)
    return name
