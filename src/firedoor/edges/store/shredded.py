"""Notes of what was shredded: `shredded/<session>.json`. They spare a reader the search; they prove nothing.

The proof is the tombstone in the record. Never names who or what was recorded.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firedoor.core.record.tombstone import Tombstone
from firedoor.edges.store.journal.disk import REAL, put_file
from firedoor.model.ids import SessionId

_SESSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class _File(msgspec.Struct, frozen=True, kw_only=True):
    at_us: int
    reason: str
    log: str
    first_leaf: int
    last_leaf: int
    frames: int


class ShreddedFiles:
    """The notes of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "shredded"

    def note(self, tombstone: Tombstone, at_us: int) -> None:
        """Note what was shredded. Durable when it returns."""
        said = _File(
            at_us=at_us,
            reason=tombstone.reason,
            log=tombstone.log,
            first_leaf=tombstone.first_leaf,
            last_leaf=tombstone.last_leaf,
            frames=tombstone.frames,
        )
        self._folder.mkdir(mode=0o700, exist_ok=True)
        put_file(self._folder / f"{tombstone.session}.json", msgspec.json.encode(said), is_durable=True)
        REAL.sync_folder(self._folder)
        REAL.sync_folder(self._folder.parent)

    def of(self, session: SessionId) -> tuple[int, str] | None:
        """When a session was shredded and why; None if there is no note of it."""
        try:
            said = msgspec.json.decode((self._folder / f"{session}.json").read_bytes(), type=_File)
        except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return said.at_us, said.reason

    def all(self) -> Iterator[SessionId]:
        """Every session that there is a note of."""
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ()
        yield from (SessionId(file.stem) for file in files if _SESSION.fullmatch(file.stem))
