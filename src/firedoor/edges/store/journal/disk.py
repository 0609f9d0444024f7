"""What the journal does to a file system, few enough acts that a crash can be simulated in tests.

Never retries: after a failed sync nothing is known about what is on disk.
"""

import errno
import os
from pathlib import Path
from typing import Protocol


class Appended(Protocol):
    """A file that grows at its end."""

    def write(self, content: bytes) -> None:
        """Add to the end. Not durable yet."""
        ...

    def reserve(self, size: int) -> None:
        """Have zeros behind the end. What is written over them changes no length. Not durable yet."""
        ...

    def sync(self) -> None:
        """Make everything written durable. Its name is not."""
        ...

    def trim(self) -> None:
        """Cut off what was reserved and not used, durably."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Disk(Protocol):
    """Where the journal is kept. Every method raises OSError if it cannot."""

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it. Their names are not durable yet."""
        ...

    def create(self, file: Path) -> Appended:
        """Make a new file; refuse if there is one. Its name is not durable yet."""
        ...

    def truncate(self, file: Path, size: int) -> None:
        """Cut the end off a file, durably."""
        ...

    def remove(self, file: Path) -> None:
        """Take a file away. Durable with its folder's next sync."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        ...


class RealFile:
    """A file of the operating system.

    What is written is kept until the sync, and then written through in one call: with two, the writer's
    thread would give up the interpreter twice for each group, and wait for it twice.
    """

    def __init__(self, file: Path, through: int = os.RWF_DSYNC) -> None:
        """`through` is the flag of a write that is durable when it returns."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._handle = os.open(file, flags, 0o600)
        self._end = 0
        self._pending: list[bytes] = []
        self._reserved = 0
        """Zeros that go behind what is pending."""
        self._through = through

    def write(self, content: bytes) -> None:
        """Add to the end."""
        self._pending.append(content)

    def reserve(self, size: int) -> None:
        """Have zeros behind the end."""
        self._reserved = size

    def sync(self) -> None:
        """Make everything written durable, size included."""
        content = self._pending[0] if len(self._pending) == 1 else b"".join(self._pending)
        end = self._end + len(content)
        # In one call with the zeros behind it: the length is committed once.
        left = memoryview(content + bytes(self._reserved) if self._reserved else content)
        self._pending.clear()
        self._reserved = 0
        at = self._end
        while left:
            written = self._write_through(left, at)
            left, at = left[written:], at + written
        if not self._through:
            os.fdatasync(self._handle)
        self._end = end

    def trim(self) -> None:
        """Cut off what was reserved and not used."""
        os.ftruncate(self._handle, self._end)
        os.fsync(self._handle)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._handle)

    def _write_through(self, content: memoryview, at: int) -> int:
        try:
            return os.pwritev(self._handle, [content], at, self._through)
        except OSError as fault:
            if fault.errno != errno.EOPNOTSUPP or not self._through:
                raise
        # The file system does not know the flag, and has written nothing: it is synced by a call of its own.
        self._through = 0
        return os.pwritev(self._handle, [content], at, 0)


class RealDisk:
    """The file system of the operating system."""

    def make_folder(self, folder: Path) -> None:
        """Make a folder that only the owner may enter."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def create(self, file: Path) -> RealFile:
        """Make a new file that only the owner may read."""
        return RealFile(file)

    def truncate(self, file: Path, size: int) -> None:
        """Cut the end off a file."""
        handle = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.ftruncate(handle, size)
            os.fsync(handle)
        finally:
            os.close(handle)

    def remove(self, file: Path) -> None:
        """Take a file away."""
        file.unlink()

    def sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
