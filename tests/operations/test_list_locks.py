"""The locks in force, in the order in which they were made."""

from dataclasses import replace
from pathlib import Path

from firedoor.edges.store.locks import LockFile
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.operations.list_locks import list_locks

LOCK = Lock(
    id=LockId("l_1"),
    targets=((Target.ALL, ""),),
    mode=LockMode.STOP,
    reason="r",
    by="sam",
    created_at_us=5,
)


def test_expired_locks_are_not_listed_and_the_oldest_comes_first(tmp_path: Path) -> None:
    locks = LockFile(tmp_path)
    older = replace(LOCK, id=LockId("l_2"), created_at_us=3, expires_at_us=100)
    over = replace(LOCK, id=LockId("l_3"), created_at_us=1, expires_at_us=10)
    for lock in (LOCK, older, over):
        locks.create(lock)
    assert [lock.id for lock in list_locks(locks, now_us=10)] == ["l_2", "l_1"]
