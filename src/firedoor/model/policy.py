"""A versioned set of rules. How rules are evaluated: `core.decide`."""

from dataclasses import dataclass, field

from firedoor.model.verdict import NO_OBLIGATIONS, Demand, Effect, Obligations, Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of the week, in UTC. It may go over midnight: then it belongs to the day it begins on."""

    days: frozenset[int] = frozenset(range(1, 8))
    """1 is Monday, 7 is Sunday."""
    from_minute: int = 0
    """Of the day."""
    until_minute: int = 24 * 60
    """Not included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of a policy. Patterns take `*` and `?`; an empty tuple matches everything."""

    id: str
    effect: Effect
    upstreams: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    """Given: the rule is about `tools/call` alone."""
    resources: tuple[str, ...] = ()
    """Given: the rule is about reading, following and completing resources, by URI."""
    prompts: tuple[str, ...] = ()
    """Given: the rule is about getting and completing prompts."""
    methods: tuple[str, ...] = ()
    """Given: the rule is about these methods. Else: about every method that acts."""
    principals: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    """Any agent of the chain."""
    networks: tuple[str, ...] = ()
    """Addresses and CIDR ranges of the client."""
    times: tuple[Window, ...] = ()
    when: str = ""
    """A condition in CEL over the facts; empty: always."""
    obligations: Obligations = NO_OBLIGATIONS
    risk: Risk | None = None
    demand: Demand | None = None
    """Whose approval it asks for, where it holds; None: what its risk asks for."""
    permits: bool | None = None
    """Whether a permit may cover what it holds; None: unless the risk is critical. False also shuts
    break-glass out."""
    reason: str = ""
    source: str = ""
    """`file:line`, for messages to the policy's author."""


# Compared by identity: what is made from a policy is kept beside it and must be found at no cost.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """All rules in force."""

    version: str
    """Content hash: `sha256:` and 64 hexadecimal digits."""
    rules: tuple[Rule, ...] = ()
    confirmed: tuple["Confirmed", ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What an administrator vouches for about tools. What servers say of themselves is never believed."""

    upstreams: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    is_read_only: bool = False
    is_destructive: bool = True
    is_idempotent: bool = False
    is_open_world: bool = True
