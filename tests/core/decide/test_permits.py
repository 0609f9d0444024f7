"""Which calls a permit covers, whom it needs, and its machine, drawn and walked."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from firedoor.core.decide.evaluate import decide, too_often
from firedoor.core.decide.permits import (
    NEXT,
    condition_faults,
    covers,
    demands_for,
    needs_of,
    next_state,
    question_of,
    rules_covered,
)
from firedoor.model.facts import Need, SessionCounts
from firedoor.model.permit import PermitState, PermitTurn
from firedoor.model.policy import Policy, Rule
from firedoor.model.principal import Actor
from firedoor.model.shell import ShellEffect, ShellFacts
from firedoor.model.verdict import Demand, Effect, Obligations, PermitKind, Rate, Risk, Verdict
from tests.helpers.approvals import review
from tests.helpers.machines import diagram, ends_of
from tests.helpers.nouns import AT_US, facts, message, upstream
from tests.helpers.permits import POLICY, permit

ENDS = {PermitState.SPENT, PermitState.REFUSED, PermitState.EXPIRED, PermitState.REVOKED}
RULES = Policy(version=POLICY, rules=(Rule(id="writes", effect=Effect.HOLD, risk=Risk.HIGH),))
HELD = Verdict(
    effect=Effect.HOLD,
    rules=("writes",),
    risk=Risk.HIGH,
    policy_version=POLICY,
    coverable=frozenset(PermitKind),
)
LIVE = permit(state=PermitState.LIVE, reviews=(review(),))
BROKEN = replace(
    LIVE,
    kind=PermitKind.BREAK_GLASS,
    tools=(),
    demands=(Demand(quorum=2),),
    reviews=(review("sam"), review("kim")),
)


def is_covered(of=LIVE, verdict: Verdict = HELD, about=None, now_us: int = AT_US) -> bool:
    return covers(of, verdict, RULES, about or facts(), now_us)


def test_it_covers_its_call_until_its_time_is_up() -> None:
    assert is_covered()
    assert is_covered(now_us=LIVE.expires_at_us - 1)
    assert not is_covered(now_us=LIVE.expires_at_us)


@pytest.mark.parametrize("state", [state for state in PermitState if state is not PermitState.LIVE])
def test_only_a_live_one_covers_anything(state: PermitState) -> None:
    assert not is_covered(replace(LIVE, state=state))


def test_it_covers_what_the_verdict_leaves_and_under_its_own_policy_alone() -> None:
    assert not is_covered(verdict=replace(HELD, coverable=frozenset({PermitKind.BREAK_GLASS})))
    assert not is_covered(BROKEN, verdict=replace(HELD, coverable=frozenset({PermitKind.PERMIT})))
    assert not is_covered(verdict=replace(HELD, policy_version="sha256:other"))
    assert not is_covered(replace(LIVE, policy_version="sha256:other"))
    assert not covers(LIVE, HELD, replace(RULES, version="sha256:other"), facts(), AT_US)


@pytest.mark.parametrize(
    "changes",
    [
        {"principal": "Dana"},
        {"agents": ()},
        {"agents": ("claw", "claw")},
        {"upstream": "other"},
        {"tools": ()},
        {"tools": ("ad",)},
        {"tools": ("?",)},
    ],
    ids=str,
)
def test_principal_agents_upstream_and_tools_are_met_to_the_letter(changes) -> None:
    assert not is_covered(replace(LIVE, **changes))


def test_a_permit_is_about_calls_of_tools_and_break_glass_about_all_that_acts() -> None:
    reading = facts(message("resources/read", name="add"))
    assert not is_covered(about=reading)
    assert is_covered(BROKEN, about=reading)


def test_an_agent_in_between_is_another_agent() -> None:
    who = replace(facts().principal, actors=(Actor(name="claw"), Actor(name="sub")))
    assert not is_covered(about=replace(facts(), principal=who))
    assert is_covered(replace(LIVE, agents=("claw", "sub")), about=replace(facts(), principal=who))


def test_who_approved_it_must_be_enough_for_this_call() -> None:
    two = replace(HELD, demands=(Demand(quorum=2),))
    group = replace(HELD, demands=(Demand(groups=frozenset({"dba"})),))
    assert not is_covered(verdict=two)
    assert is_covered(replace(LIVE, reviews=(review(), review("kim"))), verdict=two)
    assert not is_covered(verdict=group)
    assert is_covered(replace(LIVE, reviews=(review(groups=frozenset({"dba"})),)), verdict=group)
    assert not is_covered(verdict=replace(HELD, risk=Risk.CRITICAL))


def test_break_glass_needs_its_two_people_and_nothing_of_the_rules() -> None:
    five = replace(HELD, demands=(Demand(quorum=5),))
    assert is_covered(BROKEN, verdict=five)
    assert not is_covered(replace(BROKEN, reviews=(review("sam"),)), verdict=five)
    assert not is_covered(replace(BROKEN, reviews=(review("sam"), review("sam"))[:1]), verdict=five)


def test_each_condition_must_hold_and_what_cannot_be_told_does_not() -> None:
    def about(**arguments):
        return facts(message(params={"name": "add", "arguments": arguments}))

    bounded = replace(LIVE, conditions=("args.amount <= 100", 'args.currency == "EUR"'))
    assert is_covered(bounded, about=about(amount=100, currency="EUR"))
    for arguments in (
        {"amount": 101, "currency": "EUR"},
        {"amount": 1, "currency": "USD"},
        {"amount": 1},
        {},
    ):
        assert not is_covered(bounded, about=about(**arguments))
    assert not is_covered(replace(LIVE, conditions=("args.",)))
    assert not is_covered(replace(LIVE, conditions=("session.calls < 5",)))
    counted = replace(facts(), session=SessionCounts(calls=1))
    assert is_covered(replace(LIVE, conditions=("session.calls < 5",)), about=counted)


def test_a_condition_holds_for_every_text_of_a_call() -> None:
    def with_lines(*lines: ShellFacts):
        return facts(**{"shell": lines})

    reads = ShellFacts(effect=ShellEffect.READ, allowed=True, reasons=())
    writes = replace(reads, effect=ShellEffect.WRITE)
    only_reads = replace(LIVE, conditions=('shell.effect == "read"',))
    assert is_covered(only_reads, about=with_lines(reads, reads))
    assert not is_covered(only_reads, about=with_lines(reads, writes))
    assert not is_covered(only_reads, about=with_lines(*[reads] * 65))


def test_facts_that_conditions_look_at_are_said_beforehand() -> None:
    asked = [replace(LIVE, conditions=('shell.effect == "read"', "args.a == 1", "args.")), LIVE]
    assert needs_of(asked) == {Need.SHELL}
    assert needs_of([LIVE]) == frozenset()


def test_what_is_wrong_with_conditions_is_said() -> None:
    assert condition_faults(("args.a == 1",)) == ()
    assert len(condition_faults(("args.", "nothing.a == 1"))) == 2


@pytest.mark.parametrize(
    ("rule", "is_met"),
    [
        ({}, True),
        ({"upstreams": ("di*",)}, True),
        ({"upstreams": ("other",)}, False),
        ({"tools": ("a*",)}, True),
        ({"tools": ("b*",)}, False),
        ({"resources": ("*",)}, False),
        ({"prompts": ("*",)}, False),
        ({"methods": ("tools/*",)}, True),
        ({"methods": ("resources/read",)}, False),
        ({"principals": ("dana",)}, True),
        ({"principals": ("eve",)}, False),
        ({"agents": ("claw",)}, True),
        ({"agents": ("other",)}, False),
        ({"groups": ("dba",)}, True),
        ({"networks": ("10.0.0.0/8",)}, True),
        ({"when": "args.amount > 10"}, True),
        ({"effect": Effect.DENY}, False),
    ],
    ids=str,
)
def test_a_rule_that_may_hold_such_calls_is_one_whose_people_are_asked(rule, is_met: bool) -> None:
    policy = replace(RULES, rules=(replace(RULES.rules[0], **rule),))
    assert bool(rules_covered(policy, permit())) == is_met


def test_the_people_of_all_rules_are_asked_and_rules_that_take_no_permit_ask_nobody() -> None:
    base = RULES.rules[0]
    policy = replace(
        RULES,
        rules=(
            base,
            replace(base, id="dba", demand=Demand(quorum=2, groups=frozenset({"dba"})), risk=Risk.LOW),
            replace(base, id="never", permits=False, demand=Demand(quorum=9)),
            replace(base, id="gravest", risk=Risk.CRITICAL),
        ),
    )
    demands, risk = demands_for(policy, permit(), upstream())
    assert [(each.quorum, sorted(each.groups)) for each in demands] == [(1, []), (2, ["dba"])]
    assert risk is Risk.HIGH
    assert demands_for(replace(RULES, rules=(replace(base, permits=False),)), permit(), upstream()) == (
        (),
        None,
    )


def test_an_upstream_that_holds_by_default_asks_as_for_a_medium_risk() -> None:
    demands, risk = demands_for(replace(RULES, rules=()), permit(), upstream(default=Effect.HOLD))
    assert (len(demands), risk) == (1, None)


def test_who_asks_whom_it_is_for_and_the_agents_are_no_other_people() -> None:
    question = question_of(permit(asked_by="kim"))
    assert question.interested == {"kim", "dana", "claw"}
    assert (question.grant, question.upstream) == ("g_0000000000000001", "disk")


def test_the_machine_ends_in_each_of_its_ends_and_nothing_follows() -> None:
    reached = {PermitState.REQUESTED}
    for _ in PermitState:
        reached |= {to for (state, _), to in NEXT.items() if state in reached}
    assert reached == set(PermitState)
    assert ends_of(NEXT) == ENDS


def test_no_walk_of_five_turns_makes_live_what_was_refused_expired_revoked_or_spent() -> None:
    for turns in itertools.product(PermitTurn, repeat=5):
        state, ended = PermitState.REQUESTED, False
        for turn in turns:
            state = next_state(state, turn) or state
            assert not (ended and state is PermitState.LIVE)
            ended = ended or state in ENDS


def test_the_drawing_has_each_arrow_once() -> None:
    drawn = diagram("request", PermitState.REQUESTED, NEXT)
    arrows = [line for line in drawn.splitlines() if ": " in line]
    assert len(arrows) == len(set(arrows)) == len(NEXT) + 1
    page = Path(__file__).parents[3] / "docs" / "explain" / "permits.md"
    assert f"```mermaid\n{drawn}\n```" in page.read_text(encoding="utf-8")


HELD_RULE = Rule(id="held", effect=Effect.HOLD)


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ((HELD_RULE,), set(PermitKind)),
        ((replace(HELD_RULE, risk=Risk.CRITICAL),), {PermitKind.BREAK_GLASS}),
        ((replace(HELD_RULE, risk=Risk.CRITICAL, permits=True),), set(PermitKind)),
        ((replace(HELD_RULE, permits=False),), set()),
        ((HELD_RULE, replace(HELD_RULE, id="b", permits=False)), set()),
        ((HELD_RULE, replace(HELD_RULE, id="b", risk=Risk.CRITICAL)), {PermitKind.BREAK_GLASS}),
        ((HELD_RULE, Rule(id="b", effect=Effect.ALLOW, risk=Risk.CRITICAL)), {PermitKind.BREAK_GLASS}),
        ((HELD_RULE, Rule(id="b", effect=Effect.DENY)), set()),
        ((HELD_RULE, Rule(id="b", effect=Effect.ALLOW, when="args.nothing > 1")), set()),
        ((Rule(id="b", effect=Effect.ALLOW),), set()),
        ((Rule(id="b", effect=Effect.DENY),), set()),
        ((), {PermitKind.BREAK_GLASS}),
    ],
    ids=[
        "held", "critical", "critical, yet", "never", "never by one", "critical by one", "critical allowed",
        "denied", "undecided", "allowed", "denied alone", "by default",
    ],
)  # fmt: skip
def test_a_verdict_says_what_may_let_a_call_pass_all_the_same(rules, left) -> None:
    about = facts(message(params={"name": "add", "arguments": {}}), upstream(default=Effect.DENY))
    assert decide(Policy(version="v", rules=rules), about).coverable == left


def test_what_is_decided_for_several_things_passes_only_where_each_of_them_may() -> None:
    uris = ["file:///a", "file:///b"]
    listening = message(
        "subscriptions/listen", name="", params={"notifications": {"resourceSubscriptions": uris}}
    )
    one = Rule(id="one", effect=Effect.HOLD, resources=("file:///a",))
    closed = Policy(version="v", rules=(replace(one, permits=False),))
    about = facts(listening, upstream(default=Effect.DENY))
    # One is held and takes nothing, the other is denied by default: the worst alone would say break-glass.
    assert decide(closed, about).effect is Effect.DENY
    assert decide(closed, about).coverable == set()
    assert decide(Policy(version="v", rules=(one,)), about).coverable == {PermitKind.BREAK_GLASS}
    allowing = facts(listening, upstream(default=Effect.ALLOW))
    assert decide(Policy(version="v", rules=(one,)), allowing).coverable == set(PermitKind)
    assert decide(Policy(version="v"), allowing).coverable == set()


def test_a_limit_that_is_reached_is_no_door_that_a_permit_opens() -> None:
    verdict = decide(Policy(version="v", rules=(HELD_RULE,)), facts())
    assert too_often(verdict, 3).coverable == set()


def test_of_a_limit_that_is_reached_the_rule_that_has_it_is_named() -> None:
    rates = (Rate(rule="slow", calls=1, span_us=1_000_000, by="principal"),)
    passed = Verdict(effect=Effect.ALLOW, rules=("wide", "slow"), obligations=Obligations(rates=rates))
    assert too_often(passed, 3).decisive == ("slow",)
