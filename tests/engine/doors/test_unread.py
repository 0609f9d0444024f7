"""Answers that clients have not read: found again for a lock, forgotten once they are read."""

from firedoor.core.decide.locks import whom_of
from firedoor.engine.doors.unread import LOOK_AT, Unread
from tests.helpers.bench import Bench
from tests.helpers.doors import idle
from tests.helpers.nouns import grant

DANA = whom_of(grant(), "10.0.0.7", "disk")


def over(unread: Unread, behind: int, whom=DANA):
    """An exchange that is over, and how much of its answer its client has not read."""
    running = idle(Bench().client())
    running.whom = whom
    running.client.behind = behind
    unread.note(running)
    return running.client


def test_only_what_is_not_read_is_kept_and_only_of_those_whom_a_lock_can_name() -> None:
    unread = Unread()
    slow = over(unread, 1)
    over(unread, 0)
    over(unread, 1, whom=None)
    assert len(unread) == 1
    assert unread.of(lambda whom: whom is DANA) == [slow]
    assert unread.of(lambda _: False) == []


def test_what_was_read_since_is_forgotten() -> None:
    unread = Unread()
    clients = [over(unread, 1) for _ in range(LOOK_AT - 1)]
    for client in clients:
        client.behind = 0
    late = over(unread, 1)
    assert len(unread) == 1
    assert unread.of(lambda _: True) == [late]
    late.behind = 0
    assert (unread.of(lambda _: True), len(unread)) == ([], 0)


def test_of_many_that_never_read_none_is_forgotten() -> None:
    unread = Unread()
    clients = [over(unread, 1) for _ in range(3 * LOOK_AT)]
    assert unread.of(lambda _: True) == clients
