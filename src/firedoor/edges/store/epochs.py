"""Counts the changes of what the path keeps from the database, where every process of the machine sees it.

Theory of operation. The path asks at each call whether a grant or the policy has changed. The database could
say so (`PRAGMA data_version`), but the index of the record is written there many times a second, and each of
these writes would look like a change. So each kind of change has a count of its own, in a small file that
every process maps: a look costs no system call. Whoever writes commits first and counts then, and says "done"
after that. A writer that dies between the two leaves a change uncounted: what is kept is therefore never
believed for longer than `BELIEVED_S`, which also bounds a change that did not come through this program.
"""

import fcntl
import mmap
import os
import struct
from enum import IntEnum
from pathlib import Path

BELIEVED_S = 0.25
"""How long something is believed unchanged by its count alone."""

_COUNT = struct.Struct(">Q")


class Topic(IntEnum):
    """What is counted. Numbers are places in the file and never reused."""

    GRANTS = 0
    POLICIES = 1


class Epochs:
    """The counts of one database file."""

    def __init__(self, database: Path) -> None:
        """Open the counts beside the database."""
        size = _COUNT.size * len(Topic)
        self._handle = os.open(database.with_suffix(".epochs"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._handle).st_size < size:
            os.ftruncate(self._handle, size)
        self._map = mmap.mmap(self._handle, size)

    def of(self, topic: Topic) -> bytes:
        """The count as it is now. Equal counts: nothing was told to have changed between."""
        at = topic * _COUNT.size
        return self._map[at : at + _COUNT.size]

    def count(self, topic: Topic) -> None:
        """Tell every process that something was committed."""
        at = topic * _COUNT.size
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            (known,) = _COUNT.unpack_from(self._map, at)
            _COUNT.pack_into(self._map, at, known + 1)
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let the file go."""
        self._map.close()
        os.close(self._handle)
