"""What root makes for a gateway belongs to the user whom the gateway runs as."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from firedoor.edges.store.lock_mark import LockMark
from firedoor.edges.store.locks import LockFile
from firedoor.edges.store.owned import own_file, own_folder
from tests.helpers.lock_and_lift import LIFT, LOCK

ELSE = 54_321
"""A user whom nobody is."""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for somebody else")

GATEWAY = """
import os, sys
from pathlib import Path
from firedoor.edges.store.lock_mark import LockMark
from firedoor.edges.store.locks import LockFile
from tests.helpers.lock_and_lift import LIFT
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
mark, locks = LockMark(Path(sys.argv[1])), LockFile(Path(sys.argv[1]) / "locks")
mark.check(locks.view().epoch, Path(sys.argv[1]))
print(locks.view().epoch, locks.lift(LIFT).id)
"""


@only_root
def test_a_first_lock_that_root_makes_is_one_that_the_gateway_can_read_and_lift(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, ELSE, ELSE)
    LockMark(data_dir).keep(1)
    LockFile(data_dir / "locks").create(LOCK)
    made = [data_dir / "locks.mark", data_dir / "locks", *(data_dir / "locks").iterdir()]
    assert {(file.stat().st_uid, file.stat().st_gid) for file in made} == {(ELSE, ELSE)}
    told = subprocess.run(
        [sys.executable, "-c", GATEWAY, str(data_dir), str(ELSE)], capture_output=True, text=True, check=False
    )
    assert told.stdout == f"1 {LIFT.id}\n", told.stderr


@only_root
def test_what_was_there_before_is_given_to_nobody(tmp_path: Path) -> None:
    os.chown(tmp_path, ELSE, ELSE)
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.touch()
    folder.mkdir()
    os.close(own_file(file))
    own_folder(folder)
    assert (file.stat().st_uid, folder.stat().st_uid) == (0, 0)


def test_a_link_is_not_opened(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for target in (elsewhere, tmp_path / "nowhere"):
        elsewhere.touch()
        link = tmp_path / f"to-{target.name}"
        link.symlink_to(target)
        with pytest.raises(OSError, match="symbolic links"):
            own_file(link)
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_is_made_for_its_user_alone_and_with_those_above_it(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "folder"
    for _ in range(2):
        own_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        own_folder(tmp_path / "file")
