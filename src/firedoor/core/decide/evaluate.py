"""Message → verdict. All rules are evaluated, the worst effect wins, no match means the default.

Methods that only set up or describe (`initialize`, the lists, `ping`) carry no effect on the
upstream's world and pass; what acts on it needs a rule or an allowing default. A message that acts on
several things, or carries several texts of SQL or shell, is decided for each, and the worst verdict counts.
Whatever goes wrong while deciding is a denial that names the rule.
"""

from collections.abc import Sequence
from dataclasses import replace

import cel

from firedoor.core.decide.approvals import joined_demands
from firedoor.core.decide.rules.conditions import LARGEST, RAISED, Condition, pruned
from firedoor.core.decide.rules.patterns import pattern
from firedoor.core.decide.rules.rulebook import Matching, Rulebook, needs_in, rulebook_of
from firedoor.core.decide.rules.targets import Target, targets_of
from firedoor.core.decide.rules.vocabulary import Sight, value_of
from firedoor.model.facts import Facts, Need
from firedoor.model.json import JsonObject
from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import (
    NO_OBLIGATIONS,
    WORST_EFFECT_FIRST,
    WORST_RISK_FIRST,
    Demand,
    Effect,
    Obligations,
    PermitKind,
    Risk,
    Verdict,
)

# By a name of their own: a member of an enumeration is looked up in six steps, each time.
_ALLOW, _DENY, _HOLD = Effect.ALLOW, Effect.DENY, Effect.HOLD
_REQUEST = MessageKind.REQUEST
DESCRIBING = frozenset(
    {
        "initialize",
        "server/discover",
        "ping",
        "tools/list",
        "resources/list",
        "resources/templates/list",
        "prompts/list",
        "logging/setLevel",
        "resources/unsubscribe",
        "subscriptions/listen",
    }
)
NOT_COVERABLE: frozenset[PermitKind] = frozenset()
_BY_TWO = frozenset({PermitKind.BREAK_GLASS})
_BY_ALL = frozenset(PermitKind)
# Said where a rule asked: a model that forgot an argument shall see what is missing.
_NO_SQL = ("No statement of SQL is in its arguments.",)
_NO_SHELL = ("No command line is in its arguments.",)
MOST_TEXTS = 64
"""Texts and targets of one message that are decided one by one. More are denied: a flood of work."""


def decide(policy: Policy, facts: Facts) -> Verdict:
    """Return the verdict on one message."""
    if only_describes(facts.message):
        return Verdict(effect=_ALLOW, policy_version=policy.version)
    book = rulebook_of(policy)
    sights = [
        Sight(policy, facts, sql, shell) for sql in facts.sql or (None,) for shell in facts.shell or (None,)
    ]
    targets = targets_of(facts.message)
    if len(sights) * len(targets) > MOST_TEXTS:
        verdict = _denied(policy, f"It carries more than {MOST_TEXTS} statements or names.")
    else:
        verdict = _worst([_decided(book, sight, target) for target in targets for sight in sights])
    if verdict.effect is not _DENY and not facts.upstream.is_observed:
        return verdict  # hides nothing, and is enforced
    return replace(
        verdict,
        is_hidden=verdict.effect is _DENY and is_hidden(policy, facts),
        is_enforced=not facts.upstream.is_observed,
    )


def too_often(verdict: Verdict, wait_s: int) -> Verdict:
    """What becomes of a verdict that allows, where a limit of its rules is reached."""
    limits = (f"{rate.calls} calls in {rate.span_us // 1_000_000} s" for rate in verdict.obligations.rates)
    reason = f"At most {' and '.join(limits)} are allowed, and that is reached."
    by = tuple(dict.fromkeys(rate.rule for rate in verdict.obligations.rates))
    verdict = replace(verdict, effect=_DENY, decisive=by)
    return replace(verdict, reasons=(reason,), retry_after_s=wait_s, coverable=NOT_COVERABLE)


def needs_of(policy: Policy, facts: Facts) -> frozenset[Need]:
    """What has to be found before `decide` can say its word: nothing, if no rule that matches looks at it."""
    if only_describes(facts.message):
        return frozenset()
    book = rulebook_of(policy)
    found: frozenset[Need] = frozenset()
    if not book.has_needs:
        return found
    for target in targets_of(facts.message)[:MOST_TEXTS]:
        found |= needs_in(book.matching(facts, target).paths)
    return found


def decide_reverse(policy: Policy, facts: Facts) -> Verdict:
    """The verdict on what an upstream asks of a client. Rules can only close what the settings open."""
    book = rulebook_of(policy)
    verdict = _decided(book, Sight(policy, facts, None), Target("", ""))
    is_enforced = not facts.upstream.is_observed
    if verdict.rules:
        return replace(verdict, is_enforced=is_enforced)
    return Verdict(effect=_ALLOW, policy_version=policy.version, is_enforced=is_enforced)


