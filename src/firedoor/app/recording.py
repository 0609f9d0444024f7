"""Recordings, opened with the identities at hand. That somebody looks is recorded; decides nothing.

A running gateway may go on writing meanwhile.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from firedoor.app.acts import RecordedActs
from firedoor.app.settings.resolved import Settings
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.folder import keys_of, open_key
from firedoor.edges.store.journal.reader import (
    BOTH_LAYERS,
    VIEW_ONLY,
    RecordedEntry,
    Tail,
    read_session,
)
from firedoor.edges.store.shredded import ShreddedFiles
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind, Layer
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject
from firedoor.operations.durations import written
from firedoor.ports.index import SessionFilter

LOOK_S = 0.2
"""How often a tail looks for more. Reading what is not there costs one file's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How somebody looks at recordings."""

    identities: Sequence[Path] = ()
    """Files with identities beside the local one."""
    is_raw: bool = False
    """The upstream's side of the mask."""
    is_unrecorded: bool = False
    """That somebody looked does not become an entry: for copies that cannot be written."""


def find_session(store: Store, given: str) -> SessionId:
    """Find the session that an id, or the beginning of one, names.

    Raises:
        ClientError: none does, or several do.
    """
    found = store.index.sessions(
        SessionFilter(session=given if len(given) == _WHOLE else f"{given}*", limit=2)
    )
    if not found and len(given) == _WHOLE:
        return SessionId(given)  # the index may be behind; the record is right
    if len(found) != 1 or any(c in given for c in "*?"):
        what = "There is no such session." if not found else "Several sessions begin like that."
        raise ClientError("session_unknown", what, "`firedoor sessions` shows the ids.")
    return found[0].id


_WHOLE = 36
_PLAINLY = Looking()


def replay(settings: Settings, session: SessionId, looking: Looking) -> Iterator[RecordedEntry]:
    """Read a recording from its beginning: the client's side, or the upstream's. That is recorded first.

    Raises:
        RecordError: it could not be recorded, or no key here opens the recording.
    """
    _refuse_if_shredded(settings, session)
    keys = _ring(settings, looking)
    if looking.is_raw:
        _require_raw(settings, session, keys)
    layers = BOTH_LAYERS if looking.is_raw else VIEW_ONLY
    entries = read_session(settings.data_dir, session, keys=keys, layers=layers)
    first = next(entries, None)  # that it opens at all: who may not look has not looked
    _note(settings, looking, {"session": session, "layer": "raw" if looking.is_raw else "view"})
    for entry in entries if first is None else chain([first], entries):
        yield entry if entry.raw is None else replace(entry, payload=entry.raw)


def _refuse_if_shredded(settings: Settings, session: SessionId) -> None:
    noted = ShreddedFiles(settings.data_dir).of(session)
    if noted is not None and not keys_of(settings.data_dir, session):
        text = f"Recording {session} was deleted at {written(noted[0])} ({noted[1]})."
        raise RecordError("recording_shredded", text, "Its tombstone is in the record: firedoor verify")


def _require_raw(settings: Settings, session: SessionId, keys: KeyRing) -> None:
    """Say so before anything is shown: half a replay of the raw layer is none."""
    raw = [each for each in keys_of(settings.data_dir, session) if each.layer is Layer.RAW]
    if any(open_key(each, keys) is None for each in raw):
        raise RecordError(
            "raw_layer_sealed",
            f"No key here opens the raw layer of recording {session}.",
            "Replay it without --raw, or give --identity FILE with an identity that may read it.",
        )


def _ring(settings: Settings, looking: Looking) -> KeyRing:
    return KeyRing.open(settings.data_dir, settings.custody, identities=looking.identities, may_make=False)


def _note(settings: Settings, looking: Looking, about: JsonObject) -> None:
    if looking.is_unrecorded:
        return
    try:
        RecordedActs(settings).note("viewed", about)
    except (RecordError, IntegrityError) as fault:
        hint = "On a copy that is only read, say --unrecorded."
        text = f"That somebody looks cannot be recorded: {fault.message}"
        raise RecordError("view_unrecorded", text, hint) from fault


def follow(
    settings: Settings,
    session: SessionId | None,
    *,
    looking: Looking = _PLAINLY,
    looks: int | None = None,
) -> Iterator[RecordedEntry]:
    """Read what is recorded from now on, as it comes; of one session, until that ends. Recorded first.

    `looks` ends it after so many looks.
    """
    keys = _ring(settings, looking)
    if not keys.may_open:
        hint = "Give --identity FILE with an identity that it is wrapped for."
        raise RecordError("view_layer_sealed", "No identity is at hand: nothing recorded here opens.", hint)
    _note(settings, looking, {"session": session, "layer": "view", "live": True})
    tail = Tail(settings.data_dir, keys=keys)
    is_old = session is None
    for _ in islice(iter(int, 1), looks):
        for entry in tail.read():
            if is_old or (session is not None and entry.session != session):
                continue
            yield entry
            if session is not None and entry.kind is EntryKind.CLOSE:
                return
        is_old = False
        time.sleep(LOOK_S)
