"""What takes a second look at texts, after they were delivered. Never asked while a call waits."""

from typing import Protocol

from firedoor.model.second_look import Sighting


class Finder(Protocol):
    """An extra at work. One thread at a time."""

    @property
    def extra(self) -> str:
        """The name of the extra that it comes with."""
        ...

    def find(self, text: str, field: str = "") -> tuple[Sighting, ...] | None:
        """What it takes for a value in a text, in order; `field` is the name the text stands under.

        None: it could not look through all of it, in time or in memory.

        Raises:
            SettingsError: it does not start any more.
        """
        ...
