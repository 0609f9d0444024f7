"""How far a record knows the file of locks, and which changes of that file it does not know yet.

The file of locks is changed by whoever makes a lock, also while no gateway runs. What is kept here, beside
the record, is how many changes the record has, and the digest of their lines: of another file, or one that
was put back, the record knows nothing, and is told again. The mark is written once the entries are durable:
a crash in between repeats entries, and never leaves one out. Never changes a lock.
"""

import hashlib
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from firedoor.edges.store.lock_lines import LockLine, read_lift, read_lock
from firedoor.edges.store.owned import own_file
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId

NAME = "locks.recorded"
_MARK = re.compile(r"([0-9]{20}) ([0-9]{20}) ([0-9a-f]{64})\n")
_MARK_BYTES = 107


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file: after so many changes, and so many bytes of this digest."""

    epoch: int = 0
    size: int = 0
    digest: str = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. With neither a lock nor a lift it says whose session a lock is on: its lock says so too."""

    until: Place
    """Where it ends."""
    made: Lock | None = None
    lift: Lift | None = None


class LockChanges:
    """The changes of a folder of locks that the record of a data folder does not know."""

    def __init__(self, folder: Path, data_dir: Path) -> None:
        self._file = folder / "locks.jsonl"
        self._mark = data_dir / NAME
        self._known: Place | None = None

    @property
    def epoch(self) -> int:
        """How many changes the record has; 0 before anything was read."""
        return 0 if self._known is None else self._known.epoch

    def unknown(self, epoch: int) -> tuple[Change, ...]:
        """The changes that the record does not know, up to this one.

        Raises:
            IntegrityError: the file cannot be read.
        """
        try:
            written = self._file.read_bytes()
            if self._known is None:
                self._known = self._marked(written)
            return tuple(_changes(written, self._known, epoch))
        except (OSError, ValidationError, ValueError) as fault:
            raise IntegrityError("locks_damaged", f"The file of locks {self._file} is damaged.") from fault

    def note(self, change: Change) -> None:
        """The record has everything up to this change, durably.

        Raises:
            OSError: that cannot be kept: a later process tells the record again.
        """
        self._known = place = change.until
        handle = own_file(self._mark)
        try:
            os.pwrite(handle, f"{place.epoch:020} {place.size:020} {place.digest}\n".encode(), 0)
        finally:
            os.close(handle)

    def _marked(self, written: bytes) -> Place:
        try:
            said = _MARK.fullmatch(self._mark.read_bytes()[:_MARK_BYTES].decode("ascii", "replace"))
        except FileNotFoundError:
            return Place()
        if said is None:
            return Place()
        place = Place(int(said[1]), int(said[2]), said[3])
        is_this_file = hashlib.sha256(written[: place.size]).hexdigest() == place.digest
        return place if is_this_file else Place()


def _changes(written: bytes, known: Place, epoch: int) -> list[Change]:
    digest, size = hashlib.sha256(written[: known.size]), known.size
    found = list[Change]()
    whose = dict[LockId, tuple[GrantId, str]]()
    for line in written[size : written.rfind(b"\n") + 1].splitlines(keepends=True):
        read = LockLine.model_validate_json(line)
        if read.epoch > epoch:
            break  # It may not be durable yet.
        digest.update(line)
        size += len(line)
        if read.complete is not None:
            whose[LockId(read.complete.id)] = (GrantId(read.complete.grant), read.complete.upstream)
        found.append(
            Change(
                until=Place(read.epoch, size, digest.hexdigest()),
                made=None if read.create is None else read_lock(read.create),
                lift=None if read.lift is None else read_lift(read.lift),
            )
        )
    return [_completed(change, whose) for change in found]


def _completed(change: Change, whose: dict[LockId, tuple[GrantId, str]]) -> Change:
    lock = change.made
    if lock is None or lock.id not in whose:
        return change
    grant, upstream = whose[lock.id]
    return replace(change, made=replace(lock, grant=grant, upstream=upstream))
