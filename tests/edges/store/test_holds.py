import threading
from pathlib import Path

import pytest

from firedoor.edges.store.holds import HoldFiles
from firedoor.model.errors import ClientError, IntegrityError, RecordError
from firedoor.model.ids import SessionId
from firedoor.model.retention import LegalHold

ONE = SessionId("0193f0aa-1122-7333-8444-000000000001")
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
