"""One process records in a data directory. The lock goes when the process does."""

import fcntl
import os
from pathlib import Path

from firedoor.edges.store.journal.layout import journal_folder
from firedoor.model.errors import RecordError


class Claim:
    """The right to write the journal."""

    def __init__(self, data_dir: Path) -> None:
        """Take it.

        Raises:
            RecordError: another process has it.
            OSError: the folder cannot be written.
        """
        self._lock = os.open(journal_folder(data_dir) / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise RecordError(
                "record_in_use",
                f"Another process records in {data_dir}.",
                "Stop it, or give this one a data_dir of its own.",
            ) from None

    def release(self) -> None:
        """Let go of it. Again does nothing."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
