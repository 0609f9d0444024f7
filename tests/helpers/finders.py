"""A finder that sees what it is told to see."""

import re
from dataclasses import dataclass, field

from firedoor.model.second_look import Sighting


@dataclass
class Finds:
    """Sees a pattern. In texts with the word `slow` it sees nothing in time."""

    pattern: str
    kind: str = "name"
    extra: str = "ner"
    asked: list[tuple[str, str]] = field(default_factory=list)

    def find(self, text: str, field: str = "") -> tuple[Sighting, ...] | None:
        self.asked.append((text, field))
        if "slow" in text:
            return None
        return tuple(
            Sighting(kind=self.kind, start=m.start(), end=m.end(), confidence="0.97", rule="R")
            for m in re.finditer(self.pattern, text)
        )
