"""The file of locks: durable before effective, readable with no database, shared by processes.

Theory of operation. A folder holds an append-only file of JSON lines, one for each change, and a file of
eight bytes: the epoch, which is the number of changes. A change is written under an exclusive file lock,
synced, and only then counted in the epoch. Every process has the epoch mapped into its memory, so that asking
whether anything has changed costs no system call; only when it has are the new lines read.

A line that a crash tore has no line end and was never counted: the next writer cuts it off. So is one that
the disk did not confirm: what was said to have failed does not happen later. Any other line that cannot be
read is damage, and then nothing may pass: whoever asks gets an error, never an older view. Fewer lines than
are counted are damage as well. What the count cannot show, a file that was replaced or changed behind our
back, `look` finds: it reads everything again, and is for whoever has the time. No change joins such a file.

Whoever is root makes files that belong to whom the folder belongs to: the gateway is that user, or may be.

The count is mapped to be read and written as a file: a page that the disk has no room for would end the
process, and not with an error. The folder must be on a disk of this machine: elsewhere maps are not shared.
"""

import fcntl
import hashlib
import mmap
import os
import stat
import struct
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from firedoor.edges.store.lock_lines import LockLine, read_lift, read_lock, written_line, written_lock
from firedoor.edges.store.owned import own_file, own_folder, unkept
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId, LockView

_EPOCH = struct.Struct(">Q")
PATIENCE_S = 5.0
"""How long another process may be changing the locks. Stops one that was halted from halting all others."""
_RETRY_S = 0.01
LARGE = 1 << 20
"""Bytes of a file that is read again only where its times have changed. Stops years of locks from holding up
every call once a second."""
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
SETTLED_NS = 2_000_000_000
"""Times of files go in ticks: of a change that is younger than this another one might not be told."""


