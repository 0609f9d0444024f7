"""What a session remembers between two messages."""

from firedoor.core.commands import BindSession, ExpectResponse, FindForeign, KeepHandles, TakeExpected
from firedoor.core.forward.handles import Handle, HandleKind
from firedoor.engine.handles import Handles
from firedoor.engine.live import LiveSessions
from firedoor.engine.memory import meanings
from tests.helpers.fakes import idle
from tests.helpers.nouns import SESSION, session

CURSOR = (Handle(HandleKind.CURSOR, "p2"),)


def has_some(_: str) -> bool:
    """The answer of an upstream that did not say that it has no tasks."""
    return False


def carried_out(command, running=None):
    alone = idle()
    return meanings(Handles(), has_some)[type(command)](command, running or alone)


def test_a_request_of_the_upstream_may_be_answered_once() -> None:
    live = LiveSessions().add(session())
    running = idle(live=live)
    carried_out(ExpectResponse(SESSION, "up-1"), running)
    assert [carried_out(TakeExpected(SESSION, "up-1"), running) for _ in range(2)] == [True, False]


def test_the_upstreams_own_session_is_remembered() -> None:
    live = LiveSessions().add(session(upstream_mcp_session=None))
    carried_out(BindSession(SESSION, "u9"), idle(live=live))
    assert live.session.upstream_mcp_session == "u9"


def test_without_a_session_nothing_is_remembered_and_nothing_expected() -> None:
    carried_out(BindSession(SESSION, "u9"))
    carried_out(ExpectResponse(SESSION, "up-1"))
    assert carried_out(TakeExpected(SESSION, "up-1")) is False


def test_what_was_given_is_not_foreign() -> None:
    handles = Handles()
    answers = meanings(handles, has_some)
    running = idle()
    assert answers[FindForeign](FindForeign(session(), CURSOR), running) == frozenset(CURSOR)
    answers[KeepHandles](KeepHandles(session(), CURSOR), running)
    assert answers[FindForeign](FindForeign(session(), CURSOR), running) == frozenset()


def test_an_upstream_without_tasks_answers_for_itself_when_one_is_asked_for() -> None:
    answers = meanings(Handles(), lambda upstream: upstream == "disk")
    running = idle()
    asked = (Handle(HandleKind.TASK, "t1"), *CURSOR)
    assert answers[FindForeign](FindForeign(session(), asked), running) == frozenset(CURSOR)


def test_an_upstream_that_gave_a_task_has_tasks_whatever_it_said() -> None:
    answers = meanings(Handles(), lambda _: True)
    running = idle()
    answers[KeepHandles](KeepHandles(session(), (Handle(HandleKind.TASK, "t1"),)), running)
    asked = (Handle(HandleKind.TASK, "t2"),)
    assert answers[FindForeign](FindForeign(session(), asked), running) == frozenset(asked)
