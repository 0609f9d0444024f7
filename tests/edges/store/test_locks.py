"""The file of locks: durable, shared, cut where a crash tore it, closed where it is damaged."""

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.edges.store.locks import LARGE, SETTLED_NS, LockFile
from firedoor.model.errors import IntegrityError, RecordError
from firedoor.model.ids import GrantId
from firedoor.model.lock import LockId, Target
from tests.helpers.lock_and_lift import LIFT, LOCK
from tests.helpers.page_cache import told_in, unwritten


def test_a_lock_is_the_same_after_a_restart(tmp_path: Path) -> None:
    assert LockFile(tmp_path).create(LOCK) == 1
    view = LockFile(tmp_path).view()
    assert (view.epoch, view.locks) == (1, (LOCK,))


@pytest.mark.promise("LOCK-3")
def test_once_a_lock_is_told_nothing_of_it_is_in_memory_alone(tmp_path: Path) -> None:
    folder = told_in(tmp_path) / "locks"
    locks = LockFile(folder)
    for change in (lambda: locks.create(LOCK), lambda: locks.lift(LIFT)):
        change()
        (lines,) = (file for file in folder.iterdir() if LOCK.id.encode() in file.read_bytes())
        assert unwritten(lines) == 0


def test_what_one_process_locks_another_one_sees_at_once(tmp_path: Path) -> None:
    ours, theirs = LockFile(tmp_path), LockFile(tmp_path)
    assert theirs.view().locks == ()
    ours.create(LOCK)
    assert theirs.view().locks == (LOCK,)
    assert theirs.lift(LIFT) == LOCK
    assert ours.view().locks == ()
    assert ours.view().epoch == 2


def test_another_operating_system_process_sees_it_too(tmp_path: Path) -> None:
    ours = LockFile(tmp_path)
    code = (
        "import sys; from pathlib import Path; from firedoor.edges.store.locks import LockFile; "
        "from firedoor.model.lock import *; "
        "LockFile(Path(sys.argv[1])).create(Lock(id=LockId('l_9'), targets=((Target.ALL, ''),), "
        "mode=LockMode.STOP, reason='r', by='x', created_at_us=1))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert [lock.id for lock in ours.view().locks] == ["l_9"]


def test_whose_session_is_locked_may_be_said_later_and_is_known_to_all(tmp_path: Path) -> None:
    ours, theirs = LockFile(tmp_path), LockFile(tmp_path)
    ours.create(replace(LOCK, targets=((Target.SESSION, "s_1"),), grant=None, upstream=None))
    assert theirs.complete(LOCK.id, GrantId("g_7"), "crm") == 2
    for seen in (ours, theirs, LockFile(tmp_path)):
        [lock] = seen.view().locks
        assert (lock.grant, lock.upstream, seen.view().epoch) == ("g_7", "crm", 2)


def test_whose_session_was_locked_says_nothing_of_a_lock_that_is_lifted(tmp_path: Path) -> None:
    ours = LockFile(tmp_path)
    ours.create(LOCK)
    ours.lift(LIFT)
    ours.complete(LOCK.id, GrantId("g_7"), "crm")
    assert LockFile(tmp_path).view().locks == ()


@pytest.mark.parametrize("what", ["reason", "case", "by"])
def test_a_change_that_could_not_be_read_again_is_not_written(tmp_path: Path, what: str) -> None:
    ours = LockFile(tmp_path)
    ours.create(LOCK)
    kept = (tmp_path / "locks.jsonl").read_bytes()
    with pytest.raises(RecordError):
        ours.create(replace(LOCK, id=LockId("l_2"), **{what: "\udcff"}))
    with pytest.raises(RecordError):
        ours.lift(replace(LIFT, reason="\udcff"))
    assert (tmp_path / "locks.jsonl").read_bytes() == kept
    assert ours.view().locks == LockFile(tmp_path).view().locks == (LOCK,)


def test_a_lock_that_is_not_there_cannot_be_lifted(tmp_path: Path) -> None:
    assert LockFile(tmp_path).lift(LIFT) is None


def test_a_name_stands_for_one_lock_also_once_that_is_lifted(tmp_path: Path) -> None:
    """Who asks twice, because the first answer did not come, has one lock, and none that was lifted since."""
    one, other = LockFile(tmp_path), LockFile(tmp_path)
    assert (one.create(LOCK), other.create(LOCK)) == (1, 1)
    assert one.view().locks == (LOCK,)
    one.lift(LIFT)
    other.create(LOCK)
    again = LockFile(tmp_path)
    again.create(LOCK)
    assert [each.view().locks for each in (one, other, again)] == [(), (), ()]


def test_a_torn_line_is_cut_off_and_what_comes_after_it_counts(tmp_path: Path) -> None:
    LockFile(tmp_path).create(LOCK)
    with (tmp_path / "locks.jsonl").open("ab") as file:
        file.write(b'{"epoch":2,"lift":{"id":"l_1"')
    again = LockFile(tmp_path)
    assert again.view().locks == (LOCK,)
    assert again.lift(LIFT) == LOCK
    assert LockFile(tmp_path).view().locks == ()


def test_a_change_that_was_durable_and_not_yet_counted_counts_after_a_restart(tmp_path: Path) -> None:
    LockFile(tmp_path).create(LOCK)
    (tmp_path / "epoch").write_bytes(bytes(8))
    assert LockFile(tmp_path).view().locks == (LOCK,)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(b'"principal"', b'"princip4l"'),
        lambda text: text.replace(b'"epoch":1', b'"epoch":2'),
        lambda text: text.replace(b'"suspend"', b'"nothing"'),
        lambda text: b"[]\n" + text,
        lambda text: text.replace(b'[["principal","dana"],["network","10.0.0.0/8"]]', b"[]"),
    ],
)
def test_a_damaged_file_opens_nothing(tmp_path: Path, damage) -> None:
    LockFile(tmp_path).create(LOCK)
    file = tmp_path / "locks.jsonl"
    written = file.read_bytes()
    assert damage(written) != written
    file.write_bytes(damage(written))
    with pytest.raises(IntegrityError):
        LockFile(tmp_path)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
