"""Rules as tables: the worst effect wins, nothing matches means the default, every match is named."""

import pytest

from firedoor.core.accept.revisions import REVISIONS
from firedoor.core.decide.evaluate import DESCRIBING
from firedoor.core.decide.evaluate import decide as decide_facts
from firedoor.model.facts import Facts
from firedoor.model.message import MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.verdict import Effect, Verdict
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
