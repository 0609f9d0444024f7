"""One pattern of a detector: what it looks for, and what confirms that it was found."""

from collections.abc import Callable
from dataclasses import dataclass

Check = Callable[[str], bool]


def anything(_: str) -> bool:
    """Confirm whatever the pattern matched."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One pattern. RE2 syntax without look-around; the first group, where there is one, is the finding.

    RE2 reads it, and hyperscan its hint; both run in time linear to the text.
    """

    name: str
    kind: str
    pattern: str
    sample: str
    """A text in which it finds something. Proven at every start."""
    hint: str = ""
    """A looser and cheaper pattern that matches wherever `pattern` does; empty: the pattern itself."""
    hints: tuple[str, ...] = ()
    """Instead of one hint: several, one of which matches wherever `pattern` does."""
    check: Check = anything
    """Confirms a candidate: a checksum, or a shape that a pattern cannot say."""
    is_shape: bool = False
    """Nothing is written out in it, it is digits and letters: `shapes` asks for it, and not hyperscan."""
    is_number: bool = False
    """It must not be part of a longer number, version or identifier."""
