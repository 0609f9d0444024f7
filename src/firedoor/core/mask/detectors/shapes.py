"""Patterns in which nothing is written out: runs of digits and letters. One automaton asks for all of them.

Theory of operation. Hyperscan looks for what is written out in a pattern, and reads only around it. A pattern
without such a piece runs over every byte of a text, and thirty of them took four times as long as all others
together. RE2 makes one deterministic automaton of the set, a step for a byte however many they are. Its
states are made as they are needed and thrown away when their memory is full: it never gives up on a text.
That it has read one to its end is seen from one more pattern, which matches every end. Says which patterns
match, and not where.
"""

from collections.abc import Sequence

from re2._re2 import RE2, Set

from firedoor.core.mask.cannot import CannotMask
from firedoor.model.errors import SettingsError

_MEMORY = 16 << 20
"""Bytes that its states may take."""
_END = rb"\z"


class Shapes:
    """A set of patterns, as RE2 runs it. Serves any number of threads."""

    __slots__ = ("_numbers", "_set")

    def __init__(self, patterns: Sequence[tuple[int, str]]) -> None:
        """Take patterns, each with the number by which it is told.

        Raises:
            SettingsError: they cannot be compiled.
        """
        options = RE2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        self._numbers = [number for number, _ in patterns]
        self._set = Set(RE2.Anchor.UNANCHORED, options)
        added = [self._set.Add(pattern) for pattern in (*(one.encode() for _, one in patterns), _END)]
        if added != list(range(len(patterns) + 1)) or not self._set.Compile():
            raise SettingsError("mask_pattern", "The patterns of numbers cannot be compiled together.")

    def hits(self, text: bytes) -> list[int]:
        """The numbers of the patterns that match somewhere, in no order. Text is UTF-8.

        Raises:
            CannotMask: it was not read to its end.
        """
        return told(self._set.Match(text), self._numbers)


def told(found: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """The numbers of these patterns, in no order. One more stands for the end of the text.

    Raises:
        CannotMask: the end is not among them, so that nobody knows what the rest of the text holds.
    """
    end = len(numbers)
    if end not in found:
        raise CannotMask("it could not be looked through")
    return [numbers[index] for index in found if index != end]
