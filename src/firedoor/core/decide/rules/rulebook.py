"""A policy, ready to decide: conditions compiled, rules found by upstream and name.

Made once from a policy and kept beside it. A condition that cannot be compiled is kept as broken: a policy
was checked before it came here, and whatever slipped through denies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from firedoor.core.decide.rules.check import Path
from firedoor.core.decide.rules.conditions import Condition, compile_condition
from firedoor.core.decide.rules.patterns import pattern
from firedoor.core.decide.rules.targets import Target, is_about, is_for, names_in
from firedoor.model.facts import Facts, Need
from firedoor.model.policy import Policy, Rule

_NEEDS = {need.value: need for need in Need}
_KEPT = 4_096
"""Kinds of calls whose rules are kept. There are few that are made often."""
_LONGEST_KEPT = 256


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One rule, ready."""

    order: int
    """Its place in the policy."""
    rule: Rule
    condition: Condition | None
    """None: it has none, or it is broken."""
    is_broken: bool = False
    is_for_all: bool = True
    """It does not ask who calls, from where or when."""


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """The rules that match a call, but for their conditions; and what those look at."""

    entries: tuple[Entry, ...]
    conditional: tuple[Entry, ...]
    """Those that have a condition."""
    paths: dict[str, tuple[Path, ...]]
    """By fact: all that the conditions look at, below it."""
    is_for_all: bool
    """None of them asks who calls."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The rules that are about one upstream."""

    named: dict[tuple[str, str], list[Entry]]
    """By kind and name, where a rule writes names out."""
    others: list[Entry]


class Rulebook:
    """All rules of a policy, ready."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._entries = [_entry(order, rule) for order, rule in enumerate(policy.rules)]
        self.has_needs = any(needs_in(_joined([entry])) for entry in self._entries)
        """Whether any condition looks at what has to be found first."""
        self._shelves: dict[str, _Shelf] = {}
        self._about: dict[tuple[str, str, str, str], Matching] = {}

    def about(self, upstream: str, method: str, target: Target) -> Matching:
        """The rules that are about a target, in the order of the policy."""
        key = (upstream, method, target.kind, target.name)
        found = self._about.get(key)
        if found is None:
            found = _matching(self._search(upstream, method, target))
            if len(self._about) >= _KEPT:
                self._about.clear()
            # Whoever calls chooses names: long ones are not kept.
            if len(target.name) <= _LONGEST_KEPT:
                self._about[key] = found
        return found

    def matching(self, facts: Facts, target: Target) -> Matching:
        """The rules that are about a target, and for who calls. Their conditions are not asked yet."""
        found = self.about(facts.upstream.name, facts.message.method, target)
        if found.is_for_all:
            return found
        return _matching([entry for entry in found.entries if entry.is_for_all or is_for(entry.rule, facts)])

    def _search(self, upstream: str, method: str, target: Target) -> list[Entry]:
        shelf = self._shelves.get(upstream) or self._shelve(upstream)
        named = shelf.named.get((target.kind, target.name), ())
        found = [entry for entry in (*named, *shelf.others) if is_about(entry.rule, method, target)]
        if named:
            found.sort(key=_order)
        return found

    def _shelve(self, upstream: str) -> _Shelf:
        shelf = _Shelf({}, [])
        for entry in self._entries:
            rule = entry.rule
            if rule.upstreams and not any(pattern(text).matches(upstream) for text in rule.upstreams):
                continue
            keys = _plain_names(rule)
            for key in keys:
                shelf.named.setdefault(key, []).append(entry)
            if not keys:
                shelf.others.append(entry)
        self._shelves[upstream] = shelf
        return shelf


def _plain_names(rule: Rule) -> list[tuple[str, str]]:
    """The tools or prompts that a rule writes out, if it is about nothing else. A URI has several forms."""
    named = names_in(rule)
    if len(named) != 1 or "resource" in named:
        return []
    ((kind, texts),) = named.items()
    return [(kind, text) for text in dict.fromkeys(texts)] if all(pattern(t).is_plain for t in texts) else []


def _entry(order: int, rule: Rule) -> Entry:
    is_for_all = not (rule.principals or rule.groups or rule.agents or rule.networks or rule.times)
    if not rule.when:
        return Entry(order, rule, None, is_for_all=is_for_all)
    condition = compile_condition(rule.when)
    if isinstance(condition, tuple):
        return Entry(order, rule, None, is_broken=True, is_for_all=is_for_all)
    return Entry(order, rule, condition, is_for_all=is_for_all)


def _matching(entries: Sequence[Entry]) -> Matching:
    conditional = tuple(entry for entry in entries if entry.condition is not None)
    return Matching(
        entries=tuple(entries),
        conditional=conditional,
        paths=_joined(conditional),
        is_for_all=all(entry.is_for_all for entry in entries),
    )


def _order(entry: Entry) -> int:
    return entry.order


def _joined(entries: Iterable[Entry]) -> dict[str, tuple[Path, ...]]:
    paths: dict[str, dict[Path, None]] = {}
    for entry in entries:
        for path in entry.condition.paths if entry.condition is not None else ():
            paths.setdefault(path[0], {})[path[1:]] = None
    return {name: tuple(below) for name, below in paths.items()}


def needs_in(paths: dict[str, tuple[Path, ...]]) -> frozenset[Need]:
    """The facts among them that have to be found first."""
    return frozenset(_NEEDS[name] for name in paths if name in _NEEDS)


@lru_cache(maxsize=16)
def rulebook_of(policy: Policy) -> Rulebook:
    """The rulebook of a policy. A policy is known by identity: it is replaced whole."""
    return Rulebook(policy)
