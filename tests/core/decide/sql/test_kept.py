from firedoor.core.decide.sql.kept import Kept
from firedoor.model.sql import SqlEffect, SqlFacts

FACTS = SqlFacts(effect=SqlEffect.READ, dialect="mysql", reasons=("r",))


def test_facts_are_kept_by_text_and_dialect() -> None:
    kept = Kept(1_000_000)
    kept.keep("SELECT 1", "mysql", FACTS)
    assert kept.of("SELECT 1", "mysql") is FACTS
    assert kept.of("SELECT 1", "sqlite") is None
    assert kept.of("SELECT 2", "mysql") is None


def test_what_was_not_used_for_longest_is_forgotten_first() -> None:
    kept = Kept(40_000)
    for number in range(30):
        kept.keep(f"SELECT {number}", "mysql", FACTS)
        kept.of("SELECT 0", "mysql")
    kept.keep("SELECT 30", "mysql", FACTS)
    for number in range(31, 45):
        kept.of("SELECT 0", "mysql")
        kept.keep(f"SELECT {number}", "mysql", FACTS)
    assert kept.of("SELECT 0", "mysql") is FACTS
    assert kept.of("SELECT 1", "mysql") is None
    assert kept.size <= 40_000


def test_a_text_that_would_take_too_much_room_is_not_kept() -> None:
    kept = Kept(100_000)
    kept.keep("x" * 10_000, "mysql", FACTS)
    assert kept.of("x" * 10_000, "mysql") is None
    assert kept.size == 0


def test_keeping_twice_counts_once_and_forgetting_empties() -> None:
    kept = Kept(100_000)
    kept.keep("a", "mysql", FACTS)
    size = kept.size
    kept.keep("a", "mysql", FACTS)
    assert kept.size == size > 0
    kept.forget()
    assert kept.size == 0
    assert kept.of("a", "mysql") is None
