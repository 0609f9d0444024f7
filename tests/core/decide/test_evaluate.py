"""Rules as tables: the worst effect wins, nothing matches means the default, every match is named."""

import pytest

from firedoor.core.accept.revisions import REVISIONS
from firedoor.core.decide.evaluate import (
    DESCRIBING,
    MOST_TEXTS,
    asked_of_client,
    decide_reverse,
    may_hold,
    needs_of,
    shows,
    shows_all_the_same,
    too_often,
)
from firedoor.core.decide.evaluate import decide as decide_facts
from firedoor.model.facts import Facts, Need
from firedoor.model.message import MessageKind
from firedoor.model.policy import Policy, Rule, Window
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.sql import SqlEffect, SqlFacts
from firedoor.model.verdict import Demand, Effect, Obligations, Rate, Risk, Verdict
from tests.helpers.nouns import AT_US, message, upstream

ALLOW, HOLD, DENY = Effect.ALLOW, Effect.HOLD, Effect.DENY


DANA = Principal(
    name="dana", kind=PrincipalKind.PERSON, groups=frozenset({"support"}), actors=(Actor(name="claw"),)
)


def facts(to, about, **changes) -> Facts:
    given = {"principal": DANA, "peer": "10.0.0.7", "at_us": AT_US}
    return Facts(message=about, upstream=to, **{**given, **changes})


def decide(rules: Policy, to, about, **changes) -> Verdict:
    return decide_facts(rules, facts(to, about, **changes))


def policy(*rules: Rule) -> Policy:
    return Policy(version="sha256:1", rules=rules)


def rule(name: str, effect: Effect, **changes) -> Rule:
    return Rule(id=name, effect=effect, **changes)


@pytest.mark.promise("DEC-1")
@pytest.mark.parametrize(
    ("effects", "worst"),
    [
        ([ALLOW], ALLOW),
        ([ALLOW, HOLD], HOLD),
        ([HOLD, ALLOW, DENY], DENY),
        ([DENY, ALLOW, ALLOW], DENY),
        ([ALLOW, ALLOW], ALLOW),
    ],
)
def test_the_worst_effect_wins_and_every_rule_that_matched_is_named(effects, worst) -> None:
    rules = [rule(f"r{n}", effect, reason=f"why {n}") for n, effect in enumerate(effects)]
    verdict = decide(policy(*rules), upstream(), message())
    assert verdict.effect is worst
    assert verdict.rules == tuple(r.id for r in rules)
    stopping = tuple(r.id for r in rules if r.effect is worst and worst is not ALLOW)
    assert verdict.decisive == stopping
    assert verdict.reasons == tuple(r.reason for r in rules if r.effect is worst)
    assert verdict.policy_version == "sha256:1"


@pytest.mark.promise("DEC-1")
def test_what_no_rule_matches_is_denied() -> None:
    verdict = decide(policy(), upstream(), message())
    assert (verdict.effect, verdict.rules, verdict.reasons) == (DENY, (), ("No rule allows it.",))
    assert verdict.policy_version == "sha256:1"


@pytest.mark.parametrize("effect", [ALLOW, HOLD])
def test_an_upstream_may_have_another_default(effect: Effect) -> None:
    verdict = decide(policy(rule("x", DENY, tools=("other",))), upstream(default=effect), message())
    assert (verdict.effect, verdict.rules, verdict.reasons) == (effect, (), ())


@pytest.mark.parametrize(
    ("patterns", "name", "matches"),
    [
        (("add",), "add", True),
        (("add",), "adder", False),
        (("add",), "Add", False),
        (("a*",), "add", True),
        (("*",), "any\nthing", True),
        (("a?d",), "add", True),
        (("a?d",), "ad", False),
        (("a.d",), "add", False),
        (("a[d]d",), "add", False),
        (("x", "add"), "add", True),
        (("*_delete*",), "table_delete_all", True),
    ],
)
def test_patterns_match_whole_names(patterns, name, matches) -> None:
    about_tools = decide(policy(rule("r", ALLOW, tools=patterns)), upstream(), message(name=name))
    about_upstreams = decide(policy(rule("r", ALLOW, upstreams=patterns)), upstream(name), message())
    assert about_tools.effect is about_upstreams.effect is (ALLOW if matches else DENY)


