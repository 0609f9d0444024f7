"""What a message acts on, and whether a rule is about it. Looks at no arguments."""

import ipaddress
from datetime import UTC, datetime, timedelta

from firedoor.core.decide.rules.patterns import (
    LONGEST_NAME,
    covers,
    forms_of,
    may_meet,
    pattern,
    wildcard_of,
)
from firedoor.model.facts import Facts
from firedoor.model.frozen import frozen
from firedoor.model.message import Message
from firedoor.model.policy import Rule, Window
from firedoor.model.verdict import Effect

REVERSE = frozenset({"sampling/createMessage", "elicitation/create", "roots/list"})
"""What an upstream asks of a client: a rule may name it, the settings open it."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTES_OF_AN_HOUR = 60


@frozen()
class Target:
    """One thing that a message acts on."""

    kind: str
    """`tool`, `resource`, `prompt`, `template` (of the URIs of resources), or nothing."""
    name: str


_KINDS = {
    "tools/call": "tool",
    "resources/read": "resource",
    "resources/subscribe": "resource",
    "resources/unsubscribe": "resource",
    "prompts/get": "prompt",
}


def targets_of(message: Message) -> tuple[Target, ...]:
    """Return what a message acts on; never empty."""
    if message.method == "completion/complete":
        return (_completed(message),)
    if message.method == "subscriptions/listen":
        # Listening to resources is reading them.
        wanted = message.params.get("notifications")
        uris = wanted.get("resourceSubscriptions") if isinstance(wanted, dict) else None
        if isinstance(uris, list) and uris:
            return tuple(Target("resource", uri if isinstance(uri, str) else "") for uri in uris)
    return (Target(_KINDS.get(message.method, ""), message.name),)


def _completed(message: Message) -> Target:
    ref = message.params.get("ref")
    if isinstance(ref, dict):
        for kind, member in (("prompt", "name"), ("resource", "uri")):
            named = ref.get(member)
            if ref.get("type") == f"ref/{kind}" and isinstance(named, str):
                return Target(kind, named)
    return Target("", "")


def names_in(rule: Rule) -> dict[str, tuple[str, ...]]:
    """The patterns of a rule by the kind of target they are about."""
    given = {"tool": rule.tools, "resource": rule.resources, "prompt": rule.prompts}
    return {kind: patterns for kind, patterns in given.items() if patterns}


def is_about(rule: Rule, method: str, target: Target) -> bool:
    """Whether a rule is about a target, its upstream aside."""
    if rule.methods and not any(pattern(text).matches(method) for text in rule.methods):
        return False
    named = names_in(rule)
    if not named:
        return True
    if target.kind == "template":
        return _is_about_template(rule, named.get("resource", ()), wildcard_of(target.name))
    patterns = named.get(target.kind, ())
    if len(target.name) > LONGEST_NAME:
        return bool(patterns) and rule.effect is not Effect.ALLOW
    forms = forms_of(target.name) if target.kind == "resource" else (target.name,)
    fits = [any(pattern(text).matches(form) for text in patterns) for form in forms]
    # Whichever way a server reads a name: allowed only if each is, denied if any is.
    return all(fits) if rule.effect is Effect.ALLOW else any(fits)


def _is_about_template(rule: Rule, patterns: tuple[str, ...], uris: str) -> bool:
    """Denied only if every URI that it can become is; open as soon as one may be."""
    if rule.effect is Effect.DENY:
        return any(covers(text, uris) for text in patterns)
    return any(may_meet(text, form) for text in patterns for form in forms_of(uris))


def is_for(rule: Rule, facts: Facts) -> bool:
    """Whether a rule is for who calls, from where and when."""
    who = facts.principal
    agents = [actor.name for actor in who.actors]
    return (
        _fits(rule.principals, [who.name])
        and _fits(rule.groups, who.groups)
        and _fits(rule.agents, agents)
        and (not rule.networks or _is_within(facts.peer, rule.networks))
        and (not rule.times or any(_is_in(window, facts.at_us) for window in rule.times))
    )


def _fits(patterns: tuple[str, ...], names: "frozenset[str] | list[str]") -> bool:
    return not patterns or any(pattern(text).matches(name) for text in patterns for name in names)


def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return any(other in ipaddress.ip_network(text) for text in networks for other in (peer, mapped) if other)


def moment(at_us: int) -> datetime:
    """An instant, in UTC."""
    return EPOCH + timedelta(microseconds=at_us)


def _is_in(window: Window, at_us: int) -> bool:
    at = moment(at_us)
    minute = at.hour * _MINUTES_OF_AN_HOUR + at.minute
    today, yesterday = at.isoweekday(), (at.isoweekday() + 5) % 7 + 1
    if window.from_minute < window.until_minute:
        return today in window.days and window.from_minute <= minute < window.until_minute
    is_late, is_early = minute >= window.from_minute, minute < window.until_minute
    return (is_late and today in window.days) or (is_early and yesterday in window.days)
