"""After a crash: cut a torn tail off the journal, and keep it. Never repairs corruption or opens a frame."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from firedoor.core.record.segment import Scan, frames_behind, scan
from firedoor.edges.store.journal.disk import REAL, Disk
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
            torn.append(_cut(data_dir, disk, number, content, found.whole))
        elif found.whole < len(content):
            disk.truncate(segment_file(data_dir, number), found.whole)  # zeros that were never used
        if found.header is not None:
            previous = hashlib.sha256(content[: found.whole]).hexdigest()
            return Recovered(next_segment=number + 1, previous=previous, torn=tuple(torn))
        numbers.pop()
    return Recovered(next_segment=0, previous=None, torn=tuple(torn))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Damage with something whole after it. No crash makes that: somebody or something changed the file."""

    segment: int
    offset: int
    length: int
    sha256: str
    """Of everything from the damage on."""
    frames_after: int
    """Whole frames behind the damage, which go to quarantine with it."""


def find_gap(data_dir: Path) -> Gap | None:
    """Look for the damage that a start is refused for. Changes nothing.

    Raises:
        IntegrityError: a segment is missing.
    """
    numbers = segment_numbers(data_dir)
    if not numbers:
        return None
    content = segment_file(data_dir, numbers[-1]).read_bytes()
    found = scan(content)
    if not found.is_corrupt:
        return None
    tail = content[found.whole :].rstrip(b"\0")
    return Gap(
        segment=numbers[-1],
        offset=found.whole,
        length=len(tail),
        sha256=hashlib.sha256(tail).hexdigest(),
        frames_after=frames_behind(content, found.whole),
    )


def cut_gap(data_dir: Path, gap: Gap, disk: Disk = REAL) -> Torn:
    """Move everything from the damage on to quarantine. Whoever calls it has the right to write.

    Raises:
        IntegrityError: the damage is another by now.
    """
    if find_gap(data_dir) != gap:
        raise IntegrityError("gap_changed", "The damage is not the one that was accepted.")
    content = segment_file(data_dir, gap.segment).read_bytes()
    return _cut(data_dir, disk, gap.segment, content, gap.offset)


def _cut(data_dir: Path, disk: Disk, number: int, content: bytes, offset: int) -> Torn:
    """Move a tail to quarantine, but for the zeros at its end: copied and durable before it is cut."""
    file = segment_file(data_dir, number)
    tail = content[offset:].rstrip(b"\0")
    digest = hashlib.sha256(tail).hexdigest()
    quarantine = quarantine_folder(data_dir)
    kept = quarantine / f"{number:020d}-{offset}-{digest[:16]}.torn"
    disk.make_folder(quarantine)
    if not (kept.exists() and kept.read_bytes() == tail):
        if kept.exists():  # a copy that was itself cut short
            disk.remove(kept)
        copy = disk.create(kept)
        copy.write(tail)
        copy.sync()
        copy.close()
    disk.sync_folder(quarantine)
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
