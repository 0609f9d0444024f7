from dataclasses import replace

import pytest

from firedoor.core.record.gap import Lost, lost_in
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId

ONE, TWO = SessionId("one"), SessionId("two")
LOST = Lost(session=ONE, first=3, last=7)
GAP = Entry(
    kind=EntryKind.RECOVERED,
    session=TWO,
    at_us=1,
    envelope={"accepted_gap": True, "sessions": [LOST.said, {"session": "two", "first": 0, "last": 0}]},
)


def test_an_entry_names_the_frames_that_were_accepted_as_lost() -> None:
    assert lost_in(GAP) == (LOST, Lost(session=TWO, first=0, last=0))


@pytest.mark.parametrize(
    ("first", "last", "covered"), [(3, 7, True), (4, 6, True), (2, 7, False), (3, 8, False), (9, 9, False)]
)
def test_it_covers_these_and_no_others(first: int, last: int, covered: bool) -> None:
    assert LOST.covers(Lost(session=ONE, first=first, last=last)) is covered
    assert not LOST.covers(Lost(session=TWO, first=first, last=last))


@pytest.mark.parametrize(
    "named",
    [None, "one", [3], ["one"], [{"session": 1, "first": 0, "last": 0}], [{"session": "one", "first": 2}],
     [{"session": "one", "first": 2, "last": 1}], [{"session": "one", "first": -1, "last": 1}]],
)  # fmt: skip
def test_what_is_not_as_it_should_be_covers_nothing(named: object) -> None:
    assert lost_in(replace(GAP, envelope={"accepted_gap": True, "sessions": named})) == ()


def test_no_other_entry_accepts_anything() -> None:
    assert lost_in(replace(GAP, kind=EntryKind.CONTROL)) == ()
    assert lost_in(replace(GAP, envelope={**GAP.envelope, "accepted_gap": 1})) == ()
