"""The files of a log, read and written. A file is there whole or not at all.

Nothing here is needed for the record to be durable. But what a checkpoint is signed over is durable before
the checkpoint is: after a power loss the log goes on, and no auditor finds tiles that are not there.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from firedoor.edges.store.journal.disk import NEW, REAL, Disk, put_file

_INSTANCE = re.compile(r"[0-9a-f]{12}")


def log_root(data_dir: Path) -> Path:
    """Return the folder of all logs."""
    return data_dir / "log"


def is_plain(file: Path) -> bool:
    """Whether it is a file. A link leads to what is not kept here, and a pipe never ends.

    Raises:
        FileNotFoundError: there is nothing.
    """
    return stat.S_ISREG(file.lstat().st_mode)


def logs_in(data_dir: Path, disk: Disk = REAL) -> list["DiskLog"]:
    """Every log there is, the oldest first: names begin with the time."""
    root = log_root(data_dir)
    if not root.is_dir():
        return []
    names = sorted(each.name for each in root.iterdir() if _INSTANCE.fullmatch(each.name))
    return [DiskLog(data_dir, name, disk) for name in names]


def strange_folders(data_dir: Path) -> list["DiskLog"]:
    """Folders beside the logs that have not the name of one. No gateway makes such, or looks at them."""
    root = log_root(data_dir)
    names = sorted(each.name for each in root.iterdir() if each.is_dir()) if root.is_dir() else ()
    return [DiskLog(data_dir, name, REAL) for name in names if _INSTANCE.fullmatch(name) is None]


def next_instance(now_us: int, entropy: bytes, after: str = "") -> str:
    """Name a new log, so that it never was the name of another: 8 digits of time and 4 of chance."""
    seconds = now_us // 1_000_000
    if after:
        seconds = max(seconds, int(after[:8], 16) + 1)
    return f"{seconds & 0xFFFFFFFF:08x}{entropy[:2].hex()}"


class DiskLog:
    """One log's folder."""

    def __init__(self, data_dir: Path, instance: str, disk: Disk = REAL) -> None:
        self._disk = disk
        self.instance = instance
        self.place = f"log/{instance}"
        self.folder = log_root(data_dir) / instance
        self._unsynced: set[Path] = set()
        self._is_named = False
        """The names of the folder and of those above it are durable."""

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None if there is none."""
        try:
            file = self.folder / path
            return file.read_bytes() if is_plain(file) else None
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def paths(self) -> Iterable[str]:
        """Name every file, but for those that were being written."""
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if not name.startswith(NEW):
                    yield (Path(folder) / name).relative_to(self.folder).as_posix()

    def put(self, path: str, content: bytes, *, is_durable: bool = False) -> None:
        """Put a file in its place, over an older one.

        Raises:
            OSError: it was not put there.
        """
        file = self.folder / path
        if not file.parent.is_dir():
            self._disk.make_folder(file.parent)
            self._unsynced |= {folder for folder in file.parents if self.folder in (folder, *folder.parents)}
        put_file(file, content, is_durable=is_durable, disk=self._disk)
        if not is_durable:
            self._unsynced.add(file.parent)

    def settle(self) -> None:
        """Make durable everything that was put there.

        Raises:
            OSError: that failed.
        """
        for path in sorted(self._unsynced, key=lambda each: len(each.parts), reverse=True):
            if path.is_dir():
                self._disk.sync_folder(path)
        if not self._is_named:
            for folder in (self.folder, self.folder.parent, self.folder.parent.parent):
                self._disk.sync_folder(folder)
            self._is_named = True
        self._unsynced.clear()

    def remove(self) -> None:
        """Take the whole log away.

        Raises:
            OSError: that failed.
        """
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else self._disk.remove(path)
        self.folder.rmdir()

    def drop_partial(self, path: str) -> None:
        """Take away the beginnings of a file that is whole now."""
        folder = self.folder / f"{path}.p"
        for name in _names(folder):
            self._disk.remove(folder / name)
        if folder.is_dir():
            folder.rmdir()


def _names(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        yield from sorted(each.name for each in folder.iterdir())
