"""The secrets of upstreams, as people change them. Never gives one back; each change is recorded first."""

import re

from firedoor.app.acts import RecordedActs
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.secrets import SecretStore
from firedoor.model.errors import ClientError

_USED = re.compile(r"(?<!\$)\$\{secret:([A-Za-z0-9._-]+)\}")


def keep_secret(settings: Settings, name: str, value: str) -> None:
    """Keep a secret, in place of an older one.

    Raises:
        SettingsError: that is not a name, or not a secret.
        RecordError: it could not be recorded.
    """
    store = SecretStore(settings.data_dir)
    is_new = name not in store.names()
    store.check(name, value)
    RecordedActs(settings).note("secret_set", {"name": name, "new": is_new})
    store.set(name, value)


def delete_secret(settings: Settings, name: str) -> None:
    """Delete a secret.

    Raises:
        ClientError: there is none of that name.
    """
    store = SecretStore(settings.data_dir)
    if name not in store.names():
        raise ClientError("secret_unknown", f"There is no secret {name}.", "See: firedoor secret list")
    RecordedActs(settings).note("secret_deleted", {"name": name})
    store.delete(name)


def known_secrets(settings: Settings) -> list[tuple[str, bool]]:
    """List the names, and whether the settings file speaks of each."""
    used = set(_USED.findall(settings.path.read_text(encoding="utf-8")))
    return [(name, name in used) for name in SecretStore(settings.data_dir).names()]
