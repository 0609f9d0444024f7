"""Written keys → rules, and the mistakes in them with their places. Decides nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from firedoor.app.policy.keys import (
    ApproverKeys,
    ConfirmedKeys,
    MatchKeys,
    Names,
    RuleKeys,
    TestKeys,
    TimeKeys,
)
from firedoor.app.settings.yaml import Place, Problem
from firedoor.core.decide.self_test import NOON_US, RuleTest
from firedoor.model.facts import SessionCounts
from firedoor.model.policy import Confirmed, Rule, Window
from firedoor.model.verdict import Demand, Effect, Obligations, Rate, Risk
from firedoor.operations.durations import duration_us, instant_us

RULE_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
# `*` and `?` are patterns; `[` belongs to patterns of other programs, and would be taken literally here.
PATTERN = re.compile(r"[^\s\[\]{}]{1,512}")
_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALL_DAY = 24 * 60
_LISTS = (
    "upstream", "tool", "resource", "prompt", "method", "principal", "group", "agent", "network",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A rule as it stands in a file, and its tests."""

    rule: Rule
    tests: tuple[RuleTest, ...]
    place: Place


def rule_of(keys: RuleKeys, source: str) -> Rule:
    """Make a rule of its keys; what is wrong with them is `problems_in`'s."""
    match = keys.match
    return Rule(
        id=keys.id,
        effect=Effect(keys.effect),
        upstreams=names(match.upstream),
        tools=names(match.tool),
        resources=names(match.resource),
        prompts=names(match.prompt),
        methods=names(match.method),
        principals=names(match.principal),
        groups=names(match.group),
        agents=names(match.agent),
        networks=names(match.network),
        times=tuple(window for entry in match.time if (window := _window(entry)) is not None),
        when=keys.when,
        obligations=_obligations(keys),
        risk=Risk(keys.risk) if keys.risk is not None else None,
        demand=_demand(keys.approvers),
        permits=keys.permits,
        reason=keys.reason,
        source=source,
    )


def names(written: Names) -> tuple[str, ...]:
    """One name or several."""
    return (written,) if isinstance(written, str) else tuple(written)


def _obligations(keys: RuleKeys) -> Obligations:
    rate = keys.rate
    span_us = duration_us(rate.per) if rate is not None else None
    rates = () if rate is None else (Rate(rule=keys.id, calls=rate.calls, span_us=span_us or 0, by=rate.by),)
    return Obligations(masks=names(keys.mask), drops=names(keys.drop), rows=keys.rows, rates=rates)


def _demand(keys: ApproverKeys | None) -> Demand | None:
    if keys is None:
        return None
    return Demand(
        quorum=keys.quorum,
        roles=frozenset(names(keys.role)),
        groups=frozenset(names(keys.group)),
        within_us=duration_us(keys.within) or 0,
    )


def _permit_problems(keys: RuleKeys, place: Place) -> Iterator[Problem]:
    if keys.permits is not None and keys.effect != "hold":
        what = '"permits" has no effect: the rule does not hold'
        yield Problem(place=place, what=what, hint="Take it out.")


def _approver_problems(keys: RuleKeys, place: Place) -> Iterator[Problem]:
    asked = keys.approvers
    if asked is None:
        return
    if keys.effect != "hold":
        what = '"approvers" has no effect: the rule does not hold'
        yield Problem(place=place, what=what, hint="Take it out.")
    for key in ("role", "group"):
        if key in asked.model_fields_set and (not getattr(asked, key) or "" in names(getattr(asked, key))):
            yield Problem(place=(*place, key), what=f'"{key}" is empty')
    if "within" in asked.model_fields_set and not duration_us(asked.within):
        what = f'"{asked.within}" is no length of time'
        yield Problem(place=(*place, "within"), what=what, hint="Write 5m or 1h.")


