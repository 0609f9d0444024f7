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
_KEPT = 1_000
"""Sets of rules whose paths are kept joined. There are few: one for each kind of call."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One rule, ready."""

    order: int
    """Its place in the policy."""
    rule: Rule
    condition: Condition | None
    """None: it has none, or it is broken."""
    is_broken: bool = False


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
        self._shelves: dict[str, _Shelf] = {}
        self._paths: dict[tuple[int, ...], dict[str, tuple[Path, ...]]] = {}

    def about(self, upstream: str, method: str, target: Target) -> list[Entry]:
        """The rules that are about a target, in the order of the policy."""
        shelf = self._shelves.get(upstream) or self._shelve(upstream)
        named = shelf.named.get((target.kind, target.name), ())
        found = [entry for entry in (*named, *shelf.others) if is_about(entry.rule, method, target)]
        if named:
            found.sort(key=_order)
        return found

    def matching(self, facts: Facts, target: Target) -> list[Entry]:
        """The rules that are about a target, and for who calls. Their conditions are not asked yet."""
        found = self.about(facts.upstream.name, facts.message.method, target)
        return [entry for entry in found if is_for(entry.rule, facts)]

    def paths_of(self, entries: Sequence[Entry]) -> dict[str, tuple[Path, ...]]:
        """By fact: all that the conditions of these rules look at, below it."""
        key = tuple(entry.order for entry in entries)
        found = self._paths.get(key)
        if found is None:
            if len(self._paths) >= _KEPT:
                self._paths.clear()
            found = self._paths[key] = _joined(entries)
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
    if not rule.when:
        return Entry(order, rule, None)
    condition = compile_condition(rule.when)
    return (
        Entry(order, rule, None, is_broken=True)
        if isinstance(condition, tuple)
        else Entry(order, rule, condition)
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
