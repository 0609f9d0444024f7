"""Session keys and secrets in age files, opened by the local replay identity. No key is ever logged.

The files are ordinary age files: `age -d -i replay.agekey view-0.age` opens a wrapped session key.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyrage

from firedoor.model.entry import Layer
from firedoor.model.errors import IntegrityError, SettingsError

IDENTITY_FILE = "replay.agekey"
_FOR_OTHERS = "No matching keys"
"""What pyrage says of a file that is whole, as far as can be told without a key, and for others."""
_SECRET_MARK = "AGE-SECRET-KEY-"  # noqa: S105 - how such a line begins, not one


class KeyRing:
    """Wraps keys to all recipients and opens them with the local replay identity."""

    def __init__(self, identity: pyrage.x25519.Identity, recipients: Sequence[str] = ()) -> None:
        """Add further recipients (`age1…`) to the local identity.

        Raises:
            SettingsError: a recipient is not an X25519 recipient of age.
        """
        self._identity = identity
        self._recipients = [identity.to_public()]
        for recipient in recipients:
            try:
                self._recipients.append(pyrage.x25519.Recipient.from_str(recipient))
            except pyrage.RecipientError as fault:
                raise SettingsError(
                    "recipient_unknown",
                    f"{recipient!r} is not a recipient of age.",
                    "A recipient begins with age1; `age-keygen -y` prints it.",
                ) from fault

    @classmethod
    def open(cls, data_dir: Path, recipients: Sequence[str] = ()) -> "KeyRing":
        """Read the local replay identity, or make it once.

        Raises:
            SettingsError: the key file is damaged, or others may read it.
        """
        file = data_dir / "keys" / IDENTITY_FILE
        if not file.exists():
            _make(file)
        return cls(_read(file), recipients)

    @property
    def recipient(self) -> str:
        """What others wrap to, so that this identity can open."""
        return str(self._identity.to_public())

    def wrap(self, key: bytes, layer: Layer = Layer.VIEW) -> bytes:
        """Encrypt to every recipient of the layer."""
        return pyrage.encrypt(key, self._recipients)

    def unwrap(self, wrapped: bytes) -> bytes | None:
        """Decrypt with the local identity; None if it was wrapped for others.

        Raises:
            IntegrityError: it was changed.
        """
        try:
            return pyrage.decrypt(wrapped, [self._identity])
        except pyrage.DecryptError as fault:
            if _FOR_OTHERS in str(fault):
                return None
            raise IntegrityError("key_damaged", f"A wrapped key is damaged: {fault}") from fault


def _make(file: Path) -> None:
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


def _read(file: Path) -> pyrage.x25519.Identity:
    if file.stat().st_mode & 0o077:
        raise SettingsError("key_file_is_open", f"Others may read {file}.", f"chmod 600 {file}")
    lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    for line in lines:
        if line.startswith(_SECRET_MARK):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise SettingsError(
        "key_file_damaged",
        f"{file} holds no identity of age.",
        "Restore it from a backup: without it no recording can be replayed here.",
    )


def write_private(folder: Path, content: bytes) -> Path:
    """Write a new file that only the owner may read, durable but for its name; return where it is."""
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
