"""Gateway processes that share locks: who has made a change effective, who has not, who is dead."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from firedoor.edges.store.nodes import NodeFolder
from firedoor.model.errors import RecordError
from firedoor.model.lock import Acknowledged


def joined(folder: Path, name: str) -> NodeFolder:
    node = NodeFolder(folder)
    node.join(name)
    return node


@pytest.mark.promise("LOCK-1")
def test_those_that_have_not_acknowledged_are_named(tmp_path: Path) -> None:
    one, two = joined(tmp_path, "one"), joined(tmp_path, "two")
    one.acknowledge(4)
    two.acknowledge(3)
    told = NodeFolder(tmp_path).acknowledged(4)
    assert (told.by, told.missing) == (("one",), ("two",))
    two.acknowledge(5)
    assert sorted(one.acknowledged(4).by) == ["one", "two"]


def test_one_of_another_user_is_not_taken_for_one_that_has_acknowledged() -> None:
    """It may stand still: nobody can tell. Root can look into any file, and becomes nobody here."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        node = joined(folder, "theirs")
        node.acknowledge(9)
        [file] = (folder / "nodes").iterdir()
        for each in (folder, folder / "nodes"):
            each.chmod(0o755)
        file.chmod(0)
        was = os.geteuid()
        if was == 0:
            os.seteuid(65534)
        try:
            told = NodeFolder(folder).acknowledged(4)
        finally:
            os.seteuid(was)
        assert (told.by, told.missing) == ((), (f"{file.name} (of another user)",))
        node.leave()


def test_who_left_is_neither(tmp_path: Path) -> None:
    joined(tmp_path, "one").leave()
    assert NodeFolder(tmp_path).acknowledged(1).missing == ()


def test_who_died_is_neither_and_its_file_is_taken_away(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from firedoor.edges.store.nodes import NodeFolder; "
        "node = NodeFolder(Path(sys.argv[1])); node.join('dead'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(list((tmp_path / "nodes").iterdir())) == 1
    assert NodeFolder(tmp_path).acknowledged(0) == NodeFolder(tmp_path / "none").acknowledged(0)
    assert list((tmp_path / "nodes").iterdir()) == []


def test_who_never_joined_acknowledges_nothing(tmp_path: Path) -> None:
    NodeFolder(tmp_path).acknowledge(7)
    NodeFolder(tmp_path).leave()
    assert not (tmp_path / "nodes").exists()


def test_a_folder_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "nodes").write_text("")
    with pytest.raises(RecordError):
        joined(tmp_path, "one")


def test_only_the_owner_may_read_who_there_is(tmp_path: Path) -> None:
    joined(tmp_path, "one")
    [file] = (tmp_path / "nodes").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.name.startswith(f"{os.getpid()}-")


def test_who_was_taken_away_with_the_folder_joins_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    node = joined(tmp_path, "one")
    shutil.copytree(tmp_path / "nodes", tmp_path / "copy")
    shutil.rmtree(tmp_path / "nodes")
    shutil.copytree(tmp_path / "copy", tmp_path / "nodes")
    node.acknowledge(3)
    assert NodeFolder(tmp_path).acknowledged(3) == Acknowledged(by=("one",))
    shutil.rmtree(tmp_path / "nodes")
    (tmp_path / "nodes").write_text("")
    node.acknowledge(4)  # It is logged: the lock holds all the same.
    assert "cannot be acknowledged" in caplog.text
