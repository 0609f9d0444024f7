"""The key of the digests of approvals, in a file that only the owner may read. Never in a log.

Without it nobody can tell from the database which arguments a call was held with. Gateways that share a
database share the file: else each knows only the approvals of its own calls.
"""

import os
import secrets
from pathlib import Path

from firedoor.edges.keys.identity import sync_folder, write_private
from firedoor.model.errors import SettingsError

FILE = "approvals.key"
_BYTES = 32


def approval_key(data_dir: Path) -> bytes:
    """Read the key; make it once.

    Raises:
        SettingsError: the file is damaged, or others may read it.
    """
    file = data_dir / "keys" / FILE
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        _make(file)
    if file.stat().st_mode & 0o077:
        raise SettingsError("key_file_is_open", f"Others may read {file}.", f"chmod 600 {file}")
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii"))
    except (ValueError, UnicodeDecodeError):
        key = b""
    if len(key) != _BYTES:
        hint = "Delete it: calls that wait for approval must be repeated then."
        raise SettingsError("key_file_damaged", f"{file} holds no key of approvals.", hint)
    return key


def _make(file: Path) -> None:
    """Write a new key, unless another process was quicker. Never overwrites one."""
    written = write_private(file.parent, secrets.token_bytes(_BYTES).hex().encode() + b"\n")
    try:
        os.link(written, file)
    except FileExistsError:
        return
    finally:
        written.unlink()
        sync_folder(file.parent)
