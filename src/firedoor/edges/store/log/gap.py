"""Damage in the journal that no crash makes: finds it, and closes the gap once people accepted it.

Theory of operation. The journal is a chain: nothing behind damage is known to be all that stood there. So it
ends where the first damage begins, and everything behind goes to quarantine: the rest of that segment,
and each later segment whole. Before that, every session of which all frames up to a point are still whole
there, and are those of the log, gets them in a file of its own, byte for byte: of what is behind the damage,
only what the damage hit is lost, and what its session recorded after it. Nothing is deleted.

Later segments go before the damaged one is cut, the newest first. After a crash in between the damage is
still there, and the same command goes on.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from firedoor.core.record.frame import session_id, unpack_header
from firedoor.core.record.gap import Lost
from firedoor.core.record.leaf import leaf_of
from firedoor.core.record.segment import frames_behind, scan
from firedoor.core.record.session_file import SessionFileHeader, pack_session_header, session_path
from firedoor.core.record.verify import Fault
from firedoor.core.record.verify_frames import FoundFrame, FrameCheck
from firedoor.core.record.verify_log import CheckedLog, check_log, open_log
from firedoor.edges.store.journal.disk import REAL, Disk, put_file
from firedoor.edges.store.journal.layout import quarantine_folder, segment_file, segment_numbers
from firedoor.edges.store.journal.recover import quarantine
from firedoor.edges.store.journal.sessions import IN_SESSION_FILE
from firedoor.edges.store.log.evidence import KeptEvidence
from firedoor.edges.store.log.folder import logs_in
from firedoor.edges.store.log.walk import walk_segment
from firedoor.model.errors import IntegrityError


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The first damage, and all that stands behind it."""

    segment: int
    offset: int
    length: int
    """Of everything from the damage on, later segments included."""
    sha256: str
    """Of the same."""
    frames_after: int
    """Whole frames behind the damage."""
    segments_after: int = 0


_There: TypeAlias = tuple[str, int, int]
"""A file, where in it a frame begins, and its length."""


class _NoKeys:
    def unwrap(self, wrapped: bytes) -> bytes | None:
        del wrapped


def find_gap(data_dir: Path) -> Gap | None:
    """Look for the first damage that a crash does not make. Changes nothing.

    Raises:
        IntegrityError: a segment is missing.
    """
    numbers = segment_numbers(data_dir)
    for number in numbers:
        content = segment_file(data_dir, number).read_bytes()
        found = scan(content)
        # What is torn may be the end of a write, but only where the journal ends.
        if found.is_corrupt or (found.is_torn and number != numbers[-1]):
            return _gap(data_dir, number, content, found.whole)
    return None


def _gap(data_dir: Path, number: int, content: bytes, offset: int) -> Gap:
    tail = content[offset:].rstrip(b"\0")
    digest, length, frames = hashlib.sha256(tail), len(tail), frames_behind(content, offset)
    later = [each for each in segment_numbers(data_dir) if each > number]
    for each in later:
        content = segment_file(data_dir, each).read_bytes()
        whole = content.rstrip(b"\0")
        digest.update(whole)
        length += len(whole)
        frames += frames_behind(content, 0)
    return Gap(
        segment=number,
        offset=offset,
        length=length,
        sha256=digest.hexdigest(),
        frames_after=frames,
        segments_after=len(later),
    )


def close_gap(data_dir: Path, segment: int, offset: int, disk: Disk = REAL) -> None:
    """Save what is whole, move the rest to quarantine. Whoever calls it has the right to write.

    Raises:
        IntegrityError: the damage is another than the one at this place.
        OSError: something could not be written; it may be done again.
    """
    found = find_gap(data_dir)
    if found is None or (found.segment, found.offset) != (segment, offset):
        raise IntegrityError("gap_changed", "The damage is not the one that was accepted.")
    _save(data_dir, (segment, offset), disk)
    for number in reversed([each for each in segment_numbers(data_dir) if each > segment]):
        quarantine(data_dir, disk, number, 0)
    quarantine(data_dir, disk, segment, offset)


def lost_frames(data_dir: Path) -> Iterator[Lost]:
    """Once the gap is closed: name what logs have leaves of, and what went with it.

    The journal has the order of the log. So no frame went with it whose leaf stands before that of one that
    is still there: if such a one is missing, that is another matter, and nobody accepted it.
    """
    logs = _logs(data_dir)
    check = FrameCheck(logs)
    ends: dict[str, int] = {}
    for found in KeptEvidence(data_dir, keys=_NoKeys()).frames(None):
        if isinstance(found, FoundFrame):
            check.see(found)
            if found.is_in_journal:
                _note_end(logs, found, ends)
    begins = _begins(data_dir, logs)
    for missing in check.missing():
        place = missing.log.place
        end = ends.get(place, begins.get(place, missing.log.checkpoint.size) - 1)
        leaves = missing.log.sessions[missing.session]
        gone = [n for n in range(missing.first, missing.last + 1) if leaves[n] > end]
        if gone:
            yield Lost(session=session_id(missing.session), first=gone[0], last=gone[-1])


