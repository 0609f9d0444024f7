"""Files that only their owner may read: made once, replaced whole, durable with their names. Never in a log.

Each is written beside its place first: who reads it finds all of it or none, also after a loss of power.
"""

import os
import secrets
import tempfile
from pathlib import Path

from firedoor.model.errors import SettingsError

OTHERS = 0o077
"""What a group, or everybody, may do with a file."""


def make_private(file: Path, content: bytes) -> None:
    """Write a file and its folder, unless another process was quicker. Never overwrites one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = _written(file.parent, content)
    try:
        os.link(written, file)
    except FileExistsError:
        return
    finally:
        written.unlink()
        sync_folder(file.parent)


def make_secret(file: Path, size: int) -> None:
    """Write as many random bytes as a line of hex, unless another process was quicker."""
    make_private(file, secrets.token_bytes(size).hex().encode() + b"\n")


def read_secret(file: Path, size: int) -> bytes | None:
    """What `make_secret` wrote; None if it is damaged.

    Raises:
        SettingsError: others may read it.
    """
    refuse_open(file, file.stat().st_mode)
    try:
        found = bytes.fromhex(file.read_text(encoding="ascii"))
    except (ValueError, UnicodeDecodeError):
        return None
    return found if len(found) == size else None


def refuse_open(file: Path, mode: int) -> None:
    """Never use a key that somebody else of this machine may know.

    Raises:
        SettingsError: others may read the file.
    """
    if mode & OTHERS:
        raise SettingsError("key_file_is_open", f"Others may read {file}.", f"chmod 600 {file}")


def replace_private(file: Path, content: bytes) -> None:
    """Put a file in the place of another, durable, in one step."""
    _written(file.parent, content).replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(folder: Path, content: bytes) -> Path:
    """A new file, durable but for its name."""
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
