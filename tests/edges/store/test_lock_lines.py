"""The history of locks: those that stand and those that were lifted."""

from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.edges.store.lock_lines import every_lock, written_line
from firedoor.edges.store.locks import LockFile
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.lock import LockId
from tests.helpers.lock_and_lift import LIFT, LOCK


def test_locks_that_were_lifted_are_told_with_those_that_stand(tmp_path: Path) -> None:
    assert every_lock(tmp_path) == ()
    file = LockFile(tmp_path)
    file.create(replace(LOCK, grant=None, upstream=None))
    file.complete(LOCK.id, GrantId("g_1"), "crm")
    file.lift(LIFT)
    standing = replace(LOCK, id=LockId("l_2"), case=None)
    file.create(standing)
    assert every_lock(tmp_path) == ((LOCK, LIFT.at_us), (standing, None))


def test_a_history_of_locks_that_is_damaged_is_not_told(tmp_path: Path) -> None:
    LockFile(tmp_path).create(LOCK)
    (tmp_path / "locks.jsonl").write_bytes(b"{}x\n")
    with pytest.raises(IntegrityError):
        every_lock(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"complete": {"id": "l_1", "grant": "g_\udcff", "upstream": "crm"}},
        {"lift": {"id": "l_1", "by": "kim", "reason": "\udcff", "at_us": 1}},
        {
            "create": {
                "id": "l_1",
                "targets": [],
                "mode": "stop",
                "reason": "r",
                "by": "b",
                "created_at_us": 1,
            }
        },
        {"create": {"id": "l_1"}},
    ],
)
def test_a_line_that_could_not_be_read_again_is_not_made(change: dict[str, object]) -> None:
    with pytest.raises(RecordError) as refused:
        written_line(1, change)
    assert refused.value.code == "lock_unwritable"
