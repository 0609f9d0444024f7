"""A data directory as evidence: its logs, every frame in it, its keys. Changes nothing, believes nothing."""

import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from firedoor.core.record.segment import unpack_segment_header
from firedoor.core.record.session_file import session_at, session_path
from firedoor.core.record.unseal import SessionUnsealer
from firedoor.core.record.verify_log import LogFolder
from firedoor.edges.store.journal.disk import NEW
from firedoor.edges.store.journal.layout import (
    journal_folder,
    key_file,
    quarantine_folder,
    segment_file,
)
from firedoor.edges.store.journal.reader import BOTH_LAYERS, KeyUnwrap
from firedoor.edges.store.log.folder import is_plain, logs_in, strange_folders
from firedoor.edges.store.log.walk import Found, walk_segment, walk_session_file
from firedoor.model.entry import Entry, Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId
from firedoor.ports.evidence import Damage, Unsealer

_SEGMENT = re.compile(r"[0-9]{20}\.seg", re.ASCII)
_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_TORN = re.compile(r"[0-9]{20}-[0-9]+-([0-9a-f]{16})\.torn", re.ASCII)


_REMEMBERED = 10_000
"""Keys that are kept open at most: memory has an end."""


class KeptEvidence:
    """Implements the port `Evidence`."""

    def __init__(
        self, data_dir: Path, *, keys: KeyUnwrap, more: Callable[[], Iterator[Damage]] = lambda: iter(())
    ) -> None:
        """`more` looks at files that only the keys' own edge can read."""
        self._data_dir = data_dir
        self._keys = _Remembering(keys)
        self._more = more

    def logs(self) -> Sequence[LogFolder]:
        """Every log, the oldest first, and what stands beside them as if it were one."""
        return [*logs_in(self._data_dir), *strange_folders(self._data_dir)]

    def frames(self, session: SessionId | None) -> Iterator[Found]:
        """Every frame, or one session's."""
        begun = self._session_files(session)
        yield from self._in_files(begun)
        yield from self._in_journal(session)
        # What was moved while we looked: it may have left the journal before we came there.
        yield from self._in_files([file for file in self._session_files(session) if file not in begun])

    def keys(self, session: SessionId | None) -> Iterator[Damage]:
        """What is wrong with keys, torn tails, and names."""
        folder = self._data_dir / "keys"
        for each in sorted(folder.iterdir()) if folder.is_dir() else ():
            if each.is_dir() and _SESSION.fullmatch(each.name) and session in {None, each.name}:
                yield from self._session_keys(each)
        if session is None:
            yield from self._torn()
            yield from self._more()

    def unsealer(self, session: SessionId) -> Unsealer:
        """Begin to open a session."""
        return _Unsealing(self._data_dir, session, self._keys)

    def _session_files(self, session: SessionId | None) -> list[Path]:
        folder = self._data_dir / "sessions"
        if session is None:
            found = [file for file in folder.rglob("*") if not (file.name.startswith(".") or file.is_dir())]
            return sorted(found, key=lambda file: file.name)
        files = (folder / session_path(session), folder / session_path(session, is_open=True))
        return [file for file in files if os.path.lexists(file)]

    def _in_files(self, files: list[Path]) -> Iterator[Found]:
        for file in files:
            name = file.relative_to(self._data_dir).as_posix()
            whose = session_at(file.relative_to(self._data_dir / "sessions").as_posix())
            if whose is None:
                yield Damage(code="file_unknown", file=name, why="no session has a file of this name")
                continue
            try:
                content = file.open("rb") if is_plain(file) else io.BytesIO()
            except FileNotFoundError:
                continue  # it was finished meanwhile, and has another name
            with content:
                yield from walk_session_file(content, name, whose)

    def _in_journal(self, session: SessionId | None) -> Iterator[Found]:
        folder = journal_folder(self._data_dir)
        files = folder.iterdir() if folder.is_dir() else ()
        numbers = sorted(int(file.stem) for file in files if _SEGMENT.fullmatch(file.name))
        wanted = None if session is None else bytes.fromhex(session.replace("-", ""))
        before, previous = None, None
        for number in numbers:
            if before is not None and number != before + 1:
                yield _segment_missing(before + 1)
                previous = None
            before = number
            file = segment_file(self._data_dir, number)
            try:
                content = file.read_bytes() if is_plain(file) else b""
            except FileNotFoundError:
                previous = None
                continue  # freed meanwhile
            name = file.relative_to(self._data_dir).as_posix()
            opened = unpack_segment_header(content)
            if opened is not None and previous not in {None, opened[0].previous}:
                why = "it does not follow the segment before it"
                yield Damage(code="segment_damaged", file=name, offset=0, why=why)
            end: int | None = None if opened is None else opened[1]
            for found in walk_segment(content, name, number, is_last=number == numbers[-1]):
                is_damage = isinstance(found, Damage)
                end = None if is_damage or end is None else found.offset + len(found.content)
                if is_damage or wanted in {None, found.header.session}:
                    yield found
            # Of a segment that is damaged that is told, and not that its successor follows another.
            previous = None if end is None else hashlib.sha256(content[:end]).hexdigest()

    def _session_keys(self, folder: Path) -> Iterator[Damage]:
        for file in sorted(folder.iterdir()):
            if file.name.startswith(NEW):
                continue  # its process was stopped before the key was there
            name = file.relative_to(self._data_dir).as_posix()
            try:
                key = self._keys.unwrap(file.read_bytes())
            except IntegrityError as fault:
                yield Damage(code="key_damaged", file=name, why=fault.message)
                continue
            if key is None:
                yield Damage(
                    code="key_sealed",
                    file=name,
                    why="no identity here opens it: it is for others, or damaged",
                    is_doubt=True,
                )

    def _torn(self) -> Iterator[Damage]:
        folder = quarantine_folder(self._data_dir)
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            found = _TORN.fullmatch(file.name)
            if found is not None and hashlib.sha256(file.read_bytes()).hexdigest()[:16] != found[1]:
                name = file.relative_to(self._data_dir).as_posix()
                yield Damage(code="torn_tail_changed", file=name, why="it is not the tail that was cut off")