def asked_of_client(facts: Facts, method: str, params: JsonObject) -> Facts:
    """The facts of what an upstream asks of the client, in the course of this message."""
    return replace(facts, message=replace(facts.message, method=method, name="", params=params, body=b""))


def shows(policy: Policy, facts: Facts, method: str, name: str) -> bool:
    """Whether a list shows an entry to who asks: some call of `method` on it may go on."""
    about = replace(facts.message, method=method, name=name, params={})
    return facts.upstream.is_observed or not is_hidden(policy, replace(facts, message=about))


def shows_template(policy: Policy, facts: Facts, method: str, template: str) -> bool:
    """The same for a template of URIs: some URI that it can become may be open."""
    about = replace(facts, message=replace(facts.message, method=method, name=template, params={}))
    target = Target("template", template)
    return facts.upstream.is_observed or not _is_closed(rulebook_of(policy), about, target)


def shows_all_the_same(policy: Policy, upstream: Upstream) -> bool:
    """Whether everybody sees the same lists of an upstream, so that they may be kept for all."""
    return upstream.is_observed or not any(
        rule.principals or rule.groups or rule.agents or rule.networks or rule.times for rule in policy.rules
    )


def may_hold(policy: Policy, upstream: Upstream) -> bool:
    """Whether some call of an upstream may have to wait for people."""
    holding = [rule for rule in policy.rules if rule.effect is _HOLD]
    is_held = any(
        not rule.upstreams or any(pattern(text).matches(upstream.name) for text in rule.upstreams)
        for rule in holding
    )
    return is_held and not upstream.is_observed


def is_hidden(policy: Policy, facts: Facts) -> bool:
    """Whether all that this message acts on is closed to who calls, whatever the arguments are."""
    book = rulebook_of(policy)
    return all(_is_closed(book, facts, target) for target in targets_of(facts.message))


def _is_closed(book: Rulebook, facts: Facts, target: Target) -> bool:
    matching = book.matching(facts, target).entries
    if any(e.rule.effect is _DENY and e.condition is None and not e.rule.times for e in matching):
        return True
    may_open = any(e.rule.effect is not _DENY for e in matching)
    return facts.upstream.default is _DENY and not may_open


def only_describes(message: Message) -> bool:
    """Whether a request changes nothing in the upstream's world, whoever sends it."""
    return not _acts(message)


def _acts(message: Message) -> bool:
    if message.kind is not _REQUEST:
        return False
    if message.method == "subscriptions/listen":
        # Listening to resources is reading them.
        wanted = message.params.get("notifications")
        return isinstance(wanted, dict) and bool(wanted.get("resourceSubscriptions"))
    return message.method not in DESCRIBING


def _decided(book: Rulebook, sight: Sight, target: Target) -> Verdict:
    matching = book.matching(sight.facts, target)
    matched, failed = _asked(sight, matching)
    if failed:
        reasons = tuple(f"Rule {rule.id} could not be decided ({why}), which denies." for rule, why in failed)
        rules = [rule for rule, _ in failed]
        rules = [e.rule for e in matching.entries if e.rule in matched or e.rule in rules]
        verdict = _verdict(book, sight, rules, _DENY, reasons)
        return replace(verdict, decisive=tuple(rule.id for rule, _ in failed))
    if not matched:
        default = sight.facts.upstream.default
        reasons = ("No rule allows it.",) if default is _DENY else ()
        verdict = _verdict(book, sight, (), default, reasons)
        # The one denial that two people may open: no rule has said no.
        return replace(verdict, coverable=_BY_TWO) if default is _DENY else verdict
    effects = {rule.effect for rule in matched}
    effect = next(effect for effect in WORST_EFFECT_FIRST if effect in effects)
    reasons = tuple(rule.reason for rule in matched if rule.effect is effect and rule.reason)
    return _verdict(book, sight, matched, effect, reasons)


def _asked(sight: Sight, matching: Matching) -> tuple[list[Rule], list[tuple[Rule, str]]]:
    """The rules whose conditions hold, and those that could not be decided."""
    failed = [(entry.rule, "its condition is broken") for entry in matching.entries if entry.is_broken]
    if not matching.conditional:
        return [entry.rule for entry in matching.entries if not entry.is_broken], failed
    try:
        context = _context(sight, matching)
    except RAISED as error:
        # Nobody knows which of them would have held.
        return [], [*failed, *((entry.rule, _why(error)) for entry in matching.conditional)]
    matched: list[Rule] = []
    for entry in matching.entries:
        if entry.condition is None:
            if not entry.is_broken:
                matched.append(entry.rule)
            continue
        holds = _run(entry.condition, context)
        if holds is True:
            matched.append(entry.rule)
        elif holds is not False:
            failed.append((entry.rule, holds))
    return matched, failed


