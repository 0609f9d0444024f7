"""Facts that are found later change nothing else."""

from dataclasses import fields

from firedoor.model.facts import SessionCounts
from tests.helpers.nouns import facts


def test_a_definition_that_is_found_later_leaves_all_other_facts_as_they_are() -> None:
    before = facts(peer="10.0.0.7", at_us=7, session=SessionCounts(calls=3), sql=(), shell=())
    after = before.defined("d1")

    assert after.definition == "d1"
    others = [each.name for each in fields(before) if each.name != "definition"]
    assert [getattr(after, name) for name in others] == [getattr(before, name) for name in others]
    # Each of them is something else than its default: one that was forgotten would be seen.
    assert all(getattr(before, each.name) != each.default for each in fields(before) if each.name in others)
