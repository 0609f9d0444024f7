"""What a database driver says is for the log: callers are told that it is so, and not where it is."""

import logging
from itertools import count

import pytest
from sqlalchemy.exc import OperationalError

from firedoor.edges.store.faults import AGAIN_S, Seldom, or_refused
from firedoor.model.errors import RecordError

SOCKET = 'connection to server on socket "/run/secret/.s.PGSQL.5432" failed: No such file\nIs it running?'
NUMBERS = count()


def refused(unable: str) -> RecordError:
    with pytest.raises(RecordError) as refusal, or_refused(unable):
        raise OperationalError("SELECT token", {"token": "t"}, Exception(SOCKET))
    return refusal.value


def test_the_address_of_a_database_is_in_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    unable = f"Grants {next(NUMBERS)} cannot be read"
    fault = refused(unable)
    assert (fault.code, fault.message) == ("store_unavailable", f"{unable} at the moment.")
    assert "/run/secret" not in str(fault)
    assert caplog.messages == [f"{unable}: {SOCKET.splitlines()[0]}"]


def test_callers_do_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    tell = Seldom(lambda: now[0])
    with caplog.at_level(logging.WARNING):
        for _ in range(1000):
            tell("a")
        now[0] = AGAIN_S
        tell("a")
        tell("b")
    assert caplog.messages == ["a", "a", "b"]
