"""Identities of age in files: made once, read back, never shown. A file that others may read is refused."""

from pathlib import Path

import pyrage

from firedoor.edges.keys.private import make_private, refuse_open
from firedoor.model.errors import SettingsError

_SECRET_MARK = "AGE-SECRET-KEY-"  # noqa: S105 - how such a line begins, not one


def make_identity(file: Path) -> None:
    """Write a new identity, unless another process was quicker. Never overwrites one."""
    identity = pyrage.x25519.Identity.generate()
    make_private(file, f"# public key: {identity.to_public()}\n{identity}\n".encode())


def read_identities(file: Path) -> list[pyrage.x25519.Identity]:
    """Read all X25519 identities of a file, as `age -i` does; at least one.

    Raises:
        SettingsError: it cannot be read, holds none, or others may read it.
    """
    try:
        mode = file.stat().st_mode
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as fault:
        raise SettingsError("key_file_unreadable", f"{file} cannot be read: {fault.strerror}") from None
    refuse_open(file, mode)
    try:
        found = [
            pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith(_SECRET_MARK)
        ]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise SettingsError(
            "key_file_damaged",
            f"{file} holds no identity of age.",
            "An identity begins with AGE-SECRET-KEY-1. Decrypt the file first if it has a passphrase. "
            "If it is the local identity, restore it from a backup.",
        )
    return found
