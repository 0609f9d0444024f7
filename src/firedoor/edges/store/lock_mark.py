"""How far the locks had come when they were last seen: a number that lies apart from them.

A folder of locks that was deleted, or put back from an older copy, looks whole, and holds for nobody. The
mark says that changes are missing. It is no lock itself, and a crash may leave it behind the locks: never
ahead of them.
"""

import os
from pathlib import Path

from firedoor.edges.store.owned import own_file, own_folder, unkept
from firedoor.model.errors import IntegrityError

NAME = "locks.mark"
_DIGITS = 20


class LockMark:
    """The mark in a data folder."""

    def __init__(self, data_dir: Path) -> None:
        """Open it, or make one that says nothing.

        Raises:
            RecordError: it cannot be kept.
        """
        self._file = data_dir / NAME
        try:
            own_folder(data_dir)
            self._handle = own_file(self._file)
        except OSError as fault:
            raise unkept(f"{self._file} cannot be kept", fault) from fault

    def check(self, epoch: int, folder: Path) -> None:
        """See that locks of this epoch are not older than what was seen.

        Raises:
            IntegrityError: changes are missing, or the mark says nothing that can be read.
        """
        said = os.pread(self._handle, _DIGITS + 1, 0).strip()
        if said and not (said.isdigit() and len(said) <= _DIGITS):
            hint = f"If {folder} has every lock that is to stand, delete it."
            raise IntegrityError("locks_missing", f"The mark {self._file} is damaged.", hint)
        if said and int(said) > epoch:
            raise IntegrityError(
                "locks_missing",
                f"Locks are missing: {folder} is at change {epoch}, and was at {int(said)}.",
                f"Put the folder back. If what it has is all that is to stand, delete {self._file}.",
            )

    def keep(self, epoch: int) -> None:
        """Note how far the locks have come. One that cannot be noted holds all the same."""
        try:
            os.pwrite(self._handle, f"{epoch:0{_DIGITS}}\n".encode(), 0)
        except OSError:
            return  # The disk is full: the mark stays behind, and is never ahead.

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)