def test_a_rule_about_an_upstream_and_a_tool_needs_both() -> None:
    both = policy(rule("r", ALLOW, upstreams=("disk",), tools=("add",)))
    assert decide(both, upstream(), message()).effect is ALLOW
    assert decide(both, upstream("other"), message()).effect is DENY
    assert decide(both, upstream(), message(name="sub")).effect is DENY


@pytest.mark.promise("DEC-1")
@pytest.mark.parametrize("method", sorted(frozenset().union(*(r.requests for r in REVISIONS.values()))))
def test_what_acts_needs_a_rule_and_what_describes_does_not(method: str) -> None:
    expected = ALLOW if method in DESCRIBING else DENY
    assert decide(policy(rule("r", ALLOW, tools=("*",))), upstream(), message(method, "")).effect is (
        ALLOW if method == "tools/call" else expected
    )


def test_acting_methods_are_these() -> None:
    acting = frozenset().union(*(r.requests for r in REVISIONS.values())) - DESCRIBING
    assert acting == {
        "tools/call", "resources/read", "resources/subscribe", "prompts/get", "completion/complete",
        "tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "tasks/update",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "effect"),
    [
        ({"resourceSubscriptions": ["file:///x"]}, DENY),
        ({"resourceSubscriptions": []}, ALLOW),
        ({"toolsListChanged": True}, ALLOW),
        (None, ALLOW),
    ],
)
def test_listening_to_resources_is_reading_them(wanted, effect) -> None:
    listening = message("subscriptions/listen", "", params={"notifications": wanted})
    assert decide(policy(), upstream(), listening).effect is effect


@pytest.mark.parametrize(
    "kind", [MessageKind.NOTIFICATION, MessageKind.RESPONSE, MessageKind.LISTEN, MessageKind.END]
)
def test_only_requests_act(kind: MessageKind) -> None:
    assert decide(policy(rule("r", DENY)), upstream(), message(kind=kind)).effect is ALLOW


SQL = upstream(kind="sql", dialect="postgres")
READ = SqlFacts(effect=SqlEffect.READ, dialect="postgres", reasons=("It only reads.",))
DROP = SqlFacts(effect=SqlEffect.DESTRUCTIVE, dialect="postgres", reasons=("DROP destroys.",))
READS = rule("reads", ALLOW, when="sql.effect == 'read'")
LOOKS = rule("looks", DENY, when="args.query.contains('x')", reason="No x.")


def called(**arguments):
    return message(params={"name": "add", "arguments": arguments})


def test_a_condition_decides_whether_its_rule_matches() -> None:
    both = policy(rule("all", ALLOW), LOOKS)
    assert decide(both, upstream(), called(query="a")).rules == ("all",)
    denied = decide(both, upstream(), called(query="ax"))
    assert (denied.effect, denied.rules, denied.reasons) == (DENY, ("all", "looks"), ("No x.",))


@pytest.mark.promise("DEC-1")
@pytest.mark.parametrize(
    ("condition", "arguments", "why"),
    [
        ("args.query.contains('x')", {}, "what it looks at is not there"),
        ("args.query.contains('x')", {"query": 7}, "has no answer"),
        ("args.n > 3", {"n": "7"}, "of another kind"),
        ("args.n", {"n": "yes"}, "neither yes nor no"),
        ("args.n == 1", {"n": 2**70}, "more than fits"),
        ("args.n.exists(x, x == 1)", {"n": [0] * 20_001}, "more than fits"),
        ("args.n / args.m == 1", {"n": 1, "m": 0}, "has no answer"),
        ("session.calls > 1", {}, "what it looks at is not there"),
        ("nonsense ==", {}, "its condition is broken"),
    ],
)
@pytest.mark.parametrize("effect", [ALLOW, HOLD, DENY])
def test_a_condition_without_an_answer_denies_and_names_its_rule(effect, condition, arguments, why) -> None:
    unsure = policy(rule("all", ALLOW), rule("unsure", effect, when=condition))
    verdict = decide(unsure, upstream(default=ALLOW), called(**arguments))
    assert verdict.effect is DENY
    assert "unsure" in verdict.rules
    assert "Rule unsure could not be decided" in verdict.reasons[0]
    assert why in verdict.reasons[0]


