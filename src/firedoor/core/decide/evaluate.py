"""Message → verdict. All rules are evaluated, the worst effect wins, no match means the default.

Methods that only set up or describe (`initialize`, the lists, `ping`) carry no effect on the
upstream's world and pass; what acts on it needs a rule or an allowing default.
"""

import re
from functools import lru_cache

from firedoor.model.message import Message, MessageKind
from firedoor.model.policy import Policy, Rule
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import Effect, Verdict

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
_WORST_FIRST = (Effect.DENY, Effect.HOLD, Effect.ALLOW)


def decide(policy: Policy, upstream: Upstream, message: Message) -> Verdict:
    """Return the verdict on one message."""
    if not _acts(message):
        return Verdict(effect=Effect.ALLOW, policy_version=policy.version)
    matched = tuple(rule for rule in policy.rules if _matches(rule, upstream.name, message))
    if not matched:
        reason = "No rule allows it." if upstream.default is Effect.DENY else ""
        return Verdict(
            effect=upstream.default,
            reasons=(reason,) if reason else (),
            policy_version=policy.version,
        )
    effects = {rule.effect for rule in matched}
    effect = next(effect for effect in _WORST_FIRST if effect in effects)
    return Verdict(
        effect=effect,
        rules=tuple(rule.id for rule in matched),
        reasons=tuple(rule.reason for rule in matched if rule.effect is effect and rule.reason),
        policy_version=policy.version,
    )


def _acts(message: Message) -> bool:
    if message.kind is not MessageKind.REQUEST:
        return False
    if message.method == "subscriptions/listen":
        # Listening to resources is reading them.
        wanted = message.params.get("notifications")
        return isinstance(wanted, dict) and bool(wanted.get("resourceSubscriptions"))
    return message.method not in DESCRIBING


def _matches(rule: Rule, upstream: str, message: Message) -> bool:
    if rule.upstreams and not any(_pattern(p).fullmatch(upstream) for p in rule.upstreams):
        return False
    if not rule.tools:
        return True
    return message.method == "tools/call" and any(_pattern(p).fullmatch(message.name) for p in rule.tools)


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in text)
    return re.compile("".join(parts), re.DOTALL)
