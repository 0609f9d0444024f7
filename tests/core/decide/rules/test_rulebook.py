"""A policy, ready: rules are found in its order, and facts are needed only where a rule looks at them."""

from firedoor.core.decide.rules.rulebook import Rulebook, needs_in, rulebook_of
from firedoor.core.decide.rules.targets import Target
from firedoor.model.facts import Need
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect
from tests.helpers.nouns import facts

ADD = Target("tool", "add")


def rule(name: str, **changes) -> Rule:
    return Rule(id=name, effect=Effect.ALLOW, **changes)


def book(*rules: Rule) -> Rulebook:
    return Rulebook(Policy(version="x", rules=rules))


def test_rules_about_a_target_come_in_the_order_of_the_policy() -> None:
    kept = book(
        rule("any"), rule("plain", tools=("add", "sub")), rule("else", tools=("mul",)),
        rule("pattern", tools=("a*",)), rule("elsewhere", upstreams=("wiki",)), rule("again", tools=("add",)),
    )  # fmt: skip
    found = [entry.rule.id for entry in kept.about("disk", "tools/call", ADD).entries]
    assert found == ["any", "plain", "pattern", "again"]
    assert [e.rule.id for e in kept.about("wiki", "prompts/get", Target("prompt", "add")).entries] == [
        "any", "elsewhere",
    ]  # fmt: skip


def test_who_calls_is_looked_at_after_what_is_called() -> None:
    kept = book(rule("mine", principals=("dana",)), rule("yours", principals=("eve",)))
    assert [entry.rule.id for entry in kept.matching(facts(), ADD).entries] == ["mine"]


def test_what_conditions_look_at_is_joined_and_kept() -> None:
    kept = book(rule("a", when="args.x == 1"), rule("b", when="args.y == sql.effect"), rule("c"))
    found = kept.about("disk", "tools/call", ADD)
    assert found.paths == {"args": (("x",), ("y",)), "sql": (("effect",),)}
    assert [entry.rule.id for entry in found.conditional] == ["a", "b"]
    assert kept.matching(facts(), ADD) is found
    assert needs_in(found.paths) == {Need.SQL}


def test_what_callers_name_fills_no_memory() -> None:
    kept = book(rule("a"))
    long = Target("tool", "x" * 300)
    assert kept.about("disk", "tools/call", long) is not kept.about("disk", "tools/call", long)
    first = kept.about("disk", "tools/call", ADD)
    for number in range(5_000):
        kept.about("disk", "tools/call", Target("tool", f"t{number}"))
    assert kept.about("disk", "tools/call", ADD) is not first


def test_a_condition_that_slipped_through_is_kept_as_broken() -> None:
    (entry,) = book(rule("a", when="nonsense ==")).about("disk", "tools/call", ADD).entries
    assert entry.is_broken


def test_a_policy_is_made_ready_once() -> None:
    policy = Policy(version="x")
    assert rulebook_of(policy) is rulebook_of(policy)
    assert rulebook_of(policy) is not rulebook_of(Policy(version="x"))
