"""Secrets of upstreams (`${secret:NAME}`), one age file each under `secrets/`. Never in clear on disk."""

import re
from pathlib import Path

from firedoor.edges.keys.age import KeyRing, sync_folder, write_private
from firedoor.model.errors import IntegrityError, SettingsError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


class SecretStore:
    """Encrypted secrets by name."""

    def __init__(self, data_dir: Path, ring: KeyRing) -> None:
        self._folder = data_dir / "secrets"
        self._ring = ring

    def get(self, name: str) -> str | None:
        """Return a secret, or None if there is none of that name.

        Raises:
            IntegrityError: it was changed, or encrypted for another identity.
        """
        try:
            wrapped = self._file(name).read_bytes()
        except FileNotFoundError:
            return None
        value = self._ring.unwrap(wrapped)
        if value is None:
            raise IntegrityError(
                "secret_not_ours",
                f"Secret {name} does not open with the local identity.",
                f"It was changed, or encrypted for another. Set it again: firedoor secret set {name}",
            )
        return value.decode("utf-8")

    def set(self, name: str, value: str) -> None:
        """Keep a secret, in place of an older one."""
        file = self._file(name)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._folder, self._ring.wrap(value.encode("utf-8"))).replace(file)
        sync_folder(self._folder)

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