def would_lose(data_dir: Path, gap: Gap) -> Iterator[Lost]:
    """Before the gap is closed: name what would be lost. A session that was shredded may be among it."""
    places = _places(data_dir)
    for log in _logs(data_dir):
        end = -1
        for session, frames in places.items():
            leaves = log.sessions.get(session, ())
            before = [n for n, (there, _) in frames.items() if there < (gap.segment, gap.offset)]
            end = max([end, *(leaves[n] for n in before if n < len(leaves))])
        for session, leaves in log.sessions.items():
            if leaves[-1] > end:
                found = {number: place for number, (_, place) in places.get(session, {}).items()}
                whole = sum(1 for _ in _whole(data_dir, log, session, found))
                if whole < len(leaves):
                    yield Lost(session=session_id(session), first=whole, last=len(leaves) - 1)


def _note_end(logs: list[CheckedLog], found: FoundFrame, ends: dict[str, int]) -> None:
    for log in logs:
        leaves = log.sessions.get(found.header.session, ())
        if found.header.sequence < len(leaves):
            ends[log.place] = max(ends.get(log.place, 0), leaves[found.header.sequence])


def _begins(data_dir: Path, logs: list[CheckedLog]) -> dict[str, int]:
    """By log, the first leaf whose frame lies in quarantine: for logs of which the journal has none left."""
    begins: dict[str, int] = {}
    for file in sorted(quarantine_folder(data_dir).glob("*.torn")):
        for found in walk_segment(file.read_bytes(), file.name, 0, is_last=False):
            if isinstance(found, FoundFrame):
                first: dict[str, int] = {}
                _note_end(logs, found, first)
                for place, index in first.items():
                    begins[place] = min(begins.get(place, index), index)
    return begins


def _logs(data_dir: Path) -> list[CheckedLog]:
    checked: list[CheckedLog] = []
    for folder in logs_in(data_dir):
        log = open_log(folder)
        if not isinstance(log, Fault):
            check_log(log, folder)
            checked.append(log)
    return checked


def _save(data_dir: Path, damage: tuple[int, int], disk: Disk) -> None:
    """Give sessions that have frames behind the damage a file of their own, with what is whole of them."""
    places: dict[bytes, dict[int, _There]] = {}
    behind: set[bytes] = set()
    for session, frames in _places(data_dir).items():
        places[session] = {number: place for number, (_, place) in frames.items()}
        if any(there >= damage for there, _ in frames.values()):
            behind.add(session)
    for log in _logs(data_dir):
        for session in behind & log.sessions.keys():
            frames = list(_whole(data_dir, log, session, places[session]))
            file = data_dir / "sessions" / session_path(session_id(session))
            if frames:
                _put(file, log.checkpoint.origin, session, frames, disk)


def _places(data_dir: Path) -> dict[bytes, dict[int, tuple[tuple[int, int], _There]]]:
    """Where the frames of each session are, by number; of those in the journal, segment and offset."""
    places: dict[bytes, dict[int, tuple[tuple[int, int], _There]]] = {}
    for found in KeptEvidence(data_dir, keys=_NoKeys()).frames(None):
        if isinstance(found, FoundFrame):
            segment = int(Path(found.file).stem) if found.is_in_journal else IN_SESSION_FILE
            place = (found.file, found.offset, len(found.content))
            of_session = places.setdefault(found.header.session, {})
            of_session.setdefault(found.header.sequence, ((segment, found.offset), place))
    return places


def _whole(data_dir: Path, log: CheckedLog, session: bytes, places: dict[int, _There]) -> Iterator[bytes]:
    """The frames of a session from its first on, as long as each is the one that was logged."""
    for sequence, index in enumerate(log.sessions[session]):
        if sequence not in places:
            return
        name, offset, length = places[sequence]
        with (data_dir / name).open("rb") as file:
            file.seek(offset)
            content = file.read(length)
        header = unpack_header(content)
        if header is None or leaf_of(content, header) != log.leaf(index):
            return
        yield content


def _put(file: Path, origin: str, session: bytes, frames: list[bytes], disk: Disk) -> None:
    begun = pack_session_header(SessionFileHeader(origin=origin, session=session_id(session)))
    content = begun + b"".join(frames)
    if not (file.exists() and file.read_bytes() == content):
        disk.make_folder(file.parent)
        put_file(file, content, disk=disk)
        for each in (file.parent.parent, file.parent.parent.parent, file.parent.parent.parent.parent):
            disk.sync_folder(each)
    part = file.with_name(session_path(session_id(session), is_open=True).rpartition("/")[2])
    if part.exists():
        disk.remove(part)
        disk.sync_folder(part.parent)
