import random
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.edges.store.holds import HoldFiles
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold
from tests.edges.store.journal.around import CrashDisk

ONE, TWO, THREE = (SessionId(f"0193f0aa-1122-7333-8444-{number:012}") for number in (1, 2, 3))
HOLD = LegalHold(session=ONE, name="case-7", reason="subpoena", by="ana", placed_at_us=5)


def test_a_hold_is_placed_once_read_back_and_lifted(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    assert holds.place(HOLD)
    assert not holds.place(HOLD)
    assert HoldFiles(tmp_path).all() == {ONE: (HOLD,)}
    assert holds.of(ONE) == (HOLD,)
    assert holds.lift(ONE, "case-7")
    assert not holds.lift(ONE, "case-7")
    assert holds.all() == {}


def test_holds_that_are_placed_together_are_one_file_and_each_is_read_back_and_lifted(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    assert holds.place_together(HOLD, [TWO, ONE]) == [ONE, TWO]
    assert holds.place_together(replace(HOLD, placed_at_us=6), [TWO, THREE]) == [THREE]
    assert {file.name for file in (tmp_path / "holds").iterdir()} == {".lock", "case-7.json"}
    later = replace(HOLD, session=THREE, placed_at_us=6)
    assert holds.all() == {ONE: (HOLD,), TWO: (replace(HOLD, session=TWO),), THREE: (later,)}
    assert holds.lift(TWO, "case-7")
    assert not holds.lift(TWO, "case-7")
    assert holds.all() == {ONE: (HOLD,), THREE: (later,)}
    assert holds.lift(ONE, "case-7")
    assert holds.lift(THREE, "case-7")
    assert holds.all() == {}
    assert {file.name for file in (tmp_path / "holds").iterdir()} == {".lock"}


def is_what_power_losses_leave(
    expected: dict[SessionId, tuple[LegalHold, ...]], disk: CrashDisk, folder: Path
) -> bool:
    """Whether a start finds this on each of a hundred disks that the power may leave, if it goes now."""
    *_, (_, state) = disk.states()
    for number in range(100):
        state.lose_power(folder / f"{number}", random.Random(number))  # noqa: S311
        try:
            if HoldFiles(folder / f"{number}").all() != expected:
                return False
        except IntegrityError:
            return False
    return True


@pytest.mark.promise("LOCK-3")
@pytest.mark.parametrize("is_honest", [True, False], ids=["a disk that syncs", "one that only says so"])
def test_what_is_placed_or_lifted_outlives_a_power_loss(tmp_path: Path, is_honest: bool) -> None:
    together = {ONE: (HOLD,), TWO: (replace(HOLD, session=TWO),)}
    acts = (
        (lambda holds: holds.place(HOLD), {ONE: (HOLD,)}),
        (lambda holds: holds.lift(ONE, HOLD.name), {}),
        (lambda holds: holds.place_together(HOLD, [TWO]), together),
        (lambda holds: holds.lift(TWO, HOLD.name), {ONE: (HOLD,)}),
        (lambda holds: holds.lift(ONE, HOLD.name), {}),
    )
    disk = CrashDisk(tmp_path / "data", is_honest=is_honest)
    disk.make_folder(tmp_path / "data" / "holds")
    holds = HoldFiles(tmp_path / "data", disk)
    kept = []
    for number, (act, expected) in enumerate(acts):
        act(holds)
        kept.append(is_what_power_losses_leave(expected, disk, tmp_path / f"{number}"))
    assert all(kept) is is_honest, kept


def test_a_hold_is_placed_once_whether_alone_or_together(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    assert holds.place(HOLD)
    assert holds.place_together(HOLD, [TWO]) == [TWO]
    assert not holds.place(replace(HOLD, session=TWO))
    other = replace(HOLD, name="case-8")
    assert holds.place(other)
    assert holds.of(ONE) == (HOLD, other)
    assert holds.of_each([TWO, THREE]) == {TWO: (replace(HOLD, session=TWO),), THREE: ()}


def test_of_holds_that_are_placed_together_none_is_there_before_all_are(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    with pytest.raises(ClientError):
        holds.place_together(HOLD, [TWO, SessionId("../x")])
    assert holds.all() == {}
    (tmp_path / "holds").mkdir()
    (tmp_path / "holds" / ".new-case-7.json").write_bytes(b'{"parts": [')
    assert holds.all() == {}
    assert holds.place_together(HOLD, [TWO]) == [ONE, TWO]


def test_holds_together_that_are_damaged_or_cannot_be_written_are_told(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    (tmp_path / "holds" / "case-8.json").mkdir(parents=True)
    with pytest.raises(IntegrityError):
        holds.place_together(replace(HOLD, name="case-8"), [TWO])
    with pytest.raises(IntegrityError):
        holds.all()
    (tmp_path / "other").touch()
    with pytest.raises(RecordError) as caught:
        HoldFiles(tmp_path / "other").place_together(HOLD, [TWO])
    assert caught.value.code == "hold_not_durable"


@pytest.mark.parametrize(
    ("session", "name"), [("../x", "a"), (ONE, ""), (ONE, "../a"), (ONE, "a b"), ("", "a")]
)
def test_what_is_no_session_or_no_name_is_refused(tmp_path: Path, session: str, name: str) -> None:
    with pytest.raises(ClientError):
        HoldFiles(tmp_path).lift(SessionId(session), name)


def test_a_hold_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "holds").mkdir()
    (tmp_path / "holds" / ONE).touch()
    with pytest.raises(RecordError) as caught:
        HoldFiles(tmp_path).place(HOLD)
    assert caught.value.code == "hold_not_durable"
    with pytest.raises(RecordError) as caught:
        HoldFiles(tmp_path).lift(ONE, "case-7")
    assert caught.value.code == "hold_not_lifted"


def test_a_damaged_hold_is_an_error_and_not_the_lack_of_one(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    holds.place(HOLD)
    (tmp_path / "holds" / ONE / "case-7.json").write_bytes(b"{}")
    with pytest.raises(IntegrityError):
        holds.all()


def test_while_something_is_deleted_no_hold_is_placed(tmp_path: Path) -> None:
    holds = HoldFiles(tmp_path)
    placed = threading.Event()

    def place() -> None:
        HoldFiles(tmp_path).place(HOLD)
        placed.set()

    with holds.still():
        thread = threading.Thread(target=place)
        thread.start()
        assert not placed.wait(timeout=0.05)
        assert holds.of(ONE) == ()
    thread.join()
    assert holds.of(ONE) == (HOLD,)
