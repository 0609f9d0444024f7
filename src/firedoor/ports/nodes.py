"""The gateway processes that share locks, and up to which change each of them has made them effective."""

from typing import Protocol

from firedoor.model.lock import Acknowledged


class Nodes(Protocol):
    """All that are alive, this one among them."""

    def acknowledge(self, epoch: int) -> None:
        """Say that every change up to this epoch is effective here. Cheap."""
        ...

    def acknowledged(self, epoch: int) -> Acknowledged:
        """Who has said so of this epoch, and who has not."""
        ...
