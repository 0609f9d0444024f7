"""Where permits are kept. A use is taken by one statement: of more than it allows, the rest get none."""

from collections.abc import Collection
from typing import Protocol

from firedoor.model.approval import Review
from firedoor.model.permit import Permit, PermitId, PermitState, Use


class Permits(Protocol):
    """All permits, and what they were used for."""

    def open(self, permit: Permit) -> None:
        """Keep a new one.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def find(self, permit: PermitId) -> Permit | None:
        """The permit of this id, as it stands now.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def listed(self, states: Collection[PermitState], limit: int) -> tuple[Permit, ...]:
        """Those in one of these states, the newest first.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def live_for(self, principal: str, upstream: str, now_us: int) -> tuple[Permit, ...]:
        """Those that are live for a principal on an upstream; the first to end comes first.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def change(self, seen: Permit, after: Permit, review: Review | None = None) -> bool:
        """Bring it to another state, with what somebody said; False if it is no longer as it was seen.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def take(self, use: Use, policy_version: str) -> bool:
        """Use it once, at the instant of the use: False if there is no use to take.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def note_flaw(self, use: Use) -> None:
        """Say that what a use was taken for was not forwarded. The use stays taken.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def uses_of(self, permit: PermitId, limit: int) -> tuple[Use, ...]:
        """What it was used for, the newest first.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def see(self, now_us: int) -> None:
        """Note that what is live was seen at an instant: no clock that starts again goes back behind it.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def latest_us(self) -> int:
        """The latest instant that is known here; 0: none.

        Raises:
            RecordError: the store cannot be read.
        """
        ...
