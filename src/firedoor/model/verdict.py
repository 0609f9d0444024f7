"""What the policy answered. A denial is a value, not an exception."""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What happens to a call."""

    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An effect with all that explains it."""

    effect: Effect
    rules: tuple[str, ...] = ()
    """The id of every rule that matched, in file order; empty when the default decided."""
    reasons: tuple[str, ...] = ()
    """For people and models: why, in one sentence each."""
    obligations: tuple[str, ...] = ()
    """Duties if allowed. An unknown one means deny."""
    policy_version: str = ""
    """Content hash of the policy that decided."""