def _run(condition: Condition, context: cel.Context) -> bool | str:
    """Whether a condition holds, or why nobody can tell."""
    try:
        holds = condition.program.execute(context)
    except RAISED as error:
        return _why(error)
    return holds if isinstance(holds, bool) else "its condition gave neither yes nor no"


def _context(sight: Sight, matching: Matching) -> cel.Context:
    room = [LARGEST]
    found = {name: pruned(value_of(name, sight), below, room) for name, below in matching.paths.items()}
    return cel.Context(found)


def _why(error: Exception) -> str:
    """In our own words: those of the engine may repeat arguments."""
    if isinstance(error, LookupError):
        return "what it looks at is not there"
    if isinstance(error, TypeError):
        return "what it compares is of another kind"
    return "it looks at more than fits" if type(error).__name__ == "TooLargeError" else "it has no answer"


def _verdict(
    book: Rulebook, sight: Sight, rules: Sequence[Rule], effect: Effect, reasons: tuple[str, ...]
) -> Verdict:
    risks = {rule.risk for rule in rules} if rules else ()
    allowing = [rule.obligations for rule in rules if rule.obligations]
    return Verdict(
        effect=effect,
        rules=tuple(rule.id for rule in rules),
        decisive=() if effect is _ALLOW else tuple(rule.id for rule in rules if rule.effect is effect),
        reasons=reasons,
        obligations=joined(allowing) if allowing else NO_OBLIGATIONS,
        policy_version=book.policy.version,
        risk=next((risk for risk in WORST_RISK_FIRST if risk in risks), None) if risks else None,
        demands=demands_in(rules) if effect is _HOLD else (),
        coverable=coverable(rules) if effect is _HOLD else NOT_COVERABLE,
        understood=_understood(sight) if effect is not _ALLOW else (),
    )


def coverable(rules: Sequence[Rule]) -> frozenset[PermitKind]:
    """What may cover a call that these rules hold: what each of them leaves."""
    left = _BY_ALL
    for rule in rules:
        if rule.permits is False:
            return NOT_COVERABLE
        if rule.permits is None and rule.risk is Risk.CRITICAL:
            left = _BY_TWO
    return left


def demands_in(rules: Sequence[Rule]) -> tuple[Demand, ...]:
    """Whose approval the rules that hold ask for; empty: no more than the risk does."""
    return joined_demands([rule.demand for rule in rules if rule.demand is not None])


def _understood(sight: Sight) -> tuple[str, ...]:
    sql = sight.sql.reasons if sight.sql is not None else _NO_SQL if sight.facts.sql == () else ()
    shell = sight.shell.reasons if sight.shell is not None else _NO_SHELL if sight.facts.shell == () else ()
    return (*sql, *shell)


def joined(several: Sequence[Obligations]) -> Obligations:
    """Obligations add up: the strictest of each kind, and all of those that have no order."""
    rows = [duty.rows for duty in several if duty.rows is not None]
    return Obligations(
        masks=tuple(dict.fromkeys(name for duty in several for name in duty.masks)),
        drops=tuple(dict.fromkeys(name for duty in several for name in duty.drops)),
        rows=min(rows) if rows else None,
        rates=tuple(dict.fromkeys(rate for duty in several for rate in duty.rates)),
    )


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of several, with the rules of all of them."""
    if len(verdicts) == 1:
        return verdicts[0]
    effects = {verdict.effect for verdict in verdicts}
    effect = next(effect for effect in WORST_EFFECT_FIRST if effect in effects)
    worst = [verdict for verdict in verdicts if verdict.effect is effect]
    risks = {verdict.risk for verdict in verdicts}
    return replace(
        worst[0],
        rules=tuple(dict.fromkeys(rule for verdict in verdicts for rule in verdict.rules)),
        decisive=tuple(dict.fromkeys(rule for verdict in worst for rule in verdict.decisive)),
        reasons=tuple(dict.fromkeys(reason for verdict in worst for reason in verdict.reasons)),
        obligations=joined([verdict.obligations for verdict in verdicts]),
        risk=next((risk for risk in WORST_RISK_FIRST if risk in risks), None),
        demands=joined_demands([each for verdict in worst for each in verdict.demands]),
        understood=tuple(dict.fromkeys(said for verdict in worst for said in verdict.understood)),
        # Of all that stand against it, not of the worst alone.
        coverable=_coverable_all([v for v in verdicts if v.effect is not _ALLOW]),
    )


def _coverable_all(verdicts: Sequence[Verdict]) -> frozenset[PermitKind]:
    left = _BY_ALL if verdicts else NOT_COVERABLE
    for verdict in verdicts:
        left &= verdict.coverable
    return left


def _denied(policy: Policy, reason: str) -> Verdict:
    return Verdict(effect=_DENY, reasons=(reason,), policy_version=policy.version)
