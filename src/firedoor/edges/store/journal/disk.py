"""What the journal does to a file system, few enough acts that a crash can be simulated in tests.

Never retries: after a failed sync nothing is known about what is on disk.
"""

import os
from pathlib import Path
from typing import Protocol


class Appended(Protocol):
    """A file that grows at its end."""

    def write(self, content: bytes) -> None:
        """Add to the end. Not durable yet."""
        ...

    def sync(self) -> None:
        """Make everything written durable. Its name is not."""
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
    """A file of the operating system."""

    def __init__(self, file: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._handle = os.open(file, flags, 0o600)

    def write(self, content: bytes) -> None:
        """Add to the end."""
        left = memoryview(content)
        while left:
            left = left[os.write(self._handle, left) :]

    def sync(self) -> None:
        """Make everything written durable, size included."""
        os.fdatasync(self._handle)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._handle)


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
