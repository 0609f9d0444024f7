"""Lists the locks: those in force, oldest first."""

from firedoor.model.lock import Lock
from firedoor.ports.locks import Locks


def list_locks(locks: Locks, *, now_us: int) -> tuple[Lock, ...]:
    """The locks that hold at this instant. Expired ones are in the record.

    Raises:
        IntegrityError: the file of locks is damaged.
    """
    standing = (
        lock for lock in locks.view().locks if lock.expires_at_us is None or lock.expires_at_us > now_us
    )
    return tuple(sorted(standing, key=lambda lock: (lock.created_at_us, lock.id)))
