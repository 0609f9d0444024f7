"""Which gateway processes share a folder of locks, and how far each has made them effective.

Theory of operation. Each process keeps a small file in `nodes/`: eight bytes, the epoch up to which it has
ended what locks hold for, and its name. It holds a lock of the operating system on the file as long as it
lives. Whoever asks tries to get it: a file whose process died, by whatever end, is free, and is taken away.
One that stands still is alive and says nothing new: it is named. Nothing here keeps a lock from holding.
"""

import fcntl
import logging
import os
import secrets
import struct
from pathlib import Path

from firedoor.edges.store.owned import unkept
from firedoor.model.errors import RecordError
from firedoor.model.lock import Acknowledged

log = logging.getLogger("firedoor.locks")

_EPOCH = struct.Struct(">Q")
NAME_BYTES = 256
_SUFFIX = ".node"


class NodeFolder:
    """Implements the port `Nodes` for one process: register with `join`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is that of the locks."""
        self._folder = folder / "nodes"
        self._own: tuple[int, Path] | None = None
        self._name = ""

    def join(self, name: str) -> None:
        """Be one of them from here on, under a name that people know.

        Raises:
            RecordError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
            unseen = file.with_suffix(".new")
            handle = os.open(unseen, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            # Held before anybody can find it: a file that is free counts as dead.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.pwrite(handle, _EPOCH.pack(0) + name.encode()[:NAME_BYTES], 0)
            unseen.rename(file)
        except OSError as fault:
            raise unkept(f"{self._folder} cannot be written", fault) from fault
        self._own, self._name = (handle, file), name

    def acknowledge(self, epoch: int) -> None:
        """Say that every change up to this epoch is effective here."""
        if self._own is None:
            return
        try:
            if not _is_there(*self._own):
                before, _ = self._own
                self.join(self._name)
                os.close(before)
            os.pwrite(self._own[0], _EPOCH.pack(epoch), 0)
        except RecordError as fault:
            log.error("a lock is effective and cannot be acknowledged: %s", fault.message)  # noqa: TRY400 - no traceback
        except OSError as fault:
            # Whoever made the lock is told that this process is missing.
            log.error("a lock is effective and cannot be acknowledged: %s", fault.strerror)  # noqa: TRY400 - no traceback

    def acknowledged(self, epoch: int) -> Acknowledged:
        """Who has said so of this epoch, and who has not."""
        by: list[str] = []
        missing: list[str] = []
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            found = self._look_at(file)
            if found is not None:
                (by if found[0] >= epoch else missing).append(found[1])
        return Acknowledged(by=tuple(by), missing=tuple(missing))

    def leave(self) -> None:
        """Be one of them no longer."""
        if self._own is not None:
            handle, file = self._own
            file.unlink(missing_ok=True)
            os.close(handle)
            self._own = None

    def _look_at(self, file: Path) -> tuple[int, str] | None:
        if self._own is not None and file == self._own[1]:
            return _read(self._own[0])
        try:
            handle = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except PermissionError:
            # Of another user of this machine: whether it lives cannot be known, and is not taken for granted.
            return 0, f"{file.name} (of another user)"
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(handle)
        else:
            file.unlink(missing_ok=True)
            return None
        finally:
            os.close(handle)


def _is_there(handle: int, file: Path) -> bool:
    """Whether others find a file: the folder may have been taken away, and put back from a copy."""
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except OSError:
        return False


def _read(handle: int) -> tuple[int, str]:
    said = os.pread(handle, _EPOCH.size + NAME_BYTES, 0)
    return _EPOCH.unpack(said[: _EPOCH.size])[0], said[_EPOCH.size :].decode(errors="replace")
