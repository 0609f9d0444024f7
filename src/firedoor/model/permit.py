"""A permit: people let calls of a kind pass for a while, without deciding about each.

What may follow what, and which calls it covers: `core.decide.permits`. Break-glass is one of another kind.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from firedoor.model.approval import Review
from firedoor.model.ids import CallId, GrantId, SessionId
from firedoor.model.verdict import Demand, PermitKind, Risk

PermitId = NewType("PermitId", str)
"""`prm_` and 16 hexadecimal digits."""


class PermitState(StrEnum):
    """Where a permit stands."""

    REQUESTED = "requested"
    LIVE = "live"
    SPENT = "spent"
    """All its uses were taken."""
    REFUSED = "refused"
    EXPIRED = "expired"
    """Nobody approved it in time, or its time is up."""
    REVOKED = "revoked"


class PermitTurn(StrEnum):
    """What can happen to a permit."""

    ENDORSE = "endorse"
    """Somebody approves, and more people are needed."""
    OPEN = "open"
    """Somebody approves, and that is enough."""
    REFUSE = "refuse"
    USE = "use"
    SPEND = "spend"
    """It is used for the last time."""
    EXPIRE = "expire"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """Who may do what on which upstream, until when. Instants are unix microseconds of the steady clock."""

    id: PermitId
    kind: PermitKind
    state: PermitState
    principal: str
    agents: tuple[str, ...] = ()
    """The whole chain: a call of another agent, or of none, is not covered."""
    upstream: str
    tools: tuple[str, ...] = ()
    """Names and patterns. Break-glass has none: it is for all that the upstream offers."""
    conditions: tuple[str, ...] = ()
    """In CEL over the facts of a call; each must hold."""
    uses: int | None = None
    """How many calls it covers; None: as many as fit its time."""
    used: int = 0
    span_us: int
    """How long it is live once it is approved."""
    asked_by: str
    asked_through: GrantId
    reason: str
    case: str = ""
    policy_version: str
    """Of the policy whose rules it was approved for: under another it covers nothing."""
    risk: Risk | None = None
    demands: tuple[Demand, ...]
    """Each must be met, by other people than the others."""
    requested_at_us: int
    expires_at_us: int
    """While it is requested: until when people may approve it."""
    reviews: tuple[Review, ...] = ()
    turns: int = 0
    """How often people have changed it. A change names the number that it saw."""
    ended_by: str = ""
    """Who revoked it, or what; and why."""

    @property
    def is_open(self) -> bool:
        """Whether it still can do something, or become what can."""
        return self.state in (PermitState.REQUESTED, PermitState.LIVE)

    @property
    def approvers(self) -> tuple[str, ...]:
        """Who approved it."""
        return tuple(review.by for review in self.reviews if review.is_approval)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One call that a permit let pass. Holds no arguments."""

    permit: PermitId
    call: CallId
    session: SessionId
    method: str
    name: str
    at_us: int
    flaw: str = ""
    """Why it was not forwarded all the same; empty: it was."""
