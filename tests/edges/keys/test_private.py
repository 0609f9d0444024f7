"""Files that only their owner may read."""

import threading
from pathlib import Path

import pytest

from firedoor.edges.keys.private import make_private, make_secret, read_secret, replace_private
from firedoor.model.errors import SettingsError


def test_of_several_that_make_a_file_at_once_one_wins_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "one"
    makers = [threading.Thread(target=make_private, args=(file, bytes([n]) * 9)) for n in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(set(file.read_bytes())) == 1
    assert [each.name for each in file.parent.iterdir()] == ["one"]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_replaces_a_file_is_as_private_as_a_new_one(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(b"before")
    file.chmod(0o644)
    replace_private(file, b"after")
    assert file.read_bytes() == b"after"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["one"]


def test_a_secret_is_read_as_it_was_made_and_never_made_again(tmp_path: Path) -> None:
    make_secret(tmp_path / "a", 32)
    first = read_secret(tmp_path / "a", 32)
    make_secret(tmp_path / "a", 32)
    assert first is not None
    assert len(first) == 32
    assert read_secret(tmp_path / "a", 32) == first


@pytest.mark.parametrize("content", [b"", b"zz", b"ab" * 31, b"ab" * 33, b"\xff" * 64])
def test_a_damaged_secret_is_none(tmp_path: Path, content: bytes) -> None:
    replace_private(tmp_path / "a", content)
    assert read_secret(tmp_path / "a", 32) is None


@pytest.mark.parametrize("mode", [0o640, 0o602, 0o601])
def test_a_secret_that_others_may_touch_is_not_read(tmp_path: Path, mode: int) -> None:
    make_secret(tmp_path / "a", 32)
    (tmp_path / "a").chmod(mode)
    with pytest.raises(SettingsError, match="Others may read") as caught:
        read_secret(tmp_path / "a", 32)
    assert caught.value.code == "key_file_is_open"
