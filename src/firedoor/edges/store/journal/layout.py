"""Where the journal's files are in the data directory. Never opens one."""

import re
from itertools import pairwise
from pathlib import Path

from firedoor.edges.store.journal.disk import Disk
from firedoor.model.entry import Layer
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import SessionId

MAX_SEGMENT = 64 << 20
"""A segment that is larger is followed by a new one."""

_SEGMENT = re.compile(r"[0-9]{20}\.seg", re.ASCII)


def journal_folder(data_dir: Path) -> Path:
    """Return the folder of the segments."""
    return data_dir / "journal"


def make_folders(data_dir: Path, disk: Disk) -> None:
    """Make the folders that the journal writes to, durably.

    Raises:
        OSError: that failed.
    """
    for folder in (journal_folder(data_dir), data_dir / "keys"):
        disk.make_folder(folder)
    for folder in (data_dir, data_dir.parent):
        disk.sync_folder(folder)


def segment_file(data_dir: Path, number: int) -> Path:
    """Return the file of a segment."""
    return journal_folder(data_dir) / f"{number:020d}.seg"


def key_folder(data_dir: Path, session: SessionId) -> Path:
    """Return the folder of a session's wrapped keys. Without them the session is shredded."""
    return data_dir / "keys" / session


def key_file(data_dir: Path, session: SessionId, layer: Layer = Layer.VIEW, epoch: int = 0) -> Path:
    """Return the file of a wrapped key of a session."""
    return key_folder(data_dir, session) / f"{layer.value}-{epoch}.age"


def quarantine_folder(data_dir: Path) -> Path:
    """Return the folder of torn tails. Nothing in it is ever deleted by the program."""
    return data_dir / "quarantine"


def segment_numbers(data_dir: Path) -> list[int]:
    """List the segments there are.

    Raises:
        IntegrityError: one is missing between two others.
    """
    folder = journal_folder(data_dir)
    if not folder.is_dir():
        return []
    numbers = sorted(int(file.stem) for file in folder.iterdir() if _SEGMENT.fullmatch(file.name))
    for before, after in pairwise(numbers):
        if after != before + 1:
            raise IntegrityError(
                "segment_missing",
                f"Segment {before + 1} of the journal is missing in {folder}.",
                "Restore it from a backup. Nothing is written while it is missing.",
            )
    return numbers
