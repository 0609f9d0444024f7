"""Cuts a text into pieces that lie over each other, and puts together what was seen in them. Does no I/O."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from firedoor.model.second_look import Sighting

PIECE = 8_000
"""Characters a finder gets at once: a second of work of the slowest one."""
OVERLAP = 400
"""Characters that two pieces share: more than a value or what is needed around it, but for long keys."""


def pieces_of(text: str, longest: int = PIECE, overlap: int = OVERLAP) -> Iterator[tuple[int, str]]:
    """Give each piece with where it begins. Together they are the whole text."""
    at = 0
    while True:
        yield at, text[at : at + longest]
        if at + longest >= len(text):
            return
        at += longest - overlap


def moved(seen: Iterable[Sighting], by: int) -> Iterator[Sighting]:
    """Give what was seen in a piece as seen in the text."""
    for one in seen:
        yield replace(one, start=one.start + by, end=one.end + by)


def merged(seen: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """In order, and each once: what two pieces saw of one value becomes one sighting."""
    found: list[Sighting] = []
    for one in sorted(seen, key=lambda each: (each.start, -each.end, each.kind, each.rule)):
        is_known = bool(found) and found[-1].kind == one.kind and one.start < found[-1].end
        if is_known and one.end > found[-1].end:
            found[-1] = replace(found[-1], end=one.end)
        elif not is_known:
            found.append(one)
    return tuple(found)
