"""A place for copies, as the copier sees it. Nothing on it is ever replaced."""

from collections.abc import Iterator
from typing import Protocol

LARGE_BYTES = 8 << 20
"""What is larger is given more time, and put alone."""


class CopyDiffersError(Exception):
    """What is in the store under this name is something else."""


class Shelf(Protocol):
    """Takes copies."""

    def names(self, folder: str) -> Iterator[str]:
        """Name everything below a folder."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Put something that is new. That it is there already and the same is well.

        Raises:
            OSError: the store cannot be reached, or refuses.
            CopyDiffersError: something else is there.
        """
        ...

    def read(self, name: str) -> bytes:
        """Return what is there.

        Raises:
            OSError: the store cannot be reached, or refuses, or there is nothing.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a copy. That there is none is well.

        Raises:
            OSError: the store cannot be reached, or refuses: a bucket may keep everything.
        """
        ...
