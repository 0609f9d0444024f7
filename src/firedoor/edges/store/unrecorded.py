"""The file that keeps how much went unrecorded, for the next start. It has its room before the disk is full.

Two places take turns, so that one is whole whenever the power goes. A failing disk may lose both: the log of
the process has a line for each message as well. Decides nothing.
"""

import os
import struct
from pathlib import Path

import msgspec

from firedoor.core.accept.strict_json import parse
from firedoor.core.record.frame import crc32c
from firedoor.edges.store.journal.disk import REAL, Disk
from firedoor.edges.store.journal.layout import journal_folder
from firedoor.model.json import JsonObject

PLACE = 128 << 10
"""Bytes of each of the two. What is kept is shorter: it names so many sessions and no more."""
_DEPTH = 8
_HEAD = struct.Struct(">QII")
"""Its number, its length, and a checksum of both and of what follows."""


class UnrecordedFile:
    """One data directory's."""

    def __init__(self, data_dir: Path, disk: Disk = REAL) -> None:
        self._file = journal_folder(data_dir) / "unrecorded"
        self._disk = disk
        self._number = 0

    def load(self) -> JsonObject:
        """What was kept last; nothing where nothing was. `is_damaged`: there was something.

        Raises:
            OSError: it cannot be read.
        """
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        found = [_read(content[at : at + PLACE]) for at in (0, PLACE)]
        whole = [each for each in found if each is not None]
        if not whole:
            return {"is_damaged": True} if any(content) else {}
        self._number, said = max(whole, key=lambda each: each[0])
        return said

    def make(self) -> None:
        """Take its room, if it is not there.

        Raises:
            OSError: there is none.
        """
        if not self._file.exists():
            self._disk.allot(self._file, 2 * PLACE)
            self._disk.sync_folder(self._file.parent)

    def keep(self, said: JsonObject) -> None:
        """Keep this in place of what was kept before. An empty one: there is nothing.

        Raises:
            OSError: it is not kept.
        """
        encoded = msgspec.json.encode(said)
        number = self._number + 1
        head = _HEAD.pack(number, len(encoded), crc32c(number.to_bytes(8) + encoded))
        handle = os.open(self._file, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.pwrite(handle, (head + encoded)[:PLACE], number % 2 * PLACE)
            os.fdatasync(handle)
        finally:
            os.close(handle)
        self._number = number


def _read(content: bytes) -> tuple[int, JsonObject] | None:
    if len(content) < _HEAD.size:
        return None
    number, length, checksum = _HEAD.unpack_from(content)
    encoded = content[_HEAD.size : _HEAD.size + length]
    if not number or crc32c(number.to_bytes(8) + encoded) != checksum:
        return None
    try:
        said = parse(encoded, _DEPTH)
    except ValueError:
        return None
    return (number, said) if isinstance(said, dict) else None
