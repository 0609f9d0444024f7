"""Builds what copies the record to another place, and shows what is only here."""

import time
from pathlib import Path

from firedoor.app.metrics import Metrics
from firedoor.app.settings.resolved import Settings
from firedoor.core.record.session_file import session_path
from firedoor.edges.store.copies.copier import Copier, CopyState, fetch, read_state, remove
from firedoor.edges.store.copies.shelf import Shelf
from firedoor.edges.store.shredded import ShreddedFiles
from firedoor.model.errors import ClientError, SettingsError
from firedoor.model.ids import SessionId

LATE_US = 60_000_000
"""A copy that waits for so long is told of."""


def start_copier(settings: Settings, metrics: Metrics) -> Copier | None:
    """Begin to copy, if the settings say where to."""
    place = settings.copies
    if place is None:
        return None
    copier = Copier(settings.data_dir, lambda: _shelf(place), now_us=_now_us)
    metrics.watch(
        "copies_waiting", "Files of the record that are only here.", lambda: len(copier.state.waiting)
    )
    metrics.watch("copies_behind_seconds", "For how long the first of them waits.", lambda: copier.behind_s)
    metrics.watch("copies_failing", "1 while copies cannot be made.", lambda: copier.is_failing)
    metrics.watch("copies_kept", "Copies of shredded sessions that stay.", lambda: len(copier.state.kept))
    copier.start()
    return copier


def stop_copier(copier: Copier | None) -> None:
    """Copy what ended last, and end."""
    if copier is not None:
        copier.close()


def state_of(settings: Settings) -> CopyState | None:
    """How the copies are; None if none are to be made.

    Raises:
        ClientError: they are to be made, and no gateway has begun.
    """
    if settings.copies is None:
        return None
    state = read_state(settings.data_dir)
    if state is None:
        raise ClientError("copies_not_begun", "No copy was made yet.", "firedoor serve makes them.")
    return state


class CopiedSessions:
    """Which sessions are on the other side, as far as is known here."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_dir / "sessions"
        self.is_asked = settings.copies is not None
        self._state = read_state(settings.data_dir) if self.is_asked else None

    def has(self, session: SessionId) -> bool:
        """Whether a session has ended and its file was copied."""
        place = session_path(session)
        if self._state is None or not (self._folder / place).exists():
            return False
        name = f"sessions/{place}"
        return name not in self._state.waiting and name not in self._state.differing


def told(state: CopyState) -> tuple[str, bool]:
    """Say how the copies are, and whether that is well."""
    late = state.since_us and _now_us() - state.since_us > LATE_US
    parts = [f"{len(state.waiting)} files are only here" if state.waiting else "all that ended is copied"]
    if state.trouble:
        parts.append(state.trouble)
    if state.differing:
        parts.append(f"{len(state.differing)} are something else there, first {state.differing[0]}")
    if state.kept:
        parts.append(f"{len(state.kept)} of shredded sessions cannot be removed there")
    return "; ".join(parts), not (late or state.trouble or state.differing)


def fetch_copies(settings: Settings, place: Path) -> int:
    """Bring all copies into a folder; return how many files there are.

    Raises:
        SettingsError: no copies are made, or they cannot be reached.
        ClientError: the folder is not empty.
    """
    try:
        return fetch(_shelf(_place(settings)), place)
    except FileExistsError:
        raise ClientError("folder_not_empty", f"{place} is not empty.", "Name a new folder.") from None
    except OSError as fault:
        raise SettingsError("copies_unreachable", f"{settings.copies}: {fault}") from None


def reached(settings: Settings) -> None:
    """Look whether the place of the copies answers.

    Raises:
        SettingsError: it does not.
    """
    try:
        next(_shelf(_place(settings)).names("log"), None)
    except OSError as fault:
        raise SettingsError("copies_unreachable", f"{settings.copies}: {fault}") from None


def remove_copies(settings: Settings) -> tuple[str, ...]:
    """Remove the copies of all shredded sessions; return those that stay, or why none could be looked at."""
    if settings.copies is None:
        return ()
    names = [f"sessions/{session_path(each)}" for each in ShreddedFiles(settings.data_dir).all()]
    if not names:
        return ()
    try:
        shelf = _shelf(settings.copies)
        there = set(shelf.names("sessions"))
        return remove(shelf, [name for name in names if name in there])
    except OSError as fault:
        return (f"{settings.copies}: {fault}",)


def _place(settings: Settings) -> str:
    if settings.copies is None:
        hint = "record: {copies: s3://bucket/folder}, or a folder."
        raise SettingsError("copies_not_set", "The settings name no place for copies.", hint)
    return settings.copies


def _shelf(place: str) -> Shelf:
    from firedoor.edges.store.copies.object_shelf import shelf_at

    return shelf_at(place)


def _now_us() -> int:
    return time.time_ns() // 1000
