"""Which calls a permit covers, who must approve it, and which change of it may follow which.

Theory of operation. A permit is asked for under one version of the policy, and covers nothing under another.
Whom it needs is found twice. When it is asked for, from every rule that may hold such calls: that is whom
people are told of. When a call comes, from the verdict on exactly that call: whoever approved the permit must
be enough people for this call too, so that a wide permit never makes a call cheaper than its own rules do.
Break-glass needs two people of its own, and nothing else of the rules; what it may open, the verdict says.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import cel

from firedoor.core.decide.approvals import TIERS, Question, demands_of, is_met, joined_demands
from firedoor.core.decide.evaluate import MOST_TEXTS, coverable
from firedoor.core.decide.rules.conditions import LARGEST, RAISED, Condition, compile_condition, pruned
from firedoor.core.decide.rules.patterns import may_meet, pattern
from firedoor.core.decide.rules.rulebook import needs_in
from firedoor.core.decide.rules.vocabulary import Sight, value_of
from firedoor.model.facts import Facts, Need
from firedoor.model.permit import Permit, PermitState, PermitTurn
from firedoor.model.policy import Policy, Rule
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import WORST_RISK_FIRST, Demand, Effect, PermitKind, Risk, Verdict

_S, _T = PermitState, PermitTurn
NEXT: Mapping[tuple[PermitState, PermitTurn], PermitState] = MappingProxyType(
    {
        (_S.REQUESTED, _T.ENDORSE): _S.REQUESTED,
        (_S.REQUESTED, _T.OPEN): _S.LIVE,
        (_S.REQUESTED, _T.REFUSE): _S.REFUSED,
        (_S.REQUESTED, _T.EXPIRE): _S.EXPIRED,
        (_S.REQUESTED, _T.REVOKE): _S.REVOKED,
        (_S.LIVE, _T.USE): _S.LIVE,
        (_S.LIVE, _T.SPEND): _S.SPENT,
        (_S.LIVE, _T.EXPIRE): _S.EXPIRED,
        (_S.LIVE, _T.REVOKE): _S.REVOKED,
    }
)
"""The whole machine, of permits and of break-glass alike."""


def next_state(state: PermitState, turn: PermitTurn) -> PermitState | None:
    """Return where a change leads; None if it cannot happen there."""
    return NEXT.get((state, turn))


def question_of(permit: Permit) -> Question:
    """What a permit asks people. Who would use it is no other person than who asks."""
    return Question(
        interested=frozenset({permit.asked_by, permit.principal, *permit.agents}),
        grant=permit.asked_through,
        upstream=permit.upstream,
        demands=permit.demands,
        reviews=permit.reviews,
    )


def rules_covered(policy: Policy, permit: Permit) -> tuple[Rule, ...]:
    """The rules that may hold calls of this kind, whatever their arguments and whenever they come."""
    return tuple(rule for rule in policy.rules if rule.effect is Effect.HOLD and _may_hold(rule, permit))


def _may_hold(rule: Rule, permit: Permit) -> bool:
    is_there = not rule.upstreams or any(pattern(text).matches(permit.upstream) for text in rule.upstreams)
    is_theirs = not rule.principals or any(
        pattern(text).matches(permit.principal) for text in rule.principals
    )
    is_its = not rule.agents or any(
        pattern(text).matches(name) for text in rule.agents for name in permit.agents
    )
    is_call = not rule.methods or any(pattern(text).matches("tools/call") for text in rule.methods)
    about = rule.tools or (() if rule.resources or rule.prompts else ("*",))
    meets = any(may_meet(one, other) for one in about for other in permit.tools)
    return is_there and is_theirs and is_its and is_call and meets


def demands_for(
    policy: Policy, permit: Permit, upstream: Upstream, tiers: Mapping[Risk, Demand] = TIERS
) -> tuple[tuple[Demand, ...], Risk | None]:
    """Whose approval a permit needs, and the worst risk of what it covers. No demand: it covers nothing."""
    rules = [rule for rule in rules_covered(policy, permit) if PermitKind.PERMIT in coverable([rule])]
    said = [rule.demand or tiers[rule.risk or Risk.MEDIUM] for rule in rules]
    if upstream.default is Effect.HOLD:
        said.append(tiers[Risk.MEDIUM])
    risks = {rule.risk for rule in rules}
    return joined_demands(said), next((risk for risk in WORST_RISK_FIRST if risk in risks), None)


def condition_faults(conditions: Sequence[str]) -> tuple[str, ...]:
    """All that is wrong with the conditions of a permit that somebody asks for."""
    compiled = [_compiled(source) for source in conditions]
    return tuple(fault for each in compiled if isinstance(each, tuple) for fault in each)


@lru_cache(maxsize=512)
def _compiled(source: str) -> Condition | tuple[str, ...]:
    return compile_condition(source)


def needs_of(permits: Sequence[Permit]) -> frozenset[Need]:
    """The facts that have to be found before `covers` can say its word."""
    found: frozenset[Need] = frozenset()
    for source in {text for permit in permits for text in permit.conditions}:
        condition = _compiled(source)
        if isinstance(condition, Condition):
            found |= needs_in({path[0]: (path[1:],) for path in condition.paths})
    return found


def covers(permit: Permit, verdict: Verdict, policy: Policy, facts: Facts, now_us: int) -> bool:
    """Whether a permit lets this call pass now. Whatever cannot be told does not."""
    is_now = permit.state is PermitState.LIVE and now_us < permit.expires_at_us
    is_same = permit.policy_version == verdict.policy_version == policy.version
    if not is_now or not is_same or permit.kind not in verdict.coverable:
        return False
    return _is_about(permit, facts) and _is_approved_for(permit, verdict) and _holds(permit, policy, facts)


def _is_about(permit: Permit, facts: Facts) -> bool:
    who, message = facts.principal, facts.message
    agents = tuple(actor.name for actor in who.actors)
    if (who.name, agents, facts.upstream.name) != (permit.principal, permit.agents, permit.upstream):
        return False
    if permit.kind is PermitKind.BREAK_GLASS:
        return True
    return message.method == "tools/call" and any(
        pattern(text).matches(message.name) for text in permit.tools
    )


def _is_approved_for(permit: Permit, verdict: Verdict) -> bool:
    """Whether those who approved it are enough for this very call."""
    demands = permit.demands if permit.kind is PermitKind.BREAK_GLASS else demands_of(verdict)
    return is_met(demands, permit.reviews)


def _holds(permit: Permit, policy: Policy, facts: Facts) -> bool:
    """Whether each condition holds for each text of SQL and shell in the call."""
    sights = [
        Sight(policy, facts, sql, shell) for sql in facts.sql or (None,) for shell in facts.shell or (None,)
    ]
    if len(sights) > MOST_TEXTS:
        return False
    return all(_run(source, sight) for source in permit.conditions for sight in sights)


def _run(source: str, sight: Sight) -> bool:
    condition = _compiled(source)
    if not isinstance(condition, Condition):
        return False
    below: dict[str, list[tuple[str, ...]]] = {}
    for path in condition.paths:
        below.setdefault(path[0], []).append(path[1:])
    room = [LARGEST]
    try:
        found = {name: pruned(value_of(name, sight), rest, room) for name, rest in below.items()}
        return condition.program.execute(cel.Context(found)) is True
    except RAISED:
        return False
