"""Legal holds, one small file each: `holds/<session>/<name>.json`. Never needs the database or a key.

A lock may hold for thousands of sessions. Its holds are placed together, in one file, `holds/<name>.json`,
that names the sessions: all of them or none, with two syncs and not thirty thousand.

They are files, since a lock places them with the database gone, and a sealed gateway cannot read its record.
That a hold was placed or lifted is also an entry of the record.
"""

import fcntl
import os
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from firedoor.edges.store.journal.disk import REAL, Disk, put_file
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold

_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


class _File(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    by: str
    placed_at_us: int


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    """Holds that were placed in one act."""

    reason: str
    by: str
    placed_at_us: int
    sessions: list[SessionId]


class _Together(msgspec.Struct, frozen=True, kw_only=True):
    """All holds of one name that were placed together with others."""

    parts: list[_Part]


class HoldFiles:
    """Implements the port `LegalHolds`."""

    def __init__(self, data_dir: Path, disk: Disk = REAL) -> None:
        self._folder = data_dir / "holds"
        self._disk = disk

    def place(self, hold: LegalHold) -> bool:
        """Keep a recording from being deleted. Durable when it returns; False if it was there before.

        Raises:
            ClientError: the session or the name is none.
            IntegrityError: the holds of this name cannot be read.
            RecordError: it could not be made durable.
        """
        file = self._file(hold.session, hold.name)
        said = _File(reason=hold.reason, by=hold.by, placed_at_us=hold.placed_at_us)
        try:
            with self.still():
                if self._has(hold.session, hold.name):
                    return False
                self._disk.make_folder(file.parent)
                put_file(file, msgspec.json.encode(said), is_durable=True, disk=self._disk)
                self._sync()
        except OSError as fault:
            raise RecordError("hold_not_durable", f"The legal hold could not be written: {fault}") from fault
        return True

    def place_together(self, hold: LegalHold, sessions: Iterable[SessionId]) -> Sequence[SessionId]:
        """Place a hold on its session and on these: all of them or none, in one act. Those that are new.

        Raises:
            ClientError: a session or the name is none.
            IntegrityError: the holds of this name cannot be read.
            RecordError: they could not be made durable.
        """
        wanted = dict.fromkeys((hold.session, *sessions))
        _refuse_unless_name(hold.name)
        for session in wanted:
            _refuse_unless_session(session)
        try:
            with self.still():
                parts = self._parts(hold.name)
                held = {session for part in parts for session in part.sessions}
                # Most have no folder of their own: then no file is looked for.
                folders = {each.name for each in self._folder.iterdir()}
                new = [
                    session
                    for session in wanted
                    if session not in held
                    and not (session in folders and self._file(session, hold.name).exists())
                ]
                if new:
                    part = _Part(reason=hold.reason, by=hold.by, placed_at_us=hold.placed_at_us, sessions=new)
                    self._put_together(hold.name, [*parts, part])
        except OSError as fault:
            raise RecordError("hold_not_durable", f"Legal holds could not be written: {fault}") from fault
        return new

    def lift(self, session: SessionId, name: str) -> bool:
        """Take a hold away; False if there is none.

        Raises:
            ClientError: the session or the name is none.
            IntegrityError: the holds of this name cannot be read.
            RecordError: it could not be taken away.
        """
        file = self._file(session, name)
        try:
            with self.still():
                was_alone, parts = self._remove(file), self._parts(name)
                was_together = any(session in part.sessions for part in parts)
                if was_together:
                    self._put_together(name, [_without(session, part) for part in parts])
        except OSError as fault:
            raise RecordError("hold_not_lifted", f"The legal hold could not be lifted: {fault}") from fault
        return was_alone or was_together

    def of(self, session: SessionId) -> tuple[LegalHold, ...]:
        """The holds of one session.

        Raises:
            IntegrityError: one cannot be read.
        """
        return self.of_each((session,))[session]

    def of_each(self, sessions: Iterable[SessionId]) -> Mapping[SessionId, tuple[LegalHold, ...]]:
        """The holds of each of these.

        Raises:
            IntegrityError: one cannot be read.
        """
        found = {session: list(self._alone(session)) for session in sessions}
        for hold in self._all_together():
            if hold.session in found:
                found[hold.session].append(hold)
        return {session: tuple(sorted(holds, key=_name)) for session, holds in found.items()}

    def all(self) -> Mapping[SessionId, Sequence[LegalHold]]:
        """Every hold there is.

        Raises:
            IntegrityError: one cannot be read.
        """
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        alone = [SessionId(each.name) for each in folders if _SESSION.fullmatch(each.name)]
        together = [hold.session for hold in self._all_together()]
        found = self.of_each(sorted({*alone, *together}))
        return {session: holds for session, holds in found.items() if holds}

    @contextmanager
    def still(self) -> Generator[None]:
        """Keep holds from being placed: between the last look at them and the deletion."""
        self._disk.make_folder(self._folder)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _has(self, session: SessionId, name: str) -> bool:
        if self._file(session, name).exists():
            return True
        return any(session in part.sessions for part in self._parts(name))

    def _alone(self, session: SessionId) -> Iterable[LegalHold]:
        for file in _holds_in(self._folder / session):
            said = _read(file, _File)
            yield LegalHold(
                session=session,
                name=file.stem,
                reason=said.reason,
                by=said.by,
                placed_at_us=said.placed_at_us,
            )

    def _all_together(self) -> Iterable[LegalHold]:
        for file in _holds_in(self._folder):
            for part in self._parts(file.stem):
                for session in part.sessions:
                    yield LegalHold(
                        session=session,
                        name=file.stem,
                        reason=part.reason,
                        by=part.by,
                        placed_at_us=part.placed_at_us,
                    )

    def _parts(self, name: str) -> list[_Part]:
        file = self._folder / f"{name}.json"
        return _read(file, _Together).parts if file.exists() else []

    def _put_together(self, name: str, parts: list[_Part]) -> None:
        file, left = self._folder / f"{name}.json", [part for part in parts if part.sessions]
        if left:
            put_file(file, msgspec.json.encode(_Together(parts=left)), is_durable=True, disk=self._disk)
        else:
            self._disk.remove(file)
        self._sync()

    def _remove(self, file: Path) -> bool:
        try:
            self._disk.remove(file)
        except FileNotFoundError:
            return False
        self._disk.sync_folder(file.parent)
        return True

    def _sync(self) -> None:
        self._disk.sync_folder(self._folder)
        self._disk.sync_folder(self._folder.parent)

    def _file(self, session: SessionId, name: str) -> Path:
        _refuse_unless_session(session)
        _refuse_unless_name(name)
        return self._folder / session / f"{name}.json"


def _refuse_unless_session(session: SessionId) -> None:
    if not _SESSION.fullmatch(session):
        raise ClientError("session_unknown", "That is no session.", "`firedoor sessions` shows the ids.")


def _refuse_unless_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        hint = "Letters, digits, dot, dash and underscore; at most 64; the first is a letter or digit."
        raise ClientError("hold_name", f"{name!r} is not the name of a legal hold.", hint)


def _holds_in(folder: Path) -> list[Path]:
    """The files of holds in a folder. One that was being written when a process ended is none yet."""
    return sorted(file for file in folder.glob("*.json") if _NAME.fullmatch(file.stem))


Said = TypeVar("Said", _File, _Together)


def _read(file: Path, kind: type[Said]) -> Said:
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as fault:
        raise IntegrityError("hold_damaged", f"{file} cannot be read: {fault}", "It still holds.") from fault


def _without(session: SessionId, part: _Part) -> _Part:
    return msgspec.structs.replace(part, sessions=[each for each in part.sessions if each != session])


def _name(hold: LegalHold) -> str:
    return hold.name
