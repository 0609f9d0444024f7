"""A versioned set of rules. How rules are evaluated: `core.decide`."""

from dataclasses import dataclass

from firedoor.model.verdict import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a policy. Patterns take `*` and `?`; an empty tuple matches everything."""

    id: str
    effect: Effect
    upstreams: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    """Given: the rule is about `tools/call` alone. Empty: about every acting method."""
    reason: str = ""
    source: str = ""
    """`file:line`, for messages to the policy's author."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All rules in force."""

    version: str
    """Content hash: `sha256:` and 64 hexadecimal digits."""
    rules: tuple[Rule, ...] = ()
