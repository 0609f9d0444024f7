"""How much room the disk has, and what may still be recorded in it. Never frees what anybody wrote.

Theory of operation. Calls stop long before the disk is full, so that those under way end properly. If it
becomes full all the same (others write to it too), the reserve is there: a file of zeros that takes its
room in advance and becomes the next segment of the journal. Nobody can take that room in between. It is
for the ends of sessions and calls; what carries new messages is refused while it lasts.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from firedoor.edges.store.journal.disk import Disk, Space, is_full
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.errors import RecordError

log = logging.getLogger(__name__)

GIB = 1 << 30
RESERVE_BYTES = 64 << 20
SMALL = 4096
"""Bytes of an outcome that is still taken on a full disk: it says how a call ended, and carries no answer."""
LOOK_S = 0.25
ALERT_SHARE = 10
"""Per cent of the disk."""


class Level(IntEnum):
    """How far it has come. What a level refuses, those after it refuse too."""

    PLENTY = 0
    LOW = 1
    """People are told."""
    NO_SESSIONS = 2
    """No new session begins."""
    STOPPED = 3
    """No new call begins; those under way end."""
    FULL = 4
    """The reserve is in use: sessions end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Below how many free bytes what happens."""

    alert: int = 5 * GIB
    sessions: int = GIB
    stop: int = 500 << 20

    def level(self, space: Space) -> Level:
        """Say what holds for a disk."""
        if space.free < self.stop:
            return Level.STOPPED
        if space.free < self.sessions:
            return Level.NO_SESSIONS
        if space.free < self.alert or space.free * 100 < space.total * ALERT_SHARE:
            return Level.LOW
        return Level.PLENTY


_ENDS = frozenset({EntryKind.OUTCOME, EntryKind.CLOSE, EntryKind.CONTROL, EntryKind.RECOVERED})
_NO_SESSIONS = Level.NO_SESSIONS
"""By a name of its own: a member of an enumeration is looked up in six steps, each time."""
_HINT = "Make room on the disk of data_dir: firedoor retention run, or a larger disk."


def refusal_at(level: Level) -> RecordError:
    """Say why something is not recorded."""
    if level is Level.NO_SESSIONS:
        return RecordError("disk_low", "The disk has too little room for new sessions.", _HINT)
    if level is Level.STOPPED:
        return RecordError("disk_nearly_full", "The disk has too little room for new calls.", _HINT)
    return RecordError("disk_full", "The disk is full.", _HINT)


class Room:
    """The disk of one journal. Under the journal's gate."""

    def __init__(
        self,
        folder: Path,
        disk: Disk,
        marks: Marks,
        *,
        reserve: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`reserve`: how many bytes are kept for the end; 0 for who opens no sessions."""
        self._folder = folder
        self._disk = disk
        self._marks = marks
        self._reserve = reserve
        self._clock = clock
        self._looked_at = -LOOK_S
        self._is_used = False
        self.level = Level.PLENTY
        self.free = 0

    @property
    def reserve_file(self) -> Path:
        """Where the reserve is."""
        return self._folder / "reserve"

    def keep(self) -> None:
        """Take the reserve, if it is not there. Where that fails, there is none."""
        if not self._reserve:
            return
        try:
            if not self.reserve_file.exists():
                self._disk.allot(self.reserve_file, self._reserve)
                self._disk.sync_folder(self._folder)
        except OSError as fault:
            log.warning("there is no reserve for a full disk: %s", fault)
            self.let_go()

    def let_go(self) -> None:
        """Give the reserve back: nothing is open any more."""
        with suppress(OSError):  # what stays takes room, and is found at the next start
            if self.reserve_file.exists():
                self._disk.remove(self.reserve_file)

    def may_rescue(self, fault: OSError) -> bool:
        """Whether an error means that the disk is full, and there is a reserve."""
        return is_full(fault) and self.has_reserve

    @property
    def has_reserve(self) -> bool:
        """Whether there is room that nobody can take."""
        return self.reserve_file.exists()

    def use(self) -> None:
        """The reserve is being used."""
        self._is_used = True
        self._become(Level.FULL)

    def look(self) -> None:
        """Look at the disk, if the last look is not of just now."""
        now = self._clock()
        if now - self._looked_at < LOOK_S:
            return
        self._looked_at = now
        try:
            space = self._disk.space(self._folder)
        except OSError:
            return  # whoever writes next finds out
        self.free = space.free
        found = self._marks.level(space)
        if self._is_used and found < Level.NO_SESSIONS:
            self.keep()
            self._is_used = not self.reserve_file.exists()
        self._become(Level.FULL if self._is_used else found)

    def refuse(self, entry: Entry, *, is_control: bool) -> None:
        """Refuse an entry that there is no room for.

        Raises:
            RecordError: there is none.
        """
        self.look()
        if self.level < _NO_SESSIONS:
            return
        is_end = entry.kind in _ENDS or (is_control and entry.kind is EntryKind.OPEN)
        if self.level is Level.NO_SESSIONS:
            is_end = is_end or entry.kind is not EntryKind.OPEN
        elif self.level is Level.FULL and entry.kind is EntryKind.OUTCOME:
            is_end = len(entry.payload) + len(entry.raw or b"") <= SMALL
        if not is_end:
            raise refusal_at(self.level)

    def _become(self, level: Level) -> None:
        if level is self.level:
            return
        said = log.warning if level > self.level else log.info
        said("the disk of the record: %s, %d MiB free", level.name.lower(), self.free >> 20)
        self.level = level
