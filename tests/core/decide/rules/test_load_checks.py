"""Rules that do less than they say."""

import pytest

from firedoor.core.decide.rules.load_checks import Known, faults_of, shadows, upstreams_of
from firedoor.model.policy import Rule
from firedoor.model.verdict import Effect, Obligations
from tests.helpers.nouns import upstream

KNOWN = Known(
    methods=frozenset({"tools/call", "prompts/get", "tasks/get"}),
    describing=frozenset({"tools/list"}),
    upstreams=[upstream("crm", kind="sql", dialect="postgres"), upstream("wiki")],
    masks=("strict",),
)


def rule(effect: Effect = Effect.ALLOW, **changes) -> Rule:
    return Rule(id="r", effect=effect, **changes)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (rule(upstreams=("crm", "nowhere")), ("match", "upstream")),
        (rule(tools=("a",), prompts=("b",)), ("match", "prompt")),
        (rule(methods=("tools/list",)), ("match", "method")),
        (rule(methods=("nothing/*",)), ("match", "method")),
        (rule(tools=("a",), methods=("tasks/*",)), ("match", "method")),
        (rule(networks=("10.0.0.0/33",)), ("match", "network")),
        (rule(when="sql.efect == 'x'"), ("when",)),
        (rule(upstreams=("wiki",), when="sql.effect == 'read'"), ("when",)),
        (rule(Effect.DENY, obligations=Obligations(rows=1)), ("rows",)),
        (rule(obligations=Obligations(masks=("lax",))), ("mask",)),
    ],
)
def test_a_fault_names_the_key_it_stands_in(given: Rule, key: tuple[str, ...]) -> None:
    assert [fault.key for fault in faults_of(given, KNOWN)] == [key]


@pytest.mark.parametrize(
    "given",
    [
        rule(),
        rule(upstreams=("c*",), tools=("a",), methods=("tools/*",), when="sql.effect == 'read'"),
        rule(when="sql.effect == 'read'"),
        rule(networks=("10.0.0.0/8", "::1")),
        rule(obligations=Obligations(masks=("strict",), rows=0)),
        rule(Effect.DENY),
    ],
)
def test_a_rule_that_does_what_it_says_has_no_fault(given: Rule) -> None:
    assert list(faults_of(given, KNOWN)) == []


def test_without_known_upstreams_their_names_are_not_judged() -> None:
    assert list(faults_of(rule(upstreams=("nowhere",)), Known(methods=KNOWN.methods))) == []


def test_a_rule_is_about_the_upstreams_that_it_fits() -> None:
    assert [u.name for u in upstreams_of(rule(upstreams=("c*",)), KNOWN.upstreams)] == ["crm"]
    assert len(upstreams_of(rule(), KNOWN.upstreams)) == 2


@pytest.mark.parametrize(
    ("narrow", "wide", "is_shadowed"),
    [
        (rule(tools=("read_users",)), rule(Effect.DENY, tools=("read_*",)), True),
        (rule(tools=("read_users",)), rule(Effect.HOLD), True),
        (rule(Effect.HOLD, tools=("a",)), rule(Effect.DENY, tools=("a", "b")), True),
        (rule(tools=("read_users",)), rule(Effect.DENY, tools=("read_*",), when="args.x == 1"), False),
        (rule(tools=("read_users",)), rule(Effect.DENY, upstreams=("crm",), tools=("read_*",)), False),
        (rule(tools=("*",)), rule(Effect.DENY, tools=("read_*",)), False),
        (rule(), rule(Effect.DENY, tools=("*",)), False),
        (rule(tools=("a",)), rule(Effect.DENY, tools=("a",), principals=("eve",)), False),
        (rule(tools=("a",)), rule(Effect.DENY, networks=("10.0.0.0/8",)), False),
        (rule(Effect.DENY, tools=("a",)), rule(Effect.DENY), False),
        (rule(Effect.DENY, tools=("a",)), rule(Effect.ALLOW), False),
    ],
)
def test_a_rule_that_never_decides_is_shadowed(narrow: Rule, wide: Rule, is_shadowed: bool) -> None:
    assert list(shadows([narrow, wide])) == ([(0, 1)] if is_shadowed else [])
