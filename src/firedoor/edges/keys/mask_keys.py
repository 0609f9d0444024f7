"""The keys of masking: one secret for each epoch, in a file that only the owner may read. Never in a log.

A new epoch begins with a new file; older ones are kept, so that their tokens open and their values are
found in the exposure index. Whoever holds a key can tell by trying which value of few possible ones a token
stands for.
"""

import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from firedoor.core.mask.tokens.maker import MaskKeys, derived
from firedoor.edges.keys.private import make_secret, read_secret
from firedoor.model.errors import SettingsError

_FILE = re.compile(r"mask-(\d{1,6})\.key")
_BYTES = 32


class AesSiv:
    """Deterministic authenticated encryption (RFC 5297), as `core.mask.tokens` asks for it."""

    def __init__(self, key: bytes) -> None:
        """Take 64 bytes of key: AES-256 twice."""
        self._cipher = AESSIV(key)

    def seal(self, clear: bytes, about: bytes) -> bytes:
        """Encrypt; the same input gives the same output."""
        return self._cipher.encrypt(clear, [about]) if clear else b""

    def open(self, sealed: bytes, about: bytes) -> bytes | None:
        """Decrypt; None if it was not sealed with this key for this purpose."""
        try:
            return self._cipher.decrypt(sealed, [about])
        except (InvalidTag, ValueError):
            return None


def passing_keys() -> tuple[MaskKeys, ...]:
    """Keys for one run: their tokens mean nothing anywhere else."""
    return (derived(secrets.token_bytes(_BYTES), 0, AesSiv),)


def mask_keys(data_dir: Path) -> tuple[MaskKeys, ...]:
    """Read the keys of every epoch, the one in force first; make the first key once.

    Raises:
        SettingsError: a key file is damaged, or others may read it.
    """
    folder = data_dir / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _epochs(folder):
        make_secret(folder / "mask-0.key", _BYTES)
    return tuple(derived(_read(file), epoch, AesSiv) for epoch, file in sorted(_epochs(folder), reverse=True))


class NewerMaskKeys:
    """Tells when a newer epoch has begun. A look costs one system call."""

    def __init__(self, data_dir: Path, epoch: int) -> None:
        """Look for the epoch behind this one."""
        self._data_dir = data_dir
        self._epoch = epoch

    def __call__(self) -> tuple[MaskKeys, ...] | None:
        """The keys of every epoch, if there is one that was not there before.

        Raises:
            SettingsError: a key file is damaged, or others may read it.
        """
        if not (self._data_dir / "keys" / f"mask-{self._epoch + 1}.key").exists():
            return None
        found = mask_keys(self._data_dir)
        self._epoch = found[0].epoch
        return found


def rotate_mask_key(data_dir: Path) -> int:
    """Begin a new epoch, and return its number. Older keys stay: their tokens still open.

    Raises:
        SettingsError: a key file is damaged, or others may read it.
    """
    newest = mask_keys(data_dir)[0].epoch
    file = data_dir / "keys" / f"mask-{newest + 1}.key"
    make_secret(file, _BYTES)
    return newest + 1


def _epochs(folder: Path) -> list[tuple[int, Path]]:
    found = ((_FILE.fullmatch(file.name), file) for file in folder.iterdir())
    return [(int(match[1]), file) for match, file in found if match is not None]


def _read(file: Path) -> bytes:
    secret = read_secret(file, _BYTES)
    if secret is None:
        raise SettingsError(
            "key_file_damaged",
            f"{file} holds no key of masking.",
            "Restore it from a backup: without it, tokens change and the exposure index answers nothing.",
        )
    return secret
