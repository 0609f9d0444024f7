"""Conditions that are run: only what they look at is handed over, and nothing too large is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firedoor.core.decide.rules.conditions import (
    LARGEST,
    LONGEST,
    RAISED,
    Condition,
    TooLargeError,
    compile_condition,
    pruned,
)


def compiled(source: str) -> Condition:
    found = compile_condition(source)
    assert isinstance(found, Condition), found
    return found


def test_a_condition_is_run_on_what_it_looks_at() -> None:
    condition = compiled("args.limit > 10 && principal.name == 'ci'")
    assert condition.facts == {"args", "principal"}
    assert condition.program.execute({"args": {"limit": 11}, "principal": {"name": "ci"}}) is True


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("args.a ==", "cannot be read at character 10"),
        ("sql.efect == 'read'", "no member of sql"),
        ("args.a.matches('(')", "no pattern of RE2"),
        ("args.a == 99999999999999999999", "cannot be read"),
        ("args" + ".a" * 1_900 + " == 1", "levels deep"),
        ("args.a" + "+1" * 1_900 + " > 1", "levels deep"),
        ("args.a" + "[0]" * 1_300 + " == 1", "levels deep"),
        ("(" * 40 + "args.a" + "+1+1+1)" * 40 + " > 1", "levels deep"),
        ("args.a == 1 ||" * 400 + " true", f"more than {LONGEST} characters"),
    ],
)
def test_what_cannot_be_used_is_told(source: str, fault: str) -> None:
    found = compile_condition(source)
    assert isinstance(found, tuple)
    assert fault in found[0]


@given(st.text(max_size=60) | st.text(alphabet="args.qlefct()[]{}'\"&|!=<>?:,+-*/%0123 ", max_size=80))
def test_no_text_breaks_the_reader(source: str) -> None:
    found = compile_condition(source)
    assert isinstance(found, Condition | tuple)
    if isinstance(found, Condition):
        with suppress(*RAISED):
            found.program.execute({"args": {}, "sql": {}})


def test_only_what_is_looked_at_is_taken() -> None:
    value = {"a": {"b": 1, "c": 2}, "rows": [{"x": 1}] * 50_000}
    room = [LARGEST]
    assert pruned(value, [("a", "b"), ("d",)], room) == {"a": {"b": 1}}
    assert room == [LARGEST - 1]


@pytest.mark.parametrize("value", [[0] * (LARGEST + 1), {"n": 2**63}, {"n": -(2**63) - 1}])
def test_more_than_a_decision_may_cost_and_numbers_that_would_be_rounded_are_refused(value) -> None:
    with pytest.raises(TooLargeError):
        pruned(value, [()], [LARGEST])


def test_numbers_of_64_bits_are_taken_as_they_are() -> None:
    value = {"n": [2**63 - 1, -(2**63), 1.5, True, None, "x"]}
    assert pruned(value, [()], [LARGEST]) == value


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ('args["x"] == 1', {("args", "x")}),
        ('args.x in ["a", "b"]', {("args", "x")}),
        ('principal.groups[0] == "a"', {("principal", "groups")}),
        ("args.x in args.y", {("args", "x"), ("args", "y")}),
    ],
)
def test_members_are_known_however_they_are_asked_for(source: str, paths: set[tuple[str, ...]]) -> None:
    assert set(compiled(source).paths) == paths


def test_many_alternatives_are_no_deep_condition() -> None:
    many = " || ".join(f"args.a.b == {number}" for number in range(90))
    assert isinstance(compile_condition(many), Condition)
