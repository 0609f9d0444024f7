"""How far the record knows the file of locks: nothing is left out, and nothing is told twice."""

from pathlib import Path

import pytest

from firedoor.edges.store.lock_changes import NAME, LockChanges
from firedoor.edges.store.locks import LockFile
from firedoor.model.errors import IntegrityError
from firedoor.model.ids import GrantId
from firedoor.model.lock import Lift, Lock, LockId, LockMode, Target


def lock(name: str) -> Lock:
    return Lock(
        id=LockId(name),
        targets=((Target.SESSION, "s"),),
        mode=LockMode.STOP,
        reason="Stolen.",
        by="dana",
        created_at_us=7,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lock that was completed and lifted, and one that stands."""
    locks = LockFile(tmp_path / "locks")
    locks.create(lock("l_1"))
    locks.complete(LockId("l_1"), GrantId("g_1"), "crm")
    locks.lift(Lift(id=LockId("l_1"), by="sam", reason="Over.", at_us=9))
    locks.create(lock("l_2"))
    locks.close()
    return tmp_path / "locks"


def told(changes: LockChanges, epoch: int = 99) -> list[str]:
    found = changes.unknown(epoch)
    if found:
        changes.note(found[-1])
    return [
        f"+{each.made.id}" if each.made else f"-{each.lift.id}" if each.lift else "completed"
        for each in found
    ]


def test_every_change_is_told_once_also_by_the_next_process(folder: Path, tmp_path: Path) -> None:
    assert told(LockChanges(folder, tmp_path)) == ["+l_1", "completed", "-l_1", "+l_2"]
    again = LockChanges(folder, tmp_path)
    assert (told(again), again.epoch) == ([], 4)
    locks = LockFile(folder)
    locks.lift(Lift(id=LockId("l_2"), by="sam", reason="Over.", at_us=10))
    locks.close()
    assert told(again) == ["-l_2"]
    assert told(LockChanges(folder, tmp_path)) == []


def test_a_lock_is_told_with_whose_session_it_was_found_to_be_on(folder: Path, tmp_path: Path) -> None:
    made, _, lifted, _ = LockChanges(folder, tmp_path).unknown(99)
    assert made.made is not None
    assert lifted.lift is not None
    assert (made.made.grant, made.made.upstream, made.made.by) == ("g_1", "crm", "dana")
    assert (lifted.lift.by, lifted.lift.reason, lifted.lift.at_us) == ("sam", "Over.", 9)


def test_what_is_not_counted_yet_is_not_told(folder: Path, tmp_path: Path) -> None:
    changes = LockChanges(folder, tmp_path)
    assert told(changes, epoch=3) == ["+l_1", "completed", "-l_1"]
    assert told(changes, epoch=4) == ["+l_2"]


def test_what_was_not_noted_is_told_again(folder: Path, tmp_path: Path) -> None:
    changes = LockChanges(folder, tmp_path)
    assert len(changes.unknown(99)) == 4
    assert len(told(changes)) == 4


def test_of_another_file_the_record_knows_nothing(folder: Path, tmp_path: Path) -> None:
    told(LockChanges(folder, tmp_path))
    folder.rename(tmp_path / "old")
    locks = LockFile(folder)
    for name in ("l_3", "l_4", "l_5", "l_6", "l_7"):
        locks.create(lock(name))
    locks.close()
    assert told(LockChanges(folder, tmp_path)) == ["+l_3", "+l_4", "+l_5", "+l_6", "+l_7"]


@pytest.mark.parametrize("content", [b"", b"4", b"\xff" * 107, b"9" * 200])
def test_a_mark_that_cannot_be_read_leaves_nothing_out(folder: Path, tmp_path: Path, content: bytes) -> None:
    told(LockChanges(folder, tmp_path))
    (tmp_path / NAME).write_bytes(content)
    assert len(told(LockChanges(folder, tmp_path))) == 4
    assert told(LockChanges(folder, tmp_path)) == []


def test_a_file_that_cannot_be_read_is_a_fault(folder: Path, tmp_path: Path) -> None:
    (folder / "locks.jsonl").write_bytes(b"no line\n")
    with pytest.raises(IntegrityError, match="damaged"):
        LockChanges(folder, tmp_path).unknown(99)
    (folder / "locks.jsonl").unlink()
    with pytest.raises(IntegrityError, match="damaged"):
        LockChanges(folder, tmp_path).unknown(99)


def test_only_the_owner_may_read_the_mark(folder: Path, tmp_path: Path) -> None:
    told(LockChanges(folder, tmp_path))
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
