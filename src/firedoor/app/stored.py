"""Finds what is stored of recordings: how long ago each ended, and through which upstream it went.

Instants come from the headers of frames, which the log covers; the index is asked for nothing that decides
when evidence is deleted. Reads; changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from firedoor.core.record.frame import session_bytes, session_id
from firedoor.core.record.unseal import SessionUnsealer
from firedoor.core.record.verify_log import CheckedLog, check_log, open_log
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.keys.folder import key_files, keys_of, open_key
from firedoor.edges.store.journal.reader import read_frames
from firedoor.edges.store.journal.sessions import RecordedFrame, frames_in_files
from firedoor.edges.store.log.folder import logs_in
from firedoor.model.entry import Entry, EntryKind, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.model.json import JsonObject
from firedoor.operations.plan_retention import Stored

_NOTHING: JsonObject = MappingProxyType({})


@dataclass(slots=True)
class _Seen:
    last_at_us: int = 0
    frames: int = 0
    is_closed: bool = False
    opening: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """Where a session stands in a log."""

    log: str
    first: int
    last: int
    count: int


def stored_recordings(data_dir: Path, ring: KeyRing, opened_before_us: int) -> list[Stored]:
    """Find what is stored of the sessions that were opened before an instant and have a key.

    Raises:
        IntegrityError: the journal, a session's file or a first entry is damaged.
    """
    wanted = {
        session_bytes(session)
        for session in {each.session for each in key_files(data_dir)}
        if _opened_at_us(session) < opened_before_us
    }
    seen: dict[bytes, _Seen] = {}
    for frame in _frames(data_dir, wanted):
        header = frame.place.header
        of_session = seen.setdefault(header.session, _Seen())
        of_session.last_at_us = max(of_session.last_at_us, header.at_us)
        of_session.frames = max(of_session.frames, header.sequence + 1)
        of_session.is_closed = of_session.is_closed or header.kind == EntryKind.CLOSE
        if header.sequence == 0:
            of_session.opening = frame.content
    return [_stored(data_dir, ring, session_id(packed), of) for packed, of in seen.items()]


def leaves_of_sessions(data_dir: Path) -> Mapping[SessionId, Leaves] | None:
    """Find where sessions stand in the logs; None if there is no log.

    Raises:
        IntegrityError: a log does not verify: nothing must be deleted that may be needed to see why.
    """
    folders = logs_in(data_dir)
    if not folders:
        return None
    found: dict[SessionId, Leaves] = {}
    for folder in folders:
        log = open_log(folder)
        if isinstance(log, CheckedLog):
            check_log(log, folder)
        faults = log.faults if isinstance(log, CheckedLog) else [log]
        if not isinstance(log, CheckedLog) or faults:
            text = f"The log {folder.place} does not verify: {faults[0].why}."
            raise IntegrityError("log_damaged", text, "Nothing is deleted. See: firedoor verify")
        for packed, indexes in log.sessions.items():
            before = found.get(session_id(packed))
            found[session_id(packed)] = Leaves(
                log=log.checkpoint.origin,
                first=indexes[0],
                last=indexes[-1],
                count=len(indexes) + (before.count if before is not None else 0),
            )
    return found


def _stored(data_dir: Path, ring: KeyRing, session: SessionId, seen: _Seen) -> Stored:
    opening = _opening(data_dir, ring, session, seen.opening)
    said = _NOTHING if opening is None else opening.envelope
    upstream = said.get("upstream")
    return Stored(
        session=session,
        last_at_us=seen.last_at_us,
        frames=seen.frames,
        is_closed=seen.is_closed,
        upstream=upstream if isinstance(upstream, str) else None,
        is_control=said.get("control") is True,
        is_known=opening is not None,
    )


def _opening(data_dir: Path, ring: KeyRing, session: SessionId, frame: bytes) -> Entry | None:
    keys = {(each.layer, each.epoch): each for each in keys_of(data_dir, session)}

    def find(layer: Layer, epoch: int) -> bytes | None:
        key = keys.get((layer, epoch))
        return None if key is None else open_key(key, ring)

    return SessionUnsealer(session, find).unseal(frame) if frame else None


def _frames(data_dir: Path, wanted: set[bytes]) -> Iterator[RecordedFrame]:
    for packed in wanted:
        yield from frames_in_files(data_dir, packed)
    if wanted:
        yield from (frame for frame in read_frames(data_dir) if frame.place.header.session in wanted)


def _opened_at_us(session: SessionId) -> int:
    """Read the instant in a UUIDv7: its first 48 bits are unix milliseconds."""
    return int.from_bytes(session_bytes(session)[:6]) * 1000
