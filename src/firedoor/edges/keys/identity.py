"""Identities of age in files: made once, read back, never shown. A file that others may read is refused."""

import os
import tempfile
from pathlib import Path

import pyrage

from firedoor.model.errors import SettingsError

_SECRET_MARK = "AGE-SECRET-KEY-"  # noqa: S105 - how such a line begins, not one


def make_identity(file: Path) -> None:
    """Write a new identity, unless another process was quicker. Never overwrites one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    identity = pyrage.x25519.Identity.generate()
    written = write_private(file.parent, f"# public key: {identity.to_public()}\n{identity}\n".encode())
    try:
        os.link(written, file)
    except FileExistsError:
        return
    finally:
        written.unlink()
        sync_folder(file.parent)


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
    if mode & 0o077:
        raise SettingsError("key_file_is_open", f"Others may read {file}.", f"chmod 600 {file}")
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


def write_private(folder: Path, content: bytes) -> Path:
    """Write a new file that only the owner may read, durable but for its name; return where it is."""
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def replace_private(file: Path, content: bytes) -> None:
    """Put a file in the place of another, durable, in one step."""
    write_private(file.parent, content).replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