def test_a_folder_that_others_may_write_keeps_no_locks(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "locks"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(RecordError, match="Others may change the locks") as refused:
        LockFile(folder)
    assert (refused.value.code, list(folder.iterdir())) == ("locks_open", [])


@pytest.mark.parametrize("name", ["locks.jsonl", "epoch", ".lock"])
def test_a_link_is_no_file_of_locks(tmp_path: Path, name: str) -> None:
    folder, elsewhere = tmp_path / "locks", tmp_path / "elsewhere"
    folder.mkdir(mode=0o700)
    elsewhere.write_bytes(b"")
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(RecordError, match="cannot be kept"):
        LockFile(folder)


def test_only_the_owner_may_read_the_locks(tmp_path: Path) -> None:
    LockFile(tmp_path / "locks").create(LOCK)
    modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "locks").iterdir()}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "locks.jsonl").unlink(),
        lambda folder: (folder / "locks.jsonl").write_bytes(b""),
        lambda folder: (folder / "epoch").unlink(),
        lambda folder: folder.rename(folder.with_name("gone")),
        lambda folder: (folder / "locks.jsonl").write_bytes(
            (folder / "locks.jsonl").read_bytes().replace(b"dana", b"anad")
        ),
    ],
)
def test_damage_behind_our_back_is_found_by_looking(tmp_path: Path, damage) -> None:
    folder = tmp_path / "locks"
    locks = LockFile(folder)
    locks.create(LOCK)
    locks.look()
    damage(folder)
    with pytest.raises(IntegrityError):
        locks.look()


def test_fewer_changes_than_are_counted_open_nothing(tmp_path: Path) -> None:
    locks = LockFile(tmp_path)
    locks.create(LOCK)
    (tmp_path / "epoch").write_bytes((2).to_bytes(8, "big"))
    with pytest.raises(IntegrityError):
        locks.view()


def test_what_was_cut_off_behind_our_back_is_not_written_over(tmp_path: Path) -> None:
    locks = LockFile(tmp_path)
    locks.create(LOCK)
    (tmp_path / "locks.jsonl").write_bytes(b"")
    with pytest.raises(IntegrityError):
        locks.create(LOCK)


def test_a_process_that_stands_still_while_it_changes_locks_does_not_stop_the_others(tmp_path: Path) -> None:
    locks = LockFile(tmp_path)
    with (tmp_path / ".lock").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        locks.patience_s = 0.05
        with pytest.raises(RecordError) as refused:
            locks.create(LOCK)
    assert refused.value.code == "locks_busy"
    assert locks.create(LOCK) == 1


def test_a_copy_that_is_put_back_is_as_good_if_nothing_is_missing_from_it(tmp_path: Path) -> None:
    folder, copy = tmp_path / "locks", tmp_path / "copy"
    locks = LockFile(folder)
    shutil.copytree(folder, tmp_path / "empty")
    locks.create(LOCK)
    shutil.copytree(folder, copy)
    for source, is_good in ((tmp_path / "empty", False), (copy, True)):
        shutil.rmtree(folder)
        with pytest.raises(IntegrityError):
            locks.look()
        shutil.copytree(source, folder)
        if is_good:
            locks.look()
        else:
            with pytest.raises(IntegrityError):
                locks.look()
    other = LockFile(folder)
    other.lift(LIFT)
    assert locks.view().locks == ()


