from dataclasses import replace

import pytest

from firedoor.core.record.tombstone import Tombstone, tombstone_entry, tombstone_in
from firedoor.model.entry import EntryKind
from firedoor.model.ids import SessionId
from tests.core.record.sealed import SESSION

CONTROL = SessionId("0193f0aa-1122-7333-8444-555566660000")
ONE = Tombstone(session=SESSION, log="gw/door/0", first_leaf=4, last_leaf=9, frames=5, reason="30 days")


def test_a_tombstone_is_read_as_it_was_written() -> None:
    entry = tombstone_entry(ONE, control=CONTROL, at_us=7)
    assert (entry.kind, entry.session, entry.at_us) == (EntryKind.CONTROL, CONTROL, 7)
    assert tombstone_in(entry) == ONE


@pytest.mark.parametrize(
    ("name", "value"),
    [("what", "view"), ("session", 1), ("log", None), ("first_leaf", -1), ("frames", True), ("frames", "5"),
     ("reason", 5)],
)  # fmt: skip
def test_what_says_less_is_none(name: str, value: object) -> None:
    entry = tombstone_entry(ONE, control=CONTROL, at_us=7)
    assert tombstone_in(replace(entry, envelope={**entry.envelope, name: value})) is None


def test_only_the_gateway_itself_sets_one() -> None:
    entry = tombstone_entry(ONE, control=CONTROL, at_us=7)
    assert tombstone_in(replace(entry, kind=EntryKind.INTENT)) is None
