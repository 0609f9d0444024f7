"""Secrets of upstreams (`${secret:NAME}`), one age file each under `secrets/`. Never in clear on disk.

They have an identity of their own: who may read recordings may not read credentials, and a gateway that
cannot read what it recorded still reaches its upstreams.
"""

import re
from pathlib import Path

import pyrage

from firedoor.edges.keys.age import unwrap
from firedoor.edges.keys.identity import make_identity, read_identities
from firedoor.edges.keys.private import replace_private, sync_folder
from firedoor.model.errors import IntegrityError, SettingsError

SECRETS_IDENTITY_FILE = "secrets.agekey"
LONGEST = 64 * 1024
"""Characters of a secret. What is longer is some other file."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


class SecretStore:
    """Encrypted secrets by name."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "secrets"
        self._identity = data_dir / "keys" / SECRETS_IDENTITY_FILE

    def get(self, name: str) -> str | None:
        """Return a secret, or None if there is none of that name.

        Raises:
            IntegrityError: it was changed, or encrypted for another identity.
            SettingsError: the identity is missing, damaged, or others may read it.
        """
        try:
            wrapped = self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        value = unwrap(wrapped, read_identities(self._identity))
        if value is None:
            raise IntegrityError(
                "secret_not_ours",
                f"Secret {name} does not open with {self._identity}.",
                f"It was changed, or encrypted for another. Set it again: firedoor secret set {name}",
            )
        return value.decode("utf-8")

    def set(self, name: str, value: str) -> None:
        """Keep a secret, in place of an older one.

        Raises:
            SettingsError: that is not a name, or not a secret.
        """
        self.check(name, value)
        file = self._file(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_identity(self._identity)
        recipient = read_identities(self._identity)[0].to_public()
        replace_private(file, pyrage.encrypt(value.encode("utf-8"), [recipient]))

    def check(self, name: str, value: str) -> None:
        """Refuse what `set` would refuse.

        Raises:
            SettingsError: that is not a name, or not a secret.
        """
        self._file(name)
        if len(value) > LONGEST:
            raise SettingsError("secret_too_long", f"A secret has at most {LONGEST} characters.")

    def names(self) -> tuple[str, ...]:
        """List the names, sorted."""
        return tuple(sorted(file.stem for file in self._folder.glob("*.age") if _NAME.fullmatch(file.stem)))

    def delete(self, name: str) -> bool:
        """Remove a secret; False if there was none."""
        try:
            self._file(name).unlink()
        except FileNotFoundError:
            return False
        sync_folder(self._folder)
        return True

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise SettingsError(
                "secret_name",
                f"{name!r} is not the name of a secret.",
                "Letters, digits, dot, dash and underscore; at most 64; the first is a letter or digit.",
            )
        return self._folder / f"{name}.age"
