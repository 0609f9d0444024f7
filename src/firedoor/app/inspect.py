"""What people ask of a gateway's store and record: opened from the settings, closed after use.

Changes nothing itself: what changes, an operation changes. Needs no credential of an upstream.
"""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from firedoor.app.settings.file import load
from firedoor.app.settings.resolved import Settings
from firedoor.edges.store.store import Store
from firedoor.model.errors import ClientError, SettingsError
from firedoor.operations.durations import duration_us, instant_us


def find_settings(given: Path | None) -> Path:
    """Where the settings are: as given, else FIREDOOR_CONFIG, else here.

    Raises:
        SettingsError: there is no such file.
    """
    path = given or Path(os.environ.get("FIREDOOR_CONFIG") or "firedoor.yaml")
    if not path.is_file():
        hint = "Make one with `firedoor init`, or name one with -c FILE or FIREDOOR_CONFIG."
        raise SettingsError("settings_missing", f"There is no settings file {path}.", hint)
    return path


def settings_for_people(given: Path | None) -> Settings:
    """Find and load the settings without the credentials of upstreams."""
    return load(find_settings(given), is_for_upstreams=False)


@contextmanager
def open_store(settings: Settings) -> Generator[Store]:
    """Open the store that the settings name, and close it."""
    store = Store.open(settings.database, settings.data_dir)
    try:
        yield store
    finally:
        store.close()


def span_us(text: str) -> int:
    """Read a length of time, such as 90s, 30m, 1h, 7d, as microseconds.

    Raises:
        ClientError: it is none.
    """
    span = duration_us(text)
    if not span:
        raise ClientError("span_unknown", f'"{text}" is no length of time.', "Write 90s, 30m, 1h or 7d.")
    return span


def since_us(text: str | None) -> int | None:
    """Read the instant that `--since` means.

    Raises:
        ClientError: it is none.
    """
    if text is None:
        return None
    instant = instant_us(text, now_us())
    if instant is None:
        hint = "Write 30m, 1h, 7d, or 2026-11-23T10:00Z."
        raise ClientError("instant_unknown", f'"{text}" is no time.', hint)
    return instant


def now_us() -> int:
    """Tell the instant, in unix microseconds."""
    return time.time_ns() // 1_000
