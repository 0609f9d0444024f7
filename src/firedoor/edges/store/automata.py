"""Compiled detectors in files, so that a start need not compile them. Holds patterns only, never a value.

What is read back runs as it is: a file that somebody else may have written is not read, nor one that does
not have the digest it begins with. Nothing here can fail a start: what cannot be kept is made again.
"""

import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_DIGEST = 32
_LARGEST = 256 << 20
"""Bytes. Stops a file that fills the memory."""
_MOST = 16
"""Files of a folder. Every version of the patterns leaves one behind."""
_OTHERS_MAY_WRITE = 0o022


class Automata:
    """The automata of earlier starts. Looks into all folders, and writes into the first that it may."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Take the folders, which need not exist."""
        self._folders = tuple(folders)

    def find(self, key: str) -> bytes | None:
        """What was kept under this key, unharmed; None if there is nothing."""
        for folder in self._folders:
            content = _read(folder / f"{key}.hs")
            if content is not None and sha256(content[_DIGEST:]).digest() == content[:_DIGEST]:
                return content[_DIGEST:]
        return None

    def keep(self, key: str, automaton: bytes) -> None:
        """Keep it for the next start, in one step; in no folder, if none can be written."""
        for folder in self._folders:
            with suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(folder, folder / f"{key}.hs", sha256(automaton).digest() + automaton)
                _forget_oldest(folder)
                return


def _read(file: Path) -> bytes | None:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as opened:
        about = os.fstat(opened.fileno())
        is_ours = about.st_uid == os.geteuid() and not about.st_mode & _OTHERS_MAY_WRITE
        if not is_ours or not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
            return None
        return opened.read(_LARGEST)


def _write(folder: Path, file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(name).replace(file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.hs"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in files[_MOST:]:
        file.unlink(missing_ok=True)
