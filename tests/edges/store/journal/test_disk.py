import os
from pathlib import Path

import pytest

from firedoor.edges.store.journal.disk import RealFile

UNKNOWN_FLAG = 1 << 30


@pytest.mark.parametrize("through", [os.RWF_DSYNC, UNKNOWN_FLAG])
def test_what_is_written_is_there_after_the_sync_and_no_sooner(tmp_path: Path, through: int) -> None:
    place = tmp_path / "f"
    file = RealFile(place, through)
    file.write(b"one ")
    file.write(b"two ")
    assert place.read_bytes() == b""
    file.sync()
    assert place.read_bytes() == b"one two "
    file.reserve(100)
    file.write(b"three ")
    file.sync()
    assert place.read_bytes() == b"one two three " + bytes(100)
    file.write(b"four")
    file.sync()
    assert place.read_bytes() == b"one two three four" + bytes(96)
    file.trim()
    assert place.read_bytes() == b"one two three four"
    file.close()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        RealFile(tmp_path / "f")
