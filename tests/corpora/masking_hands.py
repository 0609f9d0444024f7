"""Labelled texts of people who had not read a detector, and what a masker makes of them.

docs/explain/masking.md says who they are, and has the figures of the first runs.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from firedoor.core.mask.masker import Masker
from firedoor.model.mask import CREDENTIALS

COVERED = 0.8
"""Of the characters of a value: what is masked of it."""


@dataclass
class Mark:
    """What one hand's values and texts came to."""

    labelled: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    told: int = 0
    """Values that were masked as what they are, or as another kind of credential."""
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def share(self, kinds: frozenset[str]) -> float:
        """How much of what is of these kinds is masked."""
        return sum(self.masked[kind] for kind in kinds) / sum(self.labelled[kind] for kind in kinds)


def mark(masker: Masker, hand: str) -> Mark:
    """Mask all texts of a hand, and compare."""
    found = Mark()
    file = Path(__file__).with_name(f"masking_{hand}.jsonl")
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        _mark_text(masker, case["text"], case["labels"], found)
    return found


def _mark_text(masker: Masker, text: str, labels: list[tuple[str, int, int]], into: Mark) -> None:
    found = masker.text(text).found
    for kind, start, end in labels:
        covered = sum(max(0, min(end, one.end) - max(start, one.start)) for one in found)
        kinds = {one.kind for one in found if one.start < end and start < one.end}
        into.labelled[kind] += 1
        if covered >= COVERED * (end - start):
            into.masked[kind] += 1
            into.told += bool(CREDENTIALS & kinds) if kind in CREDENTIALS else kind in kinds
        else:
            into.missed.append(f"{kind}: {text[start:end]}")
    into.wrong += [
        f"{one.kind}: {text[one.start : one.end]}"
        for one in found
        if not any(one.start < end and start < one.end for _, start, end in labels)
    ]
