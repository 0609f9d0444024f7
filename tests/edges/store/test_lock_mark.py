"""How far the locks had come: a folder that was deleted or put back from an older copy is seen to be one."""

from pathlib import Path

import pytest

from firedoor.edges.store.lock_mark import NAME, LockMark
from firedoor.model.errors import IntegrityError, RecordError

FOLDER = Path("locks")


def test_locks_that_are_older_than_what_was_seen_are_missing_some(tmp_path: Path) -> None:
    mark = LockMark(tmp_path)
    mark.check(0, FOLDER)
    for epoch in (7, 12):
        mark.keep(epoch)
    mark.close()
    again = LockMark(tmp_path)
    again.check(12, FOLDER)
    again.check(13, FOLDER)
    with pytest.raises(IntegrityError, match="is at change 11, and was at 12") as refused:
        again.check(11, FOLDER)
    assert NAME in refused.value.hint


@pytest.mark.parametrize("content", [b"twelve", b"-1", b"9" * 40, b"\xff"])
def test_a_mark_that_cannot_be_read_opens_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(IntegrityError, match="is damaged"):
        LockMark(tmp_path).check(99, FOLDER)


def test_a_mark_that_cannot_be_kept_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError):
        LockMark(tmp_path / "file")


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    LockMark(tmp_path / "data").keep(1)
    assert (tmp_path / "data" / NAME).stat().st_mode & 0o777 == 0o600
