"""Legal holds, one small file each: `holds/<session>/<name>.json`. Never needs the database or a key.

They are files, since a lock places them with the database gone, and a sealed gateway cannot read its record.
That a hold was placed or lifted is also an entry of the record.
"""

import fcntl
import os
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from firedoor.edges.store.journal.disk import REAL, put_file
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold

_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


class _File(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    by: str
    placed_at_us: int


class HoldFiles:
    """Implements the port `LegalHolds`."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "holds"

    def place(self, hold: LegalHold) -> bool:
        """Keep a recording from being deleted. Durable when it returns; False if it was there before.

        Raises:
            ClientError: the session or the name is none.
            RecordError: it could not be made durable.
        """
        file = self._file(hold.session, hold.name)
        said = _File(reason=hold.reason, by=hold.by, placed_at_us=hold.placed_at_us)
        try:
            with self.still():
                if file.exists():
                    return False
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                put_file(file, msgspec.json.encode(said), is_durable=True)
                REAL.sync_folder(self._folder)
                REAL.sync_folder(self._folder.parent)
        except OSError as fault:
            raise RecordError("hold_not_durable", f"The legal hold could not be written: {fault}") from fault
        return True

    def lift(self, session: SessionId, name: str) -> bool:
        """Take a hold away; False if there is none.

        Raises:
            ClientError: the session or the name is none.
            RecordError: it could not be taken away.
        """
        file = self._file(session, name)
        try:
            file.unlink()
            REAL.sync_folder(file.parent)
        except FileNotFoundError:
            return False
        except OSError as fault:
            raise RecordError("hold_not_lifted", f"The legal hold could not be lifted: {fault}") from fault
        return True

    def of(self, session: SessionId) -> tuple[LegalHold, ...]:
        """The holds of one session.

        Raises:
            IntegrityError: one cannot be read.
        """
        files = sorted((self._folder / session).glob("*.json"))
        return tuple(_read(session, file) for file in files)

    def all(self) -> Mapping[SessionId, Sequence[LegalHold]]:
        """Every hold there is.

        Raises:
            IntegrityError: one cannot be read.
        """
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        sessions = sorted(SessionId(each.name) for each in folders if _SESSION.fullmatch(each.name))
        return {session: found for session in sessions if (found := self.of(session))}

    @contextmanager
    def still(self) -> Generator[None]:
        """Keep holds from being placed: between the last look at them and the deletion."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _file(self, session: SessionId, name: str) -> Path:
        if not _SESSION.fullmatch(session):
            raise ClientError("session_unknown", "That is no session.", "`firedoor sessions` shows the ids.")
        if not _NAME.fullmatch(name):
            hint = "Letters, digits, dot, dash and underscore; at most 64; the first is a letter or digit."
            raise ClientError("hold_name", f"{name!r} is not the name of a legal hold.", hint)
        return self._folder / session / f"{name}.json"


def _read(session: SessionId, file: Path) -> LegalHold:
    try:
        said = msgspec.json.decode(file.read_bytes(), type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as fault:
        raise IntegrityError("hold_damaged", f"{file} cannot be read: {fault}", "It still holds.") from fault
    return LegalHold(
        session=session, name=file.stem, reason=said.reason, by=said.by, placed_at_us=said.placed_at_us
    )
