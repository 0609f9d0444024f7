"""Rules prove that they fire, guards that they see."""

import pytest

from firedoor.core.decide.self_test import RuleTest, facts_of, found, said_by, silent_guards
from firedoor.core.decide.sql.dialects import DIALECTS
from firedoor.model.facts import SessionCounts
from firedoor.model.policy import Confirmed, Policy, Rule
from firedoor.model.verdict import Effect
from tests.helpers.nouns import upstream

CRM, WIKI = upstream("crm", kind="sql", dialect="postgres"), upstream("wiki")


def rule(effect: Effect = Effect.DENY, **changes) -> Rule:
    return Rule(id="r", effect=effect, **changes)


def said(given: Rule, confirmed: tuple[Confirmed, ...] = (), **test) -> str:
    return said_by(given, RuleTest(expect="", **test), [WIKI, CRM], confirmed)


def test_a_rule_says_its_effect_or_nothing_or_why_it_cannot() -> None:
    writes = rule(Effect.HOLD, when="sql.effect == 'write'")
    assert said(writes, args={"query": "DELETE FROM t WHERE id = 7"}) == "hold"
    assert said(writes, args={"query": "SELECT 1"}) == "none"
    assert "could not be decided" in said(rule(when="args.x == 1"), args={})
    assert said(rule(Effect.ALLOW), args={}) == "allow"


def test_a_test_is_about_what_its_rule_is_about_unless_it_says_otherwise() -> None:
    given = rule(
        upstreams=("wi*",), tools=("get_*",), principals=("d*",), agents=("claw",), groups=("ops",),
        networks=("10.0.0.0/8",),
    )  # fmt: skip
    about = facts_of(given, RuleTest(expect=""), [CRM, WIKI])
    assert (about.upstream.name, about.message.name, about.message.method) == ("wiki", "get_x", "tools/call")
    assert (about.principal.name, about.principal.groups, about.peer) == ("dx", {"ops"}, "10.0.0.0")
    other = facts_of(
        given, RuleTest(expect="", name="put", upstream="crm", agent="", groups=frozenset()), [CRM]
    )
    assert (other.message.name, other.upstream.name, other.principal.actors) == ("put", "crm", ())
    assert said(given) == "deny"
    assert said(given, name="put") == "none"


@pytest.mark.parametrize(
    ("given", "method", "name"),
    [
        (rule(prompts=("p*",)), "prompts/get", "px"),
        (rule(resources=("file:///*",)), "resources/read", "file:///x"),
        (rule(methods=("tasks/get",)), "tasks/get", "tool"),
    ],
)
def test_a_test_takes_the_method_of_what_the_rule_names(given: Rule, method: str, name: str) -> None:
    about = facts_of(given, RuleTest(expect=""), [WIKI])
    assert (about.message.method, about.message.name) == (method, name)
    assert said(given) == "deny"


def test_where_upstreams_are_not_known_a_test_has_one_of_its_own() -> None:
    about = facts_of(rule(upstreams=("c*",)), RuleTest(expect=""), [])
    assert (about.upstream.name, about.upstream.kind) == ("cx", "sql")


def test_a_test_may_say_what_the_session_did_and_what_is_confirmed() -> None:
    busy = rule(when="session.calls > 10")
    assert said(busy, session=SessionCounts(calls=11)) == "deny"
    assert said(busy) == "none"
    reads = rule(Effect.ALLOW, when="tool.read_only")
    assert said(reads, is_read_only=True) == "allow"
    assert said(reads) == "none"
    assert said(reads, (Confirmed(tools=("*",), is_read_only=True),)) == "allow"


def test_only_what_a_policy_looks_at_is_found() -> None:
    about = facts_of(rule(), RuleTest(expect="", args={"query": "DROP TABLE t"}), [CRM])
    assert found(Policy(version="x", rules=(rule(),)), about).sql == ()
    looking = Policy(version="x", rules=(rule(when="sql.effect == 'read'"),))
    assert [facts.effect for facts in found(looking, about).sql] == ["destructive"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_guard_sees_what_it_must(dialect: str) -> None:
    assert list(silent_guards([upstream("there", kind="sql", dialect=dialect), WIKI])) == []


def test_a_guard_that_sees_nothing_is_told() -> None:
    (drops, reads) = silent_guards([upstream("there", kind="sql", dialect="cobol")])
    assert "does not see that 'DROP TABLE customers' destroys" in drops
    assert "reads" in reads


def test_a_rule_about_shell_is_tested_on_an_upstream_that_has_one() -> None:
    there = upstream("box", kind="shell")
    reads = rule(Effect.ALLOW, when="shell.allowed")
    assert said_by(reads, RuleTest(expect="", args={"command": "ls -l"}), [WIKI, CRM, there], ()) == "allow"
    assert said_by(reads, RuleTest(expect="", args={"command": "rm x"}), [WIKI, CRM, there], ()) == "none"
    assert list(silent_guards([there])) == []
