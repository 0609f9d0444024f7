"""What is found in a text and what takes its place: moved to where the text stands, and made.

Pure; finds nothing itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from firedoor.core.mask.structure.json_text import Literal, escaped, placed
from firedoor.model.mask import Action


class Found(NamedTuple):
    """A finding and what became of it. `mark` stands for the value in the exposure index.

    A tuple: there may be thousands in one answer.
    """

    kind: str
    action: Action
    start: int
    end: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedText:
    """A text, masked. Offsets of findings are code points of the text as it came."""

    text: str
    found: tuple[Found, ...] = ()


Change: TypeAlias = tuple[int, int, str, Action, str, str | None]
"""A finding and its fate: start, end, kind, action, mark, and what takes its place.

Without a kind it is a change and no finding.
"""


def noted(changes: Sequence[Change]) -> list[Change]:
    """The findings alone: what takes their place stands elsewhere."""
    return [(start, end, kind, action, mark, None) for start, end, kind, action, mark, _ in changes]


def moved(document: str, literal: Literal, changes: Sequence[Change]) -> list[Change]:
    """Changes of a string's value as changes of the document that it stands in."""
    base = literal[0] + 1
    if document.find("\\", base, literal[1]) == -1:
        return [
            (
                base + start,
                base + end,
                kind,
                action,
                mark,
                new if new is None or new.isidentifier() else escaped(new),
            )
            for start, end, kind, action, mark, new in changes
        ]
    offsets = placed(document, literal, [at for start, end, _, _, _, _ in changes for at in (start, end)])
    return [
        (start, end, kind, action, mark, new if new is None or new.isidentifier() else escaped(new))
        for start, end, (_, _, kind, action, mark, new) in zip(
            offsets[::2], offsets[1::2], changes, strict=True
        )
    ]


def applied(text: str, changes: Sequence[Change]) -> str:
    """The text with its changes made. They are in order and do not overlap."""
    pieces: list[str] = []
    position = 0
    for start, end, _, _, _, new in changes:
        if new is not None:
            pieces += (text[position:start], new)
            position = end
    if not pieces:
        return text
    pieces.append(text[position:])
    return "".join(pieces)


def made(text: str, changes: Sequence[Change]) -> MaskedText:
    """The text with its changes made, and its findings."""
    # What a named tuple's own way to make one adds takes as long as the rest of this.
    new = tuple[str | int].__new__
    found = tuple(
        [
            new(Found, (kind, action, start, end, mark))
            for start, end, kind, action, mark, _ in changes
            if kind
        ]
    )
    return MaskedText(text=applied(text, changes), found=found)
