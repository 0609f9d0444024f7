"""What was given to one is taken from nobody else, and what is remembered has an end."""

from firedoor.core.forward.handles import Handle, HandleKind
from firedoor.engine.handles import Handles
from firedoor.model.ids import GrantId, SessionId
from tests.helpers.nouns import grant, session

CURSOR, STATE, TASK = (Handle(kind, "x") for kind in HandleKind)
ALL = (CURSOR, STATE, TASK)
EVE = grant("g_0000000000000002")


def other(number: int, **changes):
    return session(id=SessionId(f"01999999-9999-7999-8999-{number:012}"), **changes)


def test_what_was_given_is_known_and_what_was_not_is_foreign() -> None:
    handles = Handles()
    assert handles.foreign(session(), ALL) == frozenset(ALL)
    handles.keep(session(), ALL)
    assert handles.foreign(session(), ALL) == frozenset()
    assert handles.foreign(session(), [Handle(HandleKind.TASK, "y")])


def test_another_grant_and_another_upstream_were_given_nothing() -> None:
    handles = Handles()
    handles.keep(session(), ALL)
    assert handles.foreign(other(1, grant=EVE), ALL) == frozenset(ALL)
    assert handles.foreign(other(2, upstream="wiki"), ALL) == frozenset(ALL)


def test_a_task_outlives_the_session_that_began_it_and_a_page_does_not() -> None:
    handles = Handles()
    handles.keep(session(), ALL)
    assert handles.foreign(other(1), ALL) == {CURSOR, STATE}


def test_the_same_text_may_be_given_to_several_and_is_of_one_kind_each() -> None:
    handles = Handles()
    handles.keep(session(), [CURSOR])
    handles.keep(other(1, grant=EVE), [CURSOR])
    assert not handles.foreign(session(), [CURSOR])
    assert not handles.foreign(other(1, grant=EVE), [CURSOR])
    assert handles.foreign(session(), [STATE])


def test_one_owner_forgets_its_own_oldest_and_takes_nothing_from_others() -> None:
    handles = Handles(of_one=3)
    handles.keep(other(1, grant=EVE), [CURSOR])
    pages = [Handle(HandleKind.CURSOR, str(page)) for page in range(5)]
    handles.keep(session(), pages)
    assert handles.foreign(session(), pages) == set(pages[:2])
    assert not handles.foreign(other(1, grant=EVE), [CURSOR])
    handles.keep(session(), [pages[2], Handle(HandleKind.CURSOR, "more")])
    assert handles.foreign(session(), pages) == {pages[0], pages[1], pages[3]}
    assert len(handles) == 4


def test_all_together_forget_who_was_quiet_for_longest() -> None:
    handles = Handles(of_one=2, of_all=4)
    for number in (1, 2, 3):
        handles.keep(other(number, grant=grant(GrantId(f"g_{number:016}"))), [CURSOR, STATE])
    gone = [number for number in (1, 2, 3) if handles.foreign(other(number), [CURSOR])]
    assert gone == [1]
    assert len(handles) == 4
