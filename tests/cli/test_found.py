"""What is found in the index, as people and programs read it."""

from firedoor.cli.found import call_object, rules_of, verdict_of
from firedoor.model.ids import SessionId
from firedoor.ports.index import CallRow


def call(**changes) -> CallRow:
    return CallRow(session=SessionId("s"), sequence=1, at_us=1, message="request", effect="deny", **changes)


def test_a_verdict_that_changed_nothing_says_so() -> None:
    assert verdict_of(call(mode="observe")) == "deny (observed)"
    assert verdict_of(call()) == "deny"


def test_programs_read_verdict_and_mode_apart() -> None:
    told = call_object(call(mode="observe", rules=("a",)))
    assert (told["verdict"], told["mode"], told["rules"]) == ("deny", "observe", ["a"])


def test_the_rules_of_a_call_are_named_and_where_none_matched_none_is() -> None:
    assert rules_of(call(rules=("never", "reads"))) == "never, reads"
    assert rules_of(call()) is None
