import errno
from pathlib import Path

import pytest

from firedoor.edges.store.journal.disk import RealDisk, Space
from firedoor.edges.store.journal.room import GIB, SMALL, Level, Marks, Room
from firedoor.model.entry import EntryKind
from firedoor.model.errors import RecordError
from tests.edges.store.journal.around import entry, session

TERA = 1 << 40


class Sized(RealDisk):
    """A disk with as much room as a test says."""

    def __init__(self, free: int) -> None:
        self.free = free

    def space(self, folder: Path) -> Space:
        return Space(free=self.free, total=20 * GIB)


def room(tmp_path: Path, free: int, reserve: int = 0) -> tuple[Room, Sized]:
    disk, ticks = Sized(free), iter(range(1000))
    return Room(tmp_path, disk, Marks(), reserve=reserve, clock=lambda: float(next(ticks))), disk


def may(room: Room, kind: EntryKind, size: int = 100, *, is_control: bool = False) -> bool:
    try:
        room.refuse(entry(session(1), kind, bytes(size)), is_control=is_control)
    except RecordError:
        return False
    return True


@pytest.mark.parametrize(
    ("free", "total", "level"),
    [
        (6 * GIB, 20 * GIB, Level.PLENTY),
        (5 * GIB - 1, 20 * GIB, Level.LOW),
        (90 * GIB, TERA, Level.LOW),
        (GIB - 1, 20 * GIB, Level.NO_SESSIONS),
        (500 * 2**20 - 1, 20 * GIB, Level.STOPPED),
        (0, 20 * GIB, Level.STOPPED),
    ],
)
def test_the_marks_say_how_far_it_has_come(free: int, total: int, level: Level) -> None:
    assert Marks().level(Space(free=free, total=total)) is level


def test_with_room_everything_is_taken(tmp_path: Path) -> None:
    found, _ = room(tmp_path, 3 * GIB)
    assert all(may(found, kind) for kind in EntryKind)
    assert found.level is Level.LOW


def test_before_calls_stop_no_new_session_begins_and_open_ones_go_on(tmp_path: Path) -> None:
    found, _ = room(tmp_path, GIB - 1)
    assert [kind for kind in EntryKind if not may(found, kind)] == [EntryKind.OPEN]
    assert may(found, EntryKind.OPEN, is_control=True)


def test_where_calls_stop_those_under_way_still_end(tmp_path: Path) -> None:
    found, _ = room(tmp_path, 0)
    taken = [kind for kind in EntryKind if may(found, kind)]
    assert taken == [EntryKind.OUTCOME, EntryKind.CONTROL, EntryKind.CLOSE, EntryKind.RECOVERED]
    assert may(found, EntryKind.OUTCOME, 16 << 20)
    # Anybody may send what is refused: it must not use up what is left.
    assert not may(found, EntryKind.REFUSED, is_control=True)


def test_on_a_full_disk_only_ends_are_taken_and_no_answers(tmp_path: Path) -> None:
    found, _ = room(tmp_path, 0)
    found.use()
    assert may(found, EntryKind.CLOSE)
    assert may(found, EntryKind.OUTCOME, SMALL)
    assert not may(found, EntryKind.OUTCOME, SMALL + 1)


def test_the_reserve_takes_its_room_and_is_given_back(tmp_path: Path) -> None:
    found, _ = room(tmp_path, TERA, reserve=1 << 20)
    found.keep()
    found.keep()
    held = found.reserve_file.stat()
    assert held.st_size == 1 << 20
    assert held.st_blocks * 512 >= 1 << 20
    assert held.st_mode & 0o077 == 0
    found.let_go()
    found.let_go()
    assert not found.reserve_file.exists()


def test_after_the_disk_was_full_calls_go_on_once_there_is_room_and_a_reserve(tmp_path: Path) -> None:
    found, disk = room(tmp_path, 0, reserve=4096)
    found.use()
    disk.free = GIB - 1
    assert not may(found, EntryKind.INTENT)
    assert not found.reserve_file.exists()
    disk.free = 2 * GIB
    assert may(found, EntryKind.INTENT)
    assert found.reserve_file.exists()
    assert found.level is Level.LOW


def test_only_a_full_disk_is_rescued_and_only_with_a_reserve(tmp_path: Path) -> None:
    found, _ = room(tmp_path, TERA, reserve=4096)
    assert not found.may_rescue(OSError(errno.ENOSPC, "full"))
    found.keep()
    assert found.may_rescue(OSError(errno.ENOSPC, "full"))
    assert found.may_rescue(OSError(errno.EDQUOT, "over quota"))
    assert not found.may_rescue(OSError(errno.EIO, "broken"))


def test_between_two_looks_at_the_disk_time_passes(tmp_path: Path) -> None:
    disk = Sized(0)
    found = Room(tmp_path, disk, Marks(), clock=lambda: 5.0)
    found.look()
    disk.free = TERA
    found.look()
    assert found.level is Level.STOPPED


def test_where_no_reserve_can_be_made_the_gateway_goes_on_without(tmp_path: Path) -> None:
    class Full(Sized):
        def allot(self, file: Path, size: int) -> None:
            file.touch()
            raise OSError(errno.ENOSPC, "full")

    found = Room(tmp_path, Full(TERA), Marks(), reserve=4096)
    found.keep()
    assert not found.reserve_file.exists()
    assert not found.may_rescue(OSError(errno.ENOSPC, "full"))
