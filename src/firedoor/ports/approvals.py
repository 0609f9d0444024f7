"""Where approvals are kept. Every change says which turn it saw: two that saw the same cannot both happen."""

from collections.abc import Collection
from typing import Protocol

from firedoor.model.approval import Approval, ApprovalId, ApprovalState, Review


class Approvals(Protocol):
    """All approvals, open and ended."""

    def open(self, approval: Approval) -> Approval:
        """Keep a new one; or return the open one of the same digest, and keep nothing.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def find(self, approval: ApprovalId) -> Approval | None:
        """The approval of this id, as it stands now.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def open_of(self, digest: str) -> Approval | None:
        """The open approval of this digest.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def listed(self, states: Collection[ApprovalState], limit: int) -> tuple[Approval, ...]:
        """Those in one of these states, the newest first.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def change(self, seen: Approval, state: ApprovalState, review: Review | None = None) -> bool:
        """Bring it to a state, with what somebody said; False if it is no longer as it was seen.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def redeem(self, approval: ApprovalId, digest: str, now_us: int, instance: str = "") -> bool:
        """Take the one execution that it allows: True once, for whoever comes first, before it expires.

        `instance` is whose execution it is.

        Raises:
            RecordError: the store cannot be written.
        """
        ...

    def executing_of(self, instance: str) -> tuple[Approval, ...]:
        """Those that an instance is executing, and those of which nobody knows whose they are.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def reviews_since(self, since_us: int) -> dict[str, int]:
        """How often each person has decided since an instant.

        Raises:
            RecordError: the store cannot be read.
        """
        ...

    def latest_us(self) -> int:
        """The latest instant that is known here; 0: none. A clock that was set back shows against it.

        Raises:
            RecordError: the store cannot be read.
        """
        ...
