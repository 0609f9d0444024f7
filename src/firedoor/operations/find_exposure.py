"""Whose data was seen, by whom, when: asked of the exposure index, without opening a recording.

A value is turned into its marks, which only this deployment's key can do, and is then forgotten.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from firedoor.core.mask.tokens.maker import TokenMaker
from firedoor.ports.exposures import ExposureRow, Exposures

_TOGETHER = 200
"""Values asked for at once: databases limit how many a statement may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """A line of the list of values, and where its value was found."""

    line: int
    row: ExposureRow


def find_values(exposures: Exposures, tokens: TokenMaker, values: Iterable[str]) -> Iterator[Exposed]:
    """Where these values, one a line, were found. Lines are counted from one; empty ones are skipped.

    Raises:
        SettingsError: the index cannot be read.
    """
    waiting: dict[str, list[int]] = {}
    for line, value in enumerate(values, start=1):
        if not value.strip():
            continue
        for mark in tokens.marks(value):
            waiting.setdefault(mark, []).append(line)
        if len(waiting) >= _TOGETHER:
            yield from _found(exposures, waiting)
            waiting = {}
    if waiting:
        yield from _found(exposures, waiting)


def _found(exposures: Exposures, waiting: dict[str, list[int]]) -> Iterator[Exposed]:
    for row in exposures.of_marks(tuple(waiting)):
        for line in waiting[row.mark]:
            yield Exposed(line=line, row=row)
