"""Where locks are kept: durable, readable without any database, shared by the processes of a machine."""

from typing import Protocol

from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId, LockView


class Locks(Protocol):
    """All locks in force."""

    def view(self) -> LockView:
        """The locks as they are now, whoever made them. Cheap when nothing has changed.

        Raises:
            IntegrityError: the file of locks is damaged. What was known is no longer enough: close.
        """
        ...

    def look(self) -> None:
        """Read everything again: whether what is kept is still what was read. Not for each message.

        Raises:
            IntegrityError: it is not.
        """
        ...

    def create(self, lock: Lock) -> int:
        """Keep a new lock. It is durable when its epoch is returned.

        Raises:
            RecordError: it could not be made durable.
        """
        ...

    def complete(self, lock: LockId, grant: GrantId, upstream: str) -> int:
        """Say whose session a lock is on. The epoch, once that is durable.

        Raises:
            RecordError: it could not be made durable.
        """
        ...

    def lift(self, lift: Lift) -> Lock | None:
        """End a lock; the lock it was. None if there is none of this id in force.

        Raises:
            RecordError: it could not be made durable.
        """
        ...

    def find(self, lock: LockId) -> Lock | None:
        """The lock of this id, if it is in force or expired."""
        ...

    def lifted(self, lock: LockId) -> Lift | None:
        """How the lock of this id was ended, if it was."""
        ...
