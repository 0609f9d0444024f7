from itertools import product

import pytest

from firedoor.core.decide.sql.reading import NOT_TAKEN, SEVERAL, Reading, shown, unparsed, worse
from firedoor.model.sql import SqlEffect

READ, WRITE, UNKNOWN, DESTRUCTIVE = SqlEffect.READ, SqlEffect.WRITE, SqlEffect.UNKNOWN, SqlEffect.DESTRUCTIVE


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (READ, WRITE, WRITE),
        (WRITE, UNKNOWN, UNKNOWN),
        (UNKNOWN, DESTRUCTIVE, DESTRUCTIVE),
        (READ, READ, READ),
    ],
)
def test_the_worse_of_two_effects_counts(one: SqlEffect, other: SqlEffect, expected: SqlEffect) -> None:
    assert worse(one, other) is expected
    assert worse(other, one) is expected


@pytest.mark.parametrize(("first", "second"), list(product(SqlEffect, SqlEffect)))
def test_nothing_makes_a_reading_better(first: SqlEffect, second: SqlEffect) -> None:
    reading = Reading()
    reading.add(first, "a")
    reading.add(second, "b")
    other = Reading()
    other.join(reading)
    assert other.effect is worse(first, second)
    assert set(other.facts("postgres").reasons) == {"a", "b"}


def test_the_worst_reason_comes_first() -> None:
    reading = Reading()
    reading.add(WRITE, "writes")
    reading.destroys("destroys")
    assert reading.facts("mysql").reasons == ("destroys", "writes")


def test_a_read_says_so() -> None:
    facts = Reading().facts("mysql")
    assert facts.effect is READ
    assert facts.reasons == ("It only reads: every statement, clause and function is known.",)
    assert not facts.is_bounded


def test_rows_are_bounded_if_every_change_is() -> None:
    reading = Reading()
    reading.changes_rows("DELETE", is_bounded=True)
    assert reading.facts("mysql").is_bounded
    assert reading.effect is WRITE
    reading.changes_rows("UPDATE", is_bounded=False)
    assert not reading.facts("mysql").is_bounded
    assert reading.effect is DESTRUCTIVE


def test_what_is_only_planned_changes_nothing_but_stays_unknown_if_it_was() -> None:
    reading = Reading(only_plans=True)
    reading.changes_rows("DELETE", is_bounded=False)
    reading.add(WRITE, "locks")
    assert reading.effect is READ
    reading.unknown("calls wipe")
    assert reading.effect is UNKNOWN


def test_facts_hold_a_bounded_number_of_names_and_reasons() -> None:
    reading = Reading()
    for number in range(1000):
        reading.tables.add(f"t{number}")
        reading.unknown(f"reason {number}")
    facts = reading.facts("mysql")
    assert len(facts.tables) == 200
    assert len(facts.reasons) == 6


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("DROP changes more than bounded rows, or a.", "DROP TABLE changes more than bounded rows, or a."),
         ("DROP TABLE changes more than bounded rows, or a.",)),
        (("DROP TABLE changes more than bounded rows, or a.", "DROP changes more than bounded rows, or b."),
         ("DROP TABLE changes more than bounded rows, or a.",)),
        (("SET changes more than bounded rows, or a.", "SET changes more than bounded rows, or b."),
         ("SET changes more than bounded rows, or a.",)),
        (("SET changes more than bounded rows, or a.", "SETTING changes more than bounded rows, or a."),
         ("SET changes more than bounded rows, or a.", "SETTING changes more than bounded rows, or a.")),
        ((NOT_TAKEN, unparsed("postgres")), (NOT_TAKEN,)),
        ((unparsed("postgres"),), (unparsed("postgres"),)),
        ((SEVERAL, SEVERAL, "other"), (SEVERAL, "other")),
    ],
)  # fmt: skip
def test_what_two_parsers_say_alike_is_said_once(given: tuple[str, ...], told: tuple[str, ...]) -> None:
    reading = Reading()
    for reason in given:
        reading.unknown(reason)
    assert reading.facts("postgres").reasons == told


def test_a_name_in_a_reason_is_short_and_plain() -> None:
    assert shown("a\nb\u202e" + "x" * 100) == "a?b?" + "x" * 56