@pytest.mark.promise("DEC-1")
def test_beside_a_rule_that_nobody_could_decide_those_that_matched_are_named_too() -> None:
    several = policy(
        rule("all", ALLOW),
        rule("unsure", ALLOW, when="args.n"),
        rule("holds", ALLOW, when="args.n == 'yes'"),
        rule("does-not", ALLOW, when="args.n == 'no'"),
    )
    verdict = decide(several, upstream(default=ALLOW), called(n="yes"))
    assert (verdict.effect, verdict.rules) == (DENY, ("all", "unsure", "holds"))


@pytest.mark.promise("DEC-1")
def test_a_rule_with_a_broken_condition_denies_beside_those_that_are_decided() -> None:
    broken, holds = rule("broken", ALLOW, when="nonsense =="), rule("holds", ALLOW, when="args.n == 'yes'")
    verdict = decide(policy(broken, holds), upstream(default=ALLOW), called(n="yes"))
    assert (verdict.effect, verdict.rules) == (DENY, ("broken", "holds"))
    assert verdict.decisive == ("broken",)


def test_the_words_of_a_failed_condition_are_ours_and_repeat_no_argument() -> None:
    verdict = decide(policy(rule("r", ALLOW, when="int(args.n) > 3")), upstream(), called(n="s3cret"))
    assert "s3cret" not in str(verdict)


@pytest.mark.parametrize(
    ("found", "effect"),
    [
        ((), DENY),
        ((READ,), ALLOW),
        ((DROP,), DENY),
        ((READ, DROP), DENY),
        ((DROP, READ), DENY),
        ((READ, READ), ALLOW),
    ],
)
def test_each_text_of_sql_is_decided_and_the_worst_verdict_counts(found, effect) -> None:
    verdict = decide(policy(READS), SQL, called(query="…"), sql=found)
    assert verdict.effect is effect
    missing = () if found else ("No statement of SQL is in its arguments.",)
    assert verdict.understood == (("DROP destroys.",) if DROP in found else missing)


def test_what_is_missing_is_said_where_a_rule_asked_for_it() -> None:
    assert decide(policy(READS), SQL, called(), shell=()).understood == (
        "No command line is in its arguments.",
    )
    assert decide(policy(), SQL, called()).understood == ()


def test_too_many_texts_are_denied_unread() -> None:
    verdict = decide(policy(rule("all", ALLOW)), SQL, called(), sql=(READ,) * (MOST_TEXTS + 1))
    assert (verdict.effect, verdict.rules) == (DENY, ())


def test_facts_are_needed_only_where_a_rule_that_matches_looks_at_them() -> None:
    rules = policy(READS, rule("busy", DENY, tools=("slow",), when="session.calls > 9"))
    assert needs_of(rules, facts(SQL, called())) == {Need.SQL}
    assert needs_of(rules, facts(SQL, message(name="slow"))) == {Need.SQL, Need.SESSION}
    assert (
        needs_of(
            policy(rule("eve", DENY, principals=("eve",), when="session.calls > 9")), facts(SQL, called())
        )
        == set()
    )
    assert needs_of(rules, facts(SQL, message("tools/list", ""))) == set()


def test_obligations_add_up_and_the_strictest_counts() -> None:
    limit = Rate(rule="b", calls=1, span_us=1, by="all")
    verdict = decide(
        policy(
            rule("a", ALLOW, obligations=Obligations(masks=("m",), drops=("x",), rows=9), risk=Risk.LOW),
            rule(
                "b", ALLOW, obligations=Obligations(masks=("m", "n"), rows=3, rates=(limit,)), risk=Risk.HIGH
            ),
            rule("c", ALLOW),
        ),
        upstream(),
        message(),
    )
    assert verdict.obligations == Obligations(masks=("m", "n"), drops=("x",), rows=3, rates=(limit,))
    assert verdict.risk is Risk.HIGH
    waiting = too_often(verdict, 7)
    assert (waiting.effect, waiting.retry_after_s) == (DENY, 7)


