"""What the policy answered. A denial is a value, not an exception."""

from dataclasses import dataclass
from enum import StrEnum

from firedoor.model.frozen import frozen


class Effect(StrEnum):
    """What happens to a call."""

    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


class Risk(StrEnum):
    """How much is at stake, as the author of a rule sees it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class PermitKind(StrEnum):
    """What lets calls pass that would be held, without anybody deciding about each."""

    PERMIT = "permit"
    """Asked for in advance, for some tools."""
    BREAK_GLASS = "break-glass"
    """Opened by two people in an emergency, for an upstream. It is loud."""


WORST_EFFECT_FIRST = (Effect.DENY, Effect.HOLD, Effect.ALLOW)
WORST_RISK_FIRST = (Risk.CRITICAL, Risk.HIGH, Risk.MEDIUM, Risk.LOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Whose approval a held call needs. Several of them are met by different people."""

    quorum: int = 1
    """How many distinct people."""
    roles: frozenset[str] = frozenset({"approver"})
    """They have one of these."""
    groups: frozenset[str] = frozenset()
    """They are in one of these; empty: any."""
    within_us: int = 0
    """How long they may take; 0: as long as the risk says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many calls in a span of time. One above it is refused, not delayed."""

    rule: str
    """Whose limit it is: each rule counts for itself."""
    calls: int
    span_us: int
    by: str
    """What is counted together: `principal`, `grant`, `session`, or `all`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligations:
    """Duties if a call is allowed. Those of several rules add up. One that cannot be met means deny."""

    masks: tuple[str, ...] = ()
    """Profiles of masking that the answer goes through, beside what is always masked."""
    drops: tuple[str, ...] = ()
    """Members that are taken out of the answer, by name or as a path with dots, at any depth."""
    rows: int | None = None
    """How many items of a list in the answer may leave."""
    rates: tuple[Rate, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any duty."""
        return bool(self.masks or self.drops or self.rates) or self.rows is not None

    @property
    def trims(self) -> bool:
        """Whether parts of the answer are taken out."""
        return bool(self.drops) or self.rows is not None


NO_OBLIGATIONS = Obligations()


@frozen(kw_only=True)
class Verdict:
    """An effect with all that explains it."""

    effect: Effect
    rules: tuple[str, ...] = ()
    """The id of every rule that matched, in file order; empty when the default decided."""
    decisive: tuple[str, ...] = ()
    """The ids of those that made it what it is, where it stops the call: others that matched allow it."""
    reasons: tuple[str, ...] = ()
    """For people and models: why, in one sentence each."""
    obligations: Obligations = NO_OBLIGATIONS
    """Duties if allowed."""
    policy_version: str = ""
    """Content hash of the policy that decided."""
    risk: Risk | None = None
    """The worst of the rules that matched."""
    demands: tuple[Demand, ...] = ()
    """Whose approval the rules that hold it name; empty: what its risk asks for."""
    understood: tuple[str, ...] = ()
    """What a guard saw in the arguments and what would be allowed, in one sentence each."""
    is_hidden: bool = False
    """What the call acts on is not shown to this principal: it is answered as unknown."""
    retry_after_s: int | None = None
    """Given: only too many calls stand against it, until then."""
    lock: str = ""
    """The id of the lock that decided, where one did."""
    coverable: frozenset[PermitKind] = frozenset()
    """What may let it pass all the same; nothing, unless whoever decided says so."""
    permit: str = ""
    """The id of the permit that lets it pass, where one does."""
    permitted_by: tuple[str, ...] = ()
    """Who approved that."""
    is_enforced: bool = True
    """False: the upstream is observed; the verdict is recorded and changes nothing."""

    is_read: bool = False
    """It is known to read only, at an upstream whose reads may go unrecorded."""

    @property
    def stops(self) -> bool:
        """Whether the call ends here."""
        return self.is_enforced and self.effect is not Effect.ALLOW
