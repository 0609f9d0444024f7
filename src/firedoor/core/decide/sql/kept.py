"""Facts that were worked out before, by text and dialect: the ones used last, within a bound in bytes."""

from collections import OrderedDict

from firedoor.model.sql import SqlFacts

_OF_AN_ENTRY = 1_000
"""Bytes of the objects around a text and its facts, roughly; names of tables and columns come on top."""
_OF_A_NAME = 80
_LARGEST_PART = 32
"""One text may take this part of the room, so that a few large ones cannot drive out all others."""


class Kept:
    """Forgets what was not used for longest. Not shared between threads."""

    def __init__(self, most_bytes: int) -> None:
        """Keep at most so many bytes, roughly."""
        self._most_bytes = most_bytes
        self._bytes = 0
        self._facts: OrderedDict[tuple[str, str], SqlFacts] = OrderedDict()

    def of(self, text: str, dialect: str) -> SqlFacts | None:
        """Return the facts of a text, or None if they are not kept."""
        facts = self._facts.get((text, dialect))
        if facts is not None:
            self._facts.move_to_end((text, dialect))
        return facts

    def keep(self, text: str, dialect: str, facts: SqlFacts) -> None:
        """Keep the facts of a text, and forget others if there is no room."""
        size = _size(text, facts)
        if size * _LARGEST_PART > self._most_bytes or (text, dialect) in self._facts:
            return
        self._facts[text, dialect] = facts
        self._bytes += size
        while self._bytes > self._most_bytes:
            (old, _), gone = self._facts.popitem(last=False)
            self._bytes -= _size(old, gone)

    @property
    def size(self) -> int:
        """How many bytes are kept, roughly."""
        return self._bytes

    def forget(self) -> None:
        """Forget everything."""
        self._facts.clear()
        self._bytes = 0


def _size(text: str, facts: SqlFacts) -> int:
    names = sum(len(part) for part in (facts.tables, facts.columns, facts.functions, facts.statements))
    return _OF_AN_ENTRY + 4 * len(text) + _OF_A_NAME * names