def problems_in(keys: RuleKeys, place: Place) -> Iterator[Problem]:
    """What is wrong with how a rule is written."""
    if not RULE_ID.fullmatch(keys.id):
        hint = "Lower-case letters, digits, and - _ . between them."
        yield Problem(place=(*place, "id"), what="not an id of a rule", hint=hint)
    if not keys.when.strip() and "when" in keys.model_fields_set:
        yield Problem(place=(*place, "when"), what='"when" is empty', hint="Take it out to match always.")
    yield from pattern_problems(keys.match, (*place, "match"))
    yield from _approver_problems(keys, (*place, "approvers"))
    yield from _permit_problems(keys, (*place, "permits"))
    for index, entry in enumerate(keys.match.time):
        if _window(entry) is None:
            hint = "days: [mon, tue], from: 22:00, until: 06:00; in UTC."
            yield Problem(place=(*place, "match", "time", index), what="no stretch of a week", hint=hint)
    for key, written in (("mask", keys.mask), ("drop", keys.drop)):
        if key in keys.model_fields_set and (not written or "" in names(written)):
            yield Problem(place=(*place, key), what=f'"{key}" is empty')
    if keys.rate is not None and not duration_us(keys.rate.per):
        hint = "Write 10s, 1m, 1h or 1d."
        yield Problem(
            place=(*place, "rate", "per"), what=f'"{keys.rate.per}" is no length of time', hint=hint
        )


def pattern_problems(match: MatchKeys | ConfirmedKeys, place: Place) -> Iterator[Problem]:
    """What is wrong with names and patterns."""
    for key in _LISTS:
        if key not in match.model_fields_set:
            continue
        written = names(getattr(match, key))
        if not written:
            yield Problem(place=(*place, key), what=f'"{key}" is empty', hint="Take it out to match all.")
        for name in written:
            if not PATTERN.fullmatch(name):
                what, hint = "not a name or a pattern", "Patterns take * and ?."
                yield Problem(place=(*place, key), what=what, hint=hint)


def _window(keys: TimeKeys) -> Window | None:
    start, until = _minute(keys.start), _minute(keys.until)
    days = [day.lower()[:3] for day in names(keys.days)] or list(_DAYS)
    if start is None or until is None or start == until or not set(days) <= set(_DAYS):
        return None
    numbers = frozenset(_DAYS.index(day) + 1 for day in days)
    return Window(days=numbers, from_minute=start, until_minute=until)


def _minute(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else _ALL_DAY + 1
    return minute if minute <= _ALL_DAY else None


def test_of(keys: TestKeys) -> RuleTest | str:
    """Make a test of its keys, or say what is wrong with it."""
    named = [name for name in (keys.tool, keys.prompt, keys.resource) if name]
    if len(named) > 1:
        return "a test is about one of tool, prompt and resource"
    at_us = instant_us(keys.at, NOON_US) if keys.at else NOON_US
    if at_us is None:
        return f'"{keys.at}" is no time'
    method = keys.method or ("prompts/get" if keys.prompt else "resources/read" if keys.resource else "")
    opened_at_us = at_us - keys.session.age_s * 1_000_000
    return RuleTest(
        expect=keys.expect,
        args=keys.args,
        inputs=keys.inputs,
        upstream=keys.upstream,
        method=method or ("tools/call" if keys.tool else ""),
        name=named[0] if named else "",
        is_read_only=keys.read_only,
        principal=keys.principal,
        groups=None if keys.group is None else frozenset(names(keys.group)),
        agent=keys.agent,
        address=keys.address,
        at_us=at_us,
        session=SessionCounts(
            calls=keys.session.calls, denied=keys.session.denied, opened_at_us=opened_at_us
        ),
    )


def confirmed_of(keys: ConfirmedKeys) -> Confirmed:
    """What an administrator vouches for."""
    return Confirmed(
        upstreams=names(keys.upstream),
        tools=names(keys.tool),
        is_read_only=keys.read_only,
        is_destructive=keys.destructive and not keys.read_only,
        is_idempotent=keys.idempotent or keys.read_only,
        is_open_world=keys.open_world,
    )


def bound(written: Written, pack: str, upstreams: tuple[str, ...]) -> Written:
    """A rule of a pack, for the upstreams that it is included for."""
    rule = written.rule
    identifier = f"{pack}.{rule.id}"
    rates = tuple(replace(rate, rule=identifier) for rate in rule.obligations.rates)
    return replace(
        written,
        rule=replace(
            rule,
            id=identifier,
            upstreams=upstreams or rule.upstreams,
            obligations=replace(rule.obligations, rates=rates),
        ),
    )
