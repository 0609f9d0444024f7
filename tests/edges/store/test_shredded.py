from pathlib import Path

from firedoor.core.record.tombstone import Tombstone
from firedoor.edges.store.shredded import ShreddedFiles
from firedoor.model.ids import SessionId

ONE = SessionId("0193f0aa-1122-7333-8444-000000000001")
TOMBSTONE = Tombstone(session=ONE, log="o", first_leaf=1, last_leaf=9, frames=3, reason="retention: default")


def test_what_was_shredded_is_noted_with_when_and_why(tmp_path: Path) -> None:
    notes = ShreddedFiles(tmp_path)
    assert (notes.of(ONE), list(notes.all())) == (None, [])
    notes.note(TOMBSTONE, 5)
    assert (notes.of(ONE), list(notes.all())) == ((5, "retention: default"), [ONE])


def test_a_note_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    notes = ShreddedFiles(tmp_path)
    notes.note(TOMBSTONE, 5)
    (tmp_path / "shredded" / f"{ONE}.json").write_bytes(b"{")
    assert notes.of(ONE) is None
