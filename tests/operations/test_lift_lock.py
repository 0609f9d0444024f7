"""A lock ends by a person who says why."""

from pathlib import Path

import pytest

from firedoor.edges.store.locks import LockFile
from firedoor.model.errors import ClientError
from firedoor.model.lock import Lock, LockId, LockMode, Target
from firedoor.operations.lift_lock import LiftRequest, lift_lock

LOCK = Lock(
    id=LockId("l_1"),
    targets=((Target.ALL, ""),),
    mode=LockMode.STOP,
    reason="r",
    by="sam",
    created_at_us=1,
)


def lifted(folder: Path, name: str = "l_1", reason: str = "over") -> Lock:
    return lift_lock(LiftRequest(id=LockId(name), by="kim", reason=reason), LockFile(folder), now_us=9)


def test_a_lifted_lock_holds_no_longer(tmp_path: Path) -> None:
    LockFile(tmp_path).create(LOCK)
    assert lifted(tmp_path) == LOCK
    assert LockFile(tmp_path).view().locks == ()


def test_who_lifts_a_lock_that_was_lifted_is_told_by_whom(tmp_path: Path) -> None:
    LockFile(tmp_path).create(LOCK)
    lifted(tmp_path)
    with pytest.raises(ClientError, match=r"kim has lifted l_1 already: over") as refused:
        lifted(tmp_path)
    assert refused.value.code == "lock_unknown"


@pytest.mark.parametrize(
    ("name", "reason", "code"),
    [("l_2", "over", "lock_unknown"), ("l_1", " ", "lock_reason"), ("l_1", "\udcff", "lock_reason")],
)
def test_a_lock_that_cannot_be_lifted_stands(tmp_path: Path, name: str, reason: str, code: str) -> None:
    LockFile(tmp_path).create(LOCK)
    with pytest.raises(ClientError) as refused:
        lifted(tmp_path, name, reason)
    assert refused.value.code == code
    assert LockFile(tmp_path).view().locks == (LOCK,)
