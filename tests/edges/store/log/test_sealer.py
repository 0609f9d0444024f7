import shutil
from pathlib import Path

import pytest

from firedoor.core.record.frame import session_bytes
from firedoor.core.record.session_file import read_session_header, session_path
from firedoor.edges.keys.age import KeyRing
from firedoor.edges.store.journal.layout import segment_file, segment_numbers
from firedoor.edges.store.journal.reader import read_frames, read_session
from firedoor.edges.store.log.cursor import Cursor
from firedoor.edges.store.log.sealer import Sealer
from firedoor.model.errors import IntegrityError
from tests.edges.store.log.recorded import SESSIONS, Running

ONE = session_bytes(SESSIONS[0])


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A segment of a journal, which nothing was moved out of."""
    source = tmp_path / "source"
    running = Running(source)
    running.record(SESSIONS[0], 3, is_closed=False)
    running.close()
    segment = next((source / "journal").glob("*.seg"))
    folder = tmp_path / "data" / "journal"
    folder.mkdir(parents=True)
    shutil.copytree(source / "keys", tmp_path / "data" / "keys")
    shutil.copy(segment, folder)
    return tmp_path / "data"


def sealer(data_dir: Path, *, kept: int = 4, settled: list[int] | None = None) -> Sealer:
    made = Sealer(data_dir, settle=lambda: settled.append(1) if settled is not None else None, kept=kept)
    cursor = Cursor(data_dir, segment_numbers(data_dir)[0])
    last = segment_numbers(data_dir)[-1]
    for group in cursor.read((last, segment_file(data_dir, last).stat().st_size)):
        for frame in group:
            made.take(frame)
    return made


def test_a_session_is_moved_byte_for_byte(journal: Path) -> None:
    frames = [frame.content for frame in read_frames(journal, session=ONE)]
    sealer(journal).finish(ONE, "gw/door/0")
    content = (journal / "sessions" / session_path(SESSIONS[0])).read_bytes()
    opened = read_session_header(content)
    assert opened is not None
    assert (opened[0].origin, opened[0].session) == ("gw/door/0", SESSIONS[0])
    assert content[opened[1] :] == b"".join(frames)


def test_it_may_be_moved_again(journal: Path) -> None:
    sealer(journal).finish(ONE, "gw/door/0")
    file = journal / "sessions" / session_path(SESSIONS[0])
    before = file.read_bytes()
    sealer(journal).finish(ONE, "gw/door/1")
    assert file.read_bytes() == before


def test_a_segment_goes_when_nothing_in_it_is_needed(journal: Path) -> None:
    settled: list[int] = []
    made = sealer(journal, settled=settled)
    assert made.free(0, 1, "o") == 0
    for session in made.known():
        made.finish(session, "o")
    assert made.free(1, 2, "o") == 0  # older than the log
    assert made.free(0, 0, "o") == 0  # the one that is written to
    assert settled == []
    assert made.free(0, 1, "o") == 1
    assert settled == [1]
    assert segment_numbers(journal) == []


def test_what_an_open_session_has_in_old_segments_is_moved_ahead_of_its_end(journal: Path) -> None:
    ring = KeyRing.open(journal)
    before = [e.sequence for e in read_session(journal, SESSIONS[0], keys=ring)]
    made = sealer(journal, kept=0)
    assert made.free(0, 1, "o") == 1
    part = journal / "sessions" / session_path(SESSIONS[0], is_open=True)
    assert part.exists()
    assert [e.sequence for e in read_session(journal, SESSIONS[0], keys=ring)] == before
    Sealer(journal, settle=lambda: None).finish_parts("o")
    assert not part.exists()
    assert [e.sequence for e in read_session(journal, SESSIONS[0], keys=ring)] == before


def test_a_part_that_was_cut_off_is_written_again_from_the_journal(journal: Path) -> None:
    made = sealer(journal)
    made.finish(ONE, "o")
    whole = (journal / "sessions" / session_path(SESSIONS[0])).read_bytes()
    (journal / "sessions" / session_path(SESSIONS[0])).unlink()
    part = journal / "sessions" / session_path(SESSIONS[0], is_open=True)
    part.write_bytes(whole[:-10])
    sealer(journal).finish(ONE, "o")
    assert (journal / "sessions" / session_path(SESSIONS[0])).read_bytes() == whole
    assert not part.exists()


def test_damage_is_not_moved(journal: Path) -> None:
    made = sealer(journal)
    segment = next((journal / "journal").glob("*.seg"))
    content = bytearray(segment.read_bytes())
    place = list(read_frames(journal, session=ONE))[2].place.offset
    content[place + 4 : place + 8] = bytes(4)
    segment.write_bytes(bytes(content))
    with pytest.raises(IntegrityError, match="is damaged at byte"):
        made.finish(ONE, "o")
    assert not (journal / "sessions" / session_path(SESSIONS[0])).exists()
