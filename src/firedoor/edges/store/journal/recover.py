"""After a crash: cut a torn tail off the journal, and keep it. Never repairs corruption or opens a frame."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from firedoor.core.record.segment import Scan, scan
from firedoor.edges.store.journal.disk import Disk
from firedoor.edges.store.journal.layout import quarantine_folder, segment_file, segment_numbers
from firedoor.model.errors import IntegrityError
from firedoor.model.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """Bytes that were being written when the power went."""

    segment: int
    offset: int
    length: int
    sha256: str
    kept_as: str

    @property
    def said(self) -> dict[str, Json]:
        """For the entry that names it."""
        return {
            "segment": self.segment,
            "offset": self.offset,
            "bytes": self.length,
            "sha256": self.sha256,
            "kept_as": self.kept_as,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Where writing goes on."""

    next_segment: int
    previous: str | None
    """SHA-256 of the last segment there is, in hexadecimal."""
    torn: tuple[Torn, ...] = ()


def recover(data_dir: Path, disk: Disk) -> Recovered:
    """Make the journal end where it was last durable.

    May be repeated after a crash of its own.

    Raises:
        IntegrityError: something whole follows damage, or a segment is missing.
    """
    torn: list[Torn] = []
    numbers = segment_numbers(data_dir)
    while numbers:
        number = numbers[-1]
        content = segment_file(data_dir, number).read_bytes()
        found = scan(content)
        if found.is_corrupt:
            raise _corrupt(number, found)
        if found.is_torn:
            torn.append(quarantine(data_dir, disk, number, found.whole))
        elif found.whole < len(content):
            disk.truncate(segment_file(data_dir, number), found.whole)  # zeros that were never used
        if found.header is not None:
            previous = hashlib.sha256(content[: found.whole]).hexdigest()
            return Recovered(next_segment=number + 1, previous=previous, torn=tuple(torn))
        numbers.pop()
    return Recovered(next_segment=0, previous=None, torn=tuple(torn))


def quarantine(data_dir: Path, disk: Disk, number: int, offset: int) -> Torn:
    """Move the end of a segment to quarantine, without zeros: it is copied and durable before it is cut."""
    file = segment_file(data_dir, number)
    content = file.read_bytes()
    tail = content[offset:].rstrip(b"\0")
    digest = hashlib.sha256(tail).hexdigest()
    folder = quarantine_folder(data_dir)
    kept = folder / f"{number:020d}-{offset}-{digest[:16]}.torn"
    disk.make_folder(folder)
    if not (kept.exists() and kept.read_bytes() == tail):
        if kept.exists():  # a copy that was itself cut short
            disk.remove(kept)
        copy = disk.create(kept)
        copy.write(tail)
        copy.sync()
        copy.close()
    disk.sync_folder(folder)
    disk.sync_folder(data_dir)
    if offset:
        disk.truncate(file, offset)
    else:  # not even its header was whole: it never held anything durable
        disk.remove(file)
        disk.sync_folder(file.parent)
    return Torn(segment=number, offset=offset, length=len(tail), sha256=digest, kept_as=kept.name)


def _corrupt(number: int, found: Scan) -> IntegrityError:
    return IntegrityError(
        "journal_corrupt",
        f"Segment {number} of the journal is damaged at byte {found.whole}, and whole entries follow.",
        "A crash cannot do this. Restore the segment from a backup, or see: firedoor recover",
    )