class _Remembering:
    """Opens each wrapped key once, though it is looked at twice."""

    def __init__(self, keys: KeyUnwrap) -> None:
        self._keys = keys
        self._opened: dict[bytes, bytes | None] = {}

    def unwrap(self, wrapped: bytes) -> bytes | None:
        if wrapped not in self._opened:
            if len(self._opened) >= _REMEMBERED:
                self._opened.clear()
            self._opened[wrapped] = self._keys.unwrap(wrapped)
        return self._opened[wrapped]


class _Unsealing:
    """Opens one session with the keys at hand."""

    def __init__(self, data_dir: Path, session: SessionId, keys: KeyUnwrap) -> None:
        self._data_dir = data_dir
        self._session = session
        self._keys = keys
        self.may_open = False
        self.lacks: list[str] = []
        self._unsealer = SessionUnsealer(session, self._find, BOTH_LAYERS, keeps_payloads=False)

    def unseal(self, frame: bytes) -> Entry | None:
        """Take the next frame."""
        return self._unsealer.unseal(frame)

    def _find(self, layer: Layer, epoch: int) -> bytes | None:
        try:
            wrapped = key_file(self._data_dir, self._session, layer, epoch).read_bytes()
            key = self._keys.unwrap(wrapped)
        except FileNotFoundError:
            self.lacks.append(f"{layer}-{epoch}")
            return None
        except IntegrityError:
            return None  # told where all keys are looked at
        self.may_open = self.may_open or (layer is Layer.VIEW and key is not None)
        return key


def _segment_missing(number: int) -> Damage:
    return Damage(
        code="segment_missing",
        file=f"journal/{number:020d}.seg",
        why="it is missing, and others before and after it are there",
    )
