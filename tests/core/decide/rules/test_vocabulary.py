"""Facts as conditions see them."""

import pytest

from firedoor.core.decide.rules.vocabulary import Sight, confirmed_of, value_of
from firedoor.model.facts import SessionCounts
from firedoor.model.policy import Confirmed, Policy
from firedoor.model.sql import SqlEffect, SqlFacts
from tests.helpers.nouns import AT_US, facts, message

READ = SqlFacts(effect=SqlEffect.READ, dialect="postgres", reasons=(), tables=("users",), is_bounded=False)
POLICY = Policy(
    version="x",
    confirmed=(
        Confirmed(upstreams=("disk",), tools=("get_*",), is_read_only=True, is_destructive=False),
        Confirmed(tools=("*",), is_open_world=False),
    ),
)


def seen(name: str, sql: SqlFacts | None = None, **changes):
    return value_of(name, Sight(POLICY, facts(**changes), sql))


def test_arguments_are_those_of_the_call_and_else_the_params_without_meta() -> None:
    called = message(params={"name": "add", "arguments": {"a": 1}, "_meta": {"x": 1}})
    assert seen("args", about=called) == {"a": 1}
    assert seen("args", about=message(params={"name": "add"})) == {}
    asked = message("completion/complete", "", params={"argument": {"name": "x"}, "_meta": {}})
    assert seen("args", about=asked) == {"argument": {"name": "x"}}


def test_texts_are_all_texts_of_the_arguments_in_their_order() -> None:
    arguments = {"a": ["x", {"b": "y"}], "n": 1, "c": "z"}
    assert seen("texts", about=message(params={"arguments": arguments})) == ["x", "y", "z"]


def test_answers_of_a_repeated_call_are_its_inputs() -> None:
    assert seen("inputs", about=message(params={"inputResponses": {"q": {"action": "accept"}}})) == {
        "q": {"action": "accept"}
    }


def test_a_call_without_sql_has_the_effect_none() -> None:
    assert seen("sql")["effect"] == "none"
    told = seen("sql", READ)
    assert (told["effect"], told["tables"], told["bounded"]) == ("read", ("users",), False)


def test_who_calls_and_through_whom() -> None:
    assert seen("principal") == {"name": "dana", "kind": "person", "groups": []}
    assert seen("agent") == {"name": "claw", "chain": ["claw"]}
    assert seen("network") == {"address": "10.0.0.7"}


def test_the_first_confirmation_that_fits_counts_and_else_the_worst_is_true() -> None:
    assert seen("tool", about=message(name="get_user"))["read_only"] is True
    other = seen("tool", about=message(name="drop"))
    assert (other["read_only"], other["destructive"], other["open_world"]) == (False, True, False)
    assert confirmed_of(Policy(version="y"), "disk", "get_user") == Confirmed()


def test_what_a_session_has_done_must_be_asked_for() -> None:
    counts = SessionCounts(calls=3, denied=1, opened_at_us=AT_US - 5_500_000)
    assert seen("session", session=counts) == {"calls": 3, "denied": 1, "age_s": 5}
    with pytest.raises(LookupError):
        seen("session")


def test_time_is_utc() -> None:
    told = seen("time", at_us=1_795_435_200_000_000)
    assert told == {"hour": 12, "minute": 0, "weekday": 1, "date": "2026-11-23", "unix_s": 1_795_435_200}
