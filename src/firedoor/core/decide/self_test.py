"""Rules and guards prove that they fire, before anything depends on them. Pure: runs no call.

A rule is tested by itself: what it says to the facts of a test, or nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from firedoor.core.decide.evaluate import decide, needs_of
from firedoor.core.decide.rules.conditions import Condition, compile_condition
from firedoor.core.decide.rules.load_checks import upstreams_of
from firedoor.core.decide.rules.targets import names_in
from firedoor.core.decide.shell.understand import understand_shell
from firedoor.core.decide.sql.understand import understand_sql
from firedoor.core.decide.texts import shell_facts, sql_texts
from firedoor.model.era import Era
from firedoor.model.facts import Facts, Need, SessionCounts
from firedoor.model.json import Json
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Confirmed, Policy, Rule
from firedoor.model.principal import Actor, Principal, PrincipalKind
from firedoor.model.sql import SqlEffect
from firedoor.model.upstream import Transport, Upstream

NOON_US = 1_795_435_200_000_000
"""When a test happens that does not say: Monday, 2026-11-23, 12:00 UTC."""
NONE = "none"
FRESH = SessionCounts(opened_at_us=NOON_US)
"""A session that begins with the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """One call as a rule's author imagines it. What is empty is taken from the rule's own match."""

    expect: str
    """An effect, or `none`: the rule does not match."""
    args: Json = field(default_factory=dict[str, Json])
    inputs: Json = field(default_factory=dict[str, Json])
    upstream: str = ""
    method: str = ""
    name: str = ""
    """Tool, prompt or URI."""
    is_read_only: bool = False
    """The tool is confirmed to change nothing."""
    principal: str = ""
    groups: frozenset[str] | None = None
    agent: str | None = None
    address: str = ""
    at_us: int = NOON_US
    session: SessionCounts = FRESH


def said_by(
    rule: Rule, test: RuleTest, upstreams: Sequence[Upstream], confirmed: tuple[Confirmed, ...]
) -> str:
    """What a rule alone says to a test: an effect, `none`, or why it could not be decided."""
    reads = Confirmed(tools=("*",), is_read_only=True, is_destructive=False)
    vouched = (reads, *confirmed) if test.is_read_only else confirmed
    policy = Policy(version="test", rules=(rule,), confirmed=vouched)
    facts = found(policy, facts_of(rule, test, upstreams))
    verdict = decide(policy, facts)
    if rule.id not in verdict.rules:
        return NONE
    could_not = verdict.effect is not rule.effect or any("could not be decided" in r for r in verdict.reasons)
    return " ".join(verdict.reasons) if could_not else verdict.effect.value


def found(policy: Policy, facts: Facts) -> Facts:
    """The facts with all that the policy needs, found here and now."""
    needs = needs_of(policy, facts)
    if Need.SHELL in needs:
        facts = replace(facts, shell=shell_facts(facts))
    if Need.SQL in needs:
        texts = sql_texts(facts)
        facts = replace(facts, sql=tuple(understand_sql(text, facts.upstream.dialect) for text in texts))
    return facts


def facts_of(rule: Rule, test: RuleTest, upstreams: Sequence[Upstream]) -> Facts:
    """The facts of a test."""
    named = names_in(rule)
    kind = next(iter(named), "tool")
    method = test.method or next((m for m in rule.methods if "*" not in m and "?" not in m), _METHOD[kind])
    name = test.name or next((_fitting(text) for text in named.get(kind, ())), "tool")
    agent = test.agent if test.agent is not None else next(map(_fitting, rule.agents), "agent")
    groups = test.groups if test.groups is not None else frozenset(map(_fitting, rule.groups[:1]))
    return Facts(
        message=_message(method, name, test),
        upstream=_upstream(rule, test, upstreams),
        principal=Principal(
            name=test.principal or next(map(_fitting, rule.principals), "principal"),
            kind=PrincipalKind.SERVICE,
            groups=groups,
            actors=(Actor(name=agent),) if agent else (),
        ),
        peer=test.address or next((text.partition("/")[0] for text in rule.networks), "127.0.0.1"),
        at_us=test.at_us,
        session=test.session,
        sql=(),
    )


_METHOD = {"tool": "tools/call", "resource": "resources/read", "prompt": "prompts/get"}


def _message(method: str, name: str, test: RuleTest) -> Message:
    params: dict[str, Json] = {"name": name, "arguments": test.args, "inputResponses": test.inputs}
    if method not in {"tools/call", "prompts/get"}:
        params = {**(test.args if isinstance(test.args, dict) else {}), "uri": name}
    return Message(
        kind=MessageKind.REQUEST,
        era=Era.MODERN,
        body=b"",
        revision="2026-07-28",
        id=1,
        method=method,
        name=name,
        params=params,
    )


def _upstream(rule: Rule, test: RuleTest, upstreams: Sequence[Upstream]) -> Upstream:
    about = [known for known in upstreams if known.name == test.upstream] or upstreams_of(rule, upstreams)
    condition = compile_condition(rule.when) if rule.when else None
    looked_at = condition.facts if isinstance(condition, Condition) else frozenset[str]()
    chosen = [known for known in about if known.kind in looked_at] or about
    if chosen:
        return replace(chosen[0], is_observed=False)
    name = test.upstream or next(map(_fitting, rule.upstreams), "upstream")
    return Upstream(
        name=name,
        transport=Transport.STREAMABLE_HTTP,
        kind="shell" if "shell" in looked_at else "sql",
        dialect="postgres",
    )


def _fitting(text: str) -> str:
    """A name that fits a pattern."""
    return text.replace("*", "x").replace("?", "x")


_PROOFS: dict[str, tuple[str, str]] = {
    "mongo": ('{"drop": "customers"}', '{"find": "customers"}'),
    "elastic": ("DELETE /customers", "GET /customers/_search"),
    "redis": ("FLUSHALL", "GET customer"),
}
_PROOF = ("DROP TABLE customers", "SELECT id FROM customers")


def silent_guards(upstreams: Sequence[Upstream]) -> Iterator[str]:
    """What the guards do not see that they must see, for each upstream that names one."""
    for upstream in upstreams:
        if upstream.kind == "shell":
            yield from _silent_shell(upstream)
        if upstream.kind != "sql":
            continue
        drops, reads = _PROOFS.get(upstream.dialect, _PROOF)
        if understand_sql(drops, upstream.dialect).effect is not SqlEffect.DESTRUCTIVE:
            yield f"the guard of {upstream.name} does not see that {drops!r} destroys"
        if understand_sql(reads, upstream.dialect).effect is not SqlEffect.READ:
            yield f"the guard of {upstream.name} does not see that {reads!r} reads"


def _silent_shell(upstream: Upstream) -> Iterator[str]:
    if understand_shell("rm -rf /srv").allowed:
        yield f"the guard of {upstream.name} allows 'rm -rf /srv'"
    if not understand_shell("ls -l").allowed:
        yield f"the guard of {upstream.name} does not see that 'ls -l' reads"
