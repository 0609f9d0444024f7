import os
from pathlib import Path

import pytest

from firedoor.edges.store.unrecorded import PLACE, UnrecordedFile

SAID = {"messages": 3, "sessions": [{"session": "s", "principal": "p", "upstream": "u", "messages": 3}]}


@pytest.fixture
def file(tmp_path: Path) -> UnrecordedFile:
    (tmp_path / "journal").mkdir()
    made = UnrecordedFile(tmp_path)
    made.make()
    return made


def content_of(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "unrecorded"


def test_what_is_kept_is_found_by_the_next_process(tmp_path: Path, file: UnrecordedFile) -> None:
    assert file.load() == {}
    for number in range(5):
        file.keep({"messages": number})
        assert UnrecordedFile(tmp_path).load() == {"messages": number}
    again = UnrecordedFile(tmp_path)
    again.load()
    again.make()
    again.keep(SAID)
    assert UnrecordedFile(tmp_path).load() == SAID
    again.keep({})
    assert UnrecordedFile(tmp_path).load() == {}


def test_it_has_its_room_before_and_takes_no_more(tmp_path: Path, file: UnrecordedFile) -> None:
    before = content_of(tmp_path).stat()
    assert before.st_size == 2 * PLACE
    assert before.st_blocks * 512 >= 2 * PLACE
    assert before.st_mode & 0o077 == 0
    for _ in range(3):
        file.keep(SAID)
    after = content_of(tmp_path).stat()
    assert (after.st_size, after.st_blocks) == (before.st_size, before.st_blocks)


def test_a_write_that_was_torn_leaves_what_was_kept_before(tmp_path: Path, file: UnrecordedFile) -> None:
    file.keep(SAID)
    before = content_of(tmp_path).read_bytes()
    file.keep({"messages": 4})
    after = content_of(tmp_path).read_bytes()
    for cut in range(0, 80):
        content_of(tmp_path).write_bytes(after[:cut] + before[cut:])
        assert UnrecordedFile(tmp_path).load()["messages"] in {3, 4}


def test_where_nothing_whole_is_left_it_is_known_that_there_was_something(
    tmp_path: Path, file: UnrecordedFile
) -> None:
    file.keep(SAID)
    content_of(tmp_path).write_bytes(os.urandom(100))
    assert UnrecordedFile(tmp_path).load() == {"is_damaged": True}
    content_of(tmp_path).write_bytes(b"")
    assert UnrecordedFile(tmp_path).load() == {}


def test_without_a_file_nothing_was_kept_and_nothing_can_be(tmp_path: Path) -> None:
    file = UnrecordedFile(tmp_path)
    assert file.load() == {}
    with pytest.raises(FileNotFoundError):
        file.keep(SAID)
