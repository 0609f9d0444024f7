"""What a second look sees in a text that was delivered. Holds no value that was seen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What an extra takes for a value. Offsets are code points; `end` is not included."""

    kind: str
    start: int
    end: int
    confidence: str
    """As the extra tells it: a number up to 1, or a word."""
    rule: str = ""
    """Which rule of the extra, or which of its labels."""
