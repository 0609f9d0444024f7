"""What journal and log do to a file system, few enough acts that a crash can be simulated in tests.

Never retries: after a failed sync nothing is known about what is on disk.
"""

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Bytes of a file system."""

    free: int
    """Of those that this process may use."""
    total: int


class Disk(Protocol):
    """Where the record is kept. Every method raises OSError if it cannot."""

    def make_folder(self, folder: Path) -> None:
        """Make a folder and those above it. Their names are not durable yet."""
        ...

    def create(self, file: Path) -> Appended:
        """Make a new file; refuse if there is one. Its name is not durable yet."""
        ...

    def allot(self, file: Path, size: int) -> None:
        """Make a new file of zeros that has its room already. Its name is not durable yet."""
        ...

    def adopt(self, spare: Path, file: Path) -> Appended:
        """Give a file of zeros another name and write it from its beginning. Its name is not durable yet.

        It takes no room that is not the file's already.
        """
        ...

    def replace(self, new: Path, file: Path) -> None:
        """Move a file over another, or to where none is. Durable with its folder's next sync."""
        ...

    def truncate(self, file: Path, size: int) -> None:
        """Cut the end off a file, durably."""
        ...

    def sync_file(self, file: Path) -> None:
        """Make durable what somebody wrote to a file."""
        ...

    def space(self, folder: Path) -> Space:
        """Say how much room there is."""
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

    def __init__(self, file: Path, through: int = os.RWF_DSYNC, *, is_new: bool = True) -> None:
        """`through` is the flag of a write that is durable when it returns. `is_new`: there must be none."""
        flags = os.O_WRONLY | os.O_CLOEXEC | (os.O_CREAT | os.O_EXCL if is_new else 0)
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

    def allot(self, file: Path, size: int) -> None:
        """Make a new file of zeros that has its room already."""
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, size)
            os.fsync(handle)
        finally:
            os.close(handle)

    def adopt(self, spare: Path, file: Path) -> RealFile:
        """Give a file another name and write it from its beginning."""
        if file.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
        spare.rename(file)
        return RealFile(file, is_new=False)

    def replace(self, new: Path, file: Path) -> None:
        """Move a file over another."""
        new.replace(file)

    def sync_file(self, file: Path) -> None:
        """Make a file durable."""
        handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def space(self, folder: Path) -> Space:
        """Say how much room there is."""
        found = os.statvfs(folder)
        return Space(free=found.f_bavail * found.f_frsize, total=found.f_blocks * found.f_frsize)

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


REAL = RealDisk()
"""It remembers nothing: one serves all."""
NEW = ".new-"
"""Before the name of a file that is not in its place yet."""


AT_ONCE = 4 << 20
"""Bytes of a file that are in memory until they are written."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full(fault: OSError) -> bool:
    """Whether an error means that there is no room."""
    return fault.errno in _FULL


def is_done_with_room(act: Callable[[], object]) -> bool:
    """Do it; False: there was no room for it.

    Raises:
        OSError: it failed otherwise.
    """
    try:
        act()
    except OSError as fault:
        if not is_full(fault):
            raise
        return False
    return True


def put_file(file: Path, content: bytes, *, is_durable: bool = True, disk: Disk = REAL) -> None:
    """Write a file beside its place and move it there: it is there whole or not at all.

    Not `is_durable`: that it is there is durable with its folder's next sync.

    Raises:
        OSError: it was not put there.
    """
    put_parts(file, [content], is_durable=is_durable, disk=disk)


def put_parts(file: Path, parts: Iterable[bytes], *, is_durable: bool = True, disk: Disk = REAL) -> None:
    """Write a file out of its parts, as `put_file` does. No more than some of them are in memory.

    Not `is_durable`: that it is there is durable with its folder's next sync.

    Raises:
        OSError: it was not put there.
    """
    new = file.with_name(f"{NEW}{file.name}")
    if new.exists():  # somebody was stopped here
        disk.remove(new)
    created = disk.create(new)
    try:
        waiting = 0
        for part in parts:
            created.write(part)
            waiting += len(part)
            if waiting > AT_ONCE:
                created.sync()
                waiting = 0
        created.sync()  # before it has its name: a name without content would be damage
    finally:
        created.close()
    disk.replace(new, file)
    if is_durable:
        disk.sync_folder(file.parent)
