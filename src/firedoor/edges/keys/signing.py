"""The key that signs the checkpoints of the log: made once, kept in clear for the gateway alone.

The file is an ordinary PKCS #8 key: `openssl pkey -in log.key -pubout` prints its public half.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from firedoor.edges.keys.identity import sync_folder, write_private
from firedoor.model.errors import SettingsError

FILE = "log.key"


def signing_seed(data_dir: Path, *, may_make: bool = True) -> bytes:
    """Return the 32 bytes of the private key; make one if there is none.

    Raises:
        SettingsError: the file is missing and may not be made, is damaged, or others may read it.
    """
    file = data_dir / "keys" / FILE
    if may_make and not file.exists():
        _make(file)
    try:
        mode, content = file.stat().st_mode, file.read_bytes()
    except OSError as fault:
        raise SettingsError("key_file_unreadable", f"{file} cannot be read: {fault.strerror}") from None
    if mode & 0o077:
        raise SettingsError("key_file_is_open", f"Others may read {file}.", f"chmod 600 {file}")
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError):
        key = None
    # One way to write it: what differs in any bit is damage.
    if not isinstance(key, Ed25519PrivateKey) or _packed(key) != content:
        raise SettingsError(
            "key_file_damaged",
            f"{file} holds no Ed25519 key as it was written.",
            "Restore it from a backup. If it is lost, move it away: a new log is begun, under a new key.",
        )
    return key.private_bytes_raw()


def _make(file: Path) -> None:
    """Write a new key, unless another process was quicker. Never overwrites one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = write_private(file.parent, _packed(Ed25519PrivateKey.generate()))
    try:
        os.link(written, file)
    except FileExistsError:
        return
    finally:
        written.unlink()
        sync_folder(file.parent)


def _packed(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
