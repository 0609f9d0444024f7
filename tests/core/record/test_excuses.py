import pytest

from firedoor.core.record.excuses import Excuses
from firedoor.core.record.gap import Lost
from firedoor.core.record.tombstone import Tombstone, tombstone_entry
from firedoor.model.entry import Entry, EntryKind
from firedoor.model.ids import SessionId
from tests.core.record.sealed import SESSION

CONTROL = SessionId("0193f0aa-1122-7333-8444-555566660000")
STONE = Tombstone(session=SESSION, log="gw/door/0", first_leaf=4, last_leaf=9, frames=5, reason="30 days")
TOMBSTONE = tombstone_entry(STONE, control=CONTROL, at_us=7)
LOST = Lost(session=SESSION, first=2, last=4)


def entry(kind: EntryKind, **said: object) -> Entry:
    return Entry(kind=kind, session=CONTROL, at_us=1, envelope=said)


GAP = entry(EntryKind.RECOVERED, accepted_gap=True, sessions=[LOST.said])


def of(*entries: Entry, control: bool = True, is_proven: bool = True) -> Excuses:
    excuses = Excuses()
    for each in (entry(EntryKind.OPEN, control=control), *entries):
        excuses.take(each, is_proven=is_proven)
    return excuses


def test_a_tombstone_covers_as_many_frames_as_it_says() -> None:
    excuses = of(TOMBSTONE)
    assert [excuses.covers(SESSION, frames) for frames in (4, 5, 6)] == [True, True, False]
    assert not excuses.covers(CONTROL, 1)


def test_a_gap_is_accepted_for_what_it_names() -> None:
    excuses = of(GAP)
    assert excuses.accepts(Lost(session=SESSION, first=3, last=4))
    assert not excuses.accepts(Lost(session=SESSION, first=3, last=5))


@pytest.mark.parametrize("said", [TOMBSTONE, GAP])
def test_what_is_in_no_log_excuses_nothing_and_is_known(said: Entry) -> None:
    excuses = of(said, is_proven=False)
    assert (excuses.tombstones, excuses.lost, excuses.unproven) == ({}, [], {SESSION})


@pytest.mark.parametrize("said", [TOMBSTONE, GAP])
def test_only_a_control_session_excuses(said: Entry) -> None:
    for excuses in (of(said, control=False), of(said, control=False, is_proven=False)):
        assert (excuses.tombstones, excuses.lost, excuses.unproven) == ({}, [], set())
