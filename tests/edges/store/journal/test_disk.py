import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from firedoor.edges.store.journal.disk import REAL, RealFile, put_parts
from firedoor.model.errors import IntegrityError
from tests.helpers.page_cache import told_in, unwritten

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


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """A folder of whose files it is known what is only in memory."""
    return told_in(tmp_path)


@pytest.mark.promise("REC-1")
@pytest.mark.parametrize("through", [os.RWF_DSYNC, UNKNOWN_FLAG])
def test_after_a_sync_nothing_of_a_file_is_in_memory_alone(watched: Path, through: int) -> None:
    place = watched / "f"
    file = RealFile(place, through)
    for content in (b"one" * 5_000, b"two" * 5_000):
        file.reserve(50_000)
        file.write(content)
        file.sync()
        assert unwritten(place) == 0
    file.trim()  # the end of its last page is made zeros, which is a write
    assert unwritten(place) == 0
    file.close()
    REAL.truncate(place, 5_000)
    assert unwritten(place) == 0


@pytest.mark.promise("REC-1")
def test_what_somebody_else_wrote_is_durable_once_it_is_synced(watched: Path) -> None:
    (watched / "f").write_bytes(b"one" * 5_000)
    assert unwritten(watched / "f")
    REAL.sync_file(watched / "f")
    assert unwritten(watched / "f") == 0


@pytest.mark.promise("REC-1")
def test_that_a_folder_is_synced_is_asked_of_the_kernel() -> None:
    # There, the kernel answers that it cannot.
    with pytest.raises(OSError, match="Invalid argument"):
        REAL.sync_folder(Path("/proc/self"))


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        RealFile(tmp_path / "f")


def test_a_large_file_is_put_without_being_in_memory_as_a_whole(tmp_path: Path) -> None:
    parts = (bytes([number]) * (1 << 20) for number in range(40))
    tracemalloc.start()
    try:
        put_parts(tmp_path / "large", parts)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "large").read_bytes() == b"".join(bytes([number]) * (1 << 20) for number in range(40))
    assert [file.name for file in tmp_path.iterdir()] == ["large"]
    assert peak < 20 << 20


def test_a_file_whose_parts_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"one"
        raise IntegrityError("journal_corrupt", "the frame is another")

    with pytest.raises(IntegrityError):
        put_parts(tmp_path / "file", parts())
    assert not (tmp_path / "file").exists()
    put_parts(tmp_path / "file", [b"one", b"two"])
    assert (tmp_path / "file").read_bytes() == b"onetwo"
