"""A call that waits for people, and what they said. What may follow what: `core.decide.approvals`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from firedoor.model.ids import CallId, GrantId, SessionId
from firedoor.model.lock import Whom
from firedoor.model.verdict import Demand, Risk

ApprovalId = NewType("ApprovalId", str)
"""`apr_` and 16 hexadecimal digits. Also called the ticket."""


class ApprovalState(StrEnum):
    """Where an approval stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    EXECUTING = "executing"
    DONE = "done"
    UNKNOWN = "unknown"
    """The gateway ended while it was executed: nobody knows whether it was."""


class Turn(StrEnum):
    """What can happen to an approval."""

    ENDORSE = "endorse"
    """Somebody approves, and more people are needed."""
    APPROVE = "approve"
    """Somebody approves, and that is enough."""
    REFUSE = "refuse"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    """The call is no longer wanted, or no longer possible: cancelled, locked out, revoked, outrun."""
    REDEEM = "redeem"
    FINISH = "finish"
    LOSE = "lose"
    """The gateway that executed it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What one person said. Nobody is asked twice."""

    by: str
    """The principal who approves or refuses."""
    grant: GrantId
    is_approval: bool
    reason: str
    at_us: int
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One call and what is said of it. Instants are unix microseconds. Holds no arguments."""

    id: ApprovalId
    digest: str
    """Keyed, over all that an approval covers: whoever reads the database cannot guess arguments with it."""
    state: ApprovalState
    whom: Whom
    """Who asks, as locks see it. Where it was asked from first."""
    session: SessionId
    call: CallId
    """The call that was held first."""
    method: str
    name: str
    policy_version: str
    definition: str
    """Hash of the tool's definition; empty where none is known."""
    rules: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    risk: Risk | None = None
    demands: tuple[Demand, ...] = ()
    """Each must be met, by other people than the others."""
    requested_at_us: int
    expires_at_us: int
    reviews: tuple[Review, ...] = ()
    turns: int = 0
    """How often it has changed. A change names the number that it saw."""

    @property
    def is_open(self) -> bool:
        """Whether the identical call can attach to it or redeem it."""
        return self.state in (ApprovalState.REQUESTED, ApprovalState.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an approver sees of a held call. Kept in memory alone: it holds arguments."""

    params: str
    """The parameters of the call as they will be sent, masked as its upstream's answers are; JSON."""
    understood: tuple[str, ...] = ()
    """What a guard saw in them."""
    before: str = ""
    """The same of the last attempt of this principal and agent that was refused; empty: there was none."""
    refusal: str = ""
    """What the difference to it does not say: that it is the same call, or that what differs is masked."""