def test_what_is_opened_once_more_and_what_was_there_go_on_by_themselves(tmp_path: Path) -> None:
    """What was read is taken over and not shared: each finds what the other one did, and no damage."""
    first = LockFile(tmp_path)
    first.create(LOCK)
    again = first.again()
    assert again.view() == first.view()
    again.lift(LIFT)
    again.create(replace(LOCK, id=LockId("l_2")))
    again.create(LOCK)
    first.create(replace(LOCK, id=LockId("l_3")))
    for each in (first, again):
        each.look()
        assert [lock.id for lock in each.view().locks] == ["l_2", "l_3"]
    third = again.again()
    third.look()
    third.create(LOCK)
    assert third.view() == first.view()


def change(file: Path) -> None:
    """One byte, with the time of the last change put back."""
    about = file.stat()
    with file.open("r+b") as content:
        content.seek(100)
        content.write(b"y")
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


def put_back(file: Path) -> None:
    """Another file of the same size and time."""
    about, content = file.stat(), file.read_bytes()
    file.unlink()
    file.write_bytes(content.replace(b"dana", b"nobo"))
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


def bytes_read_by(what: Callable[[], object]) -> int:
    """How much this process reads meanwhile, of any file."""

    def so_far() -> int:
        return int(Path("/proc/self/io").read_text().split()[1])

    before = so_far()
    what()
    return so_far() - before


