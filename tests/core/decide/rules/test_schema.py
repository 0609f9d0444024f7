"""The facts that there are: each says what it is, and conditions can look at each of its members."""

import pytest

from firedoor.core.decide.rules.conditions import Condition, compile_condition
from firedoor.core.decide.rules.schema import FACTS, FUNCTIONS, Kind, number, record, text, texts, truth
from firedoor.core.decide.rules.vocabulary import Sight, value_of
from firedoor.model.facts import SessionCounts
from firedoor.model.policy import Policy
from tests.helpers.nouns import facts

MEMBERS = [(name, member) for name, fact in FACTS.items() for member in fact.members or ()]


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_the_members_that_the_schema_says_and_no_other(name: str) -> None:
    fact = FACTS[name]
    about = facts(session=SessionCounts(opened_at_us=1))
    value = value_of(name, Sight(Policy(version="x"), about, None))
    assert fact.says
    if fact.members is not None:
        assert list(value) == list(fact.members)
        assert all(kind.says for kind in fact.members.values())


@pytest.mark.parametrize(("name", "member"), MEMBERS)
def test_each_member_can_be_looked_at(name: str, member: str) -> None:
    kind = FACTS[name].members[member]
    asked = {"bool": "", "text": " != 'read'", "number": " > 1", "list": ".exists(x, x == 'read')"}[kind.name]
    word = kind.words[0] if kind.words else "read"
    found = compile_condition(f"{name}.{member}{asked.replace('read', word)}")
    assert isinstance(found, Condition), found


def test_kinds_are_made_with_their_words() -> None:
    assert text("says", "a", "b") == Kind(name="text", says="says", words=("a", "b"))
    assert truth("says").name == "bool"
    assert number("says").name == "number"
    assert texts("says", "a").item == Kind(name="text", words=("a",))
    assert list(record("says", a=number("x")).members) == ["a"]


def test_a_function_takes_and_gives_kinds() -> None:
    assert all(isinstance(kind, Kind) for taken, gives in FUNCTIONS.values() for kind in (*taken, gives))
