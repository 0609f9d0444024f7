"""The files of a log, read and written. A file is there whole or not at all.

Nothing here is needed for the record to be durable: the log can be made again from the journal. So only
checkpoints are synced at once, and the rest before the journal lets go of what it was made of.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_INSTANCE = re.compile(r"[0-9a-f]{12}")
_NEW = ".new-"


def log_root(data_dir: Path) -> Path:
    """Return the folder of all logs."""
    return data_dir / "log"


def logs_in(data_dir: Path) -> list["DiskLog"]:
    """Every log there is, the oldest first: names begin with the time."""
    root = log_root(data_dir)
    if not root.is_dir():
        return []
    names = sorted(each.name for each in root.iterdir() if _INSTANCE.fullmatch(each.name))
    return [DiskLog(data_dir, name) for name in names]


def next_instance(now_us: int, entropy: bytes, after: str = "") -> str:
    """Name a new log, so that it never was the name of another: 8 digits of time and 4 of chance."""
    seconds = now_us // 1_000_000
    if after:
        seconds = max(seconds, int(after[:8], 16) + 1)
    return f"{seconds & 0xFFFFFFFF:08x}{entropy[:2].hex()}"


class DiskLog:
    """One log's folder."""

    def __init__(self, data_dir: Path, instance: str) -> None:
        self.instance = instance
        self.place = f"log/{instance}"
        self.folder = log_root(data_dir) / instance
        self._unsynced: set[Path] = set()

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None if there is none."""
        try:
            return (self.folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def paths(self) -> Iterable[str]:
        """Name every file, but for those that were being written."""
        for folder, _, names in os.walk(self.folder):
            for name in names:
                if not name.startswith(_NEW):
                    yield (Path(folder) / name).relative_to(self.folder).as_posix()

    def put(self, path: str, content: bytes, *, is_durable: bool = False) -> None:
        """Put a file in its place, over an older one.

        Raises:
            OSError: it was not put there.
        """
        file = self.folder / path
        if not file.parent.is_dir():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._unsynced |= {folder for folder in file.parents if self.folder in (folder, *folder.parents)}
        put_file(file, content, is_durable=is_durable)
        if not is_durable:
            self._unsynced |= {file, file.parent}

    def settle(self) -> None:
        """Make durable everything that was put there.

        Raises:
            OSError: that failed.
        """
        for path in sorted(self._unsynced, key=lambda each: len(each.parts), reverse=True):
            if path.exists():
                sync(path)
        sync(self.folder)
        sync(self.folder.parent)
        self._unsynced.clear()

    def remove(self) -> None:
        """Take the whole log away.

        Raises:
            OSError: that failed.
        """
        _gone(self.folder)

    def drop_partial(self, path: str) -> None:
        """Take away the beginnings of a file that is whole now."""
        folder = self.folder / f"{path}.p"
        for name in _names(folder):
            (folder / name).unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()


def _gone(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def put_file(file: Path, content: bytes, *, is_durable: bool) -> None:
    """Write a file beside its place and move it there.

    Raises:
        OSError: it was not put there.
    """
    new = file.with_name(f"{_NEW}{file.name}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        if is_durable:
            os.fsync(handle)
    finally:
        os.close(handle)
    new.replace(file)
    if is_durable:
        sync(file.parent)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _names(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        yield from sorted(each.name for each in folder.iterdir())