class _Digest(Protocol):
    def copy(self) -> "_Digest": ...
    def digest(self) -> bytes: ...
    def update(self, content: bytes, /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of the file was read."""

    read_bytes: int = 0
    digest: _Digest = field(default_factory=hashlib.sha256)
    view: LockView = field(default_factory=LockView)


class LockFile:
    """Implements the port `Locks` in a folder. Several processes may have the same one open."""

    def __init__(
        self,
        folder: Path,
        like: "LockFile | None" = None,
        *,
        now_ns: Callable[[], int] = time.time_ns,
        sync: Callable[[int], None] = os.fdatasync,
    ) -> None:
        """Open the folder, making it if there is none. What `like` has read of it is not read again.

        Raises:
            RecordError: it cannot be written.
            IntegrityError: the file of locks is damaged.
        """
        self.patience_s = PATIENCE_S
        self._now_ns, self._sync = now_ns, sync
        self._folder = folder
        self._file = folder / "locks.jsonl"
        self._shown = _Shown() if like is None else like._shown
        """What was read, as one: another thread may ask for it."""
        self._read_bytes = self._shown.read_bytes
        self._digest = self._shown.digest.copy()
        self._view = self._shown.view
        self._known: dict[LockId, Lock] = {lock.id: lock for lock in self._view.locks}
        self._lifted: dict[LockId, Lift] = {} if like is None else like._lifted.copy()
        self._looked_at: tuple[int, ...] | None = None
        try:
            own_folder(folder)
            _refuse_open(folder)
            self._guard, self._handle, self._counter = self._handles()
            self._epoch = self._map()
            _sync_folder(folder)
            with self._alone():
                self._recover()
        except OSError as fault:
            raise unkept(f"The locks in {folder} cannot be kept", fault) from fault

    def _handles(self) -> tuple[int, int, int]:
        return (
            own_file(self._folder / ".lock"),
            own_file(self._file, os.O_APPEND),
            own_file(self._folder / "epoch"),
        )

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._folder

    def view(self) -> LockView:
        """The locks as they are now, whoever made them.

        Raises:
            IntegrityError: the file of locks is damaged.
        """
        if self._epoch[:] != _EPOCH.pack(self._view.epoch):
            self._read_on()
        return self._view

    def look(self) -> None:
        """Read everything again: whether what is in the folder is still what was read.

        A copy that was put back is as good, if no change is missing from it.

        Raises:
            IntegrityError: it is not.
        """
        self.view()
        try:
            is_ours = self._is_ours()
            self._look_at_lines(is_ours=is_ours)
            if not is_ours:
                self._adopt()
        except OSError as fault:
            raise self._damaged() from fault
        self.view()

    def _look_at_lines(self, *, is_ours: bool) -> None:
        now = _stamp(self._file, self._now_ns())
        if is_ours and now is not None and now == self._looked_at:
            return
        read = self._file.read_bytes()[: self._read_bytes]
        if len(read) < self._read_bytes or hashlib.sha256(read).digest() != self._digest.digest():
            raise self._damaged()
        self._looked_at = now

    def _adopt(self) -> None:
        """Go on with a folder that was put back, and that has everything we know."""
        opened = self._handles()
        self.close()
        self._guard, self._handle, self._counter = opened
        self._epoch = self._map()

    def again(self) -> "LockFile":
        """The same locks, opened once more: for a thread of its own.

        Raises:
            RecordError: the folder is gone, or is another one. What is written there is unknown to us.
            IntegrityError: the file of locks is damaged.
        """
        self._refuse_replaced()
        return LockFile(self._folder, self, now_ns=self._now_ns, sync=self._sync)

    def _refuse_replaced(self) -> None:
        try:
            is_ours = self._is_ours()
        except OSError:
            is_ours = False
        if not is_ours:
            hint = "Nobody passes until it is back, and after 10 s everything ends. Or stop the gateway."
            gone = f"The locks in {self._folder} were taken away or replaced."
            raise RecordError("locks_unavailable", gone, hint)

    def _is_ours(self) -> bool:
        """Whether what is in the folder is what we have open."""
        return all(
            os.path.samestat(os.fstat(handle), file.stat())
            for handle, file in ((self._handle, self._file), (self._counter, self._folder / "epoch"))
        )

    def create(self, lock: Lock) -> int:
        """Keep a new lock; its epoch, once it is durable. One of this name that there is or was is not new.

        Raises:
            RecordError: it could not be made durable.
            IntegrityError: the file is damaged. The lock did not join it.
        """
        return self._change({"create": written_lock(lock)}, new=lock.id)

    def complete(self, lock: LockId, grant: GrantId, upstream: str) -> int:
        """Say whose session a lock is on. The epoch, once that is durable.

        Raises:
            RecordError: it could not be made durable.
        """
        return self._change({"complete": {"id": lock, "grant": grant, "upstream": upstream}})

    def lift(self, lift: Lift) -> Lock | None:
        """End a lock; the lock it was, or None if none of this id stands.

        Raises:
            RecordError: it could not be made durable.
        """
        lock = self.find(lift.id)
        if lock is None:
            return None
        self._change({"lift": {"id": lift.id, "by": lift.by, "reason": lift.reason, "at_us": lift.at_us}})
        return lock

    def find(self, lock: LockId) -> Lock | None:
        """The lock of this id, if it was not lifted."""
        self.view()
        return self._known.get(lock)

    def lifted(self, lock: LockId) -> Lift | None:
        """How the lock of this id was ended, if it was."""
        self.view()
        return self._lifted.get(lock)

    def close(self) -> None:
        """Let go of the files."""
        self._epoch.close()
        for handle in (self._handle, self._counter, self._guard):
            os.close(handle)

    def _change(self, change: dict[str, object], new: LockId | None = None) -> int:
        try:
            with self._alone():
                self._recover()
                if new in self._known or new in self._lifted:
                    return self._view.epoch
                self._refuse_replaced()
                self._look_at_lines(is_ours=True)
                epoch = self._view.epoch + 1
                self._append(written_line(epoch, change))
                self._count(epoch)
        except OSError as fault:
            hint = "Make room on that disk and lock again. Stop the gateway if it must hold now."
            raise RecordError(
                "locks_unavailable", f"The change could not be made durable: {fault.strerror}.", hint
            ) from fault
        self._read_on()
        return epoch

    def _append(self, line: bytes) -> None:
        """Write one more line, and wait for the disk; if that fails, there is none."""
        before = os.fstat(self._handle).st_size
        try:
            _write_all(self._handle, line)
            self._sync(self._handle)
        except OSError as fault:
            try:
                os.ftruncate(self._handle, before)
                self._sync(self._handle)
            except OSError:
                what = f"The change may hold or not: neither it nor its undoing is durable: {fault.strerror}."
                hint = "`firedoor lock list` tells once that disk is well. Stop the gateway if it must hold."
                raise RecordError("locks_unsure", what, hint) from fault
            raise

    def _recover(self) -> None:
        """Cut what a crash tore, and count what was durable before a crash but not counted."""
        size = os.fstat(self._handle).st_size
        if size < self._read_bytes:
            raise self._damaged()
        new = os.pread(self._handle, size - self._read_bytes, self._read_bytes)
        whole = self._read_bytes + new.rfind(b"\n") + 1
        if whole < size:
            os.ftruncate(self._handle, whole)
        counted = _EPOCH.unpack(self._epoch[:])[0]
        self._read_on(is_counted=False)
        if counted > self._view.epoch:
            raise self._damaged()
        if counted < self._view.epoch:
            self._sync(self._handle)  # Whoever wrote it may have been ended before that.
            self._count(self._view.epoch)

    def _count(self, epoch: int) -> None:
        os.pwrite(self._counter, _EPOCH.pack(epoch), 0)

    def _read_on(self, *, is_counted: bool = True) -> None:
        # Before the lines: what is counted was durable before it was counted.
        counted = _EPOCH.unpack(self._epoch[:])[0] if is_counted else 0
        try:
            with self._file.open("rb") as lines:
                lines.seek(self._read_bytes)
                new = lines.read()
        except OSError as fault:
            raise self._damaged() from fault
        whole, epoch = 0, self._view.epoch
        for line in new[: new.rfind(b"\n") + 1].splitlines(keepends=True):
            if is_counted and epoch >= counted:
                break  # Another process writes it: it may not be durable yet, nor ever.
            epoch = self._take(line, epoch)
            whole += len(line)
        if epoch < counted:
            raise self._damaged()
        self._read_bytes += whole
        self._digest.update(new[:whole])
        self._view = LockView(epoch, tuple(self._known.values()))
        self._shown = _Shown(self._read_bytes, self._digest.copy(), self._view)

    def _take(self, line: bytes, epoch: int) -> int:
        try:
            read = LockLine.model_validate_json(line)
            if read.epoch != epoch + 1 or not read.is_one():
                raise ValueError("out of order")  # noqa: TRY301 - one way out for every kind of damage
            self._apply(read)
        except (ValidationError, ValueError) as fault:
            raise self._damaged(epoch) from fault
        return read.epoch

    def _apply(self, read: LockLine) -> None:
        if read.create is not None:
            lock = read_lock(read.create)
            self._known[lock.id] = lock
        elif read.complete is not None:
            known = self._known.get(LockId(read.complete.id))
            if known is not None:  # It may have been lifted meanwhile.
                whose = GrantId(read.complete.grant)
                self._known[known.id] = replace(known, grant=whose, upstream=read.complete.upstream)
        elif read.lift is not None:
            self._known.pop(LockId(read.lift.id), None)
            self._lifted[LockId(read.lift.id)] = read_lift(read.lift)

    def _damaged(self, epoch: int | None = None) -> IntegrityError:
        return IntegrityError(
            "locks_damaged",
            f"The file of locks {self._file} is damaged after change {epoch or self._view.epoch}.",
            "Nothing passes: a lock may be missing. Put the folder back, or see docs/howto/lock.md.",
        )

    def _map(self) -> mmap.mmap:
        if os.fstat(self._counter).st_size < _EPOCH.size:
            os.posix_fallocate(self._counter, 0, _EPOCH.size)
        return mmap.mmap(self._counter, _EPOCH.size, access=mmap.ACCESS_READ)

    @contextmanager
    def _alone(self) -> Generator[None]:
        self._take_guard()
        try:
            yield
        finally:
            fcntl.flock(self._guard, fcntl.LOCK_UN)

    def _take_guard(self) -> None:
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                return fcntl.flock(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                if time.monotonic() > deadline:
                    hint = "Another process has stopped while it changed them: end it."
                    raise RecordError(
                        "locks_busy", f"The locks in {self._folder} are in use.", hint
                    ) from fault
            time.sleep(_RETRY_S)


def _refuse_open(folder: Path) -> None:
    """Locks that others may change or take away hold for nobody."""
    about = folder.stat()
    is_of_others = os.geteuid() not in {0, about.st_uid} and about.st_uid != 0
    if about.st_mode & OTHERS_WRITE or is_of_others:
        hint = f"chmod 700 {folder}, or name another lock_dir."
        raise RecordError("locks_open", f"Others may change the locks in {folder}.", hint)


def _stamp(file: Path, now_ns: int) -> tuple[int, ...] | None:
    """What changes when a file does; None if it is to be read whatever that says."""
    about = file.stat()
    if about.st_size < LARGE or now_ns - about.st_ctime_ns < SETTLED_NS:
        return None
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _write_all(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