@pytest.mark.parametrize(
    ("rules", "hidden"),
    [
        ((), True),
        ((rule("a", ALLOW),), False),
        ((rule("a", ALLOW, when="args.x == 1"),), False),
        ((rule("a", HOLD),), False),
        ((rule("a", ALLOW), rule("d", DENY)), True),
        ((rule("a", ALLOW), rule("d", DENY, when="args.x == 1")), False),
        ((rule("a", ALLOW), rule("d", DENY, principals=("eve",))), False),
        ((rule("a", ALLOW), rule("d", DENY, principals=("dana",))), True),
        ((rule("a", ALLOW), rule("d", DENY, times=(Window(),))), False),
    ],
)
def test_what_is_closed_whatever_the_arguments_are_is_hidden(rules, hidden) -> None:
    verdict = decide(policy(*rules), upstream(), called(x=1))
    assert (verdict.is_hidden and verdict.effect is DENY) is hidden
    assert (
        shows(policy(*rules), facts(upstream(), message("tools/list", "")), "tools/call", "add") is not hidden
    )


def test_lists_are_the_same_for_all_unless_a_rule_asks_who_calls() -> None:
    assert shows_all_the_same(policy(rule("a", ALLOW)), upstream())
    assert not shows_all_the_same(policy(rule("a", ALLOW, groups=("ops",))), upstream())
    assert shows_all_the_same(policy(rule("a", ALLOW, groups=("ops",))), upstream(is_observed=True))


def test_a_verdict_on_what_is_observed_stops_nothing() -> None:
    verdict = decide(policy(), upstream(is_observed=True), message())
    assert (verdict.effect, verdict.is_enforced, verdict.stops) == (DENY, False, False)
    assert decide(policy(), upstream(), message()).stops


def test_rules_close_what_an_upstream_asks_and_open_nothing() -> None:
    asked = asked_of_client(facts(upstream(), message()), "sampling/createMessage", {"a": 1})
    assert (asked.message.method, asked.message.params) == ("sampling/createMessage", {"a": 1})
    assert decide_reverse(policy(), asked).effect is ALLOW
    assert decide_reverse(policy(rule("d", DENY, methods=("sampling/*",))), asked).stops
    assert decide_reverse(policy(rule("d", DENY, when="args.a == 1")), asked).rules == ("d",)


def test_groups_and_networks_are_of_who_calls() -> None:
    support = policy(rule("s", ALLOW, groups=("support",), networks=("10.0.0.0/8",)))
    assert decide(support, upstream(), message()).effect is ALLOW
    assert decide(support, upstream(), message(), peer="192.168.0.1").effect is DENY


@pytest.mark.parametrize(
    ("rules", "changes", "holds"),
    [
        ((), {}, False),
        ((Rule(id="a", effect=ALLOW),), {}, False),
        ((Rule(id="h", effect=HOLD),), {}, True),
        ((Rule(id="h", effect=HOLD, upstreams=("di?k",)),), {}, True),
        ((Rule(id="h", effect=HOLD, upstreams=("other",)),), {}, False),
        ((Rule(id="h", effect=HOLD),), {"is_observed": True}, False),
    ],
)
def test_it_is_known_where_a_call_may_have_to_wait_for_people(rules, changes, holds) -> None:
    assert may_hold(Policy(version="v", rules=rules), upstream(**changes)) is holds


def test_rules_that_hold_say_whose_approval_they_ask_for_and_others_do_not() -> None:
    two = Demand(quorum=2)
    held = Rule(id="h", effect=HOLD, demand=two)
    rules = (held, Rule(id="h2", effect=HOLD), Rule(id="a", effect=ALLOW))
    about = facts(upstream(), message())
    assert decide_facts(Policy(version="v", rules=rules), about).demands == (two,)
    denied = Policy(version="v", rules=(held, Rule(id="d", effect=DENY)))
    assert decide_facts(denied, about).demands == ()