@pytest.mark.parametrize("damage", [change, put_back])
def test_a_large_file_is_read_again_only_where_it_has_changed(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    file = tmp_path / "locks.jsonl"
    locks = LockFile(tmp_path, now_ns=lambda: file.stat().st_ctime_ns + SETTLED_NS)
    locks.create(replace(LOCK, reason="x" * LARGE))
    assert bytes_read_by(locks.look) > LARGE
    assert bytes_read_by(locks.look) < LARGE
    damage(file)
    with pytest.raises(IntegrityError):
        locks.look()


def test_a_young_change_of_a_large_file_is_no_reason_not_to_read_it(tmp_path: Path) -> None:
    """Times go in ticks: what was changed in the same tick, and is as long, looks the same."""
    locks = LockFile(tmp_path)
    locks.create(replace(LOCK, reason="x" * LARGE))
    locks.look()
    change(tmp_path / "locks.jsonl")
    with pytest.raises(IntegrityError):
        locks.look()


def test_the_same_locks_are_opened_once_more_and_other_ones_in_their_place_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "locks"
    locks = LockFile(folder)
    again = locks.again()
    again.create(LOCK)
    again.close()
    assert locks.view().locks == (LOCK,)
    folder.rename(tmp_path / "gone")
    for _ in range(2):
        with pytest.raises(RecordError, match="taken away or replaced"):
            locks.again()
        LockFile(folder)


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize("damage", [change, put_back])
def test_a_change_does_not_join_a_file_that_is_damaged_before_it(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """Also one that is made by what was opened once more: it reads no line twice, and looks at all."""
    file, locks = tmp_path / "locks.jsonl", LockFile(tmp_path)
    locks.create(LOCK)
    damage(file)
    written = file.read_bytes()
    error = IntegrityError if damage is change else RecordError
    for each in (locks, locks.again()) if damage is change else (locks,):
        with pytest.raises(error):
            each.create(replace(LOCK, id=LockId("l_2")))
        with pytest.raises(error):
            each.lift(LIFT)
    assert file.read_bytes() == written


def test_whoever_opens_a_folder_with_fewer_changes_than_are_counted_does_not_count_anew(
    tmp_path: Path,
) -> None:
    locks = LockFile(tmp_path)
    locks.create(LOCK)
    locks.create(replace(LOCK, id=LockId("l_2")))
    file = tmp_path / "locks.jsonl"
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    for _ in range(2):
        with pytest.raises(IntegrityError):
            LockFile(tmp_path)
        assert (tmp_path / "epoch").read_bytes() == (2).to_bytes(8, "big")


class Disk:
    """Syncs as often as it may; then it fails."""

    def __init__(self) -> None:
        self.fails = 0
        self.asked = 0

    def sync(self, handle: int) -> None:
        self.asked += 1
        if self.fails:
            self.fails -= 1
            raise OSError(errno.EIO, "Input/output error")
        os.fdatasync(handle)


def test_what_the_disk_does_not_confirm_did_not_happen_and_does_not_happen_later(tmp_path: Path) -> None:
    disk = Disk()
    locks = LockFile(tmp_path, sync=disk.sync)
    locks.create(LOCK)
    for act in (lambda: locks.create(replace(LOCK, id=LockId("l_2"))), lambda: locks.lift(LIFT)):
        disk.fails = 1
        with pytest.raises(RecordError) as refused:
            act()
        assert refused.value.code == "locks_unavailable"
        for each in (locks, locks.again(), LockFile(tmp_path)):
            assert each.view().locks == (LOCK,)
    assert locks.create(replace(LOCK, id=LockId("l_3"))) == 2


def test_where_undoing_is_not_confirmed_either_it_is_said_that_the_change_may_hold(tmp_path: Path) -> None:
    disk = Disk()
    locks = LockFile(tmp_path, sync=disk.sync)
    disk.fails = 2
    with pytest.raises(RecordError, match="may hold or not") as refused:
        locks.create(LOCK)
    assert (refused.value.code, disk.fails) == ("locks_unsure", 0)


def test_a_line_that_another_process_has_not_made_durable_is_not_seen(tmp_path: Path) -> None:
    """A reader may find it there, beside one that counts: it may yet fail."""
    seen = []
    theirs = LockFile(tmp_path)

    def sync(handle: int) -> None:
        seen.append([lock.id for lock in theirs.view().locks])
        os.fdatasync(handle)

    ours = LockFile(tmp_path, sync=sync)
    ours.create(LOCK)
    ours.create(replace(LOCK, id=LockId("l_2")))
    assert seen == [[], ["l_1"]]
    assert len(theirs.view().locks) == 2


def test_what_was_written_and_not_synced_before_a_crash_is_synced_before_it_counts(tmp_path: Path) -> None:
    LockFile(tmp_path).create(LOCK)
    (tmp_path / "epoch").write_bytes(bytes(8))
    disk = Disk()
    disk.fails = 1
    with pytest.raises(RecordError, match="Input/output"):
        LockFile(tmp_path, sync=disk.sync)
    assert (tmp_path / "epoch").read_bytes() == bytes(8)
    assert LockFile(tmp_path, sync=disk.sync).view().locks == (LOCK,)
    assert disk.asked == 2


AT_A_STEP = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from firedoor.edges.store.locks import LockFile
from tests.helpers.lock_and_lift import LIFT, LOCK
step, act = sys.argv[2:]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def sync(handle):
    if step == "written": die()
    os.fdatasync(handle)
    if step == "synced": die()
locks = LockFile(Path(sys.argv[1]), sync=sync)
locks.lift(LIFT) if act == "lift" else locks.create(replace(LOCK, id="l_2"))
die()
"""


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize("step", ["written", "synced", "counted"])
@pytest.mark.parametrize("act", ["create", "lift"])
def test_a_kill_at_any_step_leaves_locks_on_which_all_agree_and_that_go_on(
    tmp_path: Path, step: str, act: str
) -> None:
    alive = LockFile(tmp_path)
    alive.create(LOCK)
    child = subprocess.run([sys.executable, "-c", AT_A_STEP, str(tmp_path), step, act], check=False)
    assert child.returncode == -signal.SIGKILL
    # A process that had them open sees what counts at once, and the rest with the next change.
    names = {"create": ["l_1", "l_2"], "lift": []}[act]
    assert [lock.id for lock in alive.view().locks] == (names if step == "counted" else ["l_1"])
    after = LockFile(tmp_path)
    after.create(replace(LOCK, id=LockId("l_9")))
    for each in (after, alive, LockFile(tmp_path)):
        each.look()
        assert [lock.id for lock in each.view().locks] == [*names, "l_9"]


FULL = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from firedoor.edges.store.locks import LockFile
from firedoor.model.errors import RecordError
from tests.helpers.lock_and_lift import LOCK
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
locks = LockFile(Path(sys.argv[1]))
locks.create(LOCK)
size = (Path(sys.argv[1]) / "locks.jsonl").stat().st_size
for room in range(0, size, 7):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
    try:
        locks.create(replace(LOCK, id="l_2"))
    except RecordError as fault:
        assert "Make room on that disk" in fault.hint, fault.hint
    else:
        raise AssertionError(room)
    assert locks.view().locks == (LOCK,), room
    locks.look()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(locks.create(replace(LOCK, id="l_3")))
"""


def test_a_lock_for_which_the_disk_has_no_room_is_none_and_damages_nothing(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stdout) == (0, "2\n"), told.stderr
    assert [lock.id for lock in LockFile(tmp_path).view().locks] == ["l_1", "l_3"]


KILLED = """
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from firedoor.edges.store.locks import LockFile
from tests.helpers.lock_and_lift import LOCK
locks = LockFile(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    locks.create(replace(LOCK, id=f"l_{number}"))
    print(number, flush=True)
"""


def test_whatever_was_said_to_hold_holds_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    said = 0
    for kill in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), str(said + 100)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(3 * kill + 1):
            said = int(child.stdout.readline())
        child.kill()
        said = max([said, *(int(line) for line in child.stdout if line.endswith("\n"))])
        child.wait()
        child.stdout.close()
        assert f"l_{said}" in {lock.id for lock in LockFile(tmp_path).view().locks}
