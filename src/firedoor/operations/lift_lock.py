"""Lifts a lock. What it ended does not come back by itself: clients connect anew."""

from dataclasses import dataclass

from firedoor.model.errors import ClientError
from firedoor.model.lock import Lift, Lock, LockId
from firedoor.operations.lock_words import reason_of
from firedoor.ports.locks import Locks


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRequest:
    """Which lock, by whom, and why."""

    id: LockId
    by: str
    reason: str


def lift_lock(request: LiftRequest, locks: Locks, *, now_us: int) -> Lock:
    """End a lock; the lock it was. It is durable when this returns.

    Raises:
        ClientError: there is no such lock, or no reason that can be kept.
        RecordError: it could not be made durable.
    """
    lift = Lift(id=request.id, by=request.by, reason=reason_of(request.reason), at_us=now_us)
    lock = locks.lift(lift)
    if lock is None:
        raise unknown_lock(request.id, locks.lifted(request.id))
    return lock


def unknown_lock(identifier: str, lifted: Lift | None = None) -> ClientError:
    """No lock of this name stands. One that was lifted is not taken for one that never was."""
    if lifted is not None:
        why = f"{lifted.by} has lifted {identifier} already: {lifted.reason}"
        return ClientError("lock_unknown", why, "`firedoor lock verify` says when.")
    hint = "`firedoor lock list` shows the locks in force."
    return ClientError("lock_unknown", f"There is no lock {identifier}.", hint)
