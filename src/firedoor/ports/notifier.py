"""Who is told that somebody waits."""

from collections.abc import Sequence
from typing import Protocol

from firedoor.model.approval import Approval
from firedoor.model.permit import Permit


class Notifier(Protocol):
    """Tells people of approvals, at once and beside the path."""

    def tell(self, what: str, approval: Approval) -> None:
        """Say that something (`requested`, `reviewed`, …) happened. Never waits, never raises."""
        ...

    def tell_permit(self, what: str, permit: Permit) -> None:
        """The same of a permit, or of break-glass."""
        ...

    def close(self) -> None:
        """Stop telling."""
        ...


class Notifiers:
    """Several of them."""

    def __init__(self, every: Sequence[Notifier]) -> None:
        self._every = tuple(every)

    def tell(self, what: str, approval: Approval) -> None:
        """Tell each."""
        for each in self._every:
            each.tell(what, approval)

    def tell_permit(self, what: str, permit: Permit) -> None:
        """Tell each."""
        for each in self._every:
            each.tell_permit(what, permit)

    def close(self) -> None:
        """Stop each."""
        for each in self._every:
            each.close()
