"""Who may use which session, and for how long."""

import pytest

from firedoor.engine.live import ENDED, HARD_END_US, IDLE_US, LiveSessions
from firedoor.model.era import Era
from firedoor.model.ids import SessionId
from tests.helpers.nouns import AT_US, grant, session

OTHER = grant("g_0000000000000002")


def test_a_session_is_found_by_its_grant_and_upstream_alone() -> None:
    all_ = LiveSessions()
    live = all_.add(session())
    assert all_.of_client("m1", grant(), "disk") is live
    assert all_.of_client("m2", grant(), "disk") is None
    assert all_.of_client("m1", OTHER, "disk") is None
    assert all_.of_client("m1", grant(), "other") is None
    assert all_.of_activity(grant(), "disk", AT_US) is None
    assert all_.get(session().id) is live


def test_a_stretch_of_activity_is_one_of_a_grant_with_an_upstream() -> None:
    all_ = LiveSessions()
    live = all_.add(session(Era.MODERN))
    assert all_.of_activity(grant(), "disk", AT_US) is live
    assert all_.of_activity(OTHER, "disk", AT_US) is None
    assert all_.of_activity(grant(), "other", AT_US) is None


@pytest.mark.parametrize(
    ("quiet_us", "exchanges", "is_over"),
    [
        (IDLE_US, 0, False),
        (IDLE_US + 1, 0, True),
        (IDLE_US + 1, 1, False),
        (HARD_END_US, 1, False),
        (HARD_END_US + 1, 1, True),
    ],
)
def test_activity_ends_after_silence_and_at_the_latest_after_half_a_day(quiet_us, exchanges, is_over) -> None:
    all_ = LiveSessions()
    live = all_.add(session(Era.MODERN))
    live.exchanges = exchanges
    assert (all_.of_activity(grant(), "disk", AT_US + quiet_us) is None) is is_over
    assert [over.id for over in all_.over(AT_US + quiet_us)] == ([live.session.id] if is_over else [])


def test_a_session_that_never_rests_ends_after_half_a_day_too() -> None:
    all_ = LiveSessions()
    live = all_.add(session(Era.MODERN))
    live.last_at_us = AT_US + HARD_END_US
    assert all_.of_activity(grant(), "disk", AT_US + HARD_END_US) is live
    assert all_.of_activity(grant(), "disk", AT_US + HARD_END_US + 1) is None


@pytest.mark.parametrize("era", list(Era))
def test_a_session_that_was_taken_out_is_found_no_more(era: Era) -> None:
    all_ = LiveSessions()
    live = all_.add(session(era))
    assert [len(all_), *all_] == [1, live]
    assert all_.remove(live.session.id) is live
    assert all_.remove(live.session.id) is None
    assert len(all_) == 0
    assert all_.of_client("m1", grant(), "disk") is None
    assert all_.of_activity(grant(), "disk", AT_US) is None


def test_taking_out_an_old_stretch_leaves_the_new_one() -> None:
    all_ = LiveSessions()
    old = all_.add(session(Era.MODERN))
    new = all_.add(session(Era.MODERN, id=SessionId("new")))
    all_.remove(old.session.id)
    assert all_.of_activity(grant(), "disk", AT_US) is new


def test_the_upstreams_own_name_of_a_session_is_remembered() -> None:
    live = LiveSessions().add(session(upstream_mcp_session=None))
    live.bind("u7")
    assert live.session.upstream_mcp_session == "u7"


def test_requests_that_were_ended_are_remembered_and_of_very_many_the_newest() -> None:
    live = LiveSessions().add(session())
    live.end("a")
    assert (live.has_ended("a"), live.has_ended("b")) == (True, False)
    for number in range(ENDED):
        live.end(number)
    assert (live.has_ended("a"), live.has_ended(0), live.has_ended(ENDED - 1)) == (False, True, True)
