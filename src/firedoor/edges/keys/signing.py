"""The key that signs the checkpoints of the log: made once, kept in clear for the gateway alone.

The file is an ordinary PKCS #8 key: `openssl pkey -in log.key -pubout` prints its public half.
"""

import base64
import binascii
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from firedoor.edges.keys.private import make_private, refuse_open
from firedoor.model.errors import SettingsError

FILE = "log.key"

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the seed of an Ed25519 key in PKCS #8: RFC 8410, 7."""
_SEED_BYTES = 32


def signing_seed(data_dir: Path, *, may_make: bool = True) -> bytes:
    """Return the 32 bytes of the private key; make one if there is none.

    Raises:
        SettingsError: the file is missing and may not be made, is damaged, or others may read it.
    """
    file = data_dir / "keys" / FILE
    if may_make and not file.exists():
        make_private(file, _packed(Ed25519PrivateKey.generate()))
    try:
        mode, content = file.stat().st_mode, file.read_bytes()
    except OSError as fault:
        raise SettingsError("key_file_unreadable", f"{file} cannot be read: {fault.strerror}") from None
    refuse_open(file, mode)
    seed = _seed_in(content)
    # One way to write it: what differs in any bit is damage.
    if seed is None or _packed(Ed25519PrivateKey.from_private_bytes(seed)) != content:
        raise SettingsError(
            "key_file_damaged",
            f"{file} holds no Ed25519 key as it was written.",
            "Restore it from a backup. If it is lost, move it away: a new log is begun, under a new key.",
        )
    return seed


def _seed_in(content: bytes) -> bytes | None:
    """Take the seed out of such a file. Nothing that may be damaged is given to OpenSSL."""
    try:
        packed = base64.b64decode(b"".join(content.split(b"\n")[1:-2]), validate=True)
    except binascii.Error:
        return None
    return packed[-_SEED_BYTES:] if len(packed) == len(_PKCS8) + _SEED_BYTES else None


def _packed(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
