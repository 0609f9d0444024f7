import os
from pathlib import Path

import pytest

from firedoor.core.mask.detectors.rule import Rule
from firedoor.core.mask.detectors.scanner import Scanner
from firedoor.edges.store.automata import Automata

KEY = "0" * 64
RULES = [Rule(name="n", kind="n", pattern=r"\d{3}", sample="123")]


def test_what_is_kept_is_found_again_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "masks"
    kept = Automata([folder])
    assert kept.find(KEY) is None
    kept.keep(KEY, b"automaton")
    assert Automata([tmp_path / "none", folder]).find(KEY) == b"automaton"
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("at", [0, 31, 32, -1])
def test_a_file_with_a_changed_byte_is_not_read(tmp_path: Path, at: int) -> None:
    kept = Automata([tmp_path])
    kept.keep(KEY, b"automaton")
    file = tmp_path / f"{KEY}.hs"
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert kept.find(KEY) is None
    file.write_bytes(b"")
    assert kept.find(KEY) is None


def test_a_file_that_others_may_write_is_not_read(tmp_path: Path) -> None:
    kept = Automata([tmp_path])
    kept.keep(KEY, b"automaton")
    (tmp_path / f"{KEY}.hs").chmod(0o620)
    assert kept.find(KEY) is None


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    kept = Automata([tmp_path / "there"])
    kept.keep(KEY, b"automaton")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / f"{KEY}.hs").symlink_to(tmp_path / "there" / f"{KEY}.hs")
    assert Automata([linked]).find(KEY) is None
    piped = tmp_path / "piped"
    piped.mkdir()
    os.mkfifo(piped / f"{KEY}.hs", 0o600)
    assert Automata([piped]).find(KEY) is None


def test_where_a_folder_cannot_be_written_the_next_one_is_and_none_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    Automata([tmp_path / "file" / "masks", tmp_path / "beside"]).keep(KEY, b"automaton")
    assert Automata([tmp_path / "beside"]).find(KEY) == b"automaton"
    Automata([tmp_path / "file" / "masks"]).keep(KEY, b"automaton")


def test_old_ones_are_forgotten(tmp_path: Path) -> None:
    kept = Automata([tmp_path])
    for number in range(20):
        kept.keep(f"{number:064}", b"x")
        os.utime(tmp_path / f"{number:064}.hs", (number, number))
    left = {file.name for file in tmp_path.iterdir()}
    assert len(left) == 16
    assert f"{19:064}.hs" in left


def test_a_scanner_of_the_same_patterns_is_read_back_and_one_of_others_is_not(tmp_path: Path) -> None:
    kept = Automata([tmp_path])
    first = Scanner(RULES, kept)
    (file,) = tmp_path.iterdir()
    made_at = file.stat().st_mtime_ns
    assert Scanner(RULES, kept).find("a 123") == first.find("a 123") != []
    assert file.stat().st_mtime_ns == made_at
    Scanner([Rule(name="n", kind="n", pattern=r"\d{4}", sample="1234")], kept)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_automaton_that_this_library_does_not_take_is_made_again(tmp_path: Path) -> None:
    kept = Automata([tmp_path])
    Scanner(RULES, kept)
    (file,) = tmp_path.iterdir()
    kept.keep(file.stem, b"of another library" * 100)
    assert Scanner(RULES, kept).find("a 123") != []
    assert kept.find(file.stem) != b"of another library" * 100
