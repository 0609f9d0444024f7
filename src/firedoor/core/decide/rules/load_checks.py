"""What makes a rule unusable: it can never match, can never matter, or asks for what nobody does.

A rule that silently does nothing is a hole. Each fault names the key of the rule it stands in.
"""

import ipaddress
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from firedoor.core.decide.rules.check import suggest
from firedoor.core.decide.rules.conditions import Condition, compile_condition
from firedoor.core.decide.rules.patterns import covers, pattern
from firedoor.core.decide.rules.targets import names_in
from firedoor.model.policy import Rule
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import WORST_EFFECT_FIRST, Effect

METHODS_OF = {
    "tool": ("tools/call",),
    "resource": ("resources/read", "resources/subscribe", "subscriptions/listen", "completion/complete"),
    "prompt": ("prompts/get", "completion/complete"),
}
GUARDED = {"sql": "sql", "shell": "shell"}
"""Fact → the kind of upstream that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is for rules to name."""

    methods: Collection[str]
    """All that a rule can be about."""
    describing: Collection[str] = ()
    """Methods that pass without a rule."""
    upstreams: Sequence[Upstream] | None = None
    """None: they are not known."""
    masks: Collection[str] = ()
    """Profiles of masking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFault:
    """Why a rule cannot be used."""

    key: tuple[str, ...]
    """Where in the rule."""
    what: str
    hint: str = ""


def faults_of(rule: Rule, known: Known) -> Iterator[RuleFault]:
    """All that is wrong with one rule."""
    yield from _upstream_faults(rule, known)
    yield from _target_faults(rule, known)
    yield from _network_faults(rule)
    yield from _condition_faults(rule, known)
    yield from _obligation_faults(rule, known)


def _upstream_faults(rule: Rule, known: Known) -> Iterator[RuleFault]:
    if known.upstreams is None:
        return
    names = [upstream.name for upstream in known.upstreams]
    for text in rule.upstreams:
        if not any(pattern(text).matches(name) for name in names):
            what = f"{text!r} matches no upstream of the settings"
            yield RuleFault(key=("match", "upstream"), what=what, hint=suggest(text, sorted(names)))


def _target_faults(rule: Rule, known: Known) -> Iterator[RuleFault]:
    named = list(names_in(rule))
    if len(named) > 1:
        what = f"no message is about a {named[0]} and a {named[1]}: it can never match"
        yield RuleFault(key=("match", named[1]), what=what, hint="Write two rules.")
    for text in rule.methods:
        if any(pattern(text).matches(method) for method in known.methods):
            continue
        passes = any(pattern(text).matches(method) for method in known.describing)
        hint = (
            "It passes without a rule: it changes nothing, and lists are filtered."
            if passes
            else suggest(text, sorted(known.methods))
        )
        yield RuleFault(
            key=("match", "method"), what=f"{text!r} is no method that rules are about", hint=hint
        )
    if named and rule.methods:
        fitting = METHODS_OF[named[0]]
        if not any(pattern(text).matches(method) for text in rule.methods for method in fitting):
            what = f"no such method is about a {named[0]}: it can never match"
            yield RuleFault(key=("match", "method"), what=what, hint=f"There are: {', '.join(fitting)}.")


def _network_faults(rule: Rule) -> Iterator[RuleFault]:
    for text in rule.networks:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            what = f"{text!r} is no network"
            hint = "Write 10.0.0.0/8, or one address." if "host bits" not in str(error) else f"{error}."
            yield RuleFault(key=("match", "network"), what=what, hint=hint)


def _condition_faults(rule: Rule, known: Known) -> Iterator[RuleFault]:
    if not rule.when:
        return
    condition = compile_condition(rule.when)
    if not isinstance(condition, Condition):
        for fault in condition:
            yield RuleFault(key=("when",), what=fault)
        return
    for fact in sorted(condition.facts & GUARDED.keys()):
        about = upstreams_of(rule, known.upstreams or ())
        if about and all(upstream.kind != GUARDED[fact] for upstream in about):
            names = ", ".join(upstream.name for upstream in about)
            what = f"it looks at {fact}, and {names} is not `kind: {GUARDED[fact]}` in the settings"
            yield RuleFault(key=("when",), what=what, hint="Then the fact is always none.")


def _obligation_faults(rule: Rule, known: Known) -> Iterator[RuleFault]:
    duty = rule.obligations
    given = {"mask": duty.masks, "drop": duty.drops, "rows": duty.rows, "rate": duty.rates}
    for key, value in given.items():
        if rule.effect is Effect.DENY and value not in {(), None}:
            yield RuleFault(key=(key,), what=f'"{key}" has no effect: what is denied has no answer')
    for name in duty.masks:
        if name not in known.masks:
            hint = suggest(name, sorted(known.masks)) if known.masks else "There is none in the settings."
            yield RuleFault(key=("mask",), what=f"nothing fulfils the mask {name!r}", hint=hint)


def upstreams_of(rule: Rule, upstreams: Sequence[Upstream]) -> list[Upstream]:
    """The upstreams that a rule is about."""
    patterns = rule.upstreams or ("*",)
    return [known for known in upstreams if any(pattern(text).matches(known.name) for text in patterns)]


def shadows(rules: Sequence[Rule]) -> Iterator[tuple[int, int]]:
    """Pairs of places: the first rule never decides, since the second always matches too and is worse."""
    always = [
        (place, rule)
        for place, rule in enumerate(rules)
        if not rule.when and not rule.times and rule.effect is not Effect.ALLOW
    ]
    for place, rule in enumerate(rules):
        for other, worse in always:
            if _is_worse(worse.effect, rule.effect) and _covers(worse, rule):
                yield place, other
                break


def _is_worse(first: Effect, second: Effect) -> bool:
    return WORST_EFFECT_FIRST.index(first) < WORST_EFFECT_FIRST.index(second)


def _covers(wide: Rule, narrow: Rule) -> bool:
    if wide.networks:
        return False  # Networks of two spellings may be one: never said to cover.
    pairs = (
        (wide.upstreams, narrow.upstreams),
        (wide.methods, narrow.methods),
        (wide.principals, narrow.principals),
        (wide.groups, narrow.groups),
        (wide.agents, narrow.agents),
    )
    if not all(_all_covered(first, second) for first, second in pairs):
        return False
    named, other = names_in(wide), names_in(narrow)
    return all(kind in other and _all_covered(texts, other[kind]) for kind, texts in named.items())


def _all_covered(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    if not wide:
        return True
    return bool(narrow) and all(any(covers(text, other) for text in wide) for other in narrow)
