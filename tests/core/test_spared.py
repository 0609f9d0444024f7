"""Which calls ask to go on where they cannot be recorded."""

from dataclasses import replace

import pytest

from firedoor.core.commands import Append, UnderstandSql
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.core.spared import Spare, spare
from firedoor.model.message import Message
from firedoor.model.policy import Confirmed
from firedoor.model.verdict import Effect, Verdict
from tests.helpers.exchanges import admitted, deciding_by
from tests.helpers.nouns import gate, message, request

READ = Verdict(effect=Effect.ALLOW, is_read=True)


def is_spared(verdict: Verdict, *, came: Message | None = None) -> bool:
    sent = message()
    asked = list(spare(verdict, came=came or sent, sent=sent))
    assert asked in ([], [Spare()])
    return bool(asked)


def test_a_call_that_reads_is_spared_and_no_other() -> None:
    assert is_spared(READ)
    assert not is_spared(replace(READ, is_read=False))


@pytest.mark.parametrize("effect", [Effect.HOLD, Effect.DENY])
def test_what_people_decide_about_and_what_is_denied_is_not(effect: Effect) -> None:
    assert not is_spared(replace(READ, effect=effect))
    assert not is_spared(replace(READ, effect=effect, is_enforced=False))


def test_a_call_of_which_something_was_put_in_clear_is_not() -> None:
    assert not is_spared(READ, came=replace(message(), body=b"{ }"))


@pytest.mark.parametrize(("statement", "is_read"), [("SELECT 1", True), ("DELETE FROM t", False)])
def test_on_the_path_it_is_asked_before_the_intent_and_for_what_the_guard_understood(
    statement: str, is_read: bool
) -> None:
    """A tool that is confirmed to read does not make a statement read that writes."""
    doors = gate(kind="sql", dialect="sqlite", may_go_unrecorded=True)
    policy = deciding_by('sql.effect != "unknown"')
    policy = replace(policy, confirmed=(Confirmed(tools=("query",), is_read_only=True),))
    body = request(params={"name": "query", "arguments": {"sql": statement}})
    play = admitted(body, doors=doors, policy=policy)
    play.asks_a(UnderstandSql)
    play.told((understand_sql(statement, "sqlite"),))
    if is_read:
        play.asks(Spare()).told(None)
    play.asks_a(Append)
