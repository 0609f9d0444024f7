"""Recordings, opened with the local replay identity. Reads; decides nothing.

A running gateway may go on writing meanwhile.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from firedoor.app.settings import Settings
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.reader import (
    BOTH_LAYERS,
    VIEW_ONLY,
    RecordedEntry,
    Tail,
    read_session,
)
from firedoor.edges.store.store import Store
from firedoor.model.entry import EntryKind
from firedoor.model.errors import ClientError
from firedoor.model.ids import SessionId
from firedoor.ports.index import SessionFilter

LOOK_S = 0.2
"""How often a tail looks for more. Reading what is not there costs one file's size."""


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


def replay(settings: Settings, session: SessionId, *, is_raw: bool = False) -> Iterator[RecordedEntry]:
    """Read a recording from its beginning: the client's side, or the upstream's."""
    layers = BOTH_LAYERS if is_raw else VIEW_ONLY
    for entry in read_session(
        settings.data_dir, session, keys=KeyRing.open(settings.data_dir), layers=layers
    ):
        yield entry if entry.raw is None else replace(entry, payload=entry.raw)


def follow(
    settings: Settings, session: SessionId | None, *, looks: int | None = None
) -> Iterator[RecordedEntry]:
    """Read what is recorded from now on, as it comes; of one session, until that ends.

    `looks` ends it after so many looks.
    """
    tail = Tail(settings.data_dir, keys=KeyRing.open(settings.data_dir))
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
